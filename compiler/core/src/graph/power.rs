//! Powers: which operations a role grants, as sets of numbers.
//!
//! The catalogue expands its own operations; operations beyond it are decided from the role's
//! strings. A role's power is computed once, however often the role is assigned.

use super::universe::Universe;
use crate::ir::{Program, RoleRef};
use grantc_spec::Plane;
use grantc_spec::catalogue::{
    Block, Catalogue, OpId, OpSet, Verdict, grant_of_blocks, verdict_of_blocks,
};
use std::borrow::Cow;

/// What a role grants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Power {
    sure: OpSet,
    any: OpSet,
}

/// How a role grants an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Granted {
    /// Not at all.
    No,
    /// Under a condition that cannot be decided here.
    Conditional,
    /// Whatever the condition says.
    Sure,
}

impl Power {
    /// The power of a role over the catalogue and everything the program names.
    pub(crate) fn of(
        program: &Program,
        catalogue: &Catalogue,
        universe: &Universe,
        role: RoleRef,
    ) -> Power {
        let blocks = blocks_of(program, catalogue, role);
        let (mut sure, conditional) = match role {
            RoleRef::BuiltIn(ix) => {
                let grant = catalogue.grants(ix);
                (grant.sure.clone(), grant.conditional.clone())
            }
            RoleRef::Custom(_) => {
                let grant = grant_of_blocks(catalogue, &blocks);
                (grant.sure, grant.conditional)
            }
        };
        let mut any = conditional.union(&sure);
        for extra in universe.extras().iter().filter(|extra| !extra.misplaced) {
            match verdict_of_blocks(&blocks, extra.plane, &extra.name) {
                Verdict::No => {}
                Verdict::Conditional => _ = any.insert(extra.id),
                Verdict::Sure => {
                    any.insert(extra.id);
                    sure.insert(extra.id);
                }
            }
        }
        Power { sure, any }
    }

    /// How it grants one operation.
    pub(crate) fn grants(&self, operation: OpId) -> Granted {
        if self.sure.contains(operation) {
            Granted::Sure
        } else if self.any.contains(operation) {
            Granted::Conditional
        } else {
            Granted::No
        }
    }

    /// Everything it grants, under a condition or not.
    pub(crate) fn any(&self) -> &OpSet {
        &self.any
    }
}

/// The permission blocks of a role.
pub(crate) fn blocks_of<'a>(
    program: &Program,
    catalogue: &'a Catalogue,
    role: RoleRef,
) -> Cow<'a, [Block]> {
    match role {
        RoleRef::BuiltIn(ix) => Cow::Borrowed(catalogue.role(ix).blocks),
        RoleRef::Custom(id) => {
            let operations = &program.roles.at(id).operations;
            let on = |plane: Plane| {
                let on_it = operations.iter().filter(|(p, _)| *p == plane);
                on_it.map(|(_, pattern)| pattern.value.clone()).collect()
            };
            Cow::Owned(vec![Block {
                actions: on(Plane::Control),
                data_actions: on(Plane::Data),
                ..Block::default()
            }])
        }
    }
}

/// Whether a role's strings match a name on a plane, whether or not such an operation exists.
pub(crate) fn matches_name(
    program: &Program,
    catalogue: &Catalogue,
    role: RoleRef,
    plane: Plane,
    name: &str,
) -> bool {
    verdict_of_blocks(&blocks_of(program, catalogue, role), plane, name) != Verdict::No
}
