//! G0311 forbidden: something that the manifest forbids is in somebody's authority.
//!
//! A tool's authority is what every identity attached to its app holds, so a neighbour's grant
//! violates a `forbid` as much as one's own; so does a key that opens the same data.

use crate::check::Case;
use crate::check::case::list;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::{Granted, Node, Plane as _};
use crate::ir::{App, AppId, AssignmentId, Covers, Forbid, IdentityId, ToolId};
use grantc_spec::catalogue::OpId;
use grantc_spec::rules::FORBIDDEN;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for forbid in &case.program.forbids {
        diags.extend(violated(case, forbid));
    }
}

/// How a `forbid` is violated.
struct Violation {
    by: AssignmentId,
    operation: OpId,
    /// Whether it only hands out keys to what is forbidden.
    through_keys: bool,
    /// The tools that it is in the authority of.
    tools: Vec<ToolId>,
}

fn violated(case: &Case<'_>, forbid: &Forbid) -> Option<Diagnostic> {
    let on = &case.program.resources.at(forbid.on).name;
    let mut found: Vec<Violation> = Vec::new();
    for (identity, tools) in holders(case, forbid) {
        found.extend(violation(case, forbid, identity, tools));
    }
    let first = found.first()?;
    let held = case.program.assignments.at(first.by);
    let holder = &case.program.identities.at(held.identity).name;
    let deed = match first.through_keys {
        true => format!("can take keys that allow `{}` on `{on}`", forbid.verb),
        false => format!("can `{}` on `{on}`", forbid.verb),
    };
    let who: Vec<_> = first
        .tools
        .iter()
        .map(|tool| format!("`{}`", case.program.tools.at(*tool).name))
        .collect();
    let message = match who.as_slice() {
        [] => format!("`{holder}` {deed}, which is forbidden"),
        some => format!("{} {deed}, which is forbidden", list(some)),
    };
    let from = match first
        .tools
        .iter()
        .find(|tool| acts_as(case, **tool, held.identity))
    {
        Some(tool) => Node::Tool(*tool),
        None => Node::Identity(held.identity),
    };
    let graph = case.graph;
    let witness = graph.chain(
        case.program,
        case.catalogue,
        from,
        first.by,
        forbid.on,
        first.operation,
    );
    let mut finding = Diagnostic::new(&FORBIDDEN, forbid.span, message)
        .label(format!("held as `{}`", case.operation(first.operation).short()))
        .help(format!(
            "remove `{}` from `{holder}`, or narrow it{}",
            held.role_name,
            match (first.through_keys, forbid.tool) {
                (_, Some(tool)) if !acts_as(case, tool, held.identity) =>
                    "; the identity is a neighbour's: an `app` node can place the tool apart from it",
                _ => "",
            }
        ))
        .at(format!("resource/{on}"))
        .witness(witness);
    for violation in found.iter().take(SHOWN) {
        let span = case.program.assignments.at(violation.by).span;
        finding = finding.also(span, "grants it");
    }
    Some(finding)
}

/// How many grants are shown.
const SHOWN: usize = 3;

fn acts_as(case: &Case<'_>, tool: ToolId, identity: IdentityId) -> bool {
    case.program.tools.at(tool).identities().contains(&identity)
}

/// The identities that a `forbid` is about, each with the tools that it is in the authority of.
/// One that deploys is passed over unless it is named.
fn holders(case: &Case<'_>, forbid: &Forbid) -> Vec<(IdentityId, Vec<ToolId>)> {
    let attached = |id: IdentityId| {
        let apps = case
            .program
            .apps
            .values()
            .filter(move |app| app.identities.contains(&id));
        apps.flat_map(|app: &App| app.tools.iter().copied())
            .collect::<Vec<_>>()
    };
    if let Some(tool) = forbid.tool {
        let app: Option<AppId> = case.graph.app(tool);
        let app = app.map(|app| case.program.apps.at(app));
        let identities = app.map(|app| app.identities.as_slice()).unwrap_or_default();
        let wanted = |id: &&IdentityId| forbid.identity.is_none_or(|only| only == **id);
        return identities
            .iter()
            .filter(wanted)
            .map(|id| (*id, vec![tool]))
            .collect();
    }
    let all = case.program.identities.iter();
    all.filter(|(id, identity)| match forbid.identity {
        Some(only) => only == *id,
        None => !identity.deploys,
    })
    .map(|(id, _)| (id, attached(id)))
    .collect()
}

/// The first assignment of an identity that grants something forbidden, or keys to it.
fn violation(
    case: &Case<'_>,
    forbid: &Forbid,
    identity: IdentityId,
    tools: Vec<ToolId>,
) -> Option<Violation> {
    let connector = &case.program.resources.at(forbid.on).connector;
    let rbac = case.graph.rbac();
    let find = |plane, name: &str| case.graph.universe().find(case.catalogue, plane, name);
    let is_support = |plane, name: &str| {
        let mut support = connector.support.iter();
        support.any(|it| it.plane == plane && it.name.eq_ignore_ascii_case(name))
    };
    let forbidden = forbid.operations.iter();
    let forbidden = forbidden.filter(|(plane, name)| !is_support(*plane, name));
    let forbidden = forbidden.filter_map(|(plane, name)| find(*plane, name));
    let keys = connector.exposes_keys.iter();
    let keys = keys.filter_map(|key| find(key.operation.plane, &key.operation.name));
    let wanted: Vec<_> = forbidden
        .map(|operation| (operation, false))
        .chain(keys.map(|operation| (operation, true)))
        .collect();
    let place = rbac.places.of_resource(forbid.on);
    for (operation, through_keys) in wanted {
        let grants = |by: &&AssignmentId| {
            let held = case.program.assignments.at(**by);
            let covers = match through_keys {
                // Keys are those of the account, which may be wider than the resource.
                true => {
                    rbac.covers(held.on, place) != Covers::No
                        && counts(case, held.on, forbid, operation, held.role)
                }
                false => rbac.covers(held.on, place) != Covers::No,
            };
            covers && rbac.grants(held, operation, None) != Granted::No
        };
        if let Some(by) = case.graph.held_by(identity).iter().find(grants) {
            return Some(Violation {
                by: *by,
                operation,
                through_keys,
                tools,
            });
        }
    }
    None
}

/// Whether an operation that hands out keys works from where the role is held: it is inert below
/// the account whose keys they are.
fn counts(
    case: &Case<'_>,
    on: crate::ir::ResourceId,
    forbid: &Forbid,
    operation: OpId,
    role: crate::ir::RoleRef,
) -> bool {
    let kinds = case.graph.kinds();
    let power = case.power(role);
    kinds
        .counted(&power, kinds.of(on), kinds.of(forbid.on))
        .contains(&operation)
}
