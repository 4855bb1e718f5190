//! Suggestions: the narrowest role for a need, a narrower one for an assignment, a custom role.
//!
//! Worked out only when a finding is raised. A suggestion is never deprecated or in preview, never
//! what is there already, and surely grants every need it is offered for.

use super::advice::{Grants, Proposed, paths};
use super::case::{Case, word};
use super::leftover::{Grant, Leftover};
use crate::diagnostic::sha256;
use crate::graph::{Granted, State};
use crate::infer::{narrows, operation};
use crate::ir::{AssignmentId, Covers, CustomRoleId, Need, NeedId, ResourceId, RoleRef};
use crate::names;
use grantc_spec::Plane;
use grantc_spec::catalogue::{Mark, OpId};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Roles that would do, and what they would leave over.
pub(super) struct Choice {
    pub(super) roles: Vec<RoleRef>,
    pub(super) leftover: Leftover,
}

/// A role written for exactly what is needed.
pub(super) struct Custom {
    pub(super) name: String,
    /// The `role` node.
    pub(super) block: String,
    pub(super) operations: BTreeSet<(Plane, String)>,
}

/// Whether one role can grant operations of both planes.
fn is_together(a: Plane, b: Plane) -> bool {
    a == b || a.other_rbac() == Some(b)
}

/// At most this many roles are offered together.
pub(crate) const TOGETHER: usize = 3;

impl Case<'_> {
    /// The candidates of a resource's connector, narrowest first; looked up once.
    pub(crate) fn candidates(&self, resource: ResourceId) -> Rc<[RoleRef]> {
        let connector = &self.program.resources.at(resource).connector;
        let mut known = self.candidates.borrow_mut();
        if let Some(known) = known.get(&connector.name) {
            return Rc::clone(known);
        }
        let offered = connector.roles.iter().filter_map(|name| {
            if let Some(role) = RoleRef::of_plane(connector.plane, name) {
                return Some(role);
            }
            let ix = self.catalogue.role_by_name(name)?;
            (self.catalogue.role(ix).mark == Mark::Available).then_some(RoleRef::BuiltIn(ix))
        });
        let offered: Rc<[RoleRef]> = offered.collect();
        known.insert(connector.name.clone(), Rc::clone(&offered));
        offered
    }

    /// The operation by which a role would surely meet a need: the first listed that it grants.
    pub(crate) fn meets(&self, role: RoleRef, need: NeedId) -> Option<OpId> {
        let power = self.power(role);
        let mut operations = self.graph.clause(need).iter().copied();
        operations.find(|id| power.grants(*id) == Granted::Sure)
    }

    /// The narrowest candidate that would meet a need.
    pub(super) fn narrowest(&self, need: NeedId) -> Option<RoleRef> {
        let Need {
            identity, resource, ..
        } = *self.program.needs.at(need);
        let candidates = self.candidates(resource);
        candidates.iter().copied().find(|role| {
            self.meets(*role, need).is_some() && !self.is_forbidden(identity, *role, resource)
        })
    }

    /// The narrowest candidate that would meet needs on one resource, or the narrowest for each.
    pub(super) fn narrowest_for(&self, needs: &[NeedId]) -> Option<Vec<RoleRef>> {
        let resource = self.program.needs.at(*needs.first()?).resource;
        let all = |role: &RoleRef| needs.iter().all(|need| self.meets(*role, *need).is_some());
        if let Some(one) = self.candidates(resource).iter().find(|role| all(role)) {
            return Some(vec![*one]);
        }
        let each: Option<BTreeSet<RoleRef>> =
            needs.iter().map(|need| self.narrowest(*need)).collect();
        each.map(|roles| roles.into_iter().collect())
    }

    /// The role's name as a manifest writes it.
    pub(crate) fn role_name(&self, role: RoleRef) -> String {
        match role {
            RoleRef::BuiltIn(ix) => self.catalogue.role(ix).name.to_owned(),
            RoleRef::Custom(id) => self.program.roles.at(id).name.value.clone(),
            RoleRef::OfPlane(..) => {
                let found = role.plane_role();
                found.map(|role| role.name.to_owned()).unwrap_or_default()
            }
            RoleRef::Permission(id) => self.program.permissions.at(id).name.clone(),
        }
    }

    /// `assign "ROLE" on="RESOURCE"`.
    pub(super) fn assign(&self, role: RoleRef, on: ResourceId) -> String {
        assign(
            &self.role_name(role),
            &self.program.resources.at(on).name.value,
        )
    }

    /// The declared resource to assign on for a need: the one whose scope is the need's, else
    /// none, since every wider one grants more than is needed.
    pub(super) fn place_for(&self, need: NeedId) -> Option<ResourceId> {
        let places = &self.graph.rbac().places;
        let wanted = places.of_need(need);
        let own = self.program.needs.at(need).resource;
        let exact = |id: &ResourceId| {
            let place = places.of_resource(*id);
            place.depth() == wanted.depth() && place.covers(wanted) == Covers::Yes
        };
        Some(own)
            .filter(exact)
            .or_else(|| self.program.resources.ids().find(exact))
    }

    /// Candidates that meet every need through an assignment and leave less over than it does:
    /// one role, or a few together when no single one meets them all.
    pub(super) fn narrower(&self, id: AssignmentId, now: &Leftover) -> Option<Choice> {
        let assignment = self.program.assignments.at(id);
        let needs = self.graph.through(id);
        let mut resources = vec![assignment.on];
        resources.extend(
            needs
                .iter()
                .map(|need| self.program.needs.at(*need).resource),
        );
        let mut candidates: Vec<RoleRef> = Vec::new();
        for resource in resources {
            for role in self.candidates(resource).iter().copied() {
                let useful = || needs.iter().any(|need| self.meets(role, *need).is_some());
                if role != assignment.role && !candidates.contains(&role) && useful() {
                    candidates.push(role);
                }
            }
        }
        let mut best: Option<Choice> = None;
        for size in 1..=TOGETHER.min(candidates.len()) {
            let mut found = false;
            for roles in subsets(&candidates, size) {
                let Some(meets) = self.meets_all(&roles, needs) else {
                    continue;
                };
                found = true;
                let leftover = self.leftover_of(&Grant {
                    identity: assignment.identity,
                    roles: &roles,
                    on: assignment.on,
                    meets: &meets,
                });
                let to_beat = best
                    .as_ref()
                    .map_or(&now.weight, |best| &best.leftover.weight);
                if leftover.weight < *to_beat && self.can_replace(id, &roles) {
                    best = Some(Choice { roles, leftover });
                }
            }
            if found {
                break;
            }
        }
        best
    }

    /// Whether roles can stand in place of an assignment, under its paths, so that nothing is lost.
    fn can_replace(&self, id: AssignmentId, roles: &[RoleRef]) -> bool {
        let assignment = self.program.assignments.at(id);
        let Some(proposed) = self.in_its_place(id, roles) else {
            return false;
        };
        self.keeps(assignment.identity, &[id], &proposed, &[])
    }

    /// What would be written in place of an assignment, under its paths, for it to be roles; what
    /// is held there besides is not written again.
    pub(super) fn in_its_place(
        &self,
        id: AssignmentId,
        roles: &[RoleRef],
    ) -> Option<Vec<Proposed>> {
        let assignment = self.program.assignments.at(id);
        let paths = paths(assignment)?;
        let (identity, on) = (assignment.identity, assignment.on);
        let new = roles
            .iter()
            .filter(|role| !self.holds_besides(identity, &[id], **role, on));
        let proposed = new.map(|role| Proposed {
            grants: Grants::Role(*role),
            on,
            paths: paths.to_vec(),
        });
        Some(proposed.collect())
    }

    pub(crate) fn meets_all(
        &self,
        roles: &[RoleRef],
        needs: &[NeedId],
    ) -> Option<Vec<(NeedId, OpId)>> {
        let meets = |need: &NeedId| {
            let by = roles.iter().find_map(|role| self.meets(*role, *need));
            by.map(|operation| (*need, operation))
        };
        needs.iter().map(meets).collect()
    }

    /// Whether a path narrows all that a role grants of a resource's data.
    pub(crate) fn fits_paths(&self, role: RoleRef, on: ResourceId) -> bool {
        self.beyond_paths(role, on).is_empty()
    }

    /// What a role grants of a resource's data that no path narrows.
    pub(super) fn beyond_paths(&self, role: RoleRef, on: ResourceId) -> Vec<OpId> {
        let connector = &self.program.resources.at(on).connector;
        let kinds = self.graph.kinds();
        let kind = kinds.of(on);
        let mut counted = kinds.counted(&self.power(role), kind, kind);
        counted.retain(|id| {
            let operation = self.operation(*id);
            operation.plane == Plane::Data && !narrows(connector, operation.plane, &operation.name)
        });
        counted
    }

    /// A custom role of the operations that decide needs, and what their connectors' clients
    /// need whatever the verb; what another custom role says of schemas stays, that of `like` first.
    pub(super) fn custom(
        &self,
        name: String,
        needs: &[NeedId],
        like: Option<CustomRoleId>,
    ) -> Custom {
        let mut operations: BTreeSet<(Plane, String)> = BTreeSet::new();
        for need in needs {
            let first = operation(self, *need).filter(|_| {
                // Nothing decided: the first that can be granted.
                self.graph.verdict(*need).state == State::Missing
            });
            let decisive = || {
                let operation = self.decisive(*need);
                (operation.plane, operation.name.into_owned())
            };
            let needed = first.cloned().unwrap_or_else(decisive);
            let resource = self.program.needs.at(*need).resource;
            let support = self.program.resources.at(resource).connector.support.iter();
            let alike = support.filter(|one| is_together(one.plane, needed.0));
            operations.extend(alike.map(|one| (one.plane, one.name.clone())));
            operations.insert(needed);
        }
        let lines = operations.iter().map(|(plane, name)| {
            let schema = self.schema_of(*plane, name, like);
            let schema = schema.map(|schema| format!(" schema=\"{schema}\""));
            format!(
                "    {} \"{name}\"{}\n",
                word(*plane),
                schema.unwrap_or_default()
            )
        });
        let plane = match operations.first() {
            Some((Plane::CosmosSql, _)) => " plane=\"cosmos-sql\"",
            Some((Plane::SqlDatabase, _)) => " plane=\"sql-database\"",
            _ => "",
        };
        let block = format!("role \"{name}\"{plane} {{\n{}}}", lines.collect::<String>());
        Custom {
            name,
            block,
            operations,
        }
    }

    /// The schema that a custom role of the manifest limits a permission to, where one does: a
    /// suggestion must not widen it to the whole database.
    fn schema_of(&self, plane: Plane, name: &str, like: Option<CustomRoleId>) -> Option<&str> {
        let own = like.map(|id| self.program.roles.at(id));
        let roles = own.into_iter().chain(self.program.roles.values());
        let operations = roles.flat_map(|role| &role.operations);
        let mut same = operations
            .filter(|one| one.plane == plane && one.pattern.value.eq_ignore_ascii_case(name));
        same.find_map(|one| one.schema.as_ref().map(|schema| schema.value.as_str()))
    }

    /// A name for a custom role of an identity that nothing else has.
    pub(super) fn free_name(&self, identity: &str, resource: &str) -> String {
        let taken = |name: &String| {
            let mut own = self.program.roles.values();
            own.any(|role| role.name.value.eq_ignore_ascii_case(name))
                || self.catalogue.role_by_name(name).is_some()
        };
        let short = titled(identity);
        if !taken(&short) {
            return short;
        }
        let long = shortened(format!("{short} {}", titled(resource)));
        names::free(&long, " ", taken)
    }
}

/// Longest name of a custom role that is made up, leaving room for a number.
const LONGEST: usize = 90;

/// A name cut so that it can name a role; what is cut off shows in its last letters.
pub(crate) fn shortened(name: String) -> String {
    if name.chars().count() <= LONGEST {
        return name;
    }
    let hash = sha256([name.as_str()]);
    let end: String = hash.chars().skip("sha256:".len()).take(4).collect();
    let start: String = name.chars().take(LONGEST).collect();
    format!("{} {end}", start.trim_end())
}

/// `assign "ROLE" on="RESOURCE"`.
pub(super) fn assign(role: &str, on: &str) -> String {
    format!("assign \"{role}\" on=\"{on}\"")
}

/// `Invoice Filer` of `invoice-filer`.
pub(crate) fn titled(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    name.split(['-', '_'])
        .filter_map(capital)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Every choice of `size` items, earlier ones first.
pub(crate) fn subsets<T: Copy>(items: &[T], size: usize) -> Vec<Vec<T>> {
    match (size, items) {
        (0, _) => vec![Vec::new()],
        (_, []) => Vec::new(),
        (_, [first, rest @ ..]) => {
            let with = subsets(rest, size - 1).into_iter().map(|mut subset| {
                subset.insert(0, *first);
                subset
            });
            with.chain(subsets(rest, size)).collect()
        }
    }
}

#[cfg(test)]
mod tests;
