//! What the manifest says about its own power: what must stay true, and what is accepted.

use super::{IdentityId, ResourceId, ToolId};
use crate::source::{Span, Word};
use grantc_spec::Plane;

/// `forbid "delete" on="archive"`: nothing may be able to do that there.
#[derive(Clone, Debug)]
pub struct Forbid {
    /// The verb or the operation, as written.
    pub verb: Word,
    /// What it forbids.
    pub operations: Forbidden,
    /// Where.
    pub on: ResourceId,
    /// Only for this tool.
    pub tool: Option<ToolId>,
    /// Only for this identity.
    pub identity: Option<IdentityId>,
    /// The node.
    pub span: Span,
}

/// The operations that a `forbid` names: plane and name.
pub type Forbidden = Vec<(Plane, String)>;

/// `accept CODE at=PATH reason=… until=…`.
#[derive(Clone, Debug)]
pub struct Accept {
    /// The code.
    pub code: Word,
    /// The path that the finding prints.
    pub at: Word,
    /// Why.
    pub reason: Word,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub until: Option<Word>,
    /// The node.
    pub span: Span,
}
