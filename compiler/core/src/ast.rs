//! The manifest with its known words as fields; names are still words.

use crate::source::{Span, Word};
use crate::syntax::Value;

/// A whole manifest.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// `param` nodes.
    pub params: Vec<Param>,
    /// The `server` node.
    pub server: Option<Server>,
    /// The `azure` node.
    pub azure: Option<Azure>,
    /// `resource` nodes.
    pub resources: Vec<Resource>,
    /// `identity` nodes.
    pub identities: Vec<Identity>,
    /// `role` nodes.
    pub roles: Vec<Role>,
    /// `type`, `enum` and `variant` nodes.
    pub types: Vec<Type>,
    /// `tool` nodes.
    pub tools: Vec<Tool>,
    /// `environment` nodes.
    pub environments: Vec<Environment>,
    /// `app` nodes.
    pub apps: Vec<App>,
    /// `forbid` nodes.
    pub forbids: Vec<Forbid>,
    /// `accept` nodes.
    pub accepts: Vec<Accept>,
    /// `connector` nodes.
    pub connectors: Vec<Connector>,
}

/// Text, or the name of a parameter.
#[derive(Clone, Debug)]
pub struct Deploy {
    /// The text or the parameter's name.
    pub word: Word,
    /// Whether it names a parameter.
    pub is_param: bool,
}

/// `param "location" default="westeurope"`.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: Word,
    /// Its default.
    pub default: Option<Word>,
    /// What it is for.
    pub doc: Option<Word>,
}

/// The `server` node.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its name.
    pub name: Word,
    /// Its version.
    pub version: Word,
    /// `title`.
    pub title: Option<Word>,
    /// `description`.
    pub description: Option<Word>,
    /// `instructions`.
    pub instructions: Option<Word>,
    /// `namespace`.
    pub namespace: Option<Word>,
    /// `website`.
    pub website: Option<Word>,
    /// `url`.
    pub url: Option<Word>,
    /// `auth`.
    pub auth: Option<Auth>,
    /// The header.
    pub span: Span,
}

/// The `auth` node.
#[derive(Clone, Debug)]
pub struct Auth {
    /// Its kind.
    pub kind: Word,
    /// `scope` nodes.
    pub scopes: Vec<CallerScope>,
    /// `client` nodes: name and `id=`.
    pub clients: Vec<(Word, Option<Word>)>,
    /// The header.
    pub span: Span,
}

/// `scope "Invoices.Read" "Read invoices" app-role=#true`.
#[derive(Clone, Debug)]
pub struct CallerScope {
    /// Its name.
    pub name: Word,
    /// What it allows.
    pub description: Word,
    /// `app-role=`.
    pub app_role: bool,
}

/// The `azure` node.
#[derive(Clone, Debug)]
pub struct Azure {
    /// `subscription`.
    pub subscription: Option<Deploy>,
    /// `resource-group`.
    pub resource_group: Deploy,
    /// `location`.
    pub location: Deploy,
    /// `plan`.
    pub plan: Option<Word>,
    /// `hosting`.
    pub hosting: Option<Word>,
    /// `isolation`.
    pub isolation: Option<Word>,
    /// `network`.
    pub network: Option<Network>,
    /// `policy` nodes.
    pub policies: Vec<Deploy>,
    /// `logs retention-days=`.
    pub log_retention_days: Option<(u32, Span)>,
    /// `tags`.
    pub tags: Vec<(Word, Deploy)>,
    /// The header.
    pub span: Span,
}

/// The `network` node.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its kind.
    pub kind: Word,
    /// `subnet`.
    pub subnet: Option<Deploy>,
    /// `private-endpoints-subnet`.
    pub private_endpoints_subnet: Option<Deploy>,
    /// `dns`.
    pub dns: Option<Word>,
    /// `dns … resource-group=`.
    pub dns_resource_group: Option<Deploy>,
    /// The header.
    pub span: Span,
}

/// An `environment` node.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name.
    pub name: Word,
    /// `subscription`.
    pub subscription: Option<Word>,
    /// `resource-group`.
    pub resource_group: Option<Word>,
    /// `location`.
    pub location: Option<Word>,
    /// `tags`.
    pub tags: Vec<(Word, Word)>,
    /// `param` nodes: name and value.
    pub params: Vec<(Word, Word)>,
    /// The header.
    pub span: Span,
}

/// A `resource` node.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its name.
    pub name: Word,
    /// Its type, such as `azure.blob`.
    pub ty: Word,
    /// `existing=`.
    pub existing: Option<(bool, Span)>,
    /// `sensitivity=`.
    pub sensitivity: Option<Word>,
    /// Its connector's fields.
    pub fields: Vec<(Word, Deploy)>,
    /// `covers subscription=` nodes.
    pub covers: Vec<Deploy>,
    /// `app-role` nodes: name and id.
    pub app_roles: Vec<(Word, Word)>,
    /// `delegated-scope` nodes: name and id.
    pub delegated_scopes: Vec<(Word, Word)>,
    /// The header.
    pub span: Span,
}

/// An `identity` node.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its name.
    pub name: Word,
    /// `type=`.
    pub ty: Word,
    /// `roles=`.
    pub roles: Option<Word>,
    /// `deploys=`.
    pub deploys: Option<(bool, Span)>,
    /// `assign` nodes.
    pub assigns: Vec<Assign>,
    /// `consent` nodes.
    pub consents: Vec<Assign>,
    /// `federated` nodes.
    pub federated: Vec<Federated>,
    /// `client-id`.
    pub client_id: Option<Deploy>,
    /// The header.
    pub span: Span,
}

/// `federated "github" repository=…`.
#[derive(Clone, Debug)]
pub struct Federated {
    /// Who issues the tokens.
    pub kind: Word,
    /// Its text properties.
    pub props: Vec<(Word, Deploy)>,
    /// Its numbers.
    pub numbers: Vec<(Word, u32)>,
    /// `pull-request=`.
    pub pull_request: Option<(bool, Span)>,
    /// The node.
    pub span: Span,
}

/// `where path=… roles=…`.
#[derive(Clone, Debug)]
pub struct Where {
    /// `path=`.
    pub path: Option<Word>,
    /// `roles=`.
    pub roles: Option<Word>,
    /// The node.
    pub span: Span,
}

/// `assign ROLE on=RESOURCE`, or `consent PERMISSION on=RESOURCE`.
#[derive(Clone, Debug)]
pub struct Assign {
    /// The role's or the permission's name.
    pub role: Word,
    /// The resource's name.
    pub on: Word,
    /// `where`.
    pub condition: Option<Where>,
    /// The node.
    pub span: Span,
}

/// A `role` node.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name.
    pub name: Word,
    /// `plane=`.
    pub plane: Option<Word>,
    /// `action`, `data-action` and `grant` nodes, in order.
    pub operations: Vec<RoleOperation>,
    /// The header.
    pub span: Span,
}

/// What one node of a role or of a verb names.
#[derive(Clone, Debug)]
pub struct RoleOperation {
    /// The node's word: `action`, `data-action`, `operation` or `grant`.
    pub word: Word,
    /// What it names.
    pub name: Word,
    /// `schema=`, of a `grant`.
    pub schema: Option<Word>,
}

/// A `type`, `enum` or `variant` node.
#[derive(Clone, Debug)]
pub struct Type {
    /// Its name.
    pub name: Word,
    /// Its body.
    pub body: TypeBody,
    /// The header.
    pub span: Span,
}

/// The body of a type.
#[derive(Clone, Debug)]
pub enum TypeBody {
    /// Fields of a record.
    Record(Vec<Field>),
    /// Words of an enum.
    Enum(Vec<Word>),
    /// Alternatives of a variant.
    Variant(Vec<Alternative>),
}

/// One alternative of a variant.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// Its name.
    pub name: Word,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// One field of a record, constraints not yet read.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Word,
    /// Its type expression.
    pub ty: Word,
    /// Its properties.
    pub props: Vec<(Word, Value)>,
    /// The node.
    pub span: Span,
}

/// A `tool` node.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: Word,
    /// `title`.
    pub title: Option<Word>,
    /// `description`.
    pub description: Word,
    /// `as`.
    pub identity: Option<Word>,
    /// `requires` nodes.
    pub requires: Vec<Word>,
    /// `uses` nodes.
    pub uses: Vec<Use>,
    /// `input`.
    pub input: Vec<Field>,
    /// `output`.
    pub output: Option<Output>,
    /// `hints`: key and value.
    pub hints: Vec<(Word, bool)>,
    /// `limits`: key and value.
    pub limits: Vec<(Word, Value)>,
    /// The header.
    pub span: Span,
}

/// A `uses` node.
#[derive(Clone, Debug)]
pub struct Use {
    /// The resource's name.
    pub resource: Word,
    /// Verbs.
    pub verbs: Vec<Word>,
    /// `action=`.
    pub action: Option<Word>,
    /// `data-action=`.
    pub data_action: Option<Word>,
    /// `path=`.
    pub path: Option<Word>,
    /// `as=`.
    pub identity: Option<Word>,
    /// The node.
    pub span: Span,
}

/// An `output` node.
#[derive(Clone, Debug)]
pub struct Output {
    /// The named type.
    pub ty: Option<Word>,
    /// The body.
    pub fields: Option<Vec<Field>>,
    /// The header.
    pub span: Span,
}

/// An `app` node.
#[derive(Clone, Debug)]
pub struct App {
    /// Its name.
    pub name: Word,
    /// The tools it hosts.
    pub tools: Vec<Word>,
    /// The header.
    pub span: Span,
}

/// `forbid "delete" on="archive"`.
#[derive(Clone, Debug)]
pub struct Forbid {
    /// The verb, or an operation by its whole name.
    pub verb: Word,
    /// The resource's name.
    pub on: Word,
    /// `tool=`.
    pub tool: Option<Word>,
    /// `identity=`.
    pub identity: Option<Word>,
    /// The node.
    pub span: Span,
}

/// `accept "G0304" at=… reason=… until=…`.
#[derive(Clone, Debug)]
pub struct Accept {
    /// The code.
    pub code: Word,
    /// The path that the finding prints.
    pub at: Word,
    /// Why.
    pub reason: Word,
    /// The last day.
    pub until: Option<Word>,
    /// The node.
    pub span: Span,
}

/// A `connector` node.
#[derive(Clone, Debug)]
pub struct Connector {
    /// Its name.
    pub name: Word,
    /// `plane=`.
    pub plane: Word,
    /// `endpoint=`.
    pub endpoint: Option<Word>,
    /// `audience=`.
    pub audience: Option<Word>,
    /// `level` nodes.
    pub levels: Vec<Level>,
    /// `verb` nodes.
    pub verbs: Vec<Verb>,
    /// `role` nodes.
    pub roles: Vec<Word>,
    /// `support`.
    pub support: Vec<RoleOperation>,
    /// `exposes-keys` nodes: the operation and `off-when=`.
    pub exposes_keys: Vec<(Word, Option<Word>)>,
    /// `private-endpoint`: group and zone.
    pub private_endpoint: Option<(Word, Word)>,
    /// The header.
    pub span: Span,
}

/// A `level` of a connector.
#[derive(Clone, Debug)]
pub struct Level {
    /// Its name.
    pub name: Word,
    /// `type=`.
    pub resource_type: Word,
    /// `id=`.
    pub id: Word,
}

/// A `verb` of a connector.
#[derive(Clone, Debug)]
pub struct Verb {
    /// Its name.
    pub name: Word,
    /// `level=`.
    pub level: Word,
    /// `path=`.
    pub path: bool,
    /// `listing=`.
    pub listing: bool,
    /// `source=`.
    pub source: Option<Word>,
    /// What it needs: all of them, and of each one.
    pub needs: Vec<Vec<RoleOperation>>,
    /// The header.
    pub span: Span,
}
