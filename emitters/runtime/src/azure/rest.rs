//! Requests to services that have no client of their own in the Azure SDK.
//!
//! They go through the pipeline of `azure_core`, which tries again what may be tried again (408,
//! 429, 500, 502, 503, 504) and waits as long as `Retry-After` says. Tokens travel over TLS only.

use super::identity::Acting;
use super::{Cloud, Doing, in_time};
use crate::plant::Site;
use crate::{Call, ErrorKind, ToolError};
use azure_core::http::headers::{AUTHORIZATION, HeaderName, Headers};
use azure_core::http::{Context, Pipeline, Request, StatusCode, Url};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// How long a token of our own is used without asking for it again; the shortest that Entra gives
/// lasts an hour, and credentials keep those of managed identities anyway.
const KEPT: Duration = Duration::from_secs(300);

/// The way to one resource, for each identity that uses it.
pub(crate) struct Rest {
    pipeline: Pipeline,
    acting: BTreeMap<&'static str, Acting>,
    /// What tokens are for, such as `https://search.azure.com/.default`.
    scope: String,
    kept: Mutex<BTreeMap<&'static str, (String, Instant)>>,
}

impl Rest {
    /// The way to the resource of a site; nothing when an identity is missing, which is named then.
    pub(crate) fn new(cloud: &Cloud, site: &Site<'_>, scope: String) -> Option<Self> {
        let acting = |name: &&'static str| Some((*name, cloud.acting(name)?));
        Some(Self {
            pipeline: Pipeline::new(
                option_env!("CARGO_PKG_NAME"),
                option_env!("CARGO_PKG_VERSION"),
                cloud.client_options(),
                Vec::new(),
                Vec::new(),
                None,
            ),
            acting: site.identities.iter().map(acting).collect::<Option<_>>()?,
            scope,
            kept: Mutex::default(),
        })
    }

    /// A token for the resource, as the identity that acts.
    pub(crate) async fn token(&self, call: &Call, doing: &Doing) -> Result<String, ToolError> {
        let Some((identity, acting)) = self.acting.get_key_value(doing.identity) else {
            let why = format!(
                "`{}` was not made ready for `{}`",
                doing.resource, doing.identity
            );
            return Err(ToolError::of(ErrorKind::Internal, why));
        };
        let own = matches!(acting, Acting::Own(_));
        let kept = |lock: &Mutex<BTreeMap<_, (String, Instant)>>| {
            let kept = lock
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let (token, until) = kept.get(identity)?;
            (*until > Instant::now()).then(|| token.clone())
        };
        if let Some(token) = own.then(|| kept(&self.kept)).flatten() {
            return Ok(token);
        }
        let asked = tokio::time::timeout_at(call.deadline(), acting.token(call, &self.scope));
        let token = asked.await.map_err(|_| {
            let why = format!("no token for `{}` came in time", doing.resource);
            ToolError::of(ErrorKind::Timeout, why)
        })??;
        if own {
            let mut kept = self
                .kept
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            kept.insert(identity, (token.clone(), Instant::now() + KEPT));
        }
        Ok(token)
    }

    /// Sends a request with a bearer token.
    pub(crate) async fn send(
        &self,
        call: &Call,
        doing: &Doing,
        mut request: Request,
    ) -> Result<Answer, ToolError> {
        let token = self.token(call, doing).await?;
        request.insert_header(AUTHORIZATION, format!("Bearer {token}"));
        self.send_signed(call, doing, request).await
    }

    /// Sends a request that says itself who it is from.
    pub(crate) async fn send_signed(
        &self,
        call: &Call,
        doing: &Doing,
        mut request: Request,
    ) -> Result<Answer, ToolError> {
        if request.url().scheme() != "https" {
            let why = format!("`{}` is not reached over TLS", doing.resource);
            return Err(ToolError::of(ErrorKind::Internal, why));
        }
        let context = Context::new();
        let answer = in_time(
            call,
            doing,
            self.pipeline.send(&context, &mut request, None),
        )
        .await?;
        let (status, headers, body) = answer.deconstruct();
        Ok(Answer {
            status,
            headers,
            body: body.as_ref().to_vec(),
        })
    }
}

/// What a service answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body, as JSON.
    pub(crate) fn read<T: DeserializeOwned>(&self, doing: &Doing) -> Result<T, ToolError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let why = format!("`{}` did not answer sensibly", doing.resource);
            ToolError::of(ErrorKind::Unavailable, why).caused_by(error)
        })
    }

    /// A header.
    pub(crate) fn header(&self, name: &'static str) -> Option<&str> {
        self.headers
            .get_optional_str(&HeaderName::from_static(name))
    }
}

/// `base` with segments added to its path, each escaped.
pub(crate) fn join<'a>(base: &Url, segments: impl IntoIterator<Item = &'a str>) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}
