//! Holding: what each identity may do on each declared resource, and what of it no tool needs.
//!
//! A condition counts as granted here: what an identity may be able to do is held against it.

use super::Reach;
use super::decide::Decided;
use super::kind::{KindId, Kinds};
use super::net::Below;
use super::place::{Place, Tree};
use super::plane::{AzureRbac, Plane};
use super::power::Power;
use super::table::Table;
use crate::ir::{Assignment, Covers, Identity, IdentityId, NeedId, Program, ResourceId, RoleRef};
use grantc_spec::catalogue::OpId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Operations by resource, each list in the order of numbers; lists are shared where they agree.
pub(crate) type ByResource = BTreeMap<ResourceId, Arc<[OpId]>>;

/// What identities hold and what their tools need there.
#[derive(Clone, Debug)]
pub(crate) struct Holdings {
    pub(crate) held: Table<Identity, ByResource>,
    /// Each operation once.
    needed: Table<Identity, BTreeMap<ResourceId, Vec<OpId>>>,
    /// How many of the operations held are not needed.
    pub(crate) excess: Table<Identity, usize>,
}

/// What each role lets its holder do on each kind of resource, computed once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Yields {
    known: BTreeMap<(RoleRef, KindId, KindId), Arc<[OpId]>>,
}

impl Yields {
    /// What a role, of this power, assigned on `on` lets its holder do on `at`.
    pub(crate) fn of(
        &mut self,
        kinds: &Kinds,
        role: RoleRef,
        power: &Power,
        on: ResourceId,
        at: ResourceId,
    ) -> Arc<[OpId]> {
        let (on, at) = (kinds.of(on), kinds.of(at));
        let counted = || kinds.counted(power, on, at).into();
        Arc::clone(self.known.entry((role, on, at)).or_insert_with(counted))
    }
}

/// Adds up what every identity holds.
pub(crate) fn holdings(
    program: &Program,
    kinds: &Kinds,
    rbac: &AzureRbac,
    tree: &Tree<ResourceId>,
    below: &Below,
    decided: &Decided,
    needs_of: &Table<Identity, Vec<NeedId>>,
) -> Holdings {
    let mut yields = Yields::default();
    let mut piles = Table::of(&program.identities, |_, _| Piles::default());
    for Assignment {
        identity, role, on, ..
    } in program.assignments.values()
    {
        for (at, _) in below.get(on).into_iter().flatten() {
            piles[*identity].add(*at, &yields.of(kinds, *role, rbac.power(*role), *on, *at));
        }
    }
    let mut held = Table::of(&program.identities, |id, _| {
        std::mem::take(&mut piles[id]).unite()
    });
    take_denied(program, rbac, below, &mut held);
    let mut reached: BTreeMap<&Place, Vec<(ResourceId, Covers)>> = BTreeMap::new();
    let needed = Table::of(&program.identities, |id, _| {
        let mut needed: BTreeMap<ResourceId, Vec<OpId>> = BTreeMap::new();
        for need in &needs_of[id] {
            let operation = decided.verdicts[*need].operation;
            let place = rbac.places.of_need(*need);
            // Many needs stand at one place.
            let below = reached.entry(place).or_insert_with(|| tree.below(place));
            let below = below.iter().filter(|(_, covers)| *covers == Covers::Yes);
            let own = program.needs.at(*need).resource;
            for at in below.map(|(at, _)| *at).chain([own]) {
                let there = needed.entry(at).or_default();
                if !there.contains(&operation) {
                    there.push(operation);
                }
            }
        }
        needed
    });
    let excess = Table::of(&program.identities, |id, _| {
        let mut used = 0;
        for (at, operations) in &needed[id] {
            let list = held[id].get(at).map_or(&[][..], |list| list);
            used += operations
                .iter()
                .filter(|o| list.binary_search(o).is_ok())
                .count();
        }
        size(&held[id]) - used
    });
    Holdings {
        held,
        needed,
        excess,
    }
}

/// Takes away what a role denies for sure, whatever else grants it.
fn take_denied(
    program: &Program,
    rbac: &AzureRbac,
    below: &Below,
    held: &mut Table<Identity, ByResource>,
) {
    for assignment in program.assignments.values() {
        let power = rbac.power(assignment.role);
        if !power.denies_any() {
            continue;
        }
        let own = &mut held[assignment.identity];
        for (at, covers) in below.get(&assignment.on).into_iter().flatten() {
            let Some(list) = own.get_mut(at).filter(|_| *covers == Covers::Yes) else {
                continue;
            };
            *list = list
                .iter()
                .copied()
                .filter(|op| !power.denies(*op))
                .collect();
        }
        own.retain(|_, list| !list.is_empty());
    }
}

/// Whether a need on one resource is a need on another: the same one, or one below it.
pub(crate) fn reaches(program: &Program, rbac: &AzureRbac, need: NeedId, at: ResourceId) -> bool {
    let there = || {
        rbac.places
            .of_need(need)
            .covers(rbac.places.of_resource(at))
            == Covers::Yes
    };
    program.needs.at(need).resource == at || there()
}

/// Lists of operations by resource, to be united; a list that comes again costs nothing.
#[derive(Default)]
struct Piles {
    lists: BTreeMap<ResourceId, Vec<Arc<[OpId]>>>,
}

impl Piles {
    fn add(&mut self, at: ResourceId, more: &Arc<[OpId]>) {
        let lists = self.lists.entry(at).or_default();
        if !lists.iter().any(|list| Arc::ptr_eq(list, more)) {
            lists.push(Arc::clone(more));
        }
    }

    fn unite(self) -> ByResource {
        let united = |lists: Vec<Arc<[OpId]>>| match lists.as_slice() {
            [one] => Arc::clone(one),
            several => {
                let mut all: Vec<OpId> = several.concat();
                all.sort_unstable();
                all.dedup();
                all.into()
            }
        };
        let all = self
            .lists
            .into_iter()
            .map(|(at, lists)| (at, united(lists)));
        all.filter(|(_, list)| !list.is_empty()).collect()
    }
}

/// What several hold together.
pub(crate) fn together<'h>(all: impl IntoIterator<Item = &'h ByResource>) -> ByResource {
    let mut piles = Piles::default();
    for (at, list) in all.into_iter().flatten() {
        piles.add(*at, list);
    }
    piles.unite()
}

/// Each operation on each resource.
pub(crate) fn held_there(held: &ByResource) -> impl Iterator<Item = Reach> + '_ {
    held.iter().flat_map(|(resource, list)| {
        list.iter().map(|operation| Reach {
            resource: *resource,
            operation: *operation,
        })
    })
}

/// How many operations on resources there are.
pub(crate) fn size(held: &ByResource) -> usize {
    held.values().map(|list| list.len()).sum()
}

/// What of an ordered list is not in another.
pub(crate) fn without<'a>(list: &'a [OpId], other: &'a [OpId]) -> impl Iterator<Item = OpId> + 'a {
    list.iter()
        .copied()
        .filter(|operation| other.binary_search(operation).is_err())
}

impl Holdings {
    /// What the tools of an identity need on a resource.
    pub(crate) fn needed_at(&self, identity: IdentityId, at: ResourceId) -> &[OpId] {
        self.needed[identity].get(&at).map_or(&[], Vec::as_slice)
    }

    /// What of a list, held on a resource, none of the identity's tools needs there.
    pub(crate) fn excess_at<'a>(
        &'a self,
        identity: IdentityId,
        at: ResourceId,
        held: &'a [OpId],
    ) -> impl Iterator<Item = OpId> + 'a {
        let needed = self.needed_at(identity, at);
        held.iter()
            .copied()
            .filter(|operation| !needed.contains(operation))
    }
}
