//! Who makes a call, and what they may call.
//!
//! One table decides both what `tools/list` shows and what `tools/call` runs: the `requires` and
//! `delegated` of each tool, from the manifest. `GRANTC_AUTH` says how a caller is known:
//!
//! | `GRANTC_AUTH` | a caller is |
//! |---|---|
//! | `key` | whoever has the key; on Azure the Functions host has checked it, elsewhere `GRANTC_KEY` |
//! | `none` | whoever reaches the loopback address |
//! | `app-service` | who App Service says, in its `X-MS-CLIENT-PRINCIPAL…` headers |
//! | `jwt` | who the access token says, its issuer, audience, expiry and signature being right |
//!
//! A user holds the scopes of the token (`scp`); an application without a user holds its app roles
//! (`roles`). Under stdio, and under `none`, the caller is the person at this machine.

mod app_service;
mod guard;
#[cfg(feature = "jwt")]
mod jwt;

pub(crate) use guard::{Guard, Refusal, Site};

use crate::table;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// Who makes a call; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caller {
    /// The person at this machine: over stdio, or on a loopback address that asks for nothing.
    Local,
    /// Somebody with the key; who, is not known.
    Key,
    /// A signed-in user, by way of a client.
    User(Arc<Principal>),
    /// An application without a user, such as an agent.
    App(Arc<Principal>),
}

/// What is known of a caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Principal {
    /// Object id in the directory.
    pub object_id: Option<String>,
    /// The directory.
    pub tenant: Option<String>,
    /// Scopes of a user, app roles of an application.
    pub scopes: BTreeSet<String>,
    /// The token that the caller came with, for the on-behalf-of exchange and nothing else.
    #[cfg_attr(
        not(feature = "azure"),
        allow(dead_code, reason = "the exchange reads it")
    )]
    pub(crate) token: Option<Secret>,
}

impl Caller {
    /// The word in audit events.
    pub fn word(&self) -> &'static str {
        match self {
            Caller::Local => "local",
            Caller::Key => "key",
            Caller::User(_) => "user",
            Caller::App(_) => "app",
        }
    }

    /// What is known of the caller, where anything is.
    pub fn principal(&self) -> Option<&Principal> {
        match self {
            Caller::Local | Caller::Key => None,
            Caller::User(principal) | Caller::App(principal) => Some(principal),
        }
    }

    /// What keeps the caller from a tool, if anything does.
    pub(crate) fn lacks(&self, tool: &table::Tool) -> Option<Lack> {
        if tool.delegated && !matches!(self, Caller::Local | Caller::User(_)) {
            return Some(Lack::User);
        }
        let held = |scope: &&str| match self {
            Caller::Local => true,
            Caller::Key => false,
            Caller::User(known) | Caller::App(known) => known.scopes.contains(*scope),
        };
        (!tool.requires.iter().all(held)).then_some(Lack::Scopes)
    }
}

/// Why a caller may not call a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// Not all scopes of the tool are held.
    Scopes,
    /// The tool acts for a user, and there is none.
    User,
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(requires: &'static [&'static str], delegated: bool) -> table::Tool {
        table::Tool {
            name: "file_invoice",
            uses: &[],
            limits: table::Limits::DEFAULT,
            requires,
            delegated,
            definition: "{}",
        }
    }

    fn known(scopes: &[&str]) -> Arc<Principal> {
        Arc::new(Principal {
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            token: Some(Secret("eyJ".to_owned())),
            ..Principal::default()
        })
    }

    #[test]
    fn all_scopes_of_a_tool_are_needed() {
        let filing = tool(&["Invoices.Read", "Invoices.File"], false);
        let both = known(&["Invoices.File", "Invoices.Read", "Other"]);
        assert_eq!(Caller::User(Arc::clone(&both)).lacks(&filing), None);
        assert_eq!(Caller::App(both).lacks(&filing), None);
        let one = known(&["Invoices.Read"]);
        assert_eq!(Caller::User(one).lacks(&filing), Some(Lack::Scopes));
        assert_eq!(Caller::Key.lacks(&filing), Some(Lack::Scopes));
        assert_eq!(Caller::Local.lacks(&filing), None);
    }

    #[test]
    fn a_delegated_tool_wants_a_user() {
        let mine = tool(&["Mail"], true);
        assert_eq!(Caller::User(known(&["Mail"])).lacks(&mine), None);
        assert_eq!(Caller::App(known(&["Mail"])).lacks(&mine), Some(Lack::User));
        assert_eq!(Caller::Key.lacks(&tool(&[], true)), Some(Lack::User));
        assert_eq!(Caller::Key.lacks(&tool(&[], false)), None);
    }

    #[test]
    fn tokens_are_never_printed() {
        assert!(!format!("{:?}", Caller::User(known(&[]))).contains("eyJ"));
    }
}
