//! The assignments that grant something, what makes them do so, and those that nearly do.

use super::Asked;
use super::question::Operations;
use crate::check::Case;
use crate::check::case::list;
use crate::graph::{Granted, Matched, Plane as _, State, is_container, matched};
use crate::ir::{
    Assignment, AssignmentId, Condition, Covers, IdentityId, NeedId, ResourceId, RoleRef, Text,
};
use grantc_spec::catalogue::OpId;
use serde::Serialize;
use std::collections::BTreeMap;

/// An assignment that grants an operation on one or several resources.
#[derive(Clone, Debug, Serialize)]
pub(super) struct GrantView {
    /// Two may stand on one line.
    #[serde(skip)]
    pub(super) id: AssignmentId,
    pub(super) identity: String,
    /// `assign` or `consent`; `inferred` where it was chosen and no node writes it.
    pub(super) node: &'static str,
    pub(super) role: String,
    /// Whether it is a role of the manifest.
    pub(super) custom: bool,
    pub(super) on: String,
    /// Where it was written, as `file:line`.
    pub(super) place: String,
    pub(super) operation: String,
    pub(super) plane: &'static str,
    pub(super) matched: Vec<MatchedView>,
    pub(super) resources: Vec<ReachedView>,
}

/// A string of a role that matches the operation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct MatchedView {
    pub(super) pattern: String,
    /// What the same block takes out again.
    pub(super) except: Vec<String>,
}

/// A resource on which an assignment grants the operation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ReachedView {
    pub(super) name: String,
    /// Whether it is only held if something comes out right that is not known before deployment.
    pub(super) conditional: bool,
    /// Whether it is sure that what the assignment is on covers it.
    #[serde(skip)]
    pub(super) covered: bool,
    /// What has to come out right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) only: Vec<String>,
}

/// An assignment that does not grant what is asked for, and why not.
#[derive(Clone, Debug, Serialize)]
pub(super) struct NearView {
    #[serde(skip)]
    pub(super) id: AssignmentId,
    pub(super) identity: String,
    pub(super) node: &'static str,
    pub(super) role: String,
    pub(super) on: String,
    pub(super) place: String,
    pub(super) why: String,
}

/// What a question is asked about, with what answers look up again and again.
pub(super) struct Ground<'g> {
    pub(super) asked: &'g Asked<'g>,
    pub(super) case: &'g Case<'g>,
    /// The needs that an operation on a resource would meet.
    needed: BTreeMap<(OpId, ResourceId), Vec<NeedId>>,
    /// The container that is asked about by name: what is in it counts too.
    whole: Option<ResourceId>,
}

impl<'g> Ground<'g> {
    pub(super) fn new(
        asked: &'g Asked<'g>,
        case: &'g Case<'g>,
        at: Option<ResourceId>,
    ) -> Ground<'g> {
        let mut needed: BTreeMap<_, Vec<NeedId>> = BTreeMap::new();
        for (id, need) in case.program.needs.iter() {
            for operation in case.graph.clause(id) {
                needed
                    .entry((*operation, need.resource))
                    .or_default()
                    .push(id);
            }
        }
        let container = |at: &ResourceId| is_container(case.program.resources.at(*at));
        Ground {
            asked,
            case,
            needed,
            whole: at.filter(container),
        }
    }

    fn needs(&self, operation: OpId, at: ResourceId) -> &[NeedId] {
        self.needed.get(&(operation, at)).map_or(&[], Vec::as_slice)
    }

    /// Whether an operation is one of a resource: by its type, or because something needs it there.
    fn applies(&self, operation: OpId, at: ResourceId) -> bool {
        !self.needs(operation, at).is_empty()
            || self.case.graph.kinds().applying(at).contains(operation)
    }

    /// Whether it is asked what can be done to everything in a container, which the operation is
    /// not one of itself.
    fn is_inside(&self, operation: OpId, at: ResourceId) -> bool {
        self.whole == Some(at) && !self.applies(operation, at)
    }
}

/// What an identity holds of operations, on these resources: one entry for each assignment and
/// operation, surest first.
pub(super) fn grants(
    ground: &Ground<'_>,
    identity: IdentityId,
    operations: &[OpId],
    resources: &[ResourceId],
) -> Vec<GrantView> {
    let mut all = Vec::new();
    for id in ground.case.graph.held_by(identity) {
        for operation in operations {
            let reached = reached(ground, *id, *operation, resources);
            if !reached.is_empty() {
                all.push(view(ground, *id, *operation, reached));
            }
        }
    }
    all.sort_by_key(|grant| grant.resources.iter().all(|at| at.conditional));
    all
}

fn view(
    ground: &Ground<'_>,
    id: AssignmentId,
    operation: OpId,
    resources: Vec<ReachedView>,
) -> GrantView {
    let case = ground.case;
    let program = case.program;
    let held = program.assignments.at(id);
    let found = case.operation(operation);
    let strings = strings(case, held.role, operation);
    let granting = strings.into_iter().filter(|it| it.taken_by.is_none());
    GrantView {
        id,
        identity: program.identities.at(held.identity).name.value.clone(),
        node: held.node_word(),
        role: held.role_name.value.clone(),
        custom: matches!(held.role, RoleRef::Custom(_)),
        on: program.resources.at(held.on).name.value.clone(),
        place: ground.asked.sources.place(held.span),
        plane: found.plane.word(),
        operation: found.name.into_owned(),
        matched: granting
            .map(|it| MatchedView {
                pattern: it.pattern,
                except: it.except,
            })
            .collect(),
        resources,
    }
}

fn strings(case: &Case<'_>, role: RoleRef, operation: OpId) -> Vec<Matched> {
    let found = case.operation(operation);
    matched(case.program, case.catalogue, role, found.plane, &found.name)
}

/// The resources on which an assignment grants an operation.
fn reached(
    ground: &Ground<'_>,
    id: AssignmentId,
    operation: OpId,
    resources: &[ResourceId],
) -> Vec<ReachedView> {
    let case = ground.case;
    let held = case.program.assignments.at(id);
    let (graph, rbac) = (case.graph, case.graph.rbac());
    let granted = rbac.grants(held, operation, None);
    if granted == Granted::No {
        return Vec::new();
    }
    let mut reached = Vec::new();
    for at in resources {
        let Some(covers) = covers(ground, held, operation, *at) else {
            continue;
        };
        let state = rbac.decide(covers, granted);
        let works = graph.kinds().works(operation, held.on, *at)
            || !ground.needs(operation, *at).is_empty()
            || ground.is_inside(operation, *at);
        let denial = denying(ground, held.identity, operation, *at);
        let denied = matches!(denial, Some((_, Covers::Yes)));
        if state == State::Missing || !works || denied {
            continue;
        }
        let mut only = only(ground, held, operation, *at, covers);
        only.extend(denial.map(|(by, _)| {
            let by = case.program.assignments.at(by);
            format!(
                "if `{}` on `{}`, which denies it, turns out not to cover it",
                by.role_name,
                case.program.resources.at(by.on).name
            )
        }));
        reached.push(ReachedView {
            name: case.program.resources.at(*at).name.value.clone(),
            conditional: state == State::Conditional || denial.is_some(),
            covered: covers == Covers::Yes,
            only,
        });
    }
    reached
}

/// Whether an assignment reaches a resource, or what a tool needs an operation on because of it.
fn covers(
    ground: &Ground<'_>,
    held: &Assignment,
    operation: OpId,
    at: ResourceId,
) -> Option<Covers> {
    let rbac = ground.case.graph.rbac();
    // A verb may be judged at a level above the resource.
    let needs = ground.needs(operation, at).iter();
    let places = needs.map(|need| rbac.places.of_need(*need));
    let own = || rbac.covers(held.on, rbac.places.of_resource(at));
    let judged = places.map(|place| rbac.covers(held.on, place)).max();
    Some(judged.unwrap_or_else(own)).filter(|covers| *covers != Covers::No)
}

/// The assignment of an identity that takes an operation away, or may, and how surely it does; of
/// several the surest, and of those the first.
fn denying(
    ground: &Ground<'_>,
    identity: IdentityId,
    operation: OpId,
    at: ResourceId,
) -> Option<(AssignmentId, Covers)> {
    let case = ground.case;
    let rbac = case.graph.rbac();
    let denies = |id: &AssignmentId| {
        let held = case.program.assignments.at(*id);
        let covers = rbac.covers(held.on, rbac.places.of_resource(at));
        let takes = covers != Covers::No && rbac.power(held.role).denies(operation);
        takes.then_some((*id, covers))
    };
    let all = case.graph.held_by(identity).iter().filter_map(denies);
    all.reduce(|first, next| if next.1 > first.1 { next } else { first })
}

/// What has to come out right for an assignment to grant an operation on a resource.
fn only(
    ground: &Ground<'_>,
    held: &Assignment,
    operation: OpId,
    at: ResourceId,
    covers: Covers,
) -> Vec<String> {
    let case = ground.case;
    let rbac = case.graph.rbac();
    let mut only = Vec::new();
    if ground.is_inside(operation, at) {
        only.push(format!(
            "on what is in `{}`",
            case.program.resources.at(at).name
        ));
    }
    if rbac.power(held.role).grants(operation) == Granted::Conditional {
        only.push(format!(
            "under the condition inside `{}`, which is decided at run time",
            held.role_name
        ));
    }
    let narrows = rbac.grants(held, operation, None) == Granted::Conditional;
    match &held.condition {
        Some(Condition::Paths(paths)) if narrows && rbac.is_narrowed(held.on, operation) => {
            let all: Vec<_> = paths
                .iter()
                .map(|path| format!("`{}`", path.text))
                .collect();
            only.push(format!("for names like {}", list(&all)));
        }
        Some(Condition::RolesEmitted { .. }) if narrows => {
            only.push("for the roles that this manifest emits".to_owned());
        }
        _ => {}
    }
    if covers == Covers::Unknown {
        let program = case.program;
        let mut params: Vec<String> = Vec::new();
        for scope in [
            &program.resources.at(held.on).scope,
            &program.resources.at(at).scope,
        ] {
            for segment in &scope.segments {
                let name = match segment {
                    Text::Param(id) => format!("`{}`", program.params.at(*id).name),
                    Text::Literal(_) | Text::Ambient(_) => continue,
                };
                if !params.contains(&name) {
                    params.push(name);
                }
            }
        }
        let decides = match params.len() {
            0 => "the subscription of the deployment decides".to_owned(),
            1 => format!("parameter {} decides", list(&params)),
            _ => format!("parameters {} decide", list(&params)),
        };
        only.push(format!(
            "if `{}` turns out to cover it: {decides}",
            program.resources.at(held.on).name
        ));
    }
    only
}

/// The assignments of an identity that do not grant an operation, the nearest first.
pub(super) fn near(
    ground: &Ground<'_>,
    identity: IdentityId,
    operations: &Operations,
    resources: &[ResourceId],
) -> Vec<NearView> {
    let case = ground.case;
    let mut all = Vec::new();
    for id in case.graph.held_by(identity) {
        let reasons = operations.ids.iter().filter_map(|operation| {
            let one = |at: &ResourceId| reason(ground, *id, *operation, *at);
            resources.iter().filter_map(one).min()
        });
        let Some((rank, why)) = reasons.min() else {
            continue;
        };
        let held = case.program.assignments.at(*id);
        let near = NearView {
            id: *id,
            identity: case.program.identities.at(identity).name.value.clone(),
            node: held.node_word(),
            role: held.role_name.value.clone(),
            on: case.program.resources.at(held.on).name.value.clone(),
            place: ground.asked.sources.place(held.span),
            why,
        };
        all.push((rank, near));
    }
    all.sort_by_key(|(rank, _)| *rank);
    all.into_iter().map(|(_, near)| near).collect()
}

/// Why an assignment does not grant an operation on a resource, and how near it comes.
fn reason(
    ground: &Ground<'_>,
    id: AssignmentId,
    operation: OpId,
    at: ResourceId,
) -> Option<(u8, String)> {
    let case = ground.case;
    let held = case.program.assignments.at(id);
    let rbac = case.graph.rbac();
    let resource = &case.program.resources.at(at).name;
    if !ground.applies(operation, at) && !ground.is_inside(operation, at) {
        return None;
    }
    let covers = covers(ground, held, operation, at).is_some();
    let grants = rbac.power(held.role).grants(operation) != Granted::No;
    if let Some((by, Covers::Yes)) = denying(ground, held.identity, operation, at) {
        return (by == id).then(|| (0, "denies it, whatever else grants it".to_owned()));
    }
    if grants {
        return Some(match covers {
            true => (
                1,
                format!(
                    "grants it, but it has no effect below what it belongs to: `{resource}` is below"
                ),
            ),
            false if rbac.covers(held.on, rbac.places.of_resource(at)) != Covers::No => (
                2,
                format!("grants it, but does not cover what `{resource}` is used through"),
            ),
            false => (2, format!("grants it, but does not cover `{resource}`")),
        });
    }
    if !covers {
        return None;
    }
    let taken = strings(case, held.role, operation)
        .into_iter()
        .find_map(|it| Some((it.pattern, it.taken_by?)));
    if let Some((pattern, by)) = taken {
        let why =
            format!("`{pattern}` matches it, and `{by}` among what is subtracted takes it out");
        return Some((3, why));
    }
    let found = case.operation(operation);
    let other = found.plane.other_rbac();
    let other = other.filter(|plane| {
        !matched(case.program, case.catalogue, held.role, *plane, &found.name).is_empty()
    });
    Some(match other {
        Some(plane) => (4, format!("matches it on the {plane} plane only")),
        None => (5, format!("covers `{resource}`, but does not grant it")),
    })
}
