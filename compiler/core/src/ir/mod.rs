//! The resolved program: every name has become an id, every default has been filled in.
//!
//! Items stand in arenas in manifest order. No look-up by name is needed after this stage, and
//! nothing here assumes Azure ids: scopes are segments built from what the connector says.
//!
//! - [`Program`], the whole of it;
//! - [`scope`]: where something is granted or needed, and what covers what;
//! - [`types`]: the data types of inputs and outputs;
//! - [`tool`]: tools, their uses and needs.

pub mod scope;
pub mod tool;
pub mod types;

pub use scope::{Ambient, Covers, Scope, Text};
pub use tool::{Clause, Hints, Limits, Need, NeedOrigin, Output, PathPattern, Tool, Use, UseKind};
pub use types::{Bound, Constraints, Field, Ty, TypeDef, TypeKind};

use crate::arena::{Arena, Id};
use crate::source::{Span, Word};
use grantc_spec::Plane;
use grantc_spec::catalogue::RoleIx;
use grantc_spec::connectors::Connector;

/// Id of a [`Param`].
pub type ParamId = Id<Param>;
/// Id of a [`Resource`].
pub type ResourceId = Id<Resource>;
/// Id of an [`Identity`].
pub type IdentityId = Id<Identity>;
/// Id of an [`Assignment`].
pub type AssignmentId = Id<Assignment>;
/// Id of a [`CustomRole`].
pub type CustomRoleId = Id<CustomRole>;
/// Id of a [`TypeDef`].
pub type TypeId = Id<TypeDef>;
/// Id of a [`Tool`].
pub type ToolId = Id<Tool>;
/// Id of a [`Need`].
pub type NeedId = Id<Need>;
/// Id of an [`App`].
pub type AppId = Id<App>;

/// A whole manifest, resolved.
#[derive(Clone, Debug)]
pub struct Program {
    /// The one server.
    pub server: Server,
    /// Where it is deployed; none for a manifest without infrastructure.
    pub azure: Option<Azure>,
    /// Deployment parameters.
    pub params: Arena<Param>,
    /// Resources; the reserved resource `azure` is the first when there is an [`Azure`].
    pub resources: Arena<Resource>,
    /// Identities that tools act as.
    pub identities: Arena<Identity>,
    /// Role assignments, in manifest order.
    pub assignments: Arena<Assignment>,
    /// Custom roles.
    pub roles: Arena<CustomRole>,
    /// Named types.
    pub types: Arena<TypeDef>,
    /// Tools.
    pub tools: Arena<Tool>,
    /// What the tools need, in the order of tools and uses.
    pub needs: Arena<Need>,
    /// Apps that host the tools.
    pub apps: Arena<App>,
}

/// The server as clients see it.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name.
    pub name: Word,
    /// Its version, as written.
    pub version: Word,
    /// Display name.
    pub title: Option<Word>,
    /// One line, at most 100 characters.
    pub description: Option<Word>,
    /// Advice to the model.
    pub instructions: Option<Word>,
    /// Reverse-DNS publisher, first half of the registry name.
    pub namespace: Option<Word>,
    /// Home page.
    pub website: Option<Word>,
    /// Public base URL, when known.
    pub url: Option<Word>,
    /// How callers are authenticated.
    pub auth: Auth,
    /// The `server` node's header.
    pub span: Span,
}

/// How callers are authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// A function key: a shared secret, no user.
    Key,
    /// Nothing: local use only; Azure targets refuse it.
    None {
        /// Where it was written.
        span: Span,
    },
}

/// Where the server is deployed.
#[derive(Clone, Debug)]
pub struct Azure {
    /// Subscription; without one, the subscription of the deployment.
    pub subscription: Option<Text>,
    /// Resource group that exists before the deployment.
    pub resource_group: Text,
    /// Region of everything created.
    pub location: Text,
    /// How tools are placed in apps.
    pub isolation: Isolation,
    /// How long logs are kept, in days.
    pub log_retention_days: Option<u32>,
    /// Tags of everything created, in manifest order.
    pub tags: Vec<(Word, Text)>,
    /// The implicit resource named `azure`.
    pub resource: ResourceId,
    /// The `azure` node's header.
    pub span: Span,
}

/// How tools are placed in apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// One app for each set of identities.
    PerIdentity,
    /// One app for all.
    Shared,
    /// One app for each tool.
    PerTool,
}

impl Isolation {
    /// The word of the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Isolation::PerIdentity => "per-identity",
            Isolation::Shared => "shared",
            Isolation::PerTool => "per-tool",
        }
    }
}

/// A value supplied at deployment.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: Word,
    /// Its default; without one the deployment must give a value.
    pub default: Option<Word>,
    /// What it is for.
    pub doc: Option<Word>,
}

/// A cloud resource that tools use.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its name in the manifest.
    pub name: Word,
    /// What kind of thing it is: ids, verbs, candidate roles.
    pub connector: &'static Connector,
    /// Index of its most specific named level in [`Connector::levels`].
    pub level: usize,
    /// Values of the connector's fields that were given, in the connector's order.
    pub fields: Vec<(&'static str, Text)>,
    /// The subscription it is in.
    pub subscription: Text,
    /// The resource group it is in.
    pub resource_group: Text,
    /// Whether it exists already and is never modified.
    pub existing: bool,
    /// A label for reviewers, such as `confidential`.
    pub sensitivity: Option<Word>,
    /// Its own scope.
    pub scope: Scope,
    /// Whether it is the reserved resource `azure`, which no node declares.
    pub implicit: bool,
    /// The `resource` node's header.
    pub span: Span,
}

impl Resource {
    /// The value of a connector field.
    pub fn field(&self, name: &str) -> Option<&Text> {
        self.fields
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, text)| text)
    }

    /// The resource type at its most specific named level, such as `Microsoft.Storage/storageAccounts`.
    pub fn resource_type(&self) -> &'static str {
        self.connector
            .levels
            .get(self.level)
            .map_or("", |level| level.resource_type.as_str())
    }
}

/// An identity that tools act as.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its name.
    pub name: Word,
    /// What kind of identity it is.
    pub kind: IdentityKind,
    /// The `identity` node's header.
    pub span: Span,
}

/// What kind of identity it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// A user-assigned managed identity that grantc creates.
    UserAssigned,
}

impl IdentityKind {
    /// The word of the manifest.
    pub fn word(self) -> &'static str {
        match self {
            IdentityKind::UserAssigned => "user-assigned",
        }
    }
}

/// A role that an identity holds on a resource.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Who holds it.
    pub identity: IdentityId,
    /// What is held.
    pub role: RoleRef,
    /// The role as the manifest names it.
    pub role_name: Word,
    /// Where it is held.
    pub on: ResourceId,
    /// Where `on` was written.
    pub on_span: Span,
    /// The `assign` node.
    pub span: Span,
}

/// A role of the catalogue or of the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleRef {
    /// A built-in role.
    BuiltIn(RoleIx),
    /// A custom role.
    Custom(CustomRoleId),
}

/// A custom role.
#[derive(Clone, Debug)]
pub struct CustomRole {
    /// Its name, as assignments use it.
    pub name: Word,
    /// The operations it grants, in manifest order, each with its plane; a `*` is a wildcard.
    pub operations: Vec<(Plane, Word)>,
    /// The `role` node's header.
    pub span: Span,
}

/// An app that hosts tools: one server process with its own set of attached identities.
#[derive(Clone, Debug)]
pub struct App {
    /// Its name.
    pub name: String,
    /// Its tools, in manifest order.
    pub tools: Vec<ToolId>,
    /// The identities attached to it, in manifest order; its host identity is not among them.
    pub identities: Vec<IdentityId>,
}
