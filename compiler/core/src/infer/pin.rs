//! What the lock remembers of a choice: role, scope and what the role granted.
//!
//! A role is known by its GUID. A custom role has one only once it is deployed, and roles of a
//! database have none: these are known by name.

use super::open::Open;
use crate::check::Case;
use crate::check::report::scope;
use crate::diagnostic::sha256;
use crate::graph::{Graph, Power};
use crate::ir::{Program, RoleRef};
use grantc_spec::catalogue::Catalogue;
use std::collections::BTreeMap;

/// What a lock pins: by identity, role and scope, the digest of what the role granted.
pub type Pins = BTreeMap<(String, String, String), String>;

/// Something that was chosen, as the lock says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Who holds it.
    pub identity: String,
    /// The role: its GUID where it has one, else its name.
    pub role: String,
    /// Where.
    pub scope: String,
    /// How many operations it grants.
    pub operations: usize,
    /// `sha256:` of their planes and names.
    pub digest: String,
}

/// Everything that was chosen in a program.
pub fn chosen(program: &Program, graph: &Graph, catalogue: &Catalogue) -> Vec<Chosen> {
    let case = Case::new(program, graph, catalogue);
    let assignments = program.assignments.values();
    let chosen = assignments.filter(|held| held.inferred.is_some());
    let line = |held: &crate::ir::Assignment| {
        let (operations, digest) = granted(&case, held.role);
        Chosen {
            identity: program.identities.at(held.identity).name.value.clone(),
            role: key(program, catalogue, held.role),
            scope: scope(program, &program.resources.at(held.on).scope),
            operations,
            digest,
        }
    };
    chosen.map(line).collect()
}

/// What the lock calls a role.
fn key(program: &Program, catalogue: &Catalogue, role: RoleRef) -> String {
    match role {
        RoleRef::BuiltIn(ix) => catalogue.role(ix).id.to_owned(),
        RoleRef::Custom(id) => program.roles.at(id).name.value.clone(),
        RoleRef::Permission(id) => program.permissions.at(id).id.clone(),
        RoleRef::OfPlane(..) => role
            .plane_role()
            .map(|role| role.id.unwrap_or(role.name).to_owned())
            .unwrap_or_default(),
    }
}

/// How many operations a role grants, and their digest.
fn granted(case: &Case<'_>, role: RoleRef) -> (usize, String) {
    let mut names: Vec<String> = match role {
        // What the manifest names beyond the catalogue is no part of a built-in role.
        RoleRef::BuiltIn(ix) => {
            let grant = case.catalogue.grants(ix);
            let all = grant.sure.clone().union(&grant.conditional);
            all.iter().map(|id| line(case, id)).collect()
        }
        role => {
            let power: std::rc::Rc<Power> = case.power(role);
            power.any().iter().map(|id| line(case, id)).collect()
        }
    };
    names.sort();
    (names.len(), sha256(names.iter().map(String::as_str)))
}

fn line(case: &Case<'_>, id: grantc_spec::catalogue::OpId) -> String {
    let operation = case.operation(id);
    format!("{} {}", operation.plane, operation.name)
}

/// What is pinned for a group.
pub(super) struct Pinned {
    roles: Vec<(RoleRef, String)>,
    others: Vec<String>,
}

/// What the lock pins for the identity at the scope of a group.
pub(super) fn of(case: &Case<'_>, group: &Open, pins: &Pins) -> Pinned {
    let (mut roles, mut others) = (Vec::new(), Vec::new());
    if pins.is_empty() {
        return Pinned { roles, others };
    }
    let identity = &case.program.identities.at(group.identity).name.value;
    let here = scope(case.program, &case.program.resources.at(group.on).scope);
    for ((of, role, at), digest) in pins {
        if of != identity || *at != here {
            continue;
        }
        let known = RoleRef::of_plane(group.family, role);
        let built_in = || case.catalogue.role_by_id(role).map(RoleRef::BuiltIn);
        match known.or_else(built_in) {
            Some(known) => roles.push((known, digest.clone())),
            None => others.push(role.clone()),
        }
    }
    Pinned { roles, others }
}

impl Pinned {
    /// The roles that the catalogue and the planes bring.
    pub(super) fn roles(&self) -> impl Iterator<Item = RoleRef> + '_ {
        self.roles.iter().map(|(role, _)| *role)
    }

    /// Whether a custom role of this name is pinned.
    pub(super) fn custom(&self, name: &str) -> bool {
        self.others.iter().any(|other| other == name)
    }

    /// Whether a role grants something else than when it was pinned.
    pub(super) fn regranted(&self, case: &Case<'_>, role: RoleRef) -> bool {
        let pinned = self.roles.iter().find(|(known, _)| *known == role);
        pinned.is_some_and(|(_, digest)| *digest != granted(case, role).1)
    }
}
