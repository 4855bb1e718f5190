//! The index in Azure, by REST.
//!
//! Requests go through the pipeline of `azure_core`: it fetches tokens, tries again what may be
//! tried again (408, 429, 500, 502, 503, 504), and waits as long as `Retry-After` says.

use super::query::{Hit, Hits, Query};
use crate::azure::{Cloud, Doing, in_time};
use crate::plant::Site;
use crate::{Call, ErrorKind, ToolError};
use azure_core::http::headers::{ACCEPT, CONTENT_TYPE};
use azure_core::http::policies::auth::BearerTokenAuthorizationPolicy;
use azure_core::http::{Context, Method, Pipeline, Request, Url};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version of the REST API.
pub const API_VERSION: &str = "2025-09-01";

/// What tokens are for.
const SCOPE: &str = "https://search.azure.com/.default";

/// One index, and a pipeline for each identity that uses it.
pub(crate) struct Index {
    /// `https://service/indexes/name/docs`
    documents: Url,
    pipelines: BTreeMap<&'static str, Pipeline>,
}

pub(super) fn connect(cloud: &Cloud, site: Site<'_>) -> Option<Index> {
    let endpoint = cloud.endpoint(site.resource, site.settings, site.missing);
    let index = cloud.field(site.resource, "index", site.settings, site.missing);
    let mut documents = endpoint?;
    documents
        .path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(["indexes", index?.as_str(), "docs"]);
    let pipeline = |identity| {
        let token = BearerTokenAuthorizationPolicy::new(cloud.credential(identity)?, [SCOPE]);
        Some(Pipeline::new(
            option_env!("CARGO_PKG_NAME"),
            option_env!("CARGO_PKG_VERSION"),
            cloud.client_options(),
            Vec::new(),
            vec![Arc::new(token)],
            None,
        ))
    };
    let pipelines = site
        .identities
        .iter()
        .map(|name| Some((*name, pipeline(name)?)));
    Some(Index {
        documents,
        pipelines: pipelines.collect::<Option<_>>()?,
    })
}

impl Index {
    pub(super) async fn query(
        &self,
        call: &Call,
        doing: &Doing,
        query: &Query,
    ) -> Result<Hits<Map<String, Value>>, ToolError> {
        let answer = self.post(call, doing, "search", &json!(query)).await?;
        let found: Found = answer.read(doing)?;
        let hits = found.value.into_iter().map(|mut document| {
            let score = document
                .get("@search.score")
                .and_then(Value::as_f64)
                .unwrap_or_default();
            document.retain(|name, _| !name.starts_with('@'));
            Hit { score, document }
        });
        Ok(Hits {
            hits: hits.collect(),
            count: found.count,
            stand_in: false,
        })
    }

    pub(super) async fn change(
        &self,
        call: &Call,
        doing: &Doing,
        action: &'static str,
        documents: Vec<Map<String, Value>>,
    ) -> Result<(), ToolError> {
        let documents = documents.into_iter().map(|mut document| {
            document.insert("@search.action".to_owned(), action.into());
            document
        });
        let body = json!({ "value": documents.collect::<Vec<_>>() });
        let answer: Changed = self.post(call, doing, "index", &body).await?.read(doing)?;
        let refused: Vec<_> = answer.value.iter().filter(|one| !one.status).collect();
        let Some(first) = refused.first() else {
            return Ok(());
        };
        let why = format!(
            "`{}` refused to {} {} of {} documents, the first being `{}` (status {})",
            doing.resource,
            doing.verb,
            refused.len(),
            answer.value.len(),
            first.key,
            first.status_code
        );
        let kind = if first.status_code == 503 {
            ErrorKind::Busy
        } else {
            ErrorKind::Failed
        };
        Err(ToolError::of(kind, why))
    }

    async fn post(
        &self,
        call: &Call,
        doing: &Doing,
        what: &str,
        body: &Value,
    ) -> Result<Answer, ToolError> {
        let pipeline = self.pipelines.get(doing.identity).ok_or_else(|| {
            let why = format!(
                "`{}` was not made ready for `{}`",
                doing.resource, doing.identity
            );
            ToolError::of(ErrorKind::Internal, why)
        })?;
        let mut url = self.documents.clone();
        url.set_path(&format!("{}/{what}", url.path()));
        url.query_pairs_mut()
            .append_pair("api-version", API_VERSION);
        let mut request = Request::new(url, Method::Post);
        request.insert_header(CONTENT_TYPE, "application/json");
        request.insert_header(ACCEPT, "application/json;odata.metadata=none");
        request.set_body(body.to_string());
        let context = Context::new();
        let answer = in_time(call, doing, pipeline.send(&context, &mut request, None)).await?;
        Ok(Answer(answer.into_body().as_ref().to_vec()))
    }
}

/// The body of an answer.
struct Answer(Vec<u8>);

impl Answer {
    fn read<T: serde::de::DeserializeOwned>(&self, doing: &Doing) -> Result<T, ToolError> {
        serde_json::from_slice(&self.0).map_err(|error| {
            let why = format!("`{}` did not answer sensibly", doing.resource);
            ToolError::of(ErrorKind::Unavailable, why).caused_by(error)
        })
    }
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "@odata.count")]
    count: Option<u64>,
    value: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Changed {
    value: Vec<ChangedOne>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangedOne {
    key: String,
    status: bool,
    status_code: u16,
}
