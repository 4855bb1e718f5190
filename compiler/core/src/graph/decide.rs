//! Deciding: whether each need is held, and which assignments it passes through.

use super::place::Place;
use super::plane::{AzureRbac, Plane, at_most};
use super::power::Granted;
use super::table::Table;
use super::universe::Universe;
use crate::ir::{Assignment, AssignmentId, Covers, Identity, Need, NeedId, Program};
use grantc_spec::catalogue::{Catalogue, OpId};

/// How far a need is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nothing grants it.
    Missing,
    /// Something grants it under a condition, or where a parameter decides.
    Conditional,
    /// It is granted.
    Held,
}

impl State {
    /// The word that stands for the state in every output.
    pub const fn word(self) -> &'static str {
        match self {
            State::Missing => "missing",
            State::Conditional => "conditional",
            State::Held => "held",
        }
    }
}

/// What became of a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How far it is met.
    pub state: State,
    /// The operation that decided it: of those that would do, the first with the best state.
    pub operation: OpId,
    /// The first assignment with that state; none when it is missing.
    pub by: Option<AssignmentId>,
}

/// Every need decided.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    /// The operations of which one would do, preferred first.
    pub(crate) clauses: Table<Need, Vec<OpId>>,
    pub(crate) verdicts: Table<Need, Verdict>,
    /// The needs that pass through each assignment: it grants the deciding operation there.
    pub(crate) through: Table<Assignment, Vec<NeedId>>,
}

/// Decides every need over the assignments of its identity.
pub(crate) fn decide(
    program: &Program,
    catalogue: &Catalogue,
    universe: &Universe,
    rbac: &AzureRbac,
    held_by: &Table<Identity, Vec<AssignmentId>>,
) -> Decided {
    let mut through = Table::of(&program.assignments, |_, _| Vec::new());
    let clauses = Table::of(&program.needs, |_, need| {
        let clause = need.clause.any_of.iter();
        clause
            .filter_map(|(plane, name)| universe.find(catalogue, *plane, name))
            .collect::<Vec<_>>()
    });
    let verdicts = Table::of(&program.needs, |id, need| {
        let place = rbac.places.of_need(id);
        let covering = covering(program, rbac, &held_by[need.identity], place);
        let verdict = best(program, rbac, &clauses[id], need, place, &covering);
        for (assignment, _) in covering {
            let held = program.assignments.at(assignment);
            if rbac.grants(held, verdict.operation, need.path.as_ref()) != Granted::No {
                through[assignment].push(id);
            }
        }
        verdict
    });
    Decided {
        clauses,
        verdicts,
        through,
    }
}

/// The assignments whose scope covers a place, or may.
fn covering(
    program: &Program,
    rbac: &AzureRbac,
    assignments: &[AssignmentId],
    place: &Place,
) -> Vec<(AssignmentId, Covers)> {
    let covers = |id: &AssignmentId| (*id, rbac.covers(program.assignments.at(*id).on, place));
    assignments
        .iter()
        .map(covers)
        .filter(|(_, covers)| *covers != Covers::No)
        .collect()
}

fn best(
    program: &Program,
    rbac: &AzureRbac,
    operations: &[OpId],
    need: &Need,
    place: &Place,
    covering: &[(AssignmentId, Covers)],
) -> Verdict {
    let mut best: Option<Verdict> = None;
    for operation in operations.iter().copied() {
        // A role that denies beats every one that grants; where it may cover, nothing is proven.
        let held = covering.iter().map(|(id, _)| program.assignments.at(*id));
        let most = at_most(rbac.denied(held, operation, place));
        let mut verdict = Verdict {
            state: State::Missing,
            operation,
            by: None,
        };
        for (assignment, covers) in covering {
            let held = program.assignments.at(*assignment);
            let granted = rbac.grants(held, operation, need.path.as_ref());
            let state = rbac.decide(*covers, granted).min(most);
            if state > verdict.state {
                verdict = Verdict {
                    state,
                    operation,
                    by: Some(*assignment),
                };
            }
        }
        if best.is_none_or(|best| verdict.state > best.state) {
            best = Some(verdict);
        }
    }
    // No operation at all: a clause without one is met by nothing.
    let nothing = Verdict {
        state: State::Missing,
        operation: OpId::new(u32::MAX),
        by: None,
    };
    best.unwrap_or(nothing)
}
