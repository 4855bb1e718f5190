//! Callers as App Service authentication knows them, from the headers it adds to a request.
//!
//! It removes what a client sends under those names, but only where it is enabled; so the headers
//! are read under `GRANTC_AUTH=app-service` alone, and the server does not start with that where
//! `WEBSITE_AUTH_ENABLED` is not `True`.

use super::{Caller, Principal, Secret};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everything known of the caller: JSON in base64.
const PRINCIPAL: &str = "x-ms-client-principal";
/// The user's token, where the token store keeps it.
const TOKEN: &str = "x-ms-token-aad-access-token";

/// Names of claims, as tokens have them and as .NET has them.
const SCOPE: [&str; 2] = ["scp", "http://schemas.microsoft.com/identity/claims/scope"];
const ROLE: [&str; 2] = [
    "roles",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
];
const OBJECT: [&str; 2] = [
    "oid",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
];
const TENANT: [&str; 2] = [
    "tid",
    "http://schemas.microsoft.com/identity/claims/tenantid",
];

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    claims: Vec<Claim>,
}

impl Said {
    fn all(&self, names: [&'static str; 2]) -> impl Iterator<Item = &str> {
        let claims = self.claims.iter();
        let of_it = claims.filter(move |claim| names.contains(&claim.typ.as_str()));
        of_it.map(|claim| claim.val.as_str())
    }
}

#[derive(Deserialize)]
struct Claim {
    typ: String,
    val: String,
}

/// The caller of a request, or none where the headers name nobody.
pub(super) fn caller(headers: &HeaderMap) -> Option<Caller> {
    let encoded = headers.get(PRINCIPAL)?.as_bytes();
    let said: Said = serde_json::from_slice(&STANDARD.decode(encoded).ok()?).ok()?;
    let words = |names| -> BTreeSet<String> {
        said.all(names)
            .flat_map(str::split_whitespace)
            .map(str::to_owned)
            .collect()
    };
    let one = |names| said.all(names).next().map(str::to_owned);
    let scopes = words(SCOPE);
    // A token without scopes was given to an application.
    let user = !scopes.is_empty();
    let principal = Arc::new(Principal {
        object_id: one(OBJECT),
        tenant: one(TENANT),
        scopes: if user { scopes } else { words(ROLE) },
        token: user.then(|| token(headers)).flatten(),
    });
    Some(if user {
        Caller::User(principal)
    } else {
        Caller::App(principal)
    })
}

fn token(headers: &HeaderMap) -> Option<Secret> {
    let stored = headers.get(TOKEN).and_then(|value| value.to_str().ok());
    stored
        .map(|token| Secret(token.to_owned()))
        .or_else(|| super::guard::bearer(headers.get(AUTHORIZATION)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use serde_json::{Value, json};

    fn headers(claims: &Value) -> HeaderMap {
        let said = json!({"auth_typ": "aad", "claims": claims}).to_string();
        let mut headers = HeaderMap::new();
        headers.insert(
            PRINCIPAL,
            HeaderValue::from_str(&STANDARD.encode(said)).unwrap(),
        );
        headers.insert(TOKEN, HeaderValue::from_static("stored"));
        headers
    }

    #[test]
    fn a_user_holds_scopes_and_not_roles() {
        let claims = json!([
            {"typ": "http://schemas.microsoft.com/identity/claims/scope", "val": "Invoices.Read Invoices.File"},
            {"typ": "roles", "val": "Admin"},
            {"typ": "http://schemas.microsoft.com/identity/claims/objectidentifier", "val": "o-1"},
            {"typ": "tid", "val": "t-1"},
        ]);
        let Some(Caller::User(user)) = caller(&headers(&claims)) else {
            panic!("no user");
        };
        assert_eq!(
            user.scopes.iter().collect::<Vec<_>>(),
            ["Invoices.File", "Invoices.Read"]
        );
        assert_eq!(user.object_id.as_deref(), Some("o-1"));
        assert_eq!(user.tenant.as_deref(), Some("t-1"));
        assert_eq!(user.token, Some(Secret("stored".to_owned())));
    }

    #[test]
    fn without_scopes_it_is_an_application_with_its_roles() {
        let claims = json!([
            {"typ": "roles", "val": "Invoices.Read"}, {"typ": "roles", "val": "Orders.Read"},
        ]);
        let Some(Caller::App(app)) = caller(&headers(&claims)) else {
            panic!("no application");
        };
        assert_eq!(app.scopes.len(), 2);
        assert_eq!(app.token, None);
    }

    #[test]
    fn what_cannot_be_read_is_nobody() {
        assert_eq!(caller(&HeaderMap::new()), None);
        let mut broken = HeaderMap::new();
        broken.insert(PRINCIPAL, HeaderValue::from_static("not base64!"));
        assert_eq!(caller(&broken), None);
    }
}
