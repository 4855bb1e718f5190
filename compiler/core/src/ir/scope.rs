//! Scopes: where something is granted or needed, and whether one covers another.
//!
//! A scope is a list of segments. Each is literal, a parameter of the manifest, or ambient (known
//! to the deployment and equal only to itself). "Covers" is ancestor-or-self at segment
//! boundaries, without regard to case.

use super::ParamId;

/// A string of the manifest: written out, or supplied at deployment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Text {
    /// Written out.
    Literal(String),
    /// The value of a parameter.
    Param(ParamId),
    /// Known to the deployment only.
    Ambient(Ambient),
}

/// What a deployment knows without being told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ambient {
    /// The subscription that is deployed to.
    Subscription,
}

impl Text {
    /// The literal value, when there is one.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Text::Literal(text) => Some(text),
            Text::Param(_) | Text::Ambient(_) => None,
        }
    }

    fn same(&self, other: &Text) -> Covers {
        match (self, other) {
            (Text::Literal(a), Text::Literal(b)) => Covers::from(a.eq_ignore_ascii_case(b)),
            (Text::Param(a), Text::Param(b)) if a == b => Covers::Yes,
            (Text::Ambient(a), Text::Ambient(b)) if a == b => Covers::Yes,
            _ => Covers::Unknown,
        }
    }
}

/// Whether one scope covers another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Covers {
    /// It does not.
    No,
    /// A parameter stands against something else: known at deployment only.
    Unknown,
    /// It does.
    Yes,
}

impl From<bool> for Covers {
    fn from(yes: bool) -> Self {
        if yes { Covers::Yes } else { Covers::No }
    }
}

/// A place in the tree of resources, outermost segment first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// The segments of the id, such as `subscriptions`, …, `containers`, `invoices`.
    pub segments: Vec<Text>,
}

impl Scope {
    /// Whether this scope is `other` or an ancestor of it.
    pub fn covers(&self, other: &Scope) -> Covers {
        if self.segments.len() > other.segments.len() {
            return Covers::No;
        }
        let pairs = self.segments.iter().zip(&other.segments);
        pairs.map(|(a, b)| a.same(b)).min().unwrap_or(Covers::Yes)
    }
}
