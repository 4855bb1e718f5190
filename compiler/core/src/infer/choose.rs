//! Choosing: the narrowest roles for a group of needs.
//!
//! Candidates of the connectors first, the set that leaves least over; a few together only where
//! no single one meets every need; else a custom role. What a `forbid` rules out is no candidate.

use super::open::{Open, operation};
use super::{Choice, Pins, Role, pin};
use crate::check::{Case, Grant, TOGETHER, shortened, subsets, titled};
use crate::ir::{Inferred, NeedId, PathPattern, Permission, Resource, ResourceId, RoleRef};
use crate::names;
use grantc_spec::Plane;
use grantc_spec::catalogue::GraphKind;
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::plane_roles;
use std::collections::{BTreeMap, BTreeSet};

/// A role of exactly what is needed.
pub(super) struct Custom {
    pub(super) name: String,
    pub(super) family: PlaneFamily,
    pub(super) operations: BTreeSet<(Plane, String)>,
}

impl Custom {
    /// Whether it grants what a need asks for.
    pub(super) fn meets(&self, case: &Case<'_>, need: NeedId) -> bool {
        let mut clause = case.program.needs.at(need).clause.any_of.iter();
        clause.any(|wanted| {
            let same = |(plane, name): &(Plane, String)| {
                *plane == wanted.0 && name.eq_ignore_ascii_case(&wanted.1)
            };
            self.operations.iter().any(same)
        })
    }
}

const MANAGEMENT_GROUP: &str = "Microsoft.Management/managementGroups";

/// What meets a group of needs; nothing where nothing can.
pub(super) fn choose(
    case: &Case<'_>,
    group: &Open,
    pins: &Pins,
    taken: &BTreeSet<String>,
) -> Vec<Choice> {
    if group.needs.is_empty() {
        return Vec::new();
    }
    if matches!(group.family, PlaneFamily::Graph | PlaneFamily::EntraApp) {
        return permissions(case, group);
    }
    let pinned = pin::of(case, group, pins);
    let fresh = fresh(case, group, &group.needs);
    let name = name(case, group, taken);
    let keeps_custom = pinned.custom(&name);
    let (kept, rest) = kept(case, group, &pinned);
    let (roles, made) = match (kept.as_slice(), rest.as_slice(), &fresh) {
        // Everything is pinned.
        ([_, ..], [], _) => (kept, None),
        ([], _, _) if keeps_custom => (Vec::new(), custom(case, group, &group.needs, &name)),
        ([], _, Some(fresh)) => (fresh.clone(), None),
        ([], _, None) => (Vec::new(), custom(case, group, &group.needs, &name)),
        // What is pinned stays, and what it no longer meets is added.
        ([_, ..], open, _) => match self::fresh(case, group, open) {
            Some(more) if !keeps_custom => ([kept, more].concat(), None),
            _ => {
                let custom = custom(case, group, open, &name);
                (kept, custom)
            }
        },
    };
    let instead = instead(case, &roles, made.is_some(), fresh.as_deref(), &name);
    let paths = paths(case, group);
    let choice = |role: Role, regranted: bool| Choice {
        identity: group.identity,
        role,
        on: group.on,
        paths: paths.clone(),
        how: Inferred {
            instead: instead.clone(),
            regranted,
        },
    };
    let mut all: Vec<Choice> = Vec::new();
    for role in roles {
        let regranted = pinned.regranted(case, role);
        all.push(choice(Role::Candidate(role), regranted));
    }
    all.extend(made.map(|custom| choice(Role::Custom(custom), false)));
    all
}

/// The names of what would be chosen today, where that is not what is held.
fn instead(
    case: &Case<'_>,
    roles: &[RoleRef],
    made: bool,
    fresh: Option<&[RoleRef]>,
    name: &str,
) -> Vec<String> {
    let now: BTreeSet<RoleRef> = roles.iter().copied().collect();
    match fresh {
        Some(fresh) if made || now != fresh.iter().copied().collect() => {
            fresh.iter().map(|role| case.role_name(*role)).collect()
        }
        None if !made || !now.is_empty() => vec![name.to_owned()],
        Some(_) | None => Vec::new(),
    }
}

/// Of the pinned roles those that meet something, as few as meet all that any of them meets; and
/// the needs that they do not meet.
fn kept(case: &Case<'_>, group: &Open, pinned: &pin::Pinned) -> (Vec<RoleRef>, Vec<NeedId>) {
    let useful = |role: &RoleRef| {
        group
            .needs
            .iter()
            .any(|it| case.meets(*role, *it).is_some())
    };
    let roles: Vec<RoleRef> = pinned
        .roles()
        .filter(|role| useful(role) && fits(case, group, *role))
        .collect();
    let met_by = |roles: &[RoleRef], need: &NeedId| {
        let mut roles = roles.iter();
        roles.any(|role| case.meets(*role, *need).is_some())
    };
    let (met, rest): (Vec<NeedId>, Vec<NeedId>) =
        group.needs.iter().partition(|need| met_by(&roles, need));
    let mut few = (1..=roles.len().min(TOGETHER)).flat_map(|size| subsets(&roles, size));
    let few = few.find(|few| met.iter().all(|need| met_by(few, need)));
    (few.unwrap_or(roles), rest)
}

/// The candidates that meet needs and leave least over.
fn fresh(case: &Case<'_>, group: &Open, needs: &[NeedId]) -> Option<Vec<RoleRef>> {
    let mut candidates: Vec<RoleRef> = Vec::new();
    let resources = needs
        .iter()
        .map(|need| case.program.needs.at(*need).resource);
    let resources: BTreeSet<ResourceId> = resources.chain([group.on]).collect();
    for resource in resources {
        for role in case.candidates(resource).iter().copied() {
            let useful = || needs.iter().any(|need| case.meets(role, *need).is_some());
            if !candidates.contains(&role)
                && useful()
                && fits(case, group, role)
                && !case.is_forbidden(group.identity, role, group.on)
            {
                candidates.push(role);
            }
        }
    }
    for size in 1..=TOGETHER.min(candidates.len()) {
        let sets = subsets(&candidates, size).into_iter();
        let covering = sets.filter_map(|roles| Some((case.meets_all(&roles, needs)?, roles)));
        let weighed = covering.map(|(meets, roles)| {
            let leftover = case.leftover_of(&Grant {
                identity: group.identity,
                roles: &roles,
                on: group.on,
                meets: &meets,
            });
            (leftover.weight, roles)
        });
        // Of equals the first.
        let best = weighed.min_by(|(a, _), (b, _)| a.cmp(b));
        if let Some((_, roles)) = best {
            // Held there already, under a condition: Azure takes a role on a scope once.
            return (!roles.iter().any(|role| is_held(case, group, *role))).then_some(roles);
        }
    }
    None
}

/// Whether a role can be held as the group asks: under a condition on paths, all that it grants of
/// the data must be narrowed.
fn fits(case: &Case<'_>, group: &Open, role: RoleRef) -> bool {
    if !group.narrowed {
        return true;
    }
    case.fits_paths(role, group.on)
}

/// Whether the identity holds a role at the very place already.
fn is_held(case: &Case<'_>, group: &Open, role: RoleRef) -> bool {
    let places = &case.graph.rbac().places;
    let here = places.of_resource(group.on);
    case.graph.held_by(group.identity).iter().any(|held| {
        let held = case.program.assignments.at(*held);
        held.role == role && places.of_resource(held.on) == here
    })
}

/// The names that what is chosen is narrowed to: those of all needs, without what another includes.
fn paths(case: &Case<'_>, group: &Open) -> Vec<PathPattern> {
    if !group.narrowed {
        return Vec::new();
    }
    let needs = group.needs.iter().map(|need| case.program.needs.at(*need));
    let paths = needs.filter_map(|need| need.path.as_ref());
    let by_text: BTreeMap<&str, &PathPattern> =
        paths.map(|path| (path.text.value.as_str(), path)).collect();
    let included = |path: &PathPattern| {
        let mut others = by_text
            .values()
            .filter(|other| other.text.value != path.text.value);
        others.any(|other| other.includes(path))
    };
    let own = by_text.values().filter(|path| !included(path));
    let condition = |path: &&PathPattern| PathPattern {
        listing: false,
        ..(*path).clone()
    };
    own.map(condition).collect()
}

/// A role of exactly what the needs ask for, and of what their connectors' clients need whatever
/// the verb; none where Azure would refuse all of it.
fn custom(case: &Case<'_>, group: &Open, needs: &[NeedId], name: &str) -> Option<Custom> {
    let mut operations: BTreeSet<(Plane, String)> = BTreeSet::new();
    let on = case.program.resources.at(group.on);
    let too_wide = on.resource_type() == MANAGEMENT_GROUP;
    for need in needs {
        let wanted = operation(case, *need)?;
        // Azure assigns no custom role with data actions there.
        if too_wide && wanted.0 == Plane::Data {
            continue;
        }
        operations.insert(wanted.clone());
        let resource = case.program.needs.at(*need).resource;
        let support = case.program.resources.at(resource).connector.support.iter();
        let support = support.filter(|one| is_of(one.plane, group.family));
        operations.extend(support.map(|one| (one.plane, one.name.clone())));
    }
    (!operations.is_empty()).then(|| Custom {
        name: name.to_owned(),
        family: group.family,
        operations,
    })
}

fn is_of(plane: Plane, family: PlaneFamily) -> bool {
    match family.operation_plane() {
        Some(own) => own == plane,
        None => matches!(plane, Plane::Control | Plane::Data),
    }
}

/// The name of a custom role for a group: after identity and resource, and like nothing else, so
/// that it stays the same whatever else is declared.
fn name(case: &Case<'_>, group: &Open, taken: &BTreeSet<String>) -> String {
    let identity = &case.program.identities.at(group.identity).name.value;
    let resource = &case.program.resources.at(group.on).name.value;
    let short = shortened(format!("{} {}", titled(identity), titled(resource)));
    let is_taken = |name: &String| {
        taken.contains(&name.to_ascii_lowercase())
            || case.catalogue.role_by_name(name).is_some()
            || plane_roles::by_name(group.family, name).is_some()
    };
    names::free(&short, " ", is_taken)
}

/// The permissions that needs name.
fn permissions(case: &Case<'_>, group: &Open) -> Vec<Choice> {
    use crate::ir::IdentityKind;
    let kind = case.program.identities.at(group.identity).kind;
    let delegated = kind == IdentityKind::Delegated;
    let mut found: BTreeMap<&str, Permission> = BTreeMap::new();
    for need in &group.needs {
        let need = case.program.needs.at(*need);
        let resource = case.program.resources.at(need.resource);
        for (plane, name) in need.clause.any_of.iter().take(1) {
            let id = permission_id(case, resource, *plane, name, delegated);
            found.extend(id.map(|id| {
                let permission = Permission {
                    plane: *plane,
                    name: name.clone(),
                    id,
                    delegated,
                };
                (name.as_str(), permission)
            }));
        }
    }
    let choice = |permission| Choice {
        identity: group.identity,
        role: Role::Permission(permission),
        on: group.on,
        paths: Vec::new(),
        how: Inferred::default(),
    };
    found.into_values().map(choice).collect()
}

fn permission_id(
    case: &Case<'_>,
    resource: &Resource,
    plane: Plane,
    name: &str,
    delegated: bool,
) -> Option<String> {
    if plane == Plane::Graph {
        let kind = match delegated {
            true => GraphKind::Delegated,
            false => GraphKind::Application,
        };
        let known = case.catalogue.graph_permission(kind, name)?;
        return Some(known.id.to_owned());
    }
    let declared = match delegated {
        true => &resource.delegated_scopes,
        false => &resource.app_roles,
    };
    let known = declared.iter().find(|one| one.name.value == name)?;
    Some(known.id.value.clone())
}
