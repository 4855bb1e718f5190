//! Planes: what each world of permission decides in its own way.
//!
//! The graph asks a plane four things: what covers, what is granted, how it is decided, and what
//! denies. Azure RBAC answers for its control and its data plane, which share scopes, roles and
//! assignments, and whose operations never mix because a number stands for plane and name.

use super::State;
use super::place::{Place, Places};
use super::power::{Granted, Power};
use super::universe::Universe;
use crate::ir::{Covers, Program, ResourceId, RoleRef};
use grantc_spec::catalogue::Catalogue;
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

    /// What denies: a sentence on refusals that cannot be seen before deployment.
    fn unseen(&self) -> &'static str;
}

/// Azure role-based access control.
#[derive(Clone, Debug)]
pub(crate) struct AzureRbac {
    pub(crate) places: Places,
    powers: BTreeMap<RoleRef, Power>,
    nothing: Power,
}

impl AzureRbac {
    pub(crate) fn new(program: &Program, catalogue: &Catalogue, universe: &Universe) -> AzureRbac {
        let mut powers = BTreeMap::new();
        for assignment in program.assignments.values() {
            let power = || Power::of(program, catalogue, universe, assignment.role);
            powers.entry(assignment.role).or_insert_with(power);
        }
        AzureRbac {
            places: Places::new(program),
            powers,
            nothing: Power::default(),
        }
    }
}

impl Plane for AzureRbac {
    fn covers(&self, on: ResourceId, place: &Place) -> Covers {
        self.places.of_resource(on).covers(place)
    }

    fn power(&self, role: RoleRef) -> &Power {
        self.powers.get(&role).unwrap_or(&self.nothing)
    }

    fn unseen(&self) -> &'static str {
        "deny assignments, which Azure itself makes, are not visible before deployment"
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
