//! G0304 excess-permission: an assignment grants more than its identity's tools need.
//!
//! A warning when the leftover does more than read, or when something narrower would do; else a
//! note, since a built-in role that fits to the last operation is rare.

use super::g0305_scope_too_wide::strictly_below;
use super::g0312_not_assignable::refused;
use crate::check::Case;
use crate::check::case::{count, list};
use crate::check::leftover::{Leftover, at_worst};
use crate::check::suggest::{Choice, assign};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Assignment, AssignmentId, Inferred, RoleRef};
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
            diags.push(advise(case, id, finding, worst.danger, narrower));
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
    worst: Danger,
    narrower: Option<Choice>,
) -> Diagnostic {
    let &Assignment { role, on, .. } = case.program.assignments.at(id);
    let level = if worst < Danger::Read || narrower.is_some() {
        Level::Warning
    } else {
        Level::Note
    };
    let finding = finding.level(level);
    match (role, narrower) {
        // Nothing is narrower than a custom role made to fit.
        (RoleRef::Custom(_), _) => finding
            .label("the role lists more than is needed")
            .help(custom(case, id)),
        (_, Some(Choice { roles, leftover })) => {
            let assigns: Vec<_> = roles
                .iter()
                .map(|role| format!("`{}`", case.assign(*role, on)))
                .collect();
            let leaves = leaves(case, &leftover);
            let instead = format!("write {} instead, which {leaves}", list(&assigns));
            finding.label("a narrower role would do").help(instead)
        }
        (RoleRef::Permission(_), None) => finding.label("the permission allows more than is used"),
        (_, None) if level == Level::Warning => finding
            .label("no candidate role leaves less")
            .help(custom(case, id)),
        (_, None) => finding.label("no candidate role leaves less"),
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

/// A custom role of exactly what is needed. One that only this assignment uses keeps its name.
fn custom(case: &Case<'_>, id: AssignmentId) -> String {
    let Assignment {
        identity,
        role,
        role_name,
        on,
        ..
    } = case.program.assignments.at(id);
    let identity = &case.program.identities.at(*identity).name;
    let on = &case.program.resources.at(*on).name;
    let needs = case.graph.through(id);
    let users = case
        .program
        .assignments
        .values()
        .filter(|other| other.role == *role)
        .count();
    match role {
        RoleRef::Custom(_) if users == 1 => {
            let custom = case.custom(role_name.value.clone(), needs);
            format!(
                "leave in `{role_name}` only what is needed:\n\n{}",
                custom.block
            )
        }
        _ => {
            let custom = case.custom(case.free_name(&identity.value, &on.value), needs);
            let assign = assign(&custom.name, &on.value);
            format!(
                "write `{assign}` instead, with a role of what is needed:\n\n{}",
                custom.block
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{BLOB, desk, reader, tool};
    use grantc_spec::rules::Level;

    #[test]
    fn a_narrower_role_is_offered_with_what_it_leaves() {
        let desk = reader(
            r#"assign "Storage Blob Data Contributor" on="archive""#,
            r#"uses "archive" "read""#,
        );
        let found = desk.one("G0304");
        assert_eq!(found.level, Level::Warning);
        assert!(
            found
                .message
                .ends_with("that none of its tools needs, at worst to delete")
        );
        assert_eq!(
            found.help.as_deref(),
            Some(
                r#"write `assign "Storage Blob Data Reader" on="archive"` instead, which still leaves `…/containers/read`"#
            )
        );
        assert_eq!(found.path.as_deref(), Some("identity/reader/archive"));
        let chain = desk.witness(found);
        let start = r#"find → reader → assign "Storage Blob Data Contributor" (tools.kdl:"#;
        assert!(
            chain.starts_with(start) && chain.contains(") → archive → …/"),
            "{chain}"
        );
    }

    #[test]
    fn the_narrowest_candidate_leaves_a_note() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive""#,
            r#"uses "archive" "read""#,
        );
        let found = desk.one("G0304");
        assert_eq!(found.level, Level::Note);
        assert_eq!(found.notes, ["reads: `…/containers/read`"]);
        assert_eq!(desk.excess("reader"), ["archive …/containers/read"]);
    }

    #[test]
    fn without_a_better_candidate_a_custom_role_is_offered() {
        let desk = reader(
            r#"assign "Storage Blob Data Contributor" on="archive""#,
            r#"uses "archive" "write""#,
        );
        let help = desk.one("G0304").help.clone().unwrap();
        let start = "write `assign \"Reader Archive\" on=\"archive\"` instead, with a role of what is needed:\n\n";
        assert!(help.starts_with(start), "{help}");
        assert!(
            help.contains(&format!("data-action \"{BLOB}/write\"")),
            "{help}"
        );
    }

    #[test]
    fn an_exact_role_raises_nothing() {
        let desk = desk(&format!(
            r#"role "Exact" {{ data-action "{BLOB}/read" }}
            identity "reader" type="user-assigned" {{ assign "Exact" on="archive" }}
            {}"#,
            tool("find", "reader", r#"uses "archive" "read""#)
        ));
        assert_eq!(desk.codes(), [""; 0]);
        assert_eq!(desk.excess("reader"), [""; 0]);
    }

    #[test]
    fn a_custom_role_of_one_use_is_told_to_shrink() {
        let desk = desk(&format!(
            r#"role "Some" {{ data-action "{BLOB}/read"; data-action "{BLOB}/delete" }}
            identity "reader" type="user-assigned" {{ assign "Some" on="archive" }}
            {}"#,
            tool("find", "reader", r#"uses "archive" "read""#)
        ));
        let help = desk.one("G0304").help.clone().unwrap();
        assert_eq!(
            help,
            format!(
                "leave in `Some` only what is needed:\n\nrole \"Some\" {{\n    data-action \"{BLOB}/read\"\n}}"
            )
        );
    }

    #[test]
    fn what_a_neighbouring_tool_needs_is_no_excess() {
        let desk = desk(&format!(
            r#"identity "filer" type="user-assigned" {{ assign "Storage Blob Data Contributor" on="archive" }}
            {}{}"#,
            tool("find", "filer", r#"uses "archive" "read""#),
            tool("file", "filer", r#"uses "archive" "write" "delete""#)
        ));
        assert!(
            desk.excess("filer")
                .iter()
                .all(|line| !line.ends_with("blobs/read"))
        );
        assert!(
            desk.excess("filer")
                .iter()
                .all(|line| !line.ends_with("blobs/delete"))
        );
    }
}
