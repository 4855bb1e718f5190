//! The container behind a resource, reached through the official client.

use super::sas;
use crate::azure::{literal, local_client_options};
use crate::plant::{Place, Site};
use crate::settings::resource_field;
use crate::{DateTime, ErrorKind, ToolError};
use azure_core::http::{ClientOptions, RequestContent, StatusCode, Url};
use azure_storage_blob::models::{
    BlobClientDownloadOptions, BlobClientUploadOptions, BlobContainerClientListBlobsOptions,
};
use azure_storage_blob::{BlobClient, BlobContainerClient, BlobContainerClientOptions};
use futures_util::TryStreamExt as _;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::num::NonZero;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Where Azurite listens unless told otherwise.
const AZURITE: &str = "http://127.0.0.1:10000/devstoreaccount1";
/// Where it listens when it does not listen there.
const AZURITE_SETTING: &str = "GRANTC_LOCAL_BLOB_ENDPOINT";

/// One container, and a client for each identity that uses it.
pub(crate) struct Store {
    resource: &'static str,
    clients: BTreeMap<&'static str, Arc<BlobContainerClient>>,
    /// Azurite starts empty: the container is made before it is first used.
    make: Option<OnceCell<()>>,
}

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The blobs of this page, by name.
    pub blobs: Vec<Entry>,
    /// What to ask for to get the next page; `None` on the last.
    pub next: Option<String>,
}

/// One blob of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its content type, when it has one.
    pub content_type: Option<String>,
    /// When it was last written.
    pub last_modified: Option<DateTime>,
}

/// Connects a resource of type `azure.blob`.
pub(crate) fn connect(site: Site<'_>) -> Option<Arc<Store>> {
    let resource = site.resource.name;
    let mut make = None;
    let clients = match site.place {
        Place::Azure(cloud) => {
            let endpoint = cloud.endpoint(site.resource, site.settings, site.missing);
            let container = cloud.field(site.resource, "container", site.settings, site.missing);
            let url = within(endpoint?, &container?)?;
            let client = |identity| {
                let credential = Some(cloud.credential(identity)?);
                BlobContainerClient::new(url.clone(), credential, options(cloud.client_options()))
                    .ok()
                    .map(Arc::new)
            };
            site.identities
                .iter()
                .map(|name| Some((*name, client(name)?)))
                .collect::<Option<_>>()?
        }
        Place::Local => {
            let Some(client) = local(&site).map(Arc::new) else {
                site.missing.push(
                    AZURITE_SETTING,
                    "is not an `http` URL of this machine with an account",
                );
                return None;
            };
            make = Some(OnceCell::new());
            site.notes.push(format!(
                "resource `{resource}` is a container of Azurite on this machine; no permission is enforced there"
            ));
            site.identities
                .iter()
                .map(|name| (*name, Arc::clone(&client)))
                .collect()
        }
    };
    Some(Arc::new(Store {
        resource,
        clients,
        make,
    }))
}

/// The container in Azurite.
fn local(site: &Site<'_>) -> Option<BlobContainerClient> {
    let url = Url::parse(site.settings.get(AZURITE_SETTING).unwrap_or(AZURITE)).ok()?;
    let host = url.host_str()?;
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let here = host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
    let account = url.path().trim_matches('/').to_owned();
    if !here || url.scheme() != "http" || account.is_empty() || account.contains('/') {
        return None;
    }
    let named = site
        .settings
        .get(&resource_field(site.resource.name, "container"));
    let container = named.or_else(|| literal(site.resource, "container"));
    let url = within(url, container.unwrap_or(site.resource.name))?;
    let url = sas::sign(url, &account)?;
    BlobContainerClient::new(url, None, options(local_client_options())).ok()
}

fn options(client_options: ClientOptions) -> Option<BlobContainerClientOptions> {
    Some(BlobContainerClientOptions {
        client_options,
        ..BlobContainerClientOptions::default()
    })
}

/// `https://account/` and `container` become `https://account/container`.
fn within(mut url: Url, container: &str) -> Option<Url> {
    url.path_segments_mut().ok()?.pop_if_empty().push(container);
    Some(url)
}

impl Store {
    /// Makes the container in Azurite, once; in Azure there is nothing to do.
    pub(super) async fn ready(&self) -> azure_core::Result<()> {
        let (Some(make), Some(client)) = (&self.make, self.clients.values().next()) else {
            return Ok(());
        };
        let make_it = || async {
            match client.create(None).await {
                Err(error) if error.http_status() != Some(StatusCode::Conflict) => Err(error),
                _ => Ok(()),
            }
        };
        make.get_or_try_init(make_it).await.copied()
    }

    pub(super) fn container(&self, identity: &str) -> Result<&BlobContainerClient, ToolError> {
        self.clients.get(identity).map(Arc::as_ref).ok_or_else(|| {
            let why = format!("`{}` was not made ready for `{identity}`", self.resource);
            ToolError::of(ErrorKind::Internal, why)
        })
    }

    pub(super) fn blob(&self, identity: &str, name: &str) -> Result<BlobClient, ToolError> {
        Ok(self.container(identity)?.blob_client(name))
    }
}

/// The whole blob, or `None` when it has more than `most` bytes.
pub(super) async fn read(client: BlobClient, most: u64) -> azure_core::Result<Option<Vec<u8>>> {
    // One byte more than allowed tells whether there is more, and bounds what is held in memory.
    let range = Some((0..most.saturating_add(1)).into());
    let options = BlobClientDownloadOptions {
        range,
        ..BlobClientDownloadOptions::default()
    };
    let body = client.download(Some(options)).await?.body.collect().await?;
    let fits = u64::try_from(body.len()).is_ok_and(|length| length <= most);
    Ok(fits.then(|| body.to_vec()))
}

pub(super) async fn list(
    client: &BlobContainerClient,
    prefix: &str,
    page: Option<&str>,
    most: u32,
) -> azure_core::Result<Page> {
    let options = BlobContainerClientListBlobsOptions {
        prefix: (!prefix.is_empty()).then(|| prefix.to_owned()),
        marker: page.map(str::to_owned),
        maxresults: Some(i32::try_from(most.clamp(1, 5000)).unwrap_or(5000)),
        ..BlobContainerClientListBlobsOptions::default()
    };
    let mut pages = client.list_blobs(Some(options))?.into_pages();
    let Some(answer) = pages.try_next().await? else {
        return Ok(Page {
            blobs: Vec::new(),
            next: None,
        });
    };
    let answer = answer.into_model()?;
    let blobs = answer.blob_items.into_iter().filter_map(|item| {
        let properties = item.properties.unwrap_or_default();
        let moment = properties.last_modified.map(|at| at.unix_timestamp());
        Some(Entry {
            name: item.name?,
            size: properties.content_length.unwrap_or_default(),
            content_type: properties.content_type,
            last_modified: moment
                .and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0))
                .map(|moment| moment.fixed_offset()),
        })
    });
    let next = answer.next_marker.filter(|marker| !marker.is_empty());
    Ok(Page {
        blobs: blobs.collect(),
        next,
    })
}

/// Puts a blob in one request; `new` lets it fail when there is one.
pub(super) async fn put(
    client: BlobClient,
    bytes: Vec<u8>,
    content_type: &str,
    new: bool,
) -> azure_core::Result<()> {
    let options = BlobClientUploadOptions {
        blob_content_type: Some(content_type.to_owned()),
        // Never in blocks: those need more than the operation that creates.
        partition_size: Some(NonZero::<u64>::MAX),
        ..BlobClientUploadOptions::default()
    };
    let options = if new {
        options.if_not_exists()
    } else {
        options
    };
    client
        .upload(RequestContent::from(bytes), Some(options))
        .await
        .map(|_| ())
}

pub(super) async fn delete(client: BlobClient) -> azure_core::Result<()> {
    client.delete(None).await.map(|_| ())
}
