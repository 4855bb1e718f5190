//! Identities, roles and what is held.

use super::{CustomRoleId, IdentityId, PathPattern, PermissionId, ResourceId, Text};
use crate::source::{Span, Word};
use grantc_spec::Plane;
use grantc_spec::catalogue::RoleIx;
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::plane_roles::{self, PlaneRole};

/// An identity that tools act as, or that deploys.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its name.
    pub name: Word,
    /// What kind of identity it is.
    pub kind: IdentityKind,
    /// The application id of one that exists already.
    pub client_id: Option<Text>,
    /// Whether it deploys; then no tool acts as it.
    pub deploys: bool,
    /// `roles="inferred"`: what its tools need and nothing written grants is chosen.
    pub inferred: Option<Span>,
    /// Whether something that it was meant to hold could not be resolved, so that what it lacks is
    /// nobody's guess.
    pub broken: bool,
    /// Whose tokens stand for it.
    pub federated: Vec<Federation>,
    /// The `identity` node's header.
    pub span: Span,
}

/// What kind of identity it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// A user-assigned managed identity that grantc creates.
    UserAssigned,
    /// The identity of one app.
    SystemAssigned,
    /// An app registration, used through a federated credential on the app's host identity.
    ServicePrincipal,
    /// The signed-in user, through on-behalf-of; holds consents.
    Delegated,
}

impl IdentityKind {
    /// The word of the manifest.
    pub fn word(self) -> &'static str {
        match self {
            IdentityKind::UserAssigned => "user-assigned",
            IdentityKind::SystemAssigned => "system-assigned",
            IdentityKind::ServicePrincipal => "service-principal",
            IdentityKind::Delegated => "delegated",
        }
    }
}

/// Tokens of somebody else that stand for an identity.
#[derive(Clone, Debug)]
pub struct Federation {
    /// Who issues them, and for whom.
    pub issuer: Issuer,
    /// What the tokens are for; by default Azure's token exchange.
    pub audience: Option<Text>,
    /// The `federated` node.
    pub span: Span,
}

/// Who issues tokens, and for whom.
#[derive(Clone, Debug)]
pub enum Issuer {
    /// GitHub Actions.
    GitHub {
        /// `owner/name`.
        repository: Text,
        /// Numbers of owner and repository, where the subject carries them.
        ids: Option<(u32, u32)>,
        /// What comes after the repository: `environment:`, `ref:refs/heads/`, … and its name.
        context: (&'static str, Option<Text>),
    },
    /// Any other: the token's issuer and subject as they stand in it.
    Other {
        /// Its URL.
        issuer: Text,
        /// The token's subject.
        subject: Text,
    },
}

/// A role that an identity holds on a resource, or a permission that it has there.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Who holds it.
    pub identity: IdentityId,
    /// What is held.
    pub role: RoleRef,
    /// The role as the manifest names it.
    pub role_name: Word,
    /// Whether it is a consent to act for the user.
    pub consent: bool,
    /// Where it is held.
    pub on: ResourceId,
    /// Where `on` was written.
    pub on_span: Span,
    /// What narrows it.
    pub condition: Option<Condition>,
    /// Whether it was chosen rather than written, and how.
    pub inferred: Option<Inferred>,
    /// The `assign` or `consent` node; of one that was chosen, what asks for it.
    pub span: Span,
    /// Other nodes that say the same for other names.
    pub also: Vec<Span>,
}

/// How an assignment was chosen that no node writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inferred {
    /// Names of the roles that would be chosen today, where the lock pins others.
    pub instead: Vec<String>,
    /// Whether it grants something else than when the lock pinned it.
    pub regranted: bool,
}

impl Assignment {
    /// What a chain calls the node: `inferred` where no node writes it.
    pub fn node_word(&self) -> &'static str {
        match self.inferred {
            Some(_) => "inferred",
            None => self.word(),
        }
    }

    /// The node's word.
    pub fn word(&self) -> &'static str {
        if self.consent { "consent" } else { "assign" }
    }
}

/// What narrows an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Names that begin with one of these.
    Paths(Vec<PathPattern>),
    /// Only the roles that this manifest emits may be assigned with it.
    RolesEmitted {
        /// The `where` node.
        span: Span,
    },
}

/// A role of the catalogue, of another plane or of the manifest, or a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleRef {
    /// A built-in role of Azure RBAC.
    BuiltIn(RoleIx),
    /// A role that another plane brings: its number among [`plane_roles::all`].
    OfPlane(PlaneFamily, usize),
    /// A custom role.
    Custom(CustomRoleId),
    /// A permission, which grants the operation of its name.
    Permission(PermissionId),
}

impl RoleRef {
    /// The role of another plane with this name or GUID.
    pub fn of_plane(family: PlaneFamily, name: &str) -> Option<RoleRef> {
        let found = plane_roles::by_name(family, name)?;
        let index = plane_roles::all(family).position(|role| role == found)?;
        Some(RoleRef::OfPlane(family, index))
    }

    /// The role that another plane brings, if it is one.
    pub fn plane_role(self) -> Option<&'static PlaneRole> {
        match self {
            RoleRef::OfPlane(family, index) => plane_roles::all(family).nth(index),
            RoleRef::BuiltIn(_) | RoleRef::Custom(_) | RoleRef::Permission(_) => None,
        }
    }
}

/// A permission of Microsoft Graph or of a custom API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Its plane.
    pub plane: Plane,
    /// Its name.
    pub name: String,
    /// Its id at the API.
    pub id: String,
    /// Whether it is the form for callers who act for a user.
    pub delegated: bool,
}

/// A custom role.
#[derive(Clone, Debug)]
pub struct CustomRole {
    /// Its name, as assignments use it.
    pub name: Word,
    /// The planes it is for.
    pub family: PlaneFamily,
    /// The operations it grants, in manifest order; a `*` is a wildcard.
    pub operations: Vec<RoleOperation>,
    /// Whether something in it could not be resolved, so that what it lacks is nobody's guess.
    pub broken: bool,
    /// The identity that it was written for, where no node writes it.
    pub inferred: Option<IdentityId>,
    /// The `role` node's header; of one that no node writes, what asks for it.
    pub span: Span,
}

/// An operation that a custom role grants.
#[derive(Clone, Debug)]
pub struct RoleOperation {
    /// Its plane.
    pub plane: Plane,
    /// Its name; a `*` is a wildcard.
    pub pattern: Word,
    /// The schema of the database that it is limited to.
    pub schema: Option<Word>,
}
