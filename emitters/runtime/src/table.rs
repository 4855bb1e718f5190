//! The tables that generated code holds: everything about a server that is data.
//!
//! All of it is `'static` and comes from the manifest; [`crate::Server`] gives it behaviour.

/// A whole server.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its version, as written in the manifest.
    pub version: &'static str,
    /// Display name.
    pub title: Option<&'static str>,
    /// One line about it.
    pub description: Option<&'static str>,
    /// Advice to the model.
    pub instructions: Option<&'static str>,
    /// Home page.
    pub website: Option<&'static str>,
    /// Reverse-DNS name of the publisher, before the keys of our own `_meta`.
    pub namespace: Option<&'static str>,
    /// The identities that tools act as.
    pub identities: &'static [Identity],
    /// The resources that tools use.
    pub resources: &'static [Resource],
    /// The tools, in manifest order, which is the order of `tools/list`.
    pub tools: &'static [Tool],
    /// The apps that host the tools; `GRANTC_APP` says which one this process is.
    pub apps: &'static [App],
}

/// An identity.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// Its name in the manifest.
    pub name: &'static str,
    /// What it is.
    pub kind: IdentityKind,
}

/// What an identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentityKind {
    /// A user-assigned managed identity, known by its client id.
    UserAssigned,
    /// The managed identity that the app itself has.
    SystemAssigned,
    /// An application, which the host identity of the app may act as.
    ServicePrincipal,
    /// The signed-in user who calls, on whose behalf the app acts.
    Delegated,
}

/// A resource.
#[derive(Clone, Copy, Debug)]
pub struct Resource {
    /// Its name in the manifest.
    pub name: &'static str,
    /// The connector, such as `azure.blob`.
    pub connector: &'static str,
    /// What tokens for it are for, with fields in braces, such as `api://{client-id}`; empty where its
    /// client knows.
    pub audience: &'static str,
    /// The connector's fields with literal values; what a parameter sets is not here.
    pub fields: &'static [(&'static str, &'static str)],
}

/// A tool.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it uses, for the audit.
    pub uses: &'static [Uses],
    /// Its limits.
    pub limits: Limits,
    /// Scopes, or app roles, that the caller's token must hold, all of them.
    pub requires: &'static [&'static str],
    /// Whether it acts for the signed-in user somewhere, so that there must be one.
    pub delegated: bool,
    /// The MCP `Tool` object, as JSON; `tools/list` gives it out unchanged.
    pub definition: &'static str,
}

/// One operation of a tool on a resource, as declared.
#[derive(Clone, Copy, Debug)]
pub struct Uses {
    /// The resource.
    pub resource: &'static str,
    /// The verb, or the operation written out.
    pub operation: &'static str,
    /// The identity that acts.
    pub identity: &'static str,
}

/// Limits of a tool; `None` takes the default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Longest run of one call, waiting included, in milliseconds; default 30 s.
    pub timeout_ms: Option<u64>,
    /// Largest result as JSON, in bytes; default 1 MiB.
    pub response_bytes: Option<u64>,
    /// Most calls of the tool at once in this process; default 64.
    pub concurrency: Option<u32>,
}

impl Limits {
    /// Every limit at its default.
    pub const DEFAULT: Limits = Limits {
        timeout_ms: None,
        response_bytes: None,
        concurrency: None,
    };

    pub(crate) fn timeout(&self) -> std::time::Duration {
        std::time::Duration::from_millis(self.timeout_ms.unwrap_or(30_000))
    }

    pub(crate) fn response(&self) -> u64 {
        self.response_bytes.unwrap_or(1 << 20)
    }

    pub(crate) fn permits(&self) -> usize {
        self.concurrency
            .map_or(64, |n| usize::try_from(n).unwrap_or(usize::MAX))
            .max(1)
    }
}

/// An app: one process with its own identities.
#[derive(Clone, Copy, Debug)]
pub struct App {
    /// Its name.
    pub name: &'static str,
    /// The names of its tools.
    pub tools: &'static [&'static str],
}
