//! Powers: which operations a role grants, as sets of numbers.
//!
//! The catalogue expands its own operations; operations beyond it are decided from the role's
//! strings. A role's power is computed once, however often the role is assigned.

use super::universe::Universe;
use crate::ir::{Program, RoleRef};
use grantc_spec::Plane;
use grantc_spec::catalogue::{
    Block, Catalogue, OpId, OpSet, Verdict, grant_of_blocks, pattern_matches, verdict_of_blocks,
};
use grantc_spec::plane_roles;
use std::borrow::Cow;

/// What a role grants.
#[derive(Clone, Debug, Default)]
pub(crate) struct Power {
    sure: OpSet,
    any: OpSet,
    /// What its holder may not do, whatever else grants it.
    denied: OpSet,
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
        if let Some((plane, patterns)) = patterns_of(program, role) {
            let mut power = Power::default();
            for extra in universe
                .extras()
                .iter()
                .filter(|extra| extra.plane == plane)
            {
                let verdict = match role {
                    // A permission is its name, dots and all.
                    RoleRef::Permission(_) if patterns.contains(&extra.name.as_str()) => {
                        Verdict::Sure
                    }
                    RoleRef::Permission(_) => Verdict::No,
                    _ => plane_roles::verdict(&patterns, &extra.name),
                };
                power.add(extra.id, verdict);
                let role = role.plane_role();
                if role.is_some_and(|role| plane_roles::denies(role, &extra.name)) {
                    power.denied.insert(extra.id);
                }
            }
            return power;
        }
        let blocks = blocks_of(program, catalogue, role);
        let (sure, conditional) = match role {
            RoleRef::BuiltIn(ix) => {
                let grant = catalogue.grants(ix);
                (grant.sure.clone(), grant.conditional.clone())
            }
            RoleRef::Custom(_) | RoleRef::OfPlane(..) | RoleRef::Permission(_) => {
                let grant = grant_of_blocks(catalogue, &blocks);
                (grant.sure, grant.conditional)
            }
        };
        let any = conditional.union(&sure);
        let denied = OpSet::new();
        let mut power = Power { sure, any, denied };
        for extra in universe.extras().iter().filter(|extra| !extra.misplaced) {
            power.add(
                extra.id,
                verdict_of_blocks(&blocks, extra.plane, &extra.name),
            );
        }
        power
    }

    fn add(&mut self, operation: OpId, verdict: Verdict) {
        if verdict != Verdict::No {
            self.any.insert(operation);
        }
        if verdict == Verdict::Sure {
            self.sure.insert(operation);
        }
    }

    /// Whether its holder may not do something, whatever else grants it.
    pub(crate) fn denies(&self, operation: OpId) -> bool {
        self.denied.contains(operation)
    }

    /// Whether there is such a thing.
    pub(crate) fn denies_any(&self) -> bool {
        !self.denied.is_empty()
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

/// The plane of a role that is not of Azure RBAC, and the strings that say what it grants.
fn patterns_of(program: &Program, role: RoleRef) -> Option<(Plane, Vec<&str>)> {
    match role {
        RoleRef::BuiltIn(_) => None,
        RoleRef::OfPlane(family, _) => {
            let plane = family.operation_plane()?;
            Some((plane, role.plane_role()?.operations.clone()))
        }
        RoleRef::Custom(id) => {
            let role = program.roles.at(id);
            let patterns = role.operations.iter().map(|it| it.pattern.value.as_str());
            Some((role.family.operation_plane()?, patterns.collect()))
        }
        RoleRef::Permission(id) => {
            let permission = program.permissions.at(id);
            Some((permission.plane, vec![permission.name.as_str()]))
        }
    }
}

/// The permission blocks of a role of Azure RBAC; of another plane's role there are none.
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
                let on_it = operations.iter().filter(|it| it.plane == plane);
                on_it.map(|it| it.pattern.value.clone()).collect()
            };
            Cow::Owned(vec![Block {
                actions: on(Plane::Control),
                data_actions: on(Plane::Data),
                ..Block::default()
            }])
        }
        RoleRef::OfPlane(..) | RoleRef::Permission(_) => Cow::Borrowed(&[]),
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

/// A string of a role that matches an operation, and what takes it out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Matched {
    /// The string, such as `*/read`.
    pub(crate) pattern: String,
    /// The strings of the same block that subtract.
    pub(crate) except: Vec<String>,
    /// The one of them that takes this operation out.
    pub(crate) taken_by: Option<String>,
}

/// The strings of a role that match an operation, whether or not it is granted in the end.
pub(crate) fn matched(
    program: &Program,
    catalogue: &Catalogue,
    role: RoleRef,
    plane: Plane,
    name: &str,
) -> Vec<Matched> {
    if let Some((of_role, patterns)) = patterns_of(program, role) {
        let matches = |pattern: &&&str| {
            of_role == plane
                && match role {
                    RoleRef::Permission(_) => **pattern == name,
                    _ => plane_roles::verdict(&[**pattern], name) != Verdict::No,
                }
        };
        let matched = |pattern: &&str| Matched {
            pattern: (*pattern).to_owned(),
            except: Vec::new(),
            taken_by: None,
        };
        return patterns.iter().filter(matches).map(matched).collect();
    }
    let mut found = Vec::new();
    for block in blocks_of(program, catalogue, role).iter() {
        let (adds, takes) = match plane {
            Plane::Control => (&block.actions, &block.not_actions),
            Plane::Data => (&block.data_actions, &block.not_data_actions),
            _ => continue,
        };
        let matching = adds.iter().filter(|it| pattern_matches(it, name));
        found.extend(matching.map(|pattern| Matched {
            pattern: pattern.clone(),
            except: takes.clone(),
            taken_by: takes.iter().find(|it| pattern_matches(it, name)).cloned(),
        }));
    }
    found
}
