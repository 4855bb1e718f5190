//! Leftovers: what an assignment grants and no tool of its identity needs, by danger.
//!
//! A leftover counts every operation on every declared resource, and names each operation once:
//! a role on a resource group with fifty containers grants the same five things fifty times.

use super::case::{Case, list};
use crate::graph::Operation;
use crate::ir::{AssignmentId, IdentityId, NeedId, ResourceId, RoleRef};
use grantc_spec::catalogue::OpId;
use grantc_spec::danger::{Danger, danger};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How dangerous each operation is, looked up once.
pub(super) type Dangers = BTreeMap<OpId, Danger>;

/// What is granted beyond needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leftover {
    /// Each operation once, the most dangerous first, then in the order of names.
    pub(crate) operations: Vec<Left>,
    /// How many there are, counted on every declared resource.
    pub(crate) count: usize,
}

/// An operation left over, and the first resource it is left over on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) danger: Danger,
    pub(crate) operation: OpId,
    pub(crate) at: ResourceId,
}

/// Roles that someone holds, or might hold, on one resource.
pub(crate) struct Grant<'r> {
    pub(crate) identity: IdentityId,
    pub(crate) roles: &'r [RoleRef],
    pub(crate) on: ResourceId,
    /// Needs that these roles would meet, each by this operation.
    pub(crate) meets: &'r [(NeedId, OpId)],
}

impl Leftover {
    /// The most dangerous of it.
    pub(crate) fn worst(&self) -> Option<Left> {
        self.operations.first().copied()
    }
}

impl Case<'_> {
    /// What an assignment leaves over.
    pub(crate) fn leftover(&self, id: AssignmentId) -> Leftover {
        let assignment = &self.program.assignments[id];
        self.leftover_of(&Grant {
            identity: assignment.identity,
            roles: &[assignment.role],
            on: assignment.on,
            meets: &[],
        })
    }

    /// What roles on a resource would leave over.
    pub(crate) fn leftover_of(&self, grant: &Grant<'_>) -> Leftover {
        let mut leftover = Leftover::default();
        let mut seen = BTreeSet::new();
        let mut whole = Vec::new();
        for (at, _) in self.graph.below(grant.on) {
            let held = self.held_at(grant, *at);
            let needed = self.graph.needed_at(grant.identity, *at);
            let met: Vec<OpId> = self.met_at(grant, *at);
            if needed.is_empty() && met.is_empty() {
                leftover.count += held.len();
                // Resources of one kind that nothing uses leave the same over: one look will do.
                if whole.iter().any(|other: &Arc<[OpId]>| *other == held) {
                    continue;
                }
                whole.push(Arc::clone(&held));
            }
            for operation in held.iter().copied() {
                if needed.contains(&operation) || met.contains(&operation) {
                    continue;
                }
                if !(needed.is_empty() && met.is_empty()) {
                    leftover.count += 1;
                }
                if seen.insert(operation) {
                    let danger = self.danger(operation);
                    leftover.operations.push(Left { danger, operation, at: *at });
                }
            }
        }
        leftover.operations.sort_by_key(|left| (left.danger, left.operation));
        leftover
    }

    fn held_at(&self, grant: &Grant<'_>, at: ResourceId) -> Arc<[OpId]> {
        let of = |role: RoleRef| {
            let (kinds, power) = (self.graph.kinds(), self.power(role));
            self.yields.borrow_mut().of(kinds, role, &power, grant.on, at)
        };
        match grant.roles {
            [role] => of(*role),
            roles => {
                let all: BTreeSet<OpId> = roles.iter().flat_map(|role| of(*role).to_vec()).collect();
                all.into_iter().collect()
            }
        }
    }

    fn met_at(&self, grant: &Grant<'_>, at: ResourceId) -> Vec<OpId> {
        let reaches = |need| crate::graph::reaches(self.program, self.graph.rbac(), need, at);
        let met = grant.meets.iter().filter(|(need, _)| reaches(*need));
        met.map(|(_, operation)| *operation).collect()
    }

    fn danger(&self, id: OpId) -> Danger {
        *self.dangers.borrow_mut().entry(id).or_insert_with(|| {
            let Operation { plane, name } = self.operation(id);
            danger(self.catalogue, plane, &name)
        })
    }

    /// The leftover in sentences, one for each danger, worst first; the first few by name.
    pub(crate) fn ranked(&self, leftover: &Leftover) -> Vec<String> {
        let mut ranks: BTreeMap<Danger, Vec<OpId>> = BTreeMap::new();
        for left in &leftover.operations {
            ranks.entry(left.danger).or_default().push(left.operation);
        }
        let sentence = |(danger, operations): (Danger, Vec<OpId>)| {
            format!("{}: {}", deeds(danger), self.few(&operations))
        };
        ranks.into_iter().map(sentence).collect()
    }

    /// The first few operations by name and how many more there are.
    pub(crate) fn few(&self, operations: &[OpId]) -> String {
        const SHOWN: usize = 3;
        let name = |id: &OpId| format!("`{}`", self.operation(*id).short());
        let mut names: Vec<String> = operations.iter().take(SHOWN).map(name).collect();
        if let more @ 1.. = operations.len().saturating_sub(SHOWN) {
            names.push(format!("{more} more"));
        }
        list(&names)
    }
}

/// What operations of a danger do.
fn deeds(danger: Danger) -> &'static str {
    match danger {
        Danger::Access => "changes who has access",
        Danger::Credentials => "hands out keys, secrets or tokens",
        Danger::Delete => "deletes",
        Danger::Write => "writes",
        Danger::Read => "reads",
    }
}

/// What an operation of a danger is good for, after `at worst`.
pub(crate) fn at_worst(danger: Danger) -> &'static str {
    match danger {
        Danger::Access => "to change who has access",
        Danger::Credentials => "to hand out keys, secrets or tokens",
        Danger::Delete => "to delete",
        Danger::Write => "to write",
        Danger::Read => "to read",
    }
}
