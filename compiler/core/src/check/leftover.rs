//! Leftovers: what an assignment grants and no tool of its identity needs, by danger.
//!
//! A leftover counts every operation on every declared resource, and names each operation once:
//! a role on a resource group with fifty containers grants the same five things fifty times.

use super::case::{Case, list};
use crate::graph::{Operation, reaches};
use crate::ir::{AssignmentId, Covers, IdentityId, NeedId, ResourceId, RoleRef};
use grantc_spec::catalogue::OpId;
use grantc_spec::connectors::{is_extension_type, resource_type_of_operation};
use grantc_spec::danger::{Danger, access_row, danger};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// No operation has more segments.
const MOST_SEGMENTS: usize = 16;

/// How dangerous each operation is, and what comes first among equals, looked up once.
pub(super) type Dangers = BTreeMap<OpId, (Danger, usize)>;

/// What is granted beyond needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leftover {
    /// Each operation once, the most dangerous first, then by [`Case::precedence`], then in the
    /// order of names.
    pub(crate) operations: Vec<Left>,
    /// How many there are of each danger, the worst first, counted on every declared resource:
    /// of two leftovers, the one that compares less is the better one.
    pub(crate) weight: [usize; Danger::ALL.len()],
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
        let assignment = self.program.assignments.at(id);
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
        // Resources of one kind that nothing uses leave the same over: one look will do.
        let mut unused: Vec<(Arc<[OpId]>, [usize; Danger::ALL.len()])> = Vec::new();
        for at in self.below_first(grant.on) {
            let held = self.held_at(grant, at);
            let mut needed = self.graph.needed_at(grant.identity, at).to_vec();
            needed.extend(self.met_at(grant, at));
            if needed.is_empty()
                && let Some((_, weight)) = unused.iter().find(|(other, _)| *other == held)
            {
                add(&mut leftover.weight, weight);
                continue;
            }
            let mut weight = [0; Danger::ALL.len()];
            for operation in held
                .iter()
                .copied()
                .filter(|operation| !needed.contains(operation))
            {
                let danger = self.danger(operation);
                if let Some(slot) = weight.get_mut(danger as usize) {
                    *slot += 1;
                }
                if seen.insert(operation) {
                    leftover.operations.push(Left {
                        danger,
                        operation,
                        at,
                    });
                }
            }
            add(&mut leftover.weight, &weight);
            if needed.is_empty() {
                unused.push((held, weight));
            }
        }
        leftover.operations.sort_by_cached_key(|left| {
            (left.danger, self.precedence(left.operation), left.operation)
        });
        leftover
    }

    /// The declared resources that something on a resource covers: itself first, which a chain to
    /// what is left over reaches soonest, then in manifest order.
    pub(crate) fn below_first(&self, on: ResourceId) -> Vec<ResourceId> {
        let mut below: Vec<_> = self.below(on).iter().map(|(at, _)| *at).collect();
        below.sort_by_key(|at| *at != on);
        below
    }

    /// What an assignment lets its holder do on a resource that it covers, and no other denies there,
    /// in the order of numbers.
    pub(crate) fn held_through(&self, id: AssignmentId, at: ResourceId) -> Arc<[OpId]> {
        let assignment = self.program.assignments.at(id);
        let grant = Grant {
            identity: assignment.identity,
            roles: &[assignment.role],
            on: assignment.on,
            meets: &[],
        };
        self.held_at(&grant, at)
    }

    /// What a role on one resource lets its holder do on another that it covers, in the order of
    /// numbers.
    pub(super) fn yields_of(&self, role: RoleRef, on: ResourceId, at: ResourceId) -> Arc<[OpId]> {
        let (kinds, power) = (self.graph.kinds(), self.power(role));
        self.yields.borrow_mut().of(kinds, role, &power, on, at)
    }

    fn held_at(&self, grant: &Grant<'_>, at: ResourceId) -> Arc<[OpId]> {
        let of = |role: RoleRef| self.yields_of(role, grant.on, at);
        let all = match grant.roles {
            [role] => of(*role),
            roles => {
                let all: BTreeSet<OpId> =
                    roles.iter().flat_map(|role| of(*role).to_vec()).collect();
                all.into_iter().collect()
            }
        };
        let denying = self.denying(grant.identity).iter();
        let there = |id: &&AssignmentId| {
            let on = self.program.assignments.at(**id).on;
            self.graph.covers(on, at) == Covers::Yes
        };
        denying.filter(there).fold(all, |left, id| {
            let power = self.power(self.program.assignments.at(*id).role);
            let left = left.iter().copied();
            left.filter(|operation| !power.denies(*operation)).collect()
        })
    }

    /// The assignments of an identity whose roles deny something.
    fn denying(&self, identity: IdentityId) -> &[AssignmentId] {
        let by_identity = self.denying.get_or_init(|| {
            let mut denying: BTreeMap<IdentityId, Vec<AssignmentId>> = BTreeMap::new();
            for (id, held) in self.program.assignments.iter() {
                if self.power(held.role).denies_any() {
                    denying.entry(held.identity).or_default().push(id);
                }
            }
            denying
        });
        by_identity.get(&identity).map_or(&[], Vec::as_slice)
    }

    fn met_at(&self, grant: &Grant<'_>, at: ResourceId) -> impl Iterator<Item = OpId> {
        let reached = move |need: &NeedId| reaches(self.program, self.graph.rbac(), *need, at);
        grant
            .meets
            .iter()
            .filter(move |(need, _)| reached(need))
            .map(|(_, operation)| *operation)
    }

    /// What comes first among operations of the same danger: of those that change access, what
    /// matters most by the table; of others, the resource's own before those of types that attach
    /// to any scope, such as advice and diagnostic settings.
    pub(crate) fn precedence(&self, id: OpId) -> usize {
        self.judged(id).1
    }

    /// How dangerous an operation is.
    pub(crate) fn danger(&self, id: OpId) -> Danger {
        self.judged(id).0
    }

    fn judged(&self, id: OpId) -> (Danger, usize) {
        *self.dangers.borrow_mut().entry(id).or_insert_with(|| {
            let Operation { plane, name } = self.operation(id);
            let attached = || usize::from(is_extension_type(resource_type_of_operation(&name)));
            let precedence = access_row(plane, &name).unwrap_or_else(attached);
            (danger(self.catalogue, plane, &name), precedence)
        })
    }

    /// The leftover operation by operation, for whoever accepts it.
    pub(crate) fn facts(&self, leftover: &Leftover) -> Vec<String> {
        let mut facts: Vec<String> = leftover
            .operations
            .iter()
            .map(|left| {
                let Operation { plane, name } = self.operation(left.operation);
                format!("{plane} {name}")
            })
            .collect();
        facts.sort();
        facts
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
        let shown = operations.iter().take(SHOWN).map(|id| self.operation(*id));
        let mut names = distinct(&shown.collect::<Vec<_>>());
        if let more @ 1.. = operations.len().saturating_sub(SHOWN) {
            names.push(format!("{more} more"));
        }
        list(&names)
    }
}

/// Operations in quotes, as short as they stay distinct.
fn distinct(operations: &[Operation<'_>]) -> Vec<String> {
    let names = |segments: usize| {
        operations
            .iter()
            .map(move |o| format!("`{}`", o.last(segments)))
    };
    let apart =
        |segments: &usize| names(*segments).collect::<BTreeSet<_>>().len() == operations.len();
    let segments = (Operation::SHORT..=MOST_SEGMENTS)
        .find(apart)
        .unwrap_or(Operation::SHORT);
    names(segments).collect()
}

fn add<const N: usize>(sum: &mut [usize; N], more: &[usize; N]) {
    sum.iter_mut()
        .zip(more)
        .for_each(|(sum, more)| *sum += more);
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

#[cfg(test)]
mod tests {
    use super::Grant;
    use crate::check::Case;
    use crate::graph::fixture::{BLOB, desk, ledger, reader, tool};
    use grantc_spec::Plane;
    use grantc_spec::catalogue::Catalogue;

    #[test]
    fn names_are_as_short_as_they_stay_distinct() {
        let desk = reader("", r#"uses "archive" "read""#);
        let catalogue = Catalogue::embedded();
        let case = Case::new(&desk.program, &desk.graph, catalogue);
        let of = |names: &[&str]| {
            let id = |name: &&str| {
                let name = format!("Microsoft.Storage/storageAccounts/{name}");
                catalogue.operation(Plane::Control, &name).unwrap()
            };
            case.few(&names.iter().map(id).collect::<Vec<_>>())
        };
        assert_eq!(of(&["listKeys/action"]), "`…/listKeys/action`");
        let key = "generateUserDelegationKey/action";
        assert_eq!(
            of(&[
                &format!("blobServices/{key}"),
                &format!("fileServices/{key}")
            ]),
            "`…/blobServices/generateUserDelegationKey/action` and `…/fileServices/generateUserDelegationKey/action`"
        );
        let four = of(&["read", "write", "delete", "listKeys/action"]);
        assert!(four.ends_with(" and 1 more"), "{four}");
    }

    #[test]
    fn the_same_leftover_on_many_resources_is_named_once_and_counted_each_time() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="data""#,
            r#"uses "archive" "read""#,
        );
        let case = Case::new(&desk.program, &desk.graph, Catalogue::embedded());
        let leftover = case.leftover(desk.program.assignments.ids().next().unwrap());
        assert_eq!(leftover.operations.len(), 3);
        // `containers/read` thrice and `blobs/read` twice; the key of the account once.
        assert_eq!(leftover.weight, [0, 1, 0, 0, 5]);
        assert_eq!(
            leftover.weight.iter().sum::<usize>(),
            desk.graph.excess_operations(desk.identity("reader"))
        );
    }

    #[test]
    fn leftovers_are_listed_for_whoever_accepts_them() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="account""#,
            r#"uses "archive" "read""#,
        );
        let case = desk.case();
        let facts = case.facts(&case.leftover(desk.assignment(0)));
        assert_eq!(
            facts,
            [
                "control Microsoft.Storage/storageAccounts/blobServices/containers/read",
                "control Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
                "data Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
            ]
        );
    }

    #[test]
    fn a_resource_comes_before_what_it_covers() {
        let desk = reader("", r#"uses "archive" "read""#);
        let account = desk.resource("account");
        assert_eq!(
            desk.case().below_first(account),
            [account, desk.resource("archive"), desk.resource("drafts")]
        );
    }

    #[test]
    fn what_attaches_to_anything_comes_after_what_is_of_the_resource() {
        let desk = reader("", r#"uses "archive" "read""#);
        let catalogue = Catalogue::embedded();
        let precedence = |name: &str| {
            let id = catalogue.operation(Plane::Control, name).unwrap();
            desk.case().precedence(id)
        };
        let roles = precedence("Microsoft.Authorization/roleAssignments/write");
        let definitions = precedence("Microsoft.Authorization/roleDefinitions/write");
        assert!(roles < definitions, "{roles} {definitions}");
        assert_eq!(precedence("Microsoft.Storage/storageAccounts/write"), 0);
        assert_eq!(precedence("Microsoft.Insights/diagnosticSettings/write"), 1);
    }

    #[test]
    fn what_meets_a_need_is_not_left_over() {
        let write = format!("{BLOB}/write");
        let desk = desk(&format!(
            r#"role "Own" {{ data-action "{write}" }}
            identity "other" type="user-assigned" {{ assign "Own" on="archive" }}
            identity "filer" type="user-assigned"
            {}"#,
            tool("file", "filer", r#"uses "archive" "create""#)
        ));
        let case = desk.case();
        let held = desk.program.assignments.values().next().unwrap();
        let operation = desk
            .graph
            .universe()
            .find(case.catalogue, Plane::Data, &write)
            .unwrap();
        let roles = [held.role];
        // Either of two operations meets it, and the graph thinks of the other.
        let grant = |meets| Grant {
            identity: desk.identity("filer"),
            roles: &roles,
            on: held.on,
            meets,
        };
        let meets = [(desk.need(0), operation)];
        assert_eq!(case.leftover_of(&grant(&meets)).operations.len(), 0);
        assert_eq!(case.leftover_of(&grant(&[])).operations.len(), 1);
    }

    #[test]
    fn what_another_role_denies_for_sure_is_left_to_nobody() {
        let desk = ledger(
            r#"assign "db_owner" on="ledger"; assign "db_denydatawriter" on="ledger""#,
            "",
        );
        assert_eq!(desk.one("G0304").notes, ["writes: `EXECUTE`"]);
        assert_eq!(desk.excess("reader"), ["ledger EXECUTE"]);
    }
}
