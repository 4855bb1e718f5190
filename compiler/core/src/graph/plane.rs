//! Planes: what each world of permission decides in its own way.
//!
//! The graph asks a plane four things: what covers, what is granted, how it is decided, and what
//! denies. Azure RBAC answers for its control and its data plane, which share scopes, roles and
//! assignments, and whose operations never mix because a number stands for plane and name.

use super::State;
use super::place::{Place, Places};
use super::power::{Granted, Power};
use super::universe::Universe;
use crate::ir::{Assignment, Condition, Covers, PathPattern, Program, ResourceId, RoleRef};
use grantc_spec::catalogue::{Catalogue, OpId, OpSet};
use std::collections::BTreeMap;

/// How a world of permission answers the graph.
pub(crate) trait Plane {
    /// What covers: whether a grant on a resource reaches a place.
    fn covers(&self, on: ResourceId, place: &Place) -> Covers;

    /// What is granted: the power of a role that the program assigns.
    fn power(&self, role: RoleRef) -> &Power;

    /// How it is decided: what a grant and its coverage say together.
    fn decide(&self, covers: Covers, granted: Granted) -> State {
        match (covers, granted) {
            (Covers::No, _) | (_, Granted::No) => State::Missing,
            (Covers::Yes, Granted::Sure) => State::Held,
            (Covers::Unknown, _) | (_, Granted::Conditional) => State::Conditional,
        }
    }
}

/// The operations that Azure's delegation condition is about.
pub(crate) const DELEGATION: [&str; 2] = [
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleAssignments/delete",
];

/// Azure role-based access control.
#[derive(Clone, Debug)]
pub(crate) struct AzureRbac {
    pub(crate) places: Places,
    powers: BTreeMap<RoleRef, Power>,
    nothing: Power,
    /// What a path narrows on each resource that something is assigned on under paths.
    narrowed: BTreeMap<ResourceId, OpSet>,
    /// What `where roles=` narrows.
    delegation: OpSet,
}

impl AzureRbac {
    pub(crate) fn new(program: &Program, catalogue: &Catalogue, universe: &Universe) -> AzureRbac {
        let mut powers = BTreeMap::new();
        for assignment in program.assignments.values() {
            let power = || Power::of(program, catalogue, universe, assignment.role);
            powers.entry(assignment.role).or_insert_with(power);
        }
        let mut narrowed = BTreeMap::new();
        for assignment in program.assignments.values() {
            if let Some(Condition::Paths(_)) = assignment.condition {
                let operations = || {
                    let connector = &program.resources.at(assignment.on).connector;
                    let mut set = OpSet::new();
                    let narrowed = connector.narrowed_by_path();
                    let ids =
                        narrowed.filter_map(|it| universe.find(catalogue, it.plane, &it.name));
                    set.extend(ids);
                    set
                };
                narrowed.entry(assignment.on).or_insert_with(operations);
            }
        }
        let mut delegation = OpSet::new();
        let of_rbac = |name| catalogue.operation(grantc_spec::Plane::Control, name);
        delegation.extend(DELEGATION.into_iter().filter_map(of_rbac));
        AzureRbac {
            places: Places::new(program),
            powers,
            nothing: Power::default(),
            narrowed,
            delegation,
        }
    }
}

impl AzureRbac {
    /// Whether a path narrows an operation on a resource that something is assigned on under paths.
    pub(crate) fn is_narrowed(&self, on: ResourceId, operation: OpId) -> bool {
        let narrowed = self.narrowed.get(&on);
        narrowed.is_some_and(|operations| operations.contains(operation))
    }

    /// Whether something of what is held takes an operation away at a place, whatever else grants it.
    pub(crate) fn denied<'x>(
        &self,
        held: impl Iterator<Item = &'x Assignment>,
        operation: OpId,
        place: &Place,
    ) -> Covers {
        let denies = held.filter(|held| self.power(held.role).denies(operation));
        let covers = denies.map(|held| self.covers(held.on, place));
        covers.max().unwrap_or(Covers::No)
    }

    /// How an assignment grants an operation that is needed on names of a pattern, or on all.
    ///
    /// A condition that grantc writes itself is decided exactly: names outside its paths are not
    /// granted, and a need that goes beyond them is granted in part, which proves nothing.
    pub(crate) fn grants(
        &self,
        assignment: &Assignment,
        operation: OpId,
        path: Option<&PathPattern>,
    ) -> Granted {
        let granted = self.power(assignment.role).grants(operation);
        match (&assignment.condition, granted) {
            (None, _) | (_, Granted::No) => granted,
            (Some(Condition::Paths(paths)), _) => {
                if !self.is_narrowed(assignment.on, operation) {
                    return granted;
                }
                under(granted, paths, path)
            }
            (Some(Condition::RolesEmitted { .. }), _) => {
                match self.delegation.contains(operation) {
                    true => Granted::Conditional,
                    false => granted,
                }
            }
        }
    }
}

/// How much of what is granted is left under paths, for a need on names of a pattern or on all.
pub(crate) fn under(
    granted: Granted,
    paths: &[PathPattern],
    path: Option<&PathPattern>,
) -> Granted {
    match path {
        Some(path) if paths.iter().any(|own| own.includes(path)) => granted,
        Some(path) if !paths.iter().any(|own| own.meets(path)) => Granted::No,
        _ => Granted::Conditional,
    }
}

/// How far a need is met at most, where something denies it.
pub(crate) fn at_most(denied: Covers) -> State {
    match denied {
        Covers::No => State::Held,
        Covers::Unknown => State::Conditional,
        Covers::Yes => State::Missing,
    }
}

impl Plane for AzureRbac {
    fn covers(&self, on: ResourceId, place: &Place) -> Covers {
        self.places.covers(on, place)
    }

    fn power(&self, role: RoleRef) -> &Power {
        self.powers.get(&role).unwrap_or(&self.nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::fixture::reader;

    #[test]
    fn only_a_sure_grant_that_surely_covers_is_held() {
        let program = reader("", r#"uses "archive" "read""#).program;
        let rbac = AzureRbac::new(&program, Catalogue::embedded(), &Universe::default());
        let state = |covers, granted| rbac.decide(covers, granted);
        assert_eq!(state(Covers::Yes, Granted::Sure), State::Held);
        assert_eq!(state(Covers::Unknown, Granted::Sure), State::Conditional);
        assert_eq!(state(Covers::Yes, Granted::Conditional), State::Conditional);
        assert_eq!(state(Covers::No, Granted::Sure), State::Missing);
        assert_eq!(state(Covers::Unknown, Granted::No), State::Missing);
    }
}
