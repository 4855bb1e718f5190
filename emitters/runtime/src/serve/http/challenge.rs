//! What a caller who is not let in is told: which token would do, and where to get it.
//!
//! RFC 6750 for the challenges, RFC 9728 for the metadata they point at. A challenge names exactly
//! the scopes of the tool that was called, and the metadata only those of tools that do not change
//! anything: nobody should ask for more than they use.

use crate::caller::{Guard, Lack, Refusal};
use crate::server::Running;
use crate::settings::{PUBLIC_URL, SCOPE_PREFIX, Settings, is_loopback};
use crate::table::{Table, Tool};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// Where clients look for the metadata.
pub(super) const WELL_KNOWN: [&str; 2] = [
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-protected-resource",
];

/// Makes the answers to callers who are not let in.
pub(super) struct Challenges {
    /// `https://desk.example`, without a path.
    base: String,
    /// Tokens are what lets callers in.
    by_token: bool,
    issuer: Option<String>,
    /// What clients put before a scope to ask for it.
    prefix: String,
    /// What a client should ask for at first.
    first: Vec<&'static str>,
}

impl Challenges {
    pub(super) fn new(
        guard: &Guard,
        running: &Running,
        settings: &Settings,
        address: SocketAddr,
    ) -> Self {
        let public = settings.hostname().filter(|name| !is_loopback(name));
        let base = settings
            .get(PUBLIC_URL)
            .map(|url| url.trim_end_matches('/').to_owned())
            .or_else(|| public.map(|name| format!("https://{name}")))
            .unwrap_or_else(|| format!("http://{address}"));
        Self {
            base,
            by_token: guard.by_token(),
            issuer: guard.issuer().map(str::to_owned),
            prefix: settings.get(SCOPE_PREFIX).unwrap_or_default().to_owned(),
            first: first(running),
        }
    }

    /// The metadata of the protected resource, where this server is the one to publish it.
    pub(super) fn metadata(&self, table: &Table) -> Option<String> {
        let issuer = self.issuer.as_deref()?;
        let mut document = json!({
            "resource": format!("{}{}", self.base, super::ENDPOINT),
            "authorization_servers": [issuer],
            "bearer_methods_supported": ["header"],
            "resource_name": table.title.unwrap_or(table.name),
        });
        if let (false, Some(members)) = (self.first.is_empty(), document.as_object_mut()) {
            let scopes = self.asked(&self.first).into();
            members.insert("scopes_supported".to_owned(), scopes);
        }
        Some(document.to_string())
    }

    /// The answer to somebody who is not known.
    pub(super) fn unknown(&self, refusal: &Refusal) -> Response {
        let scope = self.asked(&self.first).join(" ");
        match refusal {
            Refusal::Nobody if self.by_token => {
                let why = "the request has no access token";
                self.answer(
                    StatusCode::UNAUTHORIZED,
                    "unauthorized",
                    why,
                    &[("scope", &scope)],
                )
            }
            Refusal::Nobody => {
                let why = "the request has no key: send it as `x-functions-key`";
                self.answer(StatusCode::UNAUTHORIZED, "unauthorized", why, &[])
            }
            Refusal::Invalid(why) => {
                let with = [
                    ("error", "invalid_token"),
                    ("error_description", why),
                    ("scope", &scope),
                ];
                self.answer(StatusCode::UNAUTHORIZED, "invalid_token", why, &with)
            }
            Refusal::Unavailable(why) => {
                let mut answer = body(StatusCode::SERVICE_UNAVAILABLE, "unavailable", why);
                let headers = answer.headers_mut();
                headers.insert(RETRY_AFTER, HeaderValue::from_static("30"));
                answer
            }
        }
    }

    /// The answer to somebody who is known, but may not call a tool.
    pub(super) fn forbidden(&self, tool: &Tool, lack: Lack) -> Response {
        let scope = self.asked(tool.requires).join(" ");
        let why = match lack {
            Lack::Scopes => format!("`{}` requires: {}", tool.name, tool.requires.join(" ")),
            Lack::User => format!(
                "`{}` acts for a signed-in user, and there is none",
                tool.name
            ),
        };
        let with = [
            ("error", "insufficient_scope"),
            ("error_description", why.as_str()),
            ("scope", &scope),
        ];
        self.answer(StatusCode::FORBIDDEN, "insufficient_scope", &why, &with)
    }

    /// Scopes as a client asks for them.
    fn asked(&self, scopes: &[&str]) -> Vec<String> {
        let name = |scope: &&str| format!("{}{scope}", self.prefix);
        scopes.iter().map(name).collect()
    }

    fn answer(
        &self,
        status: StatusCode,
        error: &str,
        why: &str,
        with: &[(&str, &str)],
    ) -> Response {
        let mut answer = body(status, error, why);
        if self.by_token {
            let metadata = format!("{}{}", self.base, WELL_KNOWN[0]);
            let mut challenge = String::from("Bearer ");
            let all = [("resource_metadata", metadata.as_str())];
            for (name, value) in all
                .iter()
                .chain(with)
                .filter(|(_, value)| !value.is_empty())
            {
                if !challenge.ends_with(' ') {
                    challenge.push_str(", ");
                }
                // A quoted string; what would end it is left out.
                let value = value.replace(['"', '\\'], "'");
                challenge.push_str(&format!("{name}=\"{value}\""));
            }
            if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            }
        }
        answer
    }
}

fn body(status: StatusCode, error: &str, why: &str) -> Response {
    let body = json!({ "error": error, "error_description": why }).to_string();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

/// The scopes of the tools that change nothing, or, where there is no such tool, of the first that
/// requires any.
fn first(running: &Running) -> Vec<&'static str> {
    let rows = || running.tools.iter().map(|ready| ready.row);
    let reading = rows().filter(|row| reads_only(row));
    let mut scopes: BTreeSet<_> = reading
        .flat_map(|row| row.requires.iter().copied())
        .collect();
    if scopes.is_empty() {
        let some = rows().find(|row| !row.requires.is_empty());
        scopes.extend(
            some.into_iter()
                .flat_map(|row| row.requires.iter().copied()),
        );
    }
    scopes.into_iter().collect()
}

fn reads_only(row: &Tool) -> bool {
    let definition: Option<Value> = serde_json::from_str(row.definition).ok();
    definition
        .and_then(|tool| tool.pointer("/annotations/readOnlyHint")?.as_bool())
        .unwrap_or_default()
}
