//! The on-behalf-of exchange: a caller's token for this server becomes one for another service.
//!
//! The caller's own token is never passed on; services would have to refuse it, being for somebody
//! else. No secret is involved: the app registration trusts the host identity, whose token stands
//! for one. Tokens are kept until shortly before they expire, by a digest of the caller's.

use super::identity::Assertion;
use crate::caller::Secret;
use crate::{ErrorKind, ToolError};
use azure_core::credentials::TokenCredential;
use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{ClientOptions, Context, Method, Pipeline, Request, Transport, Url};
use azure_identity::ClientAssertion as _;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

const AUTHORITY: &str = "https://login.microsoftonline.com/";

/// Tokens are not used when they are about to expire.
const EARLY: Duration = Duration::from_secs(120);

/// Most tokens that are kept; beyond, all are forgotten.
const MOST: usize = 10_000;

type Key = ([u8; 32], String);

/// Exchanges tokens for one app registration.
pub(crate) struct OnBehalf {
    endpoint: Url,
    client_id: String,
    assertion: Assertion,
    pipeline: Pipeline,
    kept: Mutex<BTreeMap<Key, (String, Instant)>>,
}

impl fmt::Debug for OnBehalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OnBehalf({})", self.client_id)
    }
}

#[derive(Deserialize)]
struct Exchanged {
    access_token: String,
    expires_in: u64,
}

impl OnBehalf {
    pub(super) fn new(
        transport: &Transport,
        tenant: &str,
        client_id: String,
        host: Arc<dyn TokenCredential>,
    ) -> Result<Self, String> {
        let mut endpoint = Url::parse(AUTHORITY).map_err(|error| error.to_string())?;
        if let Ok(mut path) = endpoint.path_segments_mut() {
            path.pop_if_empty()
                .extend([tenant, "oauth2", "v2.0", "token"]);
        }
        let options = ClientOptions {
            transport: Some(transport.clone()),
            ..ClientOptions::default()
        };
        Ok(Self {
            endpoint,
            client_id,
            assertion: Assertion(host),
            pipeline: Pipeline::new(None, None, options, Vec::new(), Vec::new(), None),
            kept: Mutex::default(),
        })
    }

    /// A token for `scope` in the name of the caller.
    pub(crate) async fn token(&self, caller: &Secret, scope: &str) -> Result<String, ToolError> {
        let key: Key = (Sha256::digest(&caller.0).into(), scope.to_owned());
        if let Some(token) = self.known(&key) {
            return Ok(token);
        }
        let refused = |error: azure_core::Error| {
            let why = format!("the directory gives no token for `{scope}` on behalf of the caller");
            ToolError::of(ErrorKind::Denied, why).caused_by(error)
        };
        let assertion = self.assertion.secret(None).await.map_err(refused)?;
        let mut body = Url::parse("form:").map_err(ToolError::from)?;
        body.query_pairs_mut().extend_pairs([
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("requested_token_use", "on_behalf_of"),
            ("client_id", &self.client_id),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &assertion),
            ("assertion", &caller.0),
            ("scope", scope),
        ]);
        let mut request = Request::new(self.endpoint.clone(), Method::Post);
        request.insert_header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.insert_header(HeaderName::from_static("accept"), "application/json");
        request.set_body(body.query().unwrap_or_default().to_owned());
        let context = Context::new();
        let answer = self.pipeline.send(&context, &mut request, None).await;
        let answer = answer.map_err(refused)?.into_body();
        let given: Exchanged = serde_json::from_slice(answer.as_ref()).map_err(|error| {
            let why = "the directory did not answer sensibly";
            ToolError::of(ErrorKind::Unavailable, why).caused_by(error)
        })?;
        self.keep(key, &given);
        Ok(given.access_token)
    }

    fn known(&self, key: &Key) -> Option<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, until) = kept.get(key)?;
        (*until > Instant::now()).then(|| token.clone())
    }

    fn keep(&self, key: Key, given: &Exchanged) {
        let lasts = Duration::from_secs(given.expires_in).saturating_sub(EARLY);
        let now = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (_, until)| *until > now);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, (given.access_token.clone(), now + lasts));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Acting;
    use super::super::testing::{Fixed, Service};
    use super::*;
    use crate::{Call, Caller, Principal};

    const GRAPH: &str = "https://graph.microsoft.com/.default";

    fn given(token: &str) -> (&'static str, String) {
        let body = format!("{{\"access_token\":\"{token}\",\"expires_in\":3600}}");
        ("200 OK", body)
    }

    async fn exchange(script: Vec<(&'static str, String)>) -> (Service, Acting) {
        let service = Service::answering(script).await;
        let exchange = OnBehalf::new(
            &service.transport(),
            "tenant-1",
            "app-1".to_owned(),
            Arc::new(Fixed),
        );
        let acting = Acting::ForUser {
            exchange: Some(Arc::new(exchange.unwrap())),
            developer: None,
        };
        (service, acting)
    }

    fn call(caller: Caller) -> Call {
        let never = tokio_util::sync::CancellationToken::new();
        let plant = Arc::new(crate::plant::Plant::default());
        let deadline = Instant::now() + Duration::from_secs(5);
        Call::new("desk", deadline, never, plant, caller)
    }

    fn user(token: &str) -> Caller {
        Caller::User(Arc::new(Principal {
            token: Some(Secret(token.to_owned())),
            ..Principal::default()
        }))
    }

    #[tokio::test]
    async fn a_token_is_exchanged_once_for_each_caller() {
        let (service, acting) = exchange(vec![given("for-a"), given("for-b")]).await;
        for (caller, token) in [
            ("a", "for-a"),
            ("a", "for-a"),
            ("b", "for-b"),
            ("a", "for-a"),
        ] {
            assert_eq!(
                acting.token(&call(user(caller)), GRAPH).await.unwrap(),
                token
            );
        }
        let seen = service.seen();
        assert_eq!(seen.len(), 2);
        assert_eq!(seen[0].target, "/tenant-1/oauth2/v2.0/token");
        let body = format!("form:?{}", seen[0].body);
        let body = Url::parse(&body).unwrap();
        let pairs: BTreeMap<_, _> = body.query_pairs().into_owned().collect();
        let expected = [
            ("assertion", "a"),
            (
                "client_assertion",
                "token-for-api://AzureADTokenExchange/.default",
            ),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_id", "app-1"),
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("requested_token_use", "on_behalf_of"),
            ("scope", GRAPH),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs, BTreeMap::from(expected));
    }

    #[tokio::test]
    async fn nobody_else_is_given_a_token() {
        let why = "{\"error\":\"invalid_grant\"}".to_owned();
        let (_service, acting) = exchange(vec![("400 Bad Request", why)]).await;
        let refused = async |caller| {
            let error = acting.token(&call(caller), GRAPH).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
            error.to_string()
        };
        assert!(refused(user("a")).await.contains("gives no token"));
        for caller in [Caller::Key, Caller::Local, Caller::App(Arc::default())] {
            assert!(refused(caller).await.contains("there is none"));
        }
        let developer: Arc<dyn TokenCredential> = Arc::new(Fixed);
        let elsewhere = Acting::ForUser {
            exchange: None,
            developer: Some(developer),
        };
        let mine = elsewhere.token(&call(Caller::Local), GRAPH).await.unwrap();
        assert_eq!(mine, format!("token-for-{GRAPH}"));
        let error = elsewhere.token(&call(user("a")), GRAPH).await.unwrap_err();
        assert!(error.to_string().contains("only in Azure"), "{error}");
    }
}
