//! The keys with which an issuer signs: found by OpenID discovery, kept, and fetched anew.
//!
//! An issuer changes its keys without notice. A token that names a key not seen yet makes the keys
//! be fetched again, but not more often than every [`PAUSE`]: otherwise anyone could have this
//! server flood the issuer. Keys also grow old, so that one withdrawn is not believed for long.

use super::super::guard::Refusal;
use azure_core::http::{ClientOptions, Context, Method, Pipeline, Request, Url};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// How long the issuer is left alone.
const PAUSE: Duration = Duration::from_secs(30);
/// How long keys are believed without asking.
const FRESH: Duration = Duration::from_secs(3600);
/// How long they are believed when the issuer does not answer.
const STALE: Duration = Duration::from_secs(24 * 3600);
/// How long the issuer may take.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Keys {
    issuer: String,
    discovery: Url,
    pipeline: Pipeline,
    known: RwLock<Known>,
    /// One fetch at a time; holds when the last was tried.
    fetching: Mutex<Option<Instant>>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Arc<[Jwk]>,
    at: Option<Instant>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl Keys {
    /// The keys of an issuer: an `https` URL, or one of this machine.
    pub(super) fn of(issuer: &str) -> Option<Self> {
        let discovery = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let options = ClientOptions {
            transport: Some(crate::azure::transport()),
            ..ClientOptions::default()
        };
        Some(Self {
            issuer: issuer.to_owned(),
            discovery: trusted(&discovery)?,
            pipeline: Pipeline::new(None, None, options, Vec::new(), Vec::new(), None),
            known: RwLock::default(),
            fetching: Mutex::new(None),
        })
    }

    /// The key of a token.
    pub(super) async fn find(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<DecodingKey, Refusal> {
        let known = self.known();
        let age = known.at.map(|at| at.elapsed());
        if age.is_some_and(|age| age < FRESH)
            && let Some(key) = pick(&known.keys, kid, algorithm)
        {
            return Ok(key);
        }
        let fetched = self.fetch(known.at).await;
        let known = self.known();
        let usable = known.at.is_some_and(|at| at.elapsed() < STALE);
        match pick(&known.keys, kid, algorithm).filter(|_| usable) {
            Some(key) => Ok(key),
            None if fetched || usable => Err(Refusal::Invalid(
                "the token is signed with a key that its issuer does not publish",
            )),
            None => Err(Refusal::Unavailable(
                "the keys of the issuer cannot be fetched now",
            )),
        }
    }

    fn known(&self) -> Known {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// Fetches the keys, unless somebody has just done so or tried to; whether they are new.
    async fn fetch(&self, seen: Option<Instant>) -> bool {
        let mut tried = self.fetching.lock().await;
        if self.known().at != seen {
            return true; // fetched by whoever held the lock
        }
        if tried.is_some_and(|at| at.elapsed() < PAUSE) {
            return false;
        }
        *tried = Some(Instant::now());
        let keys = timeout(PATIENCE, self.published()).await;
        let keys = keys.unwrap_or_else(|_| Err("the issuer did not answer in time".to_owned()));
        match keys {
            Ok(keys) => {
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                let at = Some(Instant::now());
                *known = Known {
                    keys: keys.into(),
                    at,
                };
                true
            }
            Err(why) => {
                tracing::error!(target: "grantc", issuer = self.issuer, why, "keys were not fetched");
                false
            }
        }
    }

    async fn published(&self) -> Result<Vec<Jwk>, String> {
        let found: Discovery = self.get(self.discovery.clone()).await?;
        if found.issuer != self.issuer {
            return Err(format!("the issuer calls itself `{}`", found.issuer));
        }
        let place = trusted(&found.jwks_uri).ok_or("the keys are not at an `https` URL")?;
        let published: Published = self.get(place).await?;
        // Keys of kinds that nobody here knows are not for us.
        let read = |key| serde_json::from_value::<Jwk>(key).ok();
        Ok(published.keys.into_iter().filter_map(read).collect())
    }

    async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, String> {
        let mut request = Request::new(url, Method::Get);
        let context = Context::new();
        let sent = self.pipeline.send(&context, &mut request, None).await;
        let answer = sent.map_err(|error| error.to_string())?;
        serde_json::from_slice(answer.into_body().as_ref()).map_err(|error| error.to_string())
    }
}

/// Picks the key of a token. One without the name of a key must mean the only one there is.
fn pick(keys: &[Jwk], kid: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
    let signs = |key: &&Jwk| {
        let fits = match &key.algorithm {
            AlgorithmParameters::RSA(_) => matches!(algorithm, Algorithm::RS256 | Algorithm::PS256),
            AlgorithmParameters::EllipticCurve(_) => algorithm == Algorithm::ES256,
            _ => false,
        };
        let common = &key.common;
        let said = common.key_algorithm.map(|said| said.to_string());
        fits && common
            .public_key_use
            .as_ref()
            .is_none_or(|to| *to == PublicKeyUse::Signature)
            && said.is_none_or(|said| said == format!("{algorithm:?}"))
    };
    let mut fitting = keys.iter().filter(signs);
    let key = match kid {
        Some(kid) => fitting.find(|key| key.common.key_id.as_deref() == Some(kid))?,
        None => fitting.next().filter(|_| fitting.next().is_none())?,
    };
    DecodingKey::from_jwk(key).ok()
}

/// Keys and where to find them are fetched over TLS, or from this machine.
fn trusted(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let safe =
        url.scheme() == "https" || (url.scheme() == "http" && crate::settings::is_loopback(host));
    safe.then_some(url)
}
