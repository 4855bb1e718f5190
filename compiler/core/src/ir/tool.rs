//! Tools, what they use, and the needs that follow.

use super::types::Field;
use super::{IdentityId, ResourceId, Scope, ToolId, TypeId};
use crate::source::{Span, Spanned, Word};
use grantc_spec::Plane;
use grantc_spec::connectors::Verb;
use std::sync::Arc;
use std::time::Duration;

/// A tool.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name, on the wire too.
    pub name: Word,
    /// Display name.
    pub title: Option<Word>,
    /// What it does, for the model.
    pub description: Word,
    /// The identity it acts as, unless a use says otherwise; none when nothing is used.
    pub identity: Option<IdentityId>,
    /// What the caller's token has to carry: all of them, each a scope of `auth`.
    pub requires: Vec<Word>,
    /// What it uses, in manifest order.
    pub uses: Vec<Use>,
    /// What it takes.
    pub input: Vec<Field>,
    /// What it gives back.
    pub output: Output,
    /// Hints for clients.
    pub hints: Hints,
    /// Limits that the runtime keeps.
    pub limits: Limits,
    /// The `tool` node's header.
    pub span: Span,
}

impl Tool {
    /// The identities it acts as: its own and those of its uses, in manifest order, each once.
    pub fn identities(&self) -> Vec<IdentityId> {
        let mut all: Vec<_> = self.identity.into_iter().collect();
        all.extend(self.uses.iter().map(|used| used.identity));
        all.sort();
        all.dedup();
        all
    }
}

/// What a tool gives back.
#[derive(Clone, Debug)]
pub enum Output {
    /// A named record type.
    Type(TypeId),
    /// A record of its own.
    Record(Vec<Field>),
}

/// One `uses` node.
#[derive(Clone, Debug)]
pub struct Use {
    /// What is used.
    pub resource: ResourceId,
    /// How.
    pub kind: UseKind,
    /// The names it is narrowed to.
    pub path: Option<PathPattern>,
    /// The identity it is used as.
    pub identity: IdentityId,
    /// The `uses` node.
    pub span: Span,
}

/// How a resource is used.
#[derive(Clone, Debug)]
pub enum UseKind {
    /// By verbs of its connector.
    Verbs(Vec<(Arc<Verb>, Span)>),
    /// By one operation, named exactly.
    Operation(Plane, Word),
}

/// A literal prefix and an optional final `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern {
    /// As written, such as `incoming/*`.
    pub text: Word,
    /// Whether it is what a listing begins with, and not the names themselves: a condition on one
    /// name lets nothing be listed, since a listing under that name would show others after it.
    pub listing: bool,
}

impl PathPattern {
    /// The literal prefix, and whether names may go on after it.
    pub fn parts(&self) -> (&str, bool) {
        match self.text.value.strip_suffix('*') {
            Some(prefix) => (prefix, true),
            None => (&self.text.value, false),
        }
    }

    /// Whether every name of the other pattern is one of this.
    pub fn includes(&self, other: &PathPattern) -> bool {
        let ((mine, open), (theirs, _)) = (self.parts(), other.parts());
        match open {
            true => theirs.starts_with(mine),
            false => self.text.value == other.text.value && !other.listing,
        }
    }

    /// Whether some name belongs to both; of a listing, some prefix.
    pub fn meets(&self, other: &PathPattern) -> bool {
        let open = |pattern: &PathPattern| pattern.parts().1;
        let both_list = !other.listing || open(self);
        both_list && (self.includes(other) || other.includes(self))
    }
}

/// Hints of the MCP `annotations`; none is a promise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// It changes nothing.
    pub read_only: Option<Spanned<bool>>,
    /// It may destroy something.
    pub destructive: Option<Spanned<bool>>,
    /// Calling it again changes nothing more.
    pub idempotent: Option<Spanned<bool>>,
    /// It reaches beyond a closed set of things.
    pub open_world: Option<Spanned<bool>>,
}

/// Limits that the runtime keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Longest run of one call.
    pub timeout: Option<Duration>,
    /// Largest result, in bytes.
    pub response: Option<u64>,
    /// Most calls at once.
    pub concurrency: Option<u32>,
    /// Items on a page, handed to the tool.
    pub page_size: Option<u32>,
}

/// One operation, or one of several, that a tool needs.
///
/// One need stands for one clause of a verb; a verb of two clauses makes two needs.
#[derive(Clone, Debug)]
pub struct Need {
    /// Which tool needs it.
    pub tool: ToolId,
    /// As which identity.
    pub identity: IdentityId,
    /// On what.
    pub resource: ResourceId,
    /// Where exactly: the resource's own scope, or that of its verb's level.
    pub scope: Scope,
    /// The operations of which one suffices, preferred first.
    pub clause: Clause,
    /// The names it is narrowed to.
    pub path: Option<PathPattern>,
    /// Where it comes from.
    pub origin: NeedOrigin,
    /// What a message underlines: the verb or the operation.
    pub span: Span,
}

impl Need {
    /// The user's word for what it does: its verb, or the operation.
    pub fn deed(&self) -> &str {
        match (&self.origin, self.clause.any_of.first()) {
            (NeedOrigin::Verb(verb), _) => &verb.name,
            (NeedOrigin::Raw, first) => first.map_or("", |(_, name)| name),
        }
    }
}

/// Operations of which one suffices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Plane and name, preferred first; never empty.
    pub any_of: Vec<(Plane, String)>,
}

/// Where a need comes from.
#[derive(Clone, Debug)]
pub enum NeedOrigin {
    /// A verb of the connector.
    Verb(Arc<Verb>),
    /// An operation written out.
    Raw,
}
