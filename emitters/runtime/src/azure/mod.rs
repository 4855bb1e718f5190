//! What the clients of Azure resources share: one HTTP client, tokens by identity, readable errors.

mod errors;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use errors::{Doing, in_time};

use crate::settings::{Missing, Settings, identity_client_id, resource_field};
use crate::table::{Identity, IdentityKind, Resource};
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, HttpClientOptions, Transport, Url, new_http_client};
use azure_identity::{
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The way to Azure: a transport and a credential for each identity.
pub(crate) struct Cloud {
    transport: Transport,
    credentials: BTreeMap<&'static str, Arc<dyn TokenCredential>>,
    in_azure: bool,
}

impl Cloud {
    /// Makes the credentials of `identities`; asks for no token yet.
    ///
    /// In Azure each identity is a managed identity known by its client id. Elsewhere all of them
    /// are the developer, signed in with the Azure CLI or the Azure Developer CLI.
    pub(crate) fn new<'a>(
        identities: impl Iterator<Item = &'a Identity>,
        settings: &Settings,
        missing: &mut Missing,
    ) -> Self {
        let transport = transport();
        let options = || ClientOptions {
            transport: Some(transport.clone()),
            ..ClientOptions::default()
        };
        let mut developer = None;
        let mut credentials = BTreeMap::new();
        for identity in identities {
            let made = if settings.in_azure() {
                managed(identity, options(), settings, missing)
            } else {
                let known = developer.get_or_insert_with(|| {
                    DeveloperToolsCredential::new(None).map(|made| made as Arc<dyn TokenCredential>)
                });
                Some(known.as_ref().map(Arc::clone).map_err(ToString::to_string))
            };
            match made {
                Some(Ok(credential)) => drop(credentials.insert(identity.name, credential)),
                Some(Err(why)) => missing.push(format!("identity `{}`", identity.name), why),
                None => {}
            }
        }
        Self {
            transport,
            credentials,
            in_azure: settings.in_azure(),
        }
    }

    /// The credential of an identity.
    pub(crate) fn credential(&self, identity: &str) -> Option<Arc<dyn TokenCredential>> {
        self.credentials.get(identity).cloned()
    }

    /// Options that put a client on the shared transport.
    pub(crate) fn client_options(&self) -> ClientOptions {
        ClientOptions {
            transport: Some(self.transport.clone()),
            ..ClientOptions::default()
        }
    }

    /// A field of a resource: its setting, or, outside of Azure, what the manifest says.
    pub(crate) fn field(
        &self,
        resource: &Resource,
        field: &str,
        settings: &Settings,
        missing: &mut Missing,
    ) -> Option<String> {
        let name = resource_field(resource.name, field);
        let stands = settings.get(&name).is_none() && !self.in_azure;
        if let Some(literal) = literal(resource, field).filter(|_| stands) {
            return Some(literal.to_owned());
        }
        missing.need(settings, name, || {
            format!(
                "{field} of resource `{}`; an app setting of the emitted templates",
                resource.name
            )
        })
    }

    /// The endpoint of a resource: an `https` URL that ends in `/`.
    pub(crate) fn endpoint(
        &self,
        resource: &Resource,
        settings: &Settings,
        missing: &mut Missing,
    ) -> Option<Url> {
        let text = self.field(resource, "endpoint", settings, missing)?;
        let url = Url::parse(&text)
            .ok()
            .filter(|url| url.scheme() == "https" && url.has_host());
        if url.is_none() {
            missing.push(
                resource_field(resource.name, "endpoint"),
                "is not an `https` URL",
            );
        }
        url
    }
}

/// The value of a field that the manifest writes out.
pub(crate) fn literal(resource: &Resource, field: &str) -> Option<&'static str> {
    resource
        .fields
        .iter()
        .find(|(name, _)| *name == field)
        .map(|(_, value)| *value)
}

fn managed(
    identity: &Identity,
    client_options: ClientOptions,
    settings: &Settings,
    missing: &mut Missing,
) -> Option<Result<Arc<dyn TokenCredential>, String>> {
    if identity.kind != IdentityKind::UserAssigned {
        return Some(Err("this kind of identity is not used yet".to_owned()));
    }
    let id = missing.need(settings, identity_client_id(identity.name), || {
        format!(
            "client id of identity `{}`; an app setting of the emitted templates",
            identity.name
        )
    })?;
    let made = ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
        user_assigned_id: Some(UserAssignedId::ClientId(id)),
        client_options,
    }));
    Some(
        made.map(|made| made as Arc<dyn TokenCredential>)
            .map_err(|error| error.to_string()),
    )
}

/// The one HTTP client, with its pool of connections.
fn transport() -> Transport {
    // `Err` means that the program has chosen a provider of its own, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Decompression is off: ranges of blobs would not add up.
    Transport::new(new_http_client(Some(HttpClientOptions {
        automatic_decompression: false,
    })))
}

/// Options for an emulator on this machine: it answers at once or it is not there.
#[cfg(feature = "blob")]
pub(crate) fn local_client_options() -> ClientOptions {
    use azure_core::http::{ExponentialRetryOptions, RetryOptions};
    let retry = ExponentialRetryOptions {
        max_retries: 1,
        ..ExponentialRetryOptions::default()
    };
    ClientOptions {
        transport: Some(transport()),
        retry: RetryOptions::exponential(retry),
        ..ClientOptions::default()
    }
}
