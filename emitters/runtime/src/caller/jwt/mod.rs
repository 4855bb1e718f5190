//! Callers as their access tokens say: JSON Web Tokens of one issuer, for this server.
//!
//! `jsonwebtoken` reads and checks claims; `ring`, which TLS links in any case, checks signatures;
//! keys come from the issuer and are fetched anew when it signs with one not seen yet.

mod check;
mod keys;

use super::guard::Refusal;
use super::{Caller, Principal, Secret};
use crate::settings::{Missing, Settings};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use keys::Keys;
use serde::Deserialize;
use std::sync::Arc;

const ISSUER: &str = "GRANTC_AUTH_ISSUER";
const AUDIENCE: &str = "GRANTC_AUTH_AUDIENCE";

/// Signatures that are believed. None of them can be made with what is public.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256];

/// How far clocks may differ, in seconds.
const LEEWAY: u64 = 60;

/// What makes a token a good one.
pub(crate) struct Tokens {
    issuer: String,
    audiences: Vec<String>,
    keys: Keys,
}

/// What is read of a token.
#[derive(Deserialize)]
struct Claims {
    /// Scopes of a user, between blanks. Without them the token is an application's.
    scp: Option<String>,
    /// App roles.
    #[serde(default)]
    roles: Vec<String>,
    oid: Option<String>,
    tid: Option<String>,
}

impl Tokens {
    /// Reads the settings; fetches nothing yet.
    pub(super) fn new(settings: &Settings, missing: &mut Missing) -> Option<Self> {
        check::install();
        let issuer = missing.need(settings, ISSUER.to_owned(), || {
            "who issues the tokens of callers, such as \
             https://login.microsoftonline.com/TENANT/v2.0"
                .to_owned()
        });
        missing.need(settings, AUDIENCE.to_owned(), || {
            "what the tokens of callers are for: the client id of the app registration".to_owned()
        });
        let audiences: Vec<_> = settings
            .list(AUDIENCE)
            .into_iter()
            .map(str::to_owned)
            .collect();
        let issuer = issuer.filter(|_| !audiences.is_empty())?;
        let Some(keys) = Keys::of(&issuer) else {
            missing.push(ISSUER, "is not an `https` URL");
            return None;
        };
        Some(Self {
            issuer,
            audiences,
            keys,
        })
    }

    /// Who issues the tokens.
    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who sent a token.
    pub(super) async fn caller(&self, token: Secret) -> Result<Caller, Refusal> {
        let invalid = |why| Err(Refusal::Invalid(why));
        let Ok(header) = decode_header(&token.0) else {
            return invalid("the token is not a JSON Web Token");
        };
        if !ALGORITHMS.contains(&header.alg) {
            return invalid("the token is signed in a way that is not accepted");
        }
        let key = self.keys.find(header.kid.as_deref(), header.alg).await?;
        let mut rules = Validation::new(header.alg);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&self.audiences);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        let claims = match decode::<Claims>(&token.0, &key, &rules) {
            Ok(token) => token.claims,
            Err(error) => return invalid(in_words(error.kind())),
        };
        let base = Principal {
            object_id: claims.oid,
            tenant: claims.tid,
            ..Principal::default()
        };
        Ok(match claims.scp {
            Some(scopes) => Caller::User(Arc::new(Principal {
                scopes: scopes.split_whitespace().map(str::to_owned).collect(),
                token: Some(token),
                ..base
            })),
            None => Caller::App(Arc::new(Principal {
                scopes: claims.roles.into_iter().collect(),
                ..base
            })),
        })
    }
}

fn in_words(error: &ErrorKind) -> &'static str {
    match error {
        ErrorKind::ExpiredSignature => "the token has expired",
        ErrorKind::ImmatureSignature => "the token is not valid yet",
        ErrorKind::InvalidAudience => "the token is for another audience",
        ErrorKind::InvalidIssuer => "the token is of another issuer",
        ErrorKind::InvalidSignature => "the signature of the token is wrong",
        ErrorKind::MissingRequiredClaim(_) => "the token lacks a claim",
        _ => "the token cannot be read",
    }
}
