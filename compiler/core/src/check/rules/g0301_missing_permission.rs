//! G0301 missing-permission: a need that nothing grants.
//!
//! Says what is held nearby, since that is usually the mistake: the right role in the wrong place,
//! or another role in the right one.

use super::g0302_wrong_plane::wrong_plane;
use super::g0310_delegation::is_told;
use crate::check::Case;
use crate::check::advice::{Advice, Grants, Proposed, instead, quoted};
use crate::check::case::deed;
use crate::check::suggest::{Custom, assign};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fix::{Edit, Fix};
use crate::graph::{Granted, Operation, Plane as _, State};
use crate::ir::{AssignmentId, Covers, IdentityKind, Need, NeedId, NeedOrigin, ResourceId, Text};
use crate::names;
use grantc_spec::Plane;
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::rules::MISSING_PERMISSION;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for (id, need) in case.program.needs.iter() {
        // What could not be resolved has its finding, and may be what is missing here.
        let broken = case.program.identities.at(need.identity).broken;
        let missing_here = case.graph.verdict(id).state == State::Missing && !broken;
        if missing_here && wrong_plane(case, id).is_none() && !is_told(case, id) {
            diags.push(missing(case, id, need));
        }
    }
}

fn missing(case: &Case<'_>, id: NeedId, need: &Need) -> Diagnostic {
    let operation = case.decisive(id);
    let tool = &case.program.tools.at(need.tool).name;
    let identity = &case.program.identities.at(need.identity).name;
    let resource = &case.program.resources.at(need.resource).name;
    let deed = deed(need, &operation);
    let message =
        format!("`{tool}` needs `{deed}` on `{resource}`, and `{identity}` does not hold it there");
    let mut finding = Diagnostic::new(&MISSING_PERMISSION, need.span, message)
        .label(format!("needs `{}`", operation.short()))
        .at(case.path_of_need(need))
        .witness(case.broken_chain(need, &operation))
        .note(needed(need, &operation));
    for near in nearby(case, id, need) {
        finding = match near {
            Near::Narrowed(assignment) => {
                let span = case.program.assignments.at(assignment).span;
                finding.also(span, "held here for other names only")
            }
            Near::Elsewhere(assignment) => {
                let assignment = case.program.assignments.at(assignment);
                let on = case.label(assignment.on);
                finding.also(
                    assignment.span,
                    format!("held on `{on}`, which does not cover it"),
                )
            }
            Near::Other(assignment) => {
                let span = case.program.assignments.at(assignment).span;
                finding.also(span, format!("covers `{resource}`, but does not grant it"))
            }
        };
    }
    let Advice { help, fix } = advice(case, id, need);
    finding.fix(help, fix)
}

/// The operation in full; with several that would do, all of them.
fn needed(need: &Need, operation: &Operation<'_>) -> String {
    match need.clause.any_of.as_slice() {
        [] | [_] => format!(
            "it needs `{}` on the {} plane",
            operation.name, operation.plane
        ),
        several => {
            let all: Vec<_> = several
                .iter()
                .map(|(plane, name)| format!("`{name}` ({plane})"))
                .collect();
            format!("one of these would do: {}", all.join(", "))
        }
    }
}

/// An assignment of the identity that comes close.
enum Near {
    /// Grants the operation there, for other names.
    Narrowed(AssignmentId),
    /// Grants the operation, elsewhere.
    Elsewhere(AssignmentId),
    /// Covers the place, and does not grant the operation.
    Other(AssignmentId),
}

/// What is held nearby; the same power elsewhere says more than other power here.
fn nearby(case: &Case<'_>, id: NeedId, need: &Need) -> Vec<Near> {
    const SHOWN: usize = 3;
    let rbac = case.graph.rbac();
    let place = rbac.places.of_need(id);
    let operation = case.graph.verdict(id).operation;
    let (mut near, mut elsewhere, mut other) = (Vec::new(), Vec::new(), Vec::new());
    for assignment in case.graph.held_by(need.identity) {
        let held = case.program.assignments.at(*assignment);
        if rbac.power(held.role).grants(operation) != Granted::No {
            if rbac.covers(held.on, place) != Covers::No {
                near.push(Near::Narrowed(*assignment));
                continue;
            }
            elsewhere.push(Near::Elsewhere(*assignment));
        } else if rbac.covers(held.on, place) != Covers::No {
            other.push(Near::Other(*assignment));
        }
    }
    near.extend(elsewhere.into_iter().chain(other));
    near.truncate(SHOWN);
    near
}

/// The resource that a need stands on, where that is wider than what is used: its name, and its
/// node.
pub(super) fn wider(case: &Case<'_>, need: NeedId) -> (String, String) {
    let need = case.program.needs.at(need);
    let resource = case.program.resources.at(need.resource);
    let connector = &resource.connector;
    let level = match &need.origin {
        NeedOrigin::Verb(verb) => connector.judged_at(verb, resource.level),
        NeedOrigin::Raw => resource.level,
    };
    let level = connector.levels.get(level);
    let name = free(
        case,
        &resource.name.value,
        level.map_or("whole", |level| level.name.as_str()),
    );
    let own = level
        .map(|level| level.fields.as_slice())
        .unwrap_or_default();
    let written = |field: &str, value: &Text| match value {
        Text::Literal(text) => Some(format!("{field} \"{text}\"")),
        Text::Param(id) => {
            let param = &case.program.params.at(*id).name;
            Some(format!("{field} (param)\"{param}\""))
        }
        Text::Ambient(_) => None,
    };
    let own = own
        .iter()
        .filter_map(|field| written(field, resource.field(field)?));
    // What differs from where the server is deployed is written out at the resource.
    let azure = case.program.azure.as_ref();
    let same_group = azure.is_some_and(|azure| azure.resource_group == resource.resource_group);
    let subscription = azure.and_then(|azure| azure.subscription.as_ref());
    let same_subscription = subscription.is_some_and(|own| *own == resource.subscription);
    let group = (!same_group).then_some(("resource-group", &resource.resource_group));
    let subscription = (!same_subscription).then_some(("subscription", &resource.subscription));
    let places = group.into_iter().chain(subscription);
    let places = places.filter_map(|(field, value)| written(field, value));
    let fields: Vec<String> = own.chain(places).collect();
    let node = format!(
        "resource \"{name}\" type=\"{}\" existing=#true {{ {} }}",
        connector.name,
        fields.join("; ")
    );
    (name, node)
}

/// A name for a resource of a wider level that nothing else has.
fn free(case: &Case<'_>, resource: &str, level: &str) -> String {
    let taken = |name: &String| {
        let mut all = case.program.resources.values();
        all.any(|it| it.name.value.replace('_', "-") == name.replace('_', "-"))
    };
    // A level's name may be as long as a resource's.
    let level: String = level.chars().take(LONGEST / 2).collect();
    let start: String = resource.chars().take(LONGEST - level.len() - 5).collect();
    names::free(&format!("{start}-{level}"), "-", taken)
}

/// Longest name of a resource.
const LONGEST: usize = 64;

/// An assignment that grants the operation there, for other names.
fn narrowed(case: &Case<'_>, id: NeedId, need: &Need) -> Option<AssignmentId> {
    nearby(case, id, need)
        .into_iter()
        .find_map(|near| match near {
            Near::Narrowed(assignment) => Some(assignment),
            Near::Elsewhere(_) | Near::Other(_) => None,
        })
}

/// What to add to the identity, as it would be written there.
pub(in crate::check) fn advice(case: &Case<'_>, id: NeedId, need: &Need) -> Advice {
    let identity = &case.program.identities.at(need.identity);
    let name = &identity.name;
    let denials = denials(case, id, need);
    if !denials.is_empty() {
        return allowed(case, id, need, &denials);
    }
    let resource = &case.program.resources.at(need.resource).name;
    let Some(place) = case.place_for(id) else {
        let (wide, node) = wider(case, id);
        let declare = format!("it is needed on more than `{resource}`: declare `{node}`");
        if identity.inferred.is_some() {
            return Advice {
                help: format!("{declare}; what is held on it is inferred then"),
                fix: Some(case.adding(need.identity, Vec::new(), vec![node])),
            };
        }
        let (assign, block) = match case.narrowest(id) {
            Some(role) => (assign(&case.role_name(role), &wide), None),
            None => {
                let custom = custom_for(case, id, need);
                (assign(&custom.name, &wide), Some(custom.block))
            }
        };
        let help = match &block {
            Some(block) => format!("{declare}, and add `{assign}` to `{name}`, with\n\n{block}"),
            None => format!("{declare}, and add `{assign}` to `{name}`"),
        };
        let beside = std::iter::once(node).chain(block).collect();
        return Advice {
            help,
            fix: Some(case.adding(need.identity, vec![assign], beside)),
        };
    };
    if let Plane::Graph | Plane::EntraApp = case.decisive(id).plane {
        let word = match identity.kind {
            IdentityKind::Delegated => "consent",
            _ => "assign",
        };
        let permission = case.decisive(id).name;
        let on = &case.program.resources.at(place).name;
        let node = format!("{word} \"{permission}\" on=\"{on}\"");
        return Advice {
            help: format!("add `{node}` to `{name}`"),
            fix: Some(case.adding(need.identity, vec![node], Vec::new())),
        };
    }
    given(case, id, need, place, &[])
}

/// What gives a need on a resource, once some of what is held is gone: the role that is held for
/// other names, the narrowest candidate, or a role of its own.
fn given(
    case: &Case<'_>,
    id: NeedId,
    need: &Need,
    place: ResourceId,
    without: &[AssignmentId],
) -> Advice {
    let identity = need.identity;
    let name = &case.program.identities.at(identity).name;
    let proves = |one: &Proposed| case.keeps(identity, without, std::slice::from_ref(one), &[id]);
    let mut tries: Vec<Proposed> = Vec::new();
    // The role is right already, for other names.
    if let (Some(path), Some(held)) = (&need.path, narrowed(case, id, need)) {
        let held = case.program.assignments.at(held);
        tries.push(Proposed {
            grants: Grants::Role(held.role),
            on: held.on,
            paths: vec![path.clone()],
        });
    }
    let candidates = case.candidates(need.resource);
    let meeting = candidates
        .iter()
        .filter(|role| case.meets(**role, id).is_some());
    tries.extend(meeting.map(|role| Proposed {
        grants: Grants::Role(*role),
        on: place,
        paths: Vec::new(),
    }));
    if let Some(one) = tries.iter().find(|one| proves(one))
        && let Grants::Role(role) = one.grants
    {
        let nodes = case.nodes(&case.role_name(role), one.on, &one.paths);
        return Advice {
            help: format!("add {} to `{name}`", quoted(&nodes)),
            fix: Some(case.adding(identity, nodes, Vec::new())),
        };
    }
    let custom = custom_for(case, id, need);
    let one = Proposed {
        grants: Grants::Exactly(custom.operations),
        on: place,
        paths: Vec::new(),
    };
    if !proves(&one) {
        return Advice {
            help: obstacle(case, place).to_owned(),
            fix: None,
        };
    }
    let nodes = case.nodes(&custom.name, place, &[]);
    Advice {
        help: format!(
            "add {} to `{name}`, with\n\n{}",
            quoted(&nodes),
            custom.block
        ),
        fix: Some(case.adding(identity, nodes, vec![custom.block])),
    }
}

fn custom_for(case: &Case<'_>, id: NeedId, need: &Need) -> Custom {
    let identity = &case.program.identities.at(need.identity).name.value;
    let resource = &case.program.resources.at(need.resource).name.value;
    case.custom(case.free_name(identity, resource), &[id], None)
}

/// Why nothing can be given there.
fn obstacle(case: &Case<'_>, place: ResourceId) -> &'static str {
    let place = case.program.resources.at(place);
    if place.connector.plane == PlaneFamily::SqlDatabase && place.field("database").is_none() {
        "use a resource with `database \"…\"`: roles of a database are held in a database"
    } else {
        "use it on a narrower resource: Azure assigns no custom role that would do there"
    }
}

/// The assignments of the identity that deny what is needed.
pub(super) fn denials(case: &Case<'_>, id: NeedId, need: &Need) -> Vec<AssignmentId> {
    let rbac = case.graph.rbac();
    let place = rbac.places.of_need(id);
    let clause = case.graph.clause(id);
    let denies = |held: &&AssignmentId| {
        let held = case.program.assignments.at(**held);
        let power = rbac.power(held.role);
        rbac.covers(held.on, place) != Covers::No && clause.iter().any(|it| power.denies(*it))
    };
    let held = case.graph.held_by(need.identity).iter();
    held.filter(denies).copied().collect()
}

/// What takes denials away; and, where that is not enough, gives the need.
fn allowed(case: &Case<'_>, id: NeedId, need: &Need, denials: &[AssignmentId]) -> Advice {
    let identity = case.program.identities.at(need.identity);
    let held = denials
        .iter()
        .map(|held| case.program.assignments.at(*held));
    let held: Vec<_> = held.collect();
    let nodes: Vec<String> = held
        .iter()
        .map(|held| {
            assign(
                &held.role_name.value,
                &case.program.resources.at(held.on).name.value,
            )
        })
        .collect();
    let rbac = case.graph.rbac();
    let place = rbac.places.of_need(id);
    let is_sure = held
        .iter()
        .any(|held| rbac.covers(held.on, place) == Covers::Yes);
    let verb = match nodes.len() {
        _ if !is_sure => "may deny",
        1 => "denies",
        _ => "deny",
    };
    let remove = format!(
        "remove {} from `{}`, which {verb} it",
        quoted(&nodes),
        identity.name
    );
    let removed = held.iter().flat_map(|held| instead(held, Vec::new()));
    let removed: Vec<Edit> = removed.collect();
    let is_enough = identity.inferred.is_some() || case.keeps(need.identity, denials, &[], &[id]);
    let more = match case.place_for(id) {
        Some(place) if !is_enough => Some(given(case, id, need, place, denials)),
        _ => None,
    };
    match more {
        None => Advice {
            help: remove,
            fix: is_enough.then_some(Fix { edits: removed }),
        },
        Some(more) => Advice {
            help: format!("{remove}, and {}", more.help),
            fix: more.fix.map(|fix| Fix {
                edits: removed.into_iter().chain(fix.edits).collect(),
            }),
        },
    }
}

#[cfg(test)]
mod tests;
