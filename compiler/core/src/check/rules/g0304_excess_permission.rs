//! G0304 excess-permission: an assignment grants more than its identity's tools need.
//!
//! A warning when the leftover does more than read, or when something narrower would do; else a
//! note, since a built-in role that fits to the last operation is rare.

use super::g0305_scope_too_wide::strictly_below;
use super::g0312_not_assignable::refused;
use crate::check::Case;
use crate::check::advice::{Advice, Grants, Proposed, instead, paths, quoted};
use crate::check::case::{count, list};
use crate::check::leftover::{Leftover, at_worst};
use crate::check::suggest::{Choice, assign};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fix::{Edit, Fix};
use crate::ir::{Assignment, AssignmentId, Inferred, RoleRef};
use grantc_spec::Plane;
use grantc_spec::danger::Danger;
use grantc_spec::rules::{EXCESS_PERMISSION, Level};

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for (id, assignment) in case.program.assignments.iter() {
        if !case.is_judged(assignment)
            || !case.carries(id)
            || strictly_below(case, id)
            || is_refused(case, assignment)
        {
            continue;
        }
        let leftover = case.leftover(id);
        if let Some(how) = &assignment.inferred {
            diags.extend(chosen(case, id, how, &leftover));
        } else if let Some(worst) = leftover.worst() {
            let narrower = case.narrower(id, &leftover);
            let finding = excess(case, assignment, &leftover, worst.danger)
                .at(case.path_of_assignment(id))
                .witness(case.chain(id, worst.at, worst.operation));
            diags.push(advise(case, id, finding, &leftover, narrower));
        }
    }
}

/// Whether its role is one that G0312 speaks of.
fn is_refused(case: &Case<'_>, assignment: &Assignment) -> bool {
    matches!(assignment.role, RoleRef::Custom(id) if refused(case.program.roles.at(id)))
}

/// An assignment that no line writes: nothing narrower was to be had, unless the lock pins it.
fn chosen(
    case: &Case<'_>,
    id: AssignmentId,
    how: &Inferred,
    leftover: &Leftover,
) -> Option<Diagnostic> {
    let assignment = case.program.assignments.at(id);
    let finding = match leftover.worst() {
        Some(worst) => excess(case, assignment, leftover, worst.danger).witness(case.chain(
            id,
            worst.at,
            worst.operation,
        )),
        None if how.instead.is_empty() && !how.regranted => return None,
        None => pinned(case, id),
    };
    let on = &case.program.resources.at(assignment.on).name;
    let mut finding = finding
        .level(Level::Note)
        .label(format!("`{}` is inferred on `{on}`", assignment.role_name))
        .at(case.path_of_assignment(id));
    if how.regranted {
        finding = finding.note(
            "it grants something else than when the lock pinned it: look again, then `grantc lock --update`",
        );
    }
    let instead: Vec<_> = how
        .instead
        .iter()
        .map(|role| format!("`{}`", assign(role, &on.value)))
        .collect();
    Some(match instead.as_slice() {
        [] => finding,
        some => finding.help(format!(
            "`grantc lock --update` takes {} instead",
            list(some)
        )),
    })
}

/// An assignment that the lock pins and that leaves nothing over.
fn pinned(case: &Case<'_>, id: AssignmentId) -> Diagnostic {
    let assignment = case.program.assignments.at(id);
    let message = format!(
        "the lock pins `{}` on `{}` for `{}`, and it would not be chosen as it is today",
        assignment.role_name,
        case.program.resources.at(assignment.on).name,
        case.program.identities.at(assignment.identity).name,
    );
    let finding = Diagnostic::new(&EXCESS_PERMISSION, assignment.role_name.span, message);
    match case.graph.through(id) {
        [need, ..] => {
            let at = case.program.needs.at(*need).resource;
            finding.witness(case.chain(id, at, case.graph.verdict(*need).operation))
        }
        [] => finding,
    }
}

fn excess(
    case: &Case<'_>,
    assignment: &Assignment,
    leftover: &Leftover,
    worst: Danger,
) -> Diagnostic {
    let many = leftover.operations.len();
    let harm = match worst {
        Danger::Read if many == 1 => "which only reads".to_owned(),
        Danger::Read => "which only read".to_owned(),
        danger => format!("at worst {}", at_worst(danger)),
    };
    let message = format!(
        "`{}` on `{}` gives `{}` {} that none of its tools needs, {harm}",
        assignment.role_name,
        case.program.resources.at(assignment.on).name,
        case.program.identities.at(assignment.identity).name,
        count(many, "operation"),
    );
    let finding = Diagnostic::new(&EXCESS_PERMISSION, assignment.role_name.span, message);
    case.ranked(leftover)
        .into_iter()
        .fold(finding, Diagnostic::note)
        .facts(case.facts(leftover))
}

/// Says what to write instead, and how much that matters.
fn advise(
    case: &Case<'_>,
    id: AssignmentId,
    finding: Diagnostic,
    leftover: &Leftover,
    narrower: Option<Choice>,
) -> Diagnostic {
    let assignment = case.program.assignments.at(id);
    let worst = leftover.worst().map_or(Danger::Read, |left| left.danger);
    let level = if worst < Danger::Read || narrower.is_some() {
        Level::Warning
    } else {
        Level::Note
    };
    let finding = finding.level(level);
    match (assignment.role, narrower) {
        // Nothing is narrower than a custom role made to fit.
        (RoleRef::Custom(_), _) => match custom(case, id, leftover) {
            Some(advice) => advised(finding.label("the role lists more than is needed"), advice),
            None => fitting(finding),
        },
        (_, Some(choice)) => advised(
            finding.label("a narrower role would do"),
            candidates(case, id, choice),
        ),
        (RoleRef::Permission(_), None) => finding.label("the permission allows more than is used"),
        (_, None) if level == Level::Warning => match custom(case, id, leftover) {
            Some(advice) => advised(finding.label("no candidate role leaves less"), advice),
            None => fitting(finding),
        },
        (_, None) => finding.label("no candidate role leaves less"),
    }
}

/// Of what cannot be less: the same operations are needed, and are left over where a parameter may
/// put another resource.
fn fitting(finding: Diagnostic) -> Diagnostic {
    finding
        .level(Level::Note)
        .label("it grants no operation that is not needed there")
}

fn advised(finding: Diagnostic, advice: Advice) -> Diagnostic {
    finding.fix(advice.help, advice.fix)
}

/// Candidates in place of an assignment, under its paths.
fn candidates(case: &Case<'_>, id: AssignmentId, choice: Choice) -> Advice {
    let assignment = case.program.assignments.at(id);
    let Choice { roles, leftover } = choice;
    let leaves = leaves(case, &leftover);
    let proposed = case.in_its_place(id, &roles).unwrap_or_default();
    let nodes = case.written(&proposed);
    let held = roles.iter().map(|role| case.assign(*role, assignment.on));
    let held: Vec<String> = held.filter(|node| !nodes.contains(node)).collect();
    let help = match nodes.as_slice() {
        [] => format!("remove it: {} is enough, which {leaves}", quoted(&held)),
        nodes => format!("write {} instead, which {leaves}", quoted(nodes)),
    };
    let edits = instead(assignment, nodes);
    Advice {
        help,
        fix: Some(Fix { edits }),
    }
}

fn leaves(case: &Case<'_>, leftover: &Leftover) -> String {
    match leftover.worst() {
        None => "leaves nothing over".to_owned(),
        Some(worst) => {
            let operations: Vec<_> = leftover
                .operations
                .iter()
                .map(|left| left.operation)
                .collect();
            let few = case.few(&operations);
            match worst.danger {
                Danger::Read => format!("still leaves {few}"),
                danger => format!("still leaves {few}, at worst {}", at_worst(danger)),
            }
        }
    }
}

/// A custom role of exactly what is needed. One that only this assignment uses keeps its name. None
/// where that would leave as much over.
fn custom(case: &Case<'_>, id: AssignmentId, leftover: &Leftover) -> Option<Advice> {
    let assignment = case.program.assignments.at(id);
    let &Assignment {
        identity, role, on, ..
    } = assignment;
    let Some(paths) = paths(assignment) else {
        let help = "it is narrowed by `where roles`: hold what else is needed by a role of its own";
        return Some(Advice {
            help: help.to_owned(),
            fix: None,
        });
    };
    let needs = case.graph.through(id);
    let same = |other: &&Assignment| other.role == role;
    let users = case.program.assignments.values().filter(same).count();
    let (own, name) = match role {
        RoleRef::Custom(own) if users == 1 => (Some(own), assignment.role_name.value.clone()),
        _ => {
            let identity = &case.program.identities.at(identity).name.value;
            let on = &case.program.resources.at(on).name.value;
            (None, case.free_name(identity, on))
        }
    };
    let like = match role {
        RoleRef::Custom(like) => Some(like),
        _ => None,
    };
    let custom = case.custom(name, needs, like);
    let less = leftover.operations.iter().any(|left| {
        let operation = case.operation(left.operation);
        let same = |(plane, name): &(Plane, String)| {
            *plane == operation.plane && name.eq_ignore_ascii_case(&operation.name)
        };
        !custom.operations.iter().any(same)
    });
    if !less {
        return None;
    }
    let proposed = Proposed {
        grants: Grants::Exactly(custom.operations),
        on,
        paths: paths.to_vec(),
    };
    if !case.keeps(identity, &[id], &[proposed], &[]) {
        let help = "hold what is needed by a role of exactly that, on a narrower resource";
        return Some(Advice {
            help: help.to_owned(),
            fix: None,
        });
    }
    if let Some(own) = own {
        let help = format!(
            "leave in `{}` only what is needed:\n\n{}",
            custom.name, custom.block
        );
        let node = case.program.roles.at(own).span;
        let with = vec![custom.block];
        let edits = vec![Edit::Replace { node, with }];
        return Some(Advice {
            help,
            fix: Some(Fix { edits }),
        });
    }
    let nodes = case.nodes(&custom.name, on, paths);
    let help = format!(
        "write {} instead, with a role of what is needed:\n\n{}",
        quoted(&nodes),
        custom.block
    );
    let mut edits = instead(assignment, nodes);
    edits.push(Edit::Declare {
        file: assignment.span.file,
        node: custom.block,
    });
    Some(Advice {
        help,
        fix: Some(Fix { edits }),
    })
}

#[cfg(test)]
mod tests;
