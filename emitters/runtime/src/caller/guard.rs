//! The guard of the HTTP server: how callers are known, decided once at start from `GRANTC_AUTH`.

use super::{Caller, Secret, app_service};
use crate::Mode;
use crate::settings::{self as names, Missing, Settings};
use axum::http::{HeaderMap, HeaderValue};
use subtle::ConstantTimeEq as _;

/// The header that carries a function key.
pub(crate) const KEY_HEADER: &str = "x-functions-key";

/// How callers are known.
pub(crate) enum Guard {
    /// Whoever gets here is the person at this machine.
    Open,
    /// Whoever gets here has shown a key to the Functions host.
    HostKey,
    /// A key of our own.
    Key(Secret),
    /// App Service says who it is.
    AppService,
    /// The access token says who it is.
    #[cfg(feature = "jwt")]
    Jwt(Box<super::jwt::Tokens>),
}

/// Why a request is not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nothing says who the caller is.
    Nobody,
    /// What says so is not believed; why, for the caller.
    #[cfg_attr(not(feature = "jwt"), allow(dead_code, reason = "tokens are refused"))]
    Invalid(&'static str),
    /// It cannot be checked now.
    #[cfg_attr(not(feature = "jwt"), allow(dead_code, reason = "tokens are checked"))]
    Unavailable(&'static str),
}

/// Where the server listens, as far as it matters for who may come in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    /// Only this machine reaches the address.
    pub(crate) loopback: bool,
    /// The Functions host passes requests on.
    pub(crate) behind_host: bool,
}

impl Guard {
    /// Reads `GRANTC_AUTH` and what belongs to it; what is missing is named.
    pub(crate) fn new(
        site: Site,
        mode: Mode,
        settings: &Settings,
        missing: &mut Missing,
        notes: &mut Vec<String>,
    ) -> Option<Self> {
        // The emulator of the host on a laptop sets its own address; Azure sets a public one.
        let public = settings.in_azure()
            || settings
                .hostname()
                .is_some_and(|name| !names::is_loopback(name));
        let reachable = public || !site.loopback;
        match settings.get(names::AUTH) {
            Some("jwt") => jwt(settings, missing),
            Some("key") if settings.get(names::KEY).is_some() => settings
                .get(names::KEY)
                .map(|key| Guard::Key(Secret(key.to_owned()))),
            Some("key") if site.behind_host && public => Some(Guard::HostKey),
            Some("none") if !reachable => Some(Guard::Open),
            Some("none") => {
                missing.push(
                    names::AUTH,
                    "is `none`, which is for a loopback address only; \
                     set `key`, `app-service` or `jwt`",
                );
                None
            }
            _ if mode == Mode::Local && !reachable => {
                let told = settings.get(names::AUTH).is_some();
                notes.push(format!(
                    "callers are not authenticated: {} under --local on a loopback address",
                    if told {
                        "GRANTC_AUTH asks for what is not here,"
                    } else {
                        "nothing asks for it"
                    }
                ));
                Some(Guard::Open)
            }
            Some("key") => {
                missing.push(
                    names::KEY,
                    format!("the key that callers send as `{KEY_HEADER}`; yours to set where no Functions host checks one"),
                );
                None
            }
            Some("app-service") if settings.app_service_authenticates() => Some(Guard::AppService),
            Some("app-service") => {
                missing.push(
                    names::APP_SERVICE,
                    "is not `True`: App Service does not authenticate callers here, so GRANTC_AUTH \
                     cannot be `app-service`",
                );
                None
            }
            Some(other) => {
                missing.push(
                    names::AUTH,
                    format!("`{other}` is not known; it is app-service, jwt, key or none"),
                );
                None
            }
            None => {
                missing.push(
                    names::AUTH,
                    "how callers are authenticated: app-service, jwt, key, or none on a loopback address",
                );
                None
            }
        }
    }

    /// Who makes a request.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        match self {
            Guard::Open => Ok(Caller::Local),
            Guard::HostKey => Ok(Caller::Key),
            Guard::Key(key) => {
                let sent = headers.get(KEY_HEADER).ok_or(Refusal::Nobody)?;
                let same = key.0.as_bytes().ct_eq(sent.as_bytes());
                if bool::from(same) {
                    Ok(Caller::Key)
                } else {
                    Err(Refusal::Invalid("the key is not the right one"))
                }
            }
            Guard::AppService => app_service::caller(headers).ok_or(Refusal::Nobody),
            #[cfg(feature = "jwt")]
            Guard::Jwt(tokens) => {
                let token = headers
                    .get(axum::http::header::AUTHORIZATION)
                    .and_then(bearer);
                tokens.caller(token.ok_or(Refusal::Nobody)?).await
            }
        }
    }

    /// Whether callers come with tokens, for which challenges and metadata exist.
    pub(crate) fn by_token(&self) -> bool {
        match self {
            Guard::Open | Guard::HostKey | Guard::Key(_) => false,
            Guard::AppService => true,
            #[cfg(feature = "jwt")]
            Guard::Jwt(_) => true,
        }
    }

    /// The issuers of those tokens, where this server publishes the metadata itself.
    pub(crate) fn issuer(&self) -> Option<&str> {
        match self {
            #[cfg(feature = "jwt")]
            Guard::Jwt(tokens) => Some(tokens.issuer()),
            _ => None,
        }
    }
}

/// The token of an `Authorization: Bearer` header.
pub(super) fn bearer(value: &HeaderValue) -> Option<Secret> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret(token.to_owned()))
}

#[cfg(feature = "jwt")]
fn jwt(settings: &Settings, missing: &mut Missing) -> Option<Guard> {
    super::jwt::Tokens::new(settings, missing).map(|tokens| Guard::Jwt(Box::new(tokens)))
}

#[cfg(not(feature = "jwt"))]
fn jwt(_: &Settings, missing: &mut Missing) -> Option<Guard> {
    missing.push(
        names::AUTH,
        "is `jwt`: add the feature `jwt` to `grantc-runtime` in Cargo.toml",
    );
    None
}
