//! Who can do an operation on a resource, and by which path.

use super::Asked;
use super::grants::{GrantView, Ground, grants};
use super::question::Operations;
use super::why::{OperationView, PlatformView, neighbours, operation_views, platform};
use crate::check::Case;
use crate::check::report::CatalogueView;
use crate::ir::{App, Identity, IdentityId, NeedId, ResourceId, Tool, ToolId};
use grantc_spec::Plane;
use grantc_spec::catalogue::OpId;
use serde::Serialize;
use std::collections::BTreeMap;

/// Everybody who can do an operation on a resource.
#[derive(Clone, Debug, Serialize)]
pub struct Who {
    pub(super) schema: u32,
    pub(super) catalogue: CatalogueView,
    /// The verb that was asked for, when it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) verb: Option<String>,
    pub(super) operations: Vec<OperationView>,
    pub(super) resource: String,
    pub(super) tools: Vec<ToolView>,
    pub(super) identities: Vec<IdentityView>,
    /// Host identities, where it is the resource group of the deployment that is asked about.
    pub(super) platform: Vec<PlatformView>,
}

/// A tool that can do it, through one identity.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ToolView {
    pub(super) name: String,
    pub(super) app: String,
    pub(super) identity: String,
    /// Whether it acts as the identity, which else is only attached to the same app.
    pub(super) own: bool,
    /// Whether it needs one of the operations there.
    pub(super) needed: bool,
    pub(super) conditional: bool,
    /// Whether the identity can only take keys that allow it.
    pub(super) keys: bool,
}

/// An identity that can do it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct IdentityView {
    pub(super) name: String,
    pub(super) r#type: &'static str,
    pub(super) deploys: bool,
    /// The apps that it is attached to.
    pub(super) apps: Vec<String>,
    /// Whether a tool that acts as it needs one of the operations there.
    pub(super) needed: bool,
    pub(super) grants: Vec<GrantView>,
    /// Operations that hand out keys which allow it.
    pub(super) keys: Vec<KeyView>,
}

/// A grant that hands out keys.
#[derive(Clone, Debug, Serialize)]
pub(super) struct KeyView {
    /// The property of the resource that turns keys off, as `name=value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) off_when: Option<String>,
    #[serde(flatten)]
    pub(super) grant: GrantView,
}

impl Who {
    /// Whether anybody can.
    pub fn anybody(&self) -> bool {
        !self.identities.is_empty() || !self.platform.is_empty()
    }
}

pub(super) fn answer(
    asked: &Asked<'_>,
    case: &Case<'_>,
    operations: Operations,
    at: ResourceId,
) -> Who {
    let ground = Ground::new(asked, case, Some(at));
    let found: BTreeMap<IdentityId, IdentityView> = case
        .program
        .identities
        .iter()
        .filter_map(|(id, it)| Some((id, identity(&ground, id, it, &operations, at)?)))
        .collect();
    let tools = case.program.tools.iter();
    let tools = tools.flat_map(|(id, it)| tool(case, id, it, &found, &operations, at));
    Who {
        schema: 1,
        catalogue: CatalogueView::of(case.catalogue),
        verb: operations.verb.clone(),
        operations: operation_views(&operations),
        resource: case.program.resources.at(at).name.value.clone(),
        platform: match case.program.resources.at(at).implicit {
            true => platform(case, case.program.apps.ids(), &operations),
            false => Vec::new(),
        },
        tools: tools.collect(),
        identities: found.into_values().collect(),
    }
}

fn identity(
    ground: &Ground<'_>,
    id: IdentityId,
    identity: &Identity,
    operations: &Operations,
    at: ResourceId,
) -> Option<IdentityView> {
    let case = ground.case;
    let held = grants(ground, id, &operations.ids, &[at]);
    let keys = keys(ground, id, operations, at);
    if held.is_empty() && keys.is_empty() {
        return None;
    }
    let attached = |app: &&App| app.identities.contains(&id);
    let apps = case.program.apps.values().filter(attached);
    Some(IdentityView {
        name: identity.name.value.clone(),
        r#type: identity.kind.word(),
        deploys: identity.deploys,
        apps: apps.map(|app| app.name.clone()).collect(),
        needed: needs(case, case.graph.needs_as(id), &operations.ids, at),
        grants: held,
        keys,
    })
}

/// Whether one of some needs asks for one of the operations on a resource.
fn needs(case: &Case<'_>, needs: &[NeedId], operations: &[OpId], at: ResourceId) -> bool {
    needs.iter().any(|need| {
        let mut clause = case.graph.clause(*need).iter();
        case.program.needs.at(*need).resource == at && clause.any(|id| operations.contains(id))
    })
}

/// What hands out keys to the data of a resource, where that is what is asked about.
fn keys(
    ground: &Ground<'_>,
    id: IdentityId,
    operations: &Operations,
    at: ResourceId,
) -> Vec<KeyView> {
    let case = ground.case;
    let connector = &case.program.resources.at(at).connector;
    let spoken = |name: &str| {
        let clauses = connector.verbs.iter().flat_map(|verb| &verb.needs);
        let mut all = clauses.flat_map(|clause| &clause.any_of);
        all.any(|it| it.name.eq_ignore_ascii_case(name))
    };
    let of_data = |(plane, name): &(Plane, String)| *plane != Plane::Control || spoken(name);
    if !operations.names.iter().any(of_data) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for key in &connector.exposes_keys {
        let universe = case.graph.universe();
        let Some(operation) =
            universe.find(case.catalogue, key.operation.plane, &key.operation.name)
        else {
            continue;
        };
        let grants = grants(ground, id, &[operation], &[at]);
        found.extend(grants.into_iter().map(|grant| KeyView {
            off_when: key.off_when.clone(),
            grant,
        }));
    }
    found
}

/// A tool, once for each identity through which it can.
fn tool(
    case: &Case<'_>,
    id: ToolId,
    tool: &Tool,
    found: &BTreeMap<IdentityId, IdentityView>,
    operations: &Operations,
    at: ResourceId,
) -> Vec<ToolView> {
    let app = case.graph.app(id);
    let own = tool.identities();
    let attached = neighbours(case, app, &own);
    let attached = attached.into_iter().map(|(_, identity)| (identity, false));
    let all = own.iter().map(|identity| (*identity, true)).chain(attached);
    let view = |(identity, own): (IdentityId, bool)| {
        let through = found.get(&identity)?;
        let own_needs = case.graph.needs(id).iter().copied();
        let as_it = own_needs.filter(|need| case.program.needs.at(*need).identity == identity);
        let as_it: Vec<NeedId> = as_it.collect();
        let keys = through.grants.is_empty();
        let mut places = match keys {
            true => through
                .keys
                .iter()
                .map(|key| &key.grant)
                .collect::<Vec<_>>(),
            false => through.grants.iter().collect(),
        }
        .into_iter()
        .flat_map(|grant| &grant.resources);
        Some(ToolView {
            name: tool.name.value.clone(),
            app: app.map_or_else(String::new, |app| case.program.apps.at(app).name.clone()),
            identity: through.name.clone(),
            own,
            needed: own && needs(case, &as_it, &operations.ids, at),
            conditional: places.all(|place| place.conditional),
            keys,
        })
    };
    all.filter_map(view).collect()
}
