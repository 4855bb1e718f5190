//! Why a tool or an identity needs an operation, and why it holds it.

use super::Asked;
use super::grants::{GrantView, Ground, NearView, grants, near};
use super::question::{Operations, Subject};
use crate::check::Case;
use crate::check::report::{CatalogueView, scope, steps};
use crate::check::rules::what_to_write;
use crate::graph::State;
use crate::ir::{AppId, IdentityId, Need, NeedId, NeedOrigin, ResourceId, ToolId, UseKind};
use serde::Serialize;

/// Both chains of an operation, why it is needed and why it is held; or why it is not.
#[derive(Clone, Debug, Serialize)]
pub struct Why {
    pub(super) schema: u32,
    pub(super) catalogue: CatalogueView,
    pub(super) subject: SubjectView,
    /// The verb that was asked for, when it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verb: Option<String>,
    pub(super) operations: Vec<OperationView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<String>,
    pub(super) verdict: &'static str,
    pub(super) needed: Vec<NeededView>,
    pub(super) held: Vec<GrantView>,
    pub(super) reach: Vec<NeighbourView>,
    pub(super) near: Vec<NearView>,
    pub(super) platform: Vec<PlatformView>,
}

/// What the host identity of an app holds on what belongs to the app: no declared resource, so it
/// is told apart.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PlatformView {
    pub(super) app: String,
    pub(super) identity: String,
    pub(super) role: &'static str,
    /// The type of what it is on.
    pub(super) on: &'static str,
    pub(super) operation: String,
    pub(super) plane: &'static str,
}

/// Whose power it is.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SubjectView {
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// The identities that a tool acts as.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) identities: Vec<String>,
    /// The apps that host the tool, or that the identity is attached to.
    pub(super) apps: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct OperationView {
    pub(super) operation: String,
    pub(super) plane: &'static str,
}

/// A need that asks for one of the operations.
#[derive(Clone, Debug, Serialize)]
pub(super) struct NeededView {
    pub(super) tool: String,
    pub(super) identity: String,
    pub(super) resource: String,
    /// Where the `uses` was written, as `file:line`.
    pub(super) place: String,
    /// The verb; none when the operation is written out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verb: Option<String>,
    /// Which request it is, and where its permissions are documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    /// Present and true where it rests on a connector that the manifest declares.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) declared: bool,
    /// The operations of which one is enough.
    pub(super) any_of: Vec<OperationView>,
    pub(super) scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    pub(super) verdict: &'static str,
    pub(super) witness: Vec<String>,
    /// What to write so that it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<String>,
}

/// What a neighbour in an app holds.
#[derive(Clone, Debug, Serialize)]
pub(super) struct NeighbourView {
    pub(super) app: String,
    #[serde(flatten)]
    pub(super) grant: GrantView,
}

impl Why {
    /// Whether the subject can do it: as itself or through a neighbour, perhaps under a condition.
    pub fn can(&self) -> bool {
        self.verdict != "none"
    }
}

pub(super) fn answer(
    asked: &Asked<'_>,
    case: &Case<'_>,
    subject: Subject,
    operations: Operations,
    at: Option<ResourceId>,
) -> Why {
    let resources: Vec<ResourceId> = match at {
        Some(one) => vec![one],
        None => case.program.resources.ids().collect(),
    };
    let program = case.program;
    let ground = Ground::new(asked, case, at);
    let (needs, own): (&[NeedId], Vec<IdentityId>) = match subject {
        Subject::Tool(tool) => (case.graph.needs(tool), program.tools.at(tool).identities()),
        Subject::Identity(identity) => (case.graph.needs_as(identity), vec![identity]),
    };
    let asks = |need: &&NeedId| {
        let mut clause = case.graph.clause(**need).iter();
        resources.contains(&program.needs.at(**need).resource)
            && clause.any(|id| operations.ids.contains(id))
    };
    let needs: Vec<NeedId> = needs.iter().filter(asks).copied().collect();
    let needed: Vec<NeededView> = needs.iter().map(|id| need(asked, case, *id)).collect();
    let of = |identity| grants(&ground, identity, &operations.ids, &resources);
    let mut held: Vec<GrantView> = own.iter().flat_map(|identity| of(*identity)).collect();
    // What is for the needs comes before what is held besides.
    held.sort_by_key(|grant| {
        let needs = |name: &str| needed.iter().any(|need| need.resource == name);
        !grant.resources.iter().any(|at| needs(&at.name))
    });
    let app = match subject {
        Subject::Tool(tool) => case.graph.app(tool),
        Subject::Identity(_) => None,
    };
    let reach = neighbours(case, app, &own)
        .into_iter()
        .flat_map(|(app, identity)| {
            let app = program.apps.at(app).name.clone();
            of(identity).into_iter().map(move |grant| NeighbourView {
                app: app.clone(),
                grant,
            })
        });
    let reach: Vec<NeighbourView> = reach.filter_map(|it| beyond(it, &held)).collect();
    let met = |need: &NeedId| case.graph.verdict(*need).state == State::Held;
    // What is nearby matters where something is not held: the resources that it is needed on.
    let wanting: Vec<ResourceId> = match needs.is_empty() {
        true => resources.clone(),
        false => {
            let open = needs.iter().filter(|need| !met(need));
            open.map(|need| program.needs.at(*need).resource).collect()
        }
    };
    let near = match held.is_empty() || !needs.iter().all(met) {
        true => own
            .iter()
            .flat_map(|identity| near(&ground, *identity, &operations, &wanting))
            .filter(|near| held.iter().all(|grant| grant.id != near.id))
            .collect(),
        false => Vec::new(),
    };
    Why {
        schema: 1,
        catalogue: CatalogueView::of(case.catalogue),
        subject: subject_view(case, subject, &own),
        verb: operations.verb.clone(),
        operations: operation_views(&operations),
        resource: at.map(|id| program.resources.at(id).name.value.clone()),
        verdict: verdict(&needed, &held, &reach),
        needed,
        held,
        reach,
        near,
        // A host identity holds nothing on what a manifest declares.
        platform: match at {
            None => platform(case, app, &operations),
            Some(_) => Vec::new(),
        },
    }
}

/// What of a neighbour's grant the tool does not hold itself.
fn beyond(mut neighbour: NeighbourView, held: &[GrantView]) -> Option<NeighbourView> {
    let operation = neighbour.grant.operation.clone();
    let own = held.iter().filter(|grant| grant.operation == operation);
    let own: Vec<&str> = own
        .flat_map(|grant| grant.resources.iter().map(|at| at.name.as_str()))
        .collect();
    neighbour
        .grant
        .resources
        .retain(|at| !own.contains(&at.name.as_str()));
    (!neighbour.grant.resources.is_empty()).then_some(neighbour)
}

pub(super) fn operation_views(operations: &Operations) -> Vec<OperationView> {
    let view = |(plane, name): &(grantc_spec::Plane, String)| OperationView {
        operation: name.clone(),
        plane: plane.word(),
    };
    operations.names.iter().map(view).collect()
}

fn verdict(needed: &[NeededView], held: &[GrantView], reach: &[NeighbourView]) -> &'static str {
    let sure = |grant: &GrantView| grant.resources.iter().any(|at| !at.conditional);
    let missing = needed
        .iter()
        .any(|need| need.verdict == State::Missing.word());
    let unproven = needed
        .iter()
        .any(|need| need.verdict == State::Conditional.word());
    // What is needed and met says more than what is held at all.
    match (needed.is_empty(), missing, unproven) {
        (false, false, false) => "held",
        (false, false, true) => "conditional",
        _ if held.iter().any(sure) => "held",
        _ if !held.is_empty() => "conditional",
        _ if !reach.is_empty() => "reach",
        _ => "none",
    }
}

fn subject_view(case: &Case<'_>, subject: Subject, own: &[IdentityId]) -> SubjectView {
    let program = case.program;
    let apps = |wanted: &dyn Fn(&crate::ir::App) -> bool| {
        let apps = program.apps.values().filter(|app| wanted(app));
        apps.map(|app| app.name.clone()).collect()
    };
    match subject {
        Subject::Tool(tool) => SubjectView {
            kind: "tool",
            name: program.tools.at(tool).name.value.clone(),
            identities: own
                .iter()
                .map(|id| program.identities.at(*id).name.value.clone())
                .collect(),
            apps: apps(&|app| app.tools.contains(&tool)),
        },
        Subject::Identity(identity) => SubjectView {
            kind: "identity",
            name: program.identities.at(identity).name.value.clone(),
            identities: Vec::new(),
            apps: apps(&|app| app.identities.contains(&identity)),
        },
    }
}

/// The identities attached to an app that are none of these.
pub(super) fn neighbours(
    case: &Case<'_>,
    app: Option<AppId>,
    own: &[IdentityId],
) -> Vec<(AppId, IdentityId)> {
    let attached = app.into_iter().flat_map(|id| {
        let identities = case.program.apps.at(id).identities.iter();
        identities.map(move |identity| (id, *identity))
    });
    attached
        .filter(|(_, identity)| !own.contains(identity))
        .collect()
}

fn need(asked: &Asked<'_>, case: &Case<'_>, id: NeedId) -> NeededView {
    let need = case.program.needs.at(id);
    let verdict = case.graph.verdict(id);
    let name = |id: &_| {
        let found = case.operation(*id);
        OperationView {
            plane: found.plane.word(),
            operation: found.name.into_owned(),
        }
    };
    let broken = case.program.identities.at(need.identity).broken;
    let wants = verdict.state == State::Missing && !broken;
    let witness = case.graph.witness(case.program, case.catalogue, id);
    let (verb, source) = match &need.origin {
        NeedOrigin::Verb(verb) => {
            let source = Some(verb.source.clone()).filter(|text| !text.is_empty());
            (Some(verb.name.clone()), source)
        }
        NeedOrigin::Raw => (None, None),
    };
    NeededView {
        tool: case.program.tools.at(need.tool).name.value.clone(),
        identity: case.program.identities.at(need.identity).name.value.clone(),
        resource: case.program.resources.at(need.resource).name.value.clone(),
        place: asked.sources.place(use_of(case, need.tool, need)),
        verb,
        source,
        declared: case.program.rests_on_declared(id),
        any_of: case.graph.clause(id).iter().map(name).collect(),
        scope: scope(case.program, &need.scope),
        path: need.path.as_ref().map(|path| path.text.value.clone()),
        verdict: verdict.state.word(),
        witness: steps(&witness, asked.sources),
        help: wants.then(|| what_to_write(case, id, need).help),
    }
}

/// The word of a tool's `uses` that a need follows from.
fn use_of(case: &Case<'_>, tool: ToolId, need: &Need) -> crate::source::Span {
    let uses = &case.program.tools.at(tool).uses;
    let spans = uses.iter().filter(|used| used.resource == need.resource);
    let exact = |used: &&crate::ir::Use| match &used.kind {
        UseKind::Verbs(verbs) => verbs.iter().any(|(_, span)| *span == need.span),
        UseKind::Operation(_, word) => word.span == need.span,
    };
    spans
        .clone()
        .find(exact)
        .map_or(need.span, |used| used.span)
}

/// What the host identities of apps hold of operations, on what belongs to the apps themselves.
pub(super) fn platform(
    case: &Case<'_>,
    apps: impl IntoIterator<Item = AppId>,
    operations: &Operations,
) -> Vec<PlatformView> {
    let mut all = Vec::new();
    for app in apps {
        let Some(platform) = case.graph.platform(case.program, case.catalogue, app) else {
            continue;
        };
        for held in &platform.held {
            let granted = held.operations.iter();
            let granted = granted.filter(|id| operations.ids.contains(id));
            all.extend(granted.map(|id| {
                let found = case.operation(*id);
                PlatformView {
                    app: case.program.apps.at(app).name.clone(),
                    identity: platform.identity.clone(),
                    role: held.role.role,
                    on: held.role.on.resource_type(),
                    plane: found.plane.word(),
                    operation: found.name.into_owned(),
                }
            }));
        }
    }
    all
}
