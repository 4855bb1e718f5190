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
    /// `type` and `enum` nodes.
    pub types: Vec<Type>,
    /// `tool` nodes.
    pub tools: Vec<Tool>,
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
    pub auth: Option<Word>,
    /// The header.
    pub span: Span,
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
    /// `isolation`.
    pub isolation: Option<Word>,
    /// `logs retention-days=`.
    pub log_retention_days: Option<(u32, Span)>,
    /// `tags`.
    pub tags: Vec<(Word, Deploy)>,
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
    /// The header.
    pub span: Span,
}

/// An `identity` node.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its name.
    pub name: Word,
    /// `assign` nodes.
    pub assigns: Vec<Assign>,
    /// The header.
    pub span: Span,
}

/// `assign ROLE on=RESOURCE`.
#[derive(Clone, Debug)]
pub struct Assign {
    /// The role's name.
    pub role: Word,
    /// The resource's name.
    pub on: Word,
    /// The node.
    pub span: Span,
}

/// A `role` node.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name.
    pub name: Word,
    /// `action` nodes (false) and `data-action` nodes (true), in order.
    pub operations: Vec<(bool, Word)>,
    /// The header.
    pub span: Span,
}

/// A `type` or `enum` node.
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
