//! The resolved program: every name has become an id, every default has been filled in.
//!
//! Items stand in arenas in manifest order. No look-up by name is needed after this stage, and
//! nothing here assumes Azure ids: scopes are segments built from what the connector says.
//!
//! - [`Program`], the whole of it;
//! - [`azure`]: where the server is deployed;
//! - [`grant`]: identities, roles and what is held;
//! - [`policy`]: what must stay true, and what is accepted;
//! - [`scope`]: where something is granted or needed, and what covers what;
//! - [`types`]: the data types of inputs and outputs;
//! - [`tool`]: tools, their uses and needs.

pub mod azure;
pub mod grant;
pub mod policy;
pub mod scope;
pub mod tool;
pub mod types;

pub use azure::{Azure, Dns, Environment, Hosting, Isolation, Network, Plan};
pub use grant::{
    Assignment, Condition, CustomRole, Federation, Identity, IdentityKind, Inferred, Issuer,
    Permission, RoleOperation, RoleRef,
};
pub use policy::{Accept, Forbid, Forbidden};
pub use scope::{Ambient, Covers, Scope, Text};
pub use tool::{Clause, Hints, Limits, Need, NeedOrigin, Output, PathPattern, Tool, Use, UseKind};
pub use types::{Alternative, Bound, Constraints, Field, TAG, Ty, TypeDef, TypeKind};

use crate::arena::{Arena, Id};
use crate::source::{Span, Word};
use grantc_spec::connectors::Connector;
use std::sync::Arc;

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
/// Id of a [`Permission`].
pub type PermissionId = Id<Permission>;
/// Id of an [`Environment`].
pub type EnvironmentId = Id<Environment>;
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
    /// Permissions that assignments and consents name: each grants the operation of its name.
    pub permissions: Arena<Permission>,
    /// Named types.
    pub types: Arena<TypeDef>,
    /// Tools.
    pub tools: Arena<Tool>,
    /// What the tools need, in the order of tools and uses.
    pub needs: Arena<Need>,
    /// Apps that host the tools.
    pub apps: Arena<App>,
    /// What differs between environments.
    pub environments: Arena<Environment>,
    /// What must stay true.
    pub forbids: Vec<Forbid>,
    /// Findings that were accepted.
    pub accepts: Vec<Accept>,
}

impl Program {
    /// Whether a need rests on a connector that the manifest declares, so that nobody but its
    /// author says that it is what the service asks for.
    pub fn rests_on_declared(&self, need: NeedId) -> bool {
        let need = self.needs.at(need);
        let by_verb = matches!(need.origin, NeedOrigin::Verb(_));
        by_verb && self.resources.at(need.resource).connector.declared
    }

    /// The id of a permission, which stands here once.
    pub(crate) fn permission(&mut self, permission: Permission) -> PermissionId {
        let same = |(_, it): &(PermissionId, &Permission)| **it == permission;
        let known = self.permissions.iter().find(same).map(|(id, _)| id);
        match known {
            Some(known) => known,
            None => self.permissions.push(permission),
        }
    }
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
    /// A token of Microsoft Entra.
    Entra(Entra),
}

/// Callers who come with a token of Microsoft Entra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entra {
    /// What callers can be allowed.
    pub scopes: Vec<CallerScope>,
    /// The clients that may ask for tokens.
    pub clients: Vec<Client>,
    /// The `auth` node's header.
    pub span: Span,
}

/// Something that a caller can be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerScope {
    /// Its name, such as `Invoices.Read`.
    pub name: Word,
    /// What it allows, in words.
    pub description: Word,
    /// Whether callers without a user can have it too.
    pub app_role: bool,
}

/// A client application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name in the manifest.
    pub name: Word,
    /// Its application id.
    pub id: String,
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
    pub connector: Arc<Connector>,
    /// Index of its most specific named level in [`Connector::levels`].
    pub level: usize,
    /// Values of the connector's fields that were given, in the connector's order.
    pub fields: Vec<(String, Text)>,
    /// The subscription it is in.
    pub subscription: Text,
    /// The resource group it is in.
    pub resource_group: Text,
    /// Whether it exists already and is never modified.
    pub existing: bool,
    /// Subscriptions that it covers though its id does not say so: of a management group.
    pub covers: Vec<Text>,
    /// App roles of the API, for callers without a user.
    pub app_roles: Vec<ApiPermission>,
    /// Delegated scopes of the API, for callers who act for a user.
    pub delegated_scopes: Vec<ApiPermission>,
    /// A label for reviewers, such as `confidential`.
    pub sensitivity: Option<Word>,
    /// Its own scope.
    pub scope: Scope,
    /// Whether it is the reserved resource `azure`, which no node declares.
    pub implicit: bool,
    /// The `resource` node's header.
    pub span: Span,
}

/// A permission that an API declares.
#[derive(Clone, Debug)]
pub struct ApiPermission {
    /// Its name, such as `Orders.Read`.
    pub name: Word,
    /// Its id.
    pub id: Word,
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
    pub fn resource_type(&self) -> &str {
        self.connector
            .levels
            .get(self.level)
            .map_or("", |level| level.resource_type.as_str())
    }
}

/// An app that hosts tools: one server process with its own set of attached identities.
#[derive(Clone, Debug)]
pub struct App {
    /// Its name.
    pub name: String,
    /// The `app` node that places its tools, where there is one.
    pub placed: Option<Span>,
    /// Its tools, in manifest order.
    pub tools: Vec<ToolId>,
    /// The identities attached to it, in manifest order; its host identity is not among them.
    pub identities: Vec<IdentityId>,
}

impl App {
    /// An app of these tools, before identities are attached to it.
    pub(crate) fn new(name: String, placed: Option<Span>, tools: Vec<ToolId>) -> App {
        App {
            name,
            placed,
            tools,
            identities: Vec::new(),
        }
    }
}
