//! The container in Azure, by REST.

use super::Item;
use super::query::{Items, Query};
use crate::azure::{Answer, Cloud, Doing, Rest, join};
use crate::plant::Site;
use crate::{Call, ToolError};
use azure_core::http::headers::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName};
use azure_core::http::{Method, Request, Url};
use azure_core::time::{OffsetDateTime, to_rfc7231};
use serde::Deserialize;
use serde_json::{Value, json};

/// The version of the REST API.
pub const API_VERSION: &str = "2018-12-31";

/// One container.
pub(crate) struct Container {
    /// `https://account/dbs/database/colls/container/docs`
    items: Url,
    rest: Rest,
}

pub(super) fn connect(cloud: &Cloud, site: Site<'_>) -> Option<Container> {
    let endpoint = cloud.endpoint(site.resource, site.settings, site.missing);
    let database = cloud.field(site.resource, "database", site.settings, site.missing);
    let container = cloud.field(site.resource, "container", site.settings, site.missing);
    let (endpoint, database, container) = (endpoint?, database?, container?);
    let scope = format!("{}/.default", endpoint.as_str().trim_end_matches('/'));
    let items = join(&endpoint, ["dbs", &database, "colls", &container, "docs"]);
    Some(Container {
        items,
        rest: Rest::new(cloud, &site, scope)?,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    documents: Vec<Item>,
}

impl Container {
    pub(super) async fn read(
        &self,
        call: &Call,
        doing: &Doing,
        partition: &Value,
        id: &str,
    ) -> Result<Item, ToolError> {
        let request = request(join(&self.items, [id]), Method::Get, Some(partition));
        self.send(call, doing, request).await?.read(doing)
    }

    pub(super) async fn delete(
        &self,
        call: &Call,
        doing: &Doing,
        partition: &Value,
        id: &str,
    ) -> Result<(), ToolError> {
        let request = request(join(&self.items, [id]), Method::Delete, Some(partition));
        self.send(call, doing, request).await.map(drop)
    }

    pub(super) async fn put(
        &self,
        call: &Call,
        doing: &Doing,
        partition: &Value,
        item: &Item,
        over: bool,
    ) -> Result<(), ToolError> {
        let mut request = request(self.items.clone(), Method::Post, Some(partition));
        request.insert_header(CONTENT_TYPE, "application/json");
        if over {
            set(&mut request, "x-ms-documentdb-is-upsert", "True");
        }
        request.set_body(json!(item).to_string());
        self.send(call, doing, request).await.map(drop)
    }

    pub(super) async fn query(
        &self,
        call: &Call,
        doing: &Doing,
        query: &Query,
    ) -> Result<Items<Item>, ToolError> {
        let mut request = request(self.items.clone(), Method::Post, query.partition.as_ref());
        request.insert_header(CONTENT_TYPE, "application/query+json");
        set(&mut request, "x-ms-documentdb-isquery", "True");
        if query.partition.is_none() {
            set(
                &mut request,
                "x-ms-documentdb-query-enablecrosspartition",
                "True",
            );
        }
        if let Some(top) = query.top {
            set(&mut request, "x-ms-max-item-count", &top.to_string());
        }
        if let Some(page) = &query.page {
            set(&mut request, "x-ms-continuation", page);
        }
        request.set_body(query.body().to_string());
        let answer = self.send(call, doing, request).await?;
        let next = answer.header("x-ms-continuation").map(str::to_owned);
        let found: Found = answer.read(doing)?;
        Ok(Items::new(found.documents, next, false))
    }

    /// Sends a request with the token as this service wants it: a signature of type `aad`.
    async fn send(
        &self,
        call: &Call,
        doing: &Doing,
        mut request: Request,
    ) -> Result<Answer, ToolError> {
        let token = self.rest.token(call, doing).await?;
        let mut signed = Url::parse("form:").map_err(ToolError::from)?;
        signed
            .query_pairs_mut()
            .append_key_only(&format!("type=aad&ver=1.0&sig={token}"));
        let signed = signed.query().unwrap_or_default().to_owned();
        request.insert_header(AUTHORIZATION, signed);
        self.rest.send_signed(call, doing, request).await
    }
}

fn request(url: Url, method: Method, partition: Option<&Value>) -> Request {
    let mut request = Request::new(url, method);
    request.insert_header(ACCEPT, "application/json");
    set(&mut request, "x-ms-version", API_VERSION);
    set(
        &mut request,
        "x-ms-date",
        &to_rfc7231(&OffsetDateTime::now_utc()),
    );
    if let Some(partition) = partition {
        // Headers are ASCII: whatever is not is escaped, as JSON may be.
        let key = json!([partition]).to_string();
        set(&mut request, "x-ms-documentdb-partitionkey", &ascii(&key));
    }
    request
}

fn set(request: &mut Request, name: &'static str, value: &str) {
    request.insert_header(HeaderName::from_static(name), value.to_owned());
}

fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}
