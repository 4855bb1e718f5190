//! G0304 excess-permission: an assignment grants more than its identity's tools need.
//!
//! A warning when the leftover does more than read, or when something narrower would do; else a
//! note, since a built-in role that fits to the last operation is rare.

use super::g0305_scope_too_wide::strictly_below;
use crate::check::Case;
use crate::check::case::{count, list};
use crate::check::leftover::{Leftover, at_worst};
use crate::check::suggest::{Choice, assign};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Assignment, AssignmentId, RoleRef};
use grantc_spec::danger::Danger;
use grantc_spec::rules::{EXCESS_PERMISSION, Level};

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for (id, assignment) in case.program.assignments.iter() {
        if case.graph.through(id).is_empty() || strictly_below(case, id) {
            continue;
        }
        let leftover = case.leftover(id);
        if let Some(worst) = leftover.worst() {
            let narrower = case.narrower(id, &leftover);
            let finding = excess(case, assignment, &leftover, worst.danger)
                .at(case.path_of_assignment(id))
                .witness(case.chain(id, worst.at, worst.operation));
            diags.push(advise(case, id, finding, worst.danger, narrower));
        }
    }
}

fn excess(
    case: &Case<'_>,
    assignment: &Assignment,
    leftover: &Leftover,
    worst: Danger,
) -> Diagnostic {
    let message = format!(
        "`{}` on `{}` gives `{}` {} that none of its tools needs, at worst {}",
        assignment.role_name,
        case.program.resources[assignment.on].name,
        case.program.identities[assignment.identity].name,
        count(leftover.operations.len(), "operation"),
        at_worst(worst),
    );
    let finding = Diagnostic::new(&EXCESS_PERMISSION, assignment.role_name.span, message);
    case.ranked(leftover).into_iter().fold(finding, Diagnostic::note)
}

/// Says what to write instead, and how much that matters.
fn advise(
    case: &Case<'_>,
    id: AssignmentId,
    finding: Diagnostic,
    worst: Danger,
    narrower: Option<Choice>,
) -> Diagnostic {
    let on = case.program.assignments[id].on;
    match narrower {
        Some(Choice { roles, leftover }) => {
            let assigns: Vec<_> =
                roles.iter().map(|role| format!("`{}`", case.assign(*role, on))).collect();
            let instead = format!("write {} instead, which {}", list(&assigns), leaves(case, &leftover));
            finding.label("a narrower role would do").help(instead)
        }
        None if worst < Danger::Read => {
            finding.label("no candidate role leaves less").help(custom(case, id))
        }
        None => finding.level(Level::Note).label("no candidate role leaves less"),
    }
}

fn leaves(case: &Case<'_>, leftover: &Leftover) -> String {
    match leftover.worst() {
        None => "leaves nothing over".to_owned(),
        Some(worst) => {
            let operations: Vec<_> = leftover.operations.iter().map(|left| left.operation).collect();
            let few = case.few(&operations);
            format!("still leaves {few}, at worst {}", at_worst(worst.danger))
        }
    }
}

/// A custom role of exactly what is needed. One that only this assignment uses keeps its name.
fn custom(case: &Case<'_>, id: AssignmentId) -> String {
    let Assignment { identity, role, role_name, on, .. } = &case.program.assignments[id];
    let identity = &case.program.identities[*identity].name;
    let on = &case.program.resources[*on].name;
    let needs = case.graph.through(id);
    let users = case.program.assignments.values().filter(|other| other.role == *role).count();
    match role {
        RoleRef::Custom(_) if users == 1 => {
            let custom = case.custom(role_name.value.clone(), needs);
            format!("leave in `{role_name}` only what is needed:\n\n{}", custom.block)
        }
        _ => {
            let custom = case.custom(case.free_name(&identity.value, &on.value), needs);
            let assign = assign(&custom.name, &on.value);
            format!("write `{assign}` instead, with a role of what is needed:\n\n{}", custom.block)
        }
    }
}
