//! Gains: whether what an identity reaches is more than it holds.

use super::limit::{Limit, limit};
use super::{Closure, Mark};
use crate::graph::{AzureRbac, DELEGATION, Plane as _, is_container};
use crate::ir::{Condition, Covers, IdentityId, NeedId, PathPattern, Program, ResourceId, RoleRef};
use grantc_spec::catalogue::{OpId, OpSet};
use grantc_spec::connectors::{is_extension_type, resource_type_of_operation};
use grantc_spec::escalation::{Escalation, Target, escalations};
use std::collections::BTreeMap;

/// How bad it is to reach something: what sorts first is worst.
pub(super) fn rank(mark: Mark) -> u8 {
    match mark {
        Mark::Tenant(_) | Mark::Applications => 0,
        Mark::AnyRole(_) => 1,
        Mark::Identity(_) => 2,
        Mark::App(_) => 3,
        Mark::SomeRoles(_) => 4,
        Mark::Data(_) => 5,
        Mark::Keys(_) => 6,
        Mark::Calls(_) => 7,
        Mark::Step(_) | Mark::Identities | Mark::Apps | Mark::Tools => 8,
    }
}

/// A role on a resource, as it is held or might be.
struct Grant<'g> {
    role: RoleRef,
    on: ResourceId,
    condition: Option<&'g Condition>,
}

/// What was found out already.
#[derive(Default)]
pub(super) struct Known {
    /// Whether the first holds something that the second does not.
    identities: BTreeMap<(IdentityId, IdentityId), bool>,
    /// Whether a role on a resource, under no condition, gives an identity more.
    grants: BTreeMap<(IdentityId, RoleRef, ResourceId), bool>,
    /// Whether an operation is worth reaching.
    matters: BTreeMap<OpId, bool>,
}

/// Whether a need is on a resource or below it.
fn reaches(program: &Program, rbac: &AzureRbac, at: ResourceId, need: NeedId) -> bool {
    program.needs.at(need).resource == at
        || rbac.covers(at, rbac.places.of_need(need)) == Covers::Yes
}

/// Whether one condition leaves all names that another does.
fn leaves(own: Option<&Condition>, other: Option<&Condition>) -> bool {
    let Some(Condition::Paths(own)) = own else {
        return true;
    };
    let Some(Condition::Paths(other)) = other else {
        return false;
    };
    let left = |path: &PathPattern| own.iter().any(|own| own.includes(path));
    other.iter().all(left)
}

impl Closure<'_, '_> {
    /// Whether to reach something is to reach more than an identity holds.
    pub(super) fn is_gain(&self, identity: IdentityId, mark: Mark) -> bool {
        let program = self.case.program;
        match mark {
            Mark::Step(_) | Mark::Identities | Mark::Apps | Mark::Tools => false,
            Mark::Tenant(_) | Mark::Applications => true,
            Mark::Identity(other) => other != identity && self.holds_more(other, identity),
            // An app that it is attached to runs with what it holds already.
            Mark::App(app) => !program.apps.at(app).identities.contains(&identity),
            Mark::Calls(app) => {
                let attached = &program.apps.at(app).identities;
                !attached.contains(&identity)
                    && attached
                        .iter()
                        .any(|other| self.holds_more(*other, identity))
            }
            Mark::AnyRole(on) => self.lacks_something(identity, on),
            Mark::SomeRoles(by) => {
                let held = program.assignments.at(by);
                match limit(
                    self.case.catalogue,
                    self.case.emitted(),
                    held,
                    DELEGATION[0],
                ) {
                    Limit::Any => true,
                    Limit::Only(roles) => roles.into_iter().any(|role| {
                        let grant = Grant {
                            role,
                            on: held.on,
                            condition: None,
                        };
                        self.gives_more(&grant, identity)
                    }),
                }
            }
            Mark::Data(at) => !self.verbs_held(identity, at).all(|held| held),
            // A key to what its tools use, or to the account of that, opens more of the same.
            Mark::Keys(at) => {
                let rbac = self.case.graph.rbac();
                let uses = |need: &NeedId| reaches(program, rbac, at, *need);
                !self.case.graph.needs_as(identity).iter().any(uses)
                    && !self.verbs_held(identity, at).any(|held| held)
            }
        }
    }

    /// Whether one identity holds something that another does not.
    fn holds_more(&self, one: IdentityId, other: IdentityId) -> bool {
        let known = self.known.borrow().identities.get(&(one, other)).copied();
        known.unwrap_or_else(|| {
            let more = self.has_more(one, other);
            let identities = &mut self.known.borrow_mut().identities;
            identities.insert((one, other), more);
            more
        })
    }

    fn has_more(&self, one: IdentityId, other: IdentityId) -> bool {
        self.case.graph.held_by(one).iter().any(|id| {
            let held = self.case.program.assignments.at(*id);
            let grant = Grant {
                role: held.role,
                on: held.on,
                condition: held.condition.as_ref(),
            };
            self.gives_more(&grant, other)
        })
    }

    /// Whether a role on a resource would give an identity something that it does not hold.
    fn gives_more(&self, grant: &Grant<'_>, identity: IdentityId) -> bool {
        // Many hold the same.
        let key = (identity, grant.role, grant.on);
        let known = self.known.borrow().grants.get(&key).copied();
        match (grant.condition, known) {
            (None, Some(known)) => known,
            (None, None) => {
                let more = self.would_give_more(grant, identity);
                self.known.borrow_mut().grants.insert(key, more);
                more
            }
            (Some(_), _) => self.would_give_more(grant, identity),
        }
    }

    fn would_give_more(&self, grant: &Grant<'_>, identity: IdentityId) -> bool {
        let (case, kinds) = (self.case, self.case.graph.kinds());
        let power = case.power(grant.role);
        let below = case.graph.below(grant.on).iter();
        let mut below = below.map(|(at, _)| *at);
        let more = below.any(|at| {
            let mut yields = case.yields.borrow_mut();
            let operations = yields.of(kinds, grant.role, &power, grant.on, at);
            drop(yields);
            let mut lacking = operations.iter();
            lacking.any(|operation| {
                !self.holds(identity, at, *operation, grant.condition) && self.matters(*operation)
            })
        });
        if more || !is_container(case.program.resources.at(grant.on)) {
            return more;
        }
        // What a manifest does not declare is there all the same.
        let mut held = OpSet::new();
        for id in case.graph.held_by(identity) {
            let own = case.program.assignments.at(*id);
            if self.case.graph.covers(own.on, grant.on) == Covers::Yes && own.condition.is_none() {
                held.union_with(case.power(own.role).any());
            }
        }
        !power.any().is_subset(&held)
    }

    /// Whether an identity holds an operation on a resource, for all of what a condition leaves.
    fn holds(
        &self,
        identity: IdentityId,
        at: ResourceId,
        operation: OpId,
        condition: Option<&Condition>,
    ) -> bool {
        let (case, kinds) = (self.case, self.case.graph.kinds());
        case.graph.held_by(identity).iter().any(|id| {
            let own = case.program.assignments.at(*id);
            if !leaves(own.condition.as_ref(), condition)
                || self.case.graph.covers(own.on, at) == Covers::No
            {
                return false;
            }
            let power = case.power(own.role);
            let mut yields = case.yields.borrow_mut();
            let operations = yields.of(kinds, own.role, &power, own.on, at);
            operations.binary_search(&operation).is_ok()
        })
    }

    /// Whether an operation on one resource is worth reaching: what attaches to any scope is not,
    /// be it tags, metrics or event subscriptions, unless power grows by it.
    fn matters(&self, operation: OpId) -> bool {
        let known = self.known.borrow().matters.get(&operation).copied();
        known.unwrap_or_else(|| {
            let matters = self.is_more(operation);
            self.known.borrow_mut().matters.insert(operation, matters);
            matters
        })
    }

    fn is_more(&self, operation: OpId) -> bool {
        let name = self.case.operation(operation).name;
        let attached = is_extension_type(resource_type_of_operation(&name));
        let grows = |row: &Escalation| {
            row.on == Target::Scope
                && row
                    .operations
                    .iter()
                    .any(|deed| deed.name.eq_ignore_ascii_case(&name))
        };
        !attached || escalations().iter().any(grows)
    }

    /// Whether there is anything on a resource, or below it, that an identity does not hold.
    fn lacks_something(&self, identity: IdentityId, on: ResourceId) -> bool {
        let (case, kinds) = (self.case, self.case.graph.kinds());
        if is_container(case.program.resources.at(on)) {
            return true;
        }
        case.graph.below(on).iter().any(|(at, _)| {
            let mut all = kinds.everything(kinds.of(on), kinds.of(*at));
            all.any(|operation| {
                !self.holds(identity, *at, operation, None) && self.matters(operation)
            })
        })
    }

    /// Whether each operation that the verbs of a resource need is held on it.
    fn verbs_held(&self, identity: IdentityId, at: ResourceId) -> impl Iterator<Item = bool> {
        let case = self.case;
        let connector = &case.program.resources.at(at).connector;
        let clauses = connector.verbs.iter().flat_map(|verb| &verb.needs);
        clauses.map(move |clause| {
            clause.any_of.iter().any(|one| {
                let found = case
                    .graph
                    .universe()
                    .find(case.catalogue, one.plane, &one.name);
                found.is_some_and(|operation| self.holds(identity, at, operation, None))
            })
        })
    }
}
