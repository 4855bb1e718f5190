//! G0302 wrong-plane: what is needed is on one plane, what is granted or written on another.
//!
//! Control and data never mix: `*` among a role's actions opens no data, and Owner cannot read a
//! blob. The rule also finds operations that the manifest itself puts on the wrong plane.

use super::g0301_missing_permission::advice;
use crate::check::Case;
use crate::check::advice::Advice;
use crate::check::case::{deed, word};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fix::{Edit, Fix};
use crate::graph::{Plane as _, Standing, State, matches_name, standing};
use crate::ir::{AssignmentId, Covers, CustomRole, Need, NeedId, NeedOrigin, RoleOperation};
use crate::source::Span;
use grantc_spec::Plane;
use grantc_spec::rules::WRONG_PLANE;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for (id, need) in case.program.needs.iter() {
        match wrong_plane(case, id) {
            Some(Wrong::Written) => diags.push(written(case, id, need)),
            Some(Wrong::Granted(by)) => diags.push(granted(case, id, need, by)),
            None => {}
        }
    }
    for role in case.program.roles.values() {
        listed(case, role, diags);
    }
}

/// How a missing need misses its plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// The manifest names an operation of the other plane.
    Written,
    /// An assignment that covers the need matches its name on the other plane.
    Granted(AssignmentId),
}

/// Whether a need is missing because of its plane.
pub(super) fn wrong_plane(case: &Case<'_>, id: NeedId) -> Option<Wrong> {
    if case.graph.verdict(id).state != State::Missing {
        return None;
    }
    let need = case.program.needs.at(id);
    let clause = &need.clause.any_of;
    if matches!(need.origin, NeedOrigin::Raw)
        && clause
            .iter()
            .all(|(plane, name)| misplaced(case, *plane, name))
    {
        return Some(Wrong::Written);
    }
    let rbac = case.graph.rbac();
    let place = rbac.places.of_need(id);
    let matches = |assignment: &AssignmentId| {
        let held = case.program.assignments.at(*assignment);
        rbac.covers(held.on, place) != Covers::No
            && clause.iter().any(|(plane, name)| {
                plane.other_rbac().is_some_and(|other| {
                    matches_name(case.program, case.catalogue, held.role, other, name)
                })
            })
    };
    case.graph
        .held_by(need.identity)
        .iter()
        .copied()
        .find(matches)
        .map(Wrong::Granted)
}

fn misplaced(case: &Case<'_>, plane: Plane, name: &str) -> bool {
    standing(case.catalogue, plane, name) == Standing::OtherPlane { inferred: false }
}

/// `a data action`, `a control-plane action`.
fn kind(plane: Plane) -> &'static str {
    match plane {
        Plane::Control => "an action of the control plane",
        _ => "a data action",
    }
}

fn written(case: &Case<'_>, id: NeedId, need: &Need) -> Diagnostic {
    let operation = case.decisive(id);
    let other = operation.plane.other_rbac().unwrap_or(operation.plane);
    let message = format!(
        "`{}` is {}, not {}",
        operation.name,
        kind(other),
        kind(operation.plane)
    );
    Diagnostic::new(&WRONG_PLANE, need.span, message)
        .label(format!("written as `{}`", word(operation.plane)))
        .fix(
            format!("write `{}=\"{}\"`", word(other), operation.name),
            Some(reworded(need.span, other)),
        )
        .at(case.path_of_need(need))
        .witness(case.broken_chain(need, &operation))
}

fn granted(case: &Case<'_>, id: NeedId, need: &Need, by: AssignmentId) -> Diagnostic {
    let operation = case.decisive(id);
    let assignment = case.program.assignments.at(by);
    let other = operation.plane.other_rbac().unwrap_or(operation.plane);
    let Advice { help, fix } = advice(case, id, need);
    let message = format!(
        "`{}` needs `{}` on `{}`, which is {}, and `{}` matches it on the {other} plane only",
        case.program.tools.at(need.tool).name,
        deed(need, &operation),
        case.program.resources.at(need.resource).name,
        kind(operation.plane),
        assignment.role_name,
    );
    Diagnostic::new(&WRONG_PLANE, need.span, message)
        .label(format!("needs `{}`", operation.short()))
        .also(assignment.span, format!("grants on the {other} plane only"))
        .note(format!(
            "it needs `{}` on the {} plane",
            operation.name, operation.plane
        ))
        .note("the planes never mix: no action opens data, and no data action manages resources")
        .fix(help, fix)
        .at(case.path_of_need(need))
        .witness(case.broken_chain(need, &operation))
}

/// The word of a plane before an operation.
fn reworded(value: Span, plane: Plane) -> Fix {
    let edit = Edit::Reword {
        value,
        word: word(plane),
    };
    Fix { edits: vec![edit] }
}

/// A custom role that lists an operation on a plane where it does not exist.
fn listed(case: &Case<'_>, role: &CustomRole, diags: &mut Diagnostics) {
    for RoleOperation {
        plane,
        pattern: name,
        ..
    } in &role.operations
    {
        if name.value.contains('*') || !misplaced(case, *plane, &name.value) {
            continue;
        }
        let other = plane.other_rbac().unwrap_or(*plane);
        let message = format!("`{name}` is {}, not {}", kind(other), kind(*plane));
        diags.push(
            Diagnostic::new(&WRONG_PLANE, name.span, message)
                .label(format!("written as `{}`", word(*plane)))
                .fix(
                    format!("write `{} \"{name}\"`", word(other)),
                    Some(reworded(name.span, other)),
                )
                .at(format!("role/{}", role.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{BLOB, desk, reader, tool};

    #[test]
    fn a_role_of_the_control_plane_opens_no_data() {
        for role in [
            "Owner",
            "Contributor",
            "Reader",
            "Storage Account Contributor",
        ] {
            let assign = format!(r#"assign "{role}" on="archive""#);
            let desk = reader(&assign, r#"uses "archive" "read""#);
            // That an owner gives roles is another matter.
            let codes = desk.codes().into_iter().filter(|code| *code != "G0308");
            assert_eq!(codes.collect::<Vec<_>>(), ["G0302"], "{role}");
            let found = desk.one("G0302");
            assert!(found.message.ends_with(&format!(
                "is a data action, and `{role}` matches it on the control plane only"
            )));
            assert_eq!(found.related[0].1, "grants on the control plane only");
            let help = r#"add `assign "Storage Blob Data Reader" on="archive"` to `reader`"#;
            assert_eq!(found.help.as_deref(), Some(help));
        }
    }

    #[test]
    fn a_role_that_matches_on_neither_plane_is_another_matter() {
        let desk = reader(
            r#"assign "Storage Queue Data Reader" on="archive""#,
            r#"uses "archive" "read""#,
        );
        assert_eq!(desk.codes(), ["G0306", "G0301"]);
    }

    #[test]
    fn a_data_action_written_as_an_action() {
        let desk = reader(
            r#"assign "Contributor" on="archive""#,
            &format!(r#"uses "archive" action="{BLOB}/read""#),
        );
        let found = desk.one("G0302");
        let message = format!("`{BLOB}/read` is a data action, not an action of the control plane");
        assert_eq!(found.message, message);
        assert_eq!(
            found.help,
            Some(format!("write `data-action=\"{BLOB}/read\"`"))
        );
    }

    #[test]
    fn a_name_of_both_planes_is_on_neither_wrong_one() {
        let operation = "Microsoft.KeyVault/vaults/keys/read";
        for word in ["action", "data-action"] {
            let desk = desk(&format!(
                r#"role "Key Reader" {{ {word} "{operation}" }}
                identity "reader" type="user-assigned" {{ assign "Key Reader" on="data" }}
                {}"#,
                tool(
                    "find",
                    "reader",
                    &format!(r#"uses "data" {word}="{operation}""#)
                )
            ));
            assert!(desk.verified, "{:#?}", desk.found);
        }
    }

    #[test]
    fn a_custom_role_that_mixes_the_planes_up() {
        let desk = desk(&format!(
            r#"role "Blob Reader" {{ action "{BLOB}/read" }}
            identity "reader" type="user-assigned" {{ assign "Blob Reader" on="archive" }}
            {}"#,
            tool("find", "reader", r#"uses "archive" "read""#)
        ));
        assert_eq!(desk.codes(), ["G0302", "G0302"]);
        let of_role = desk.found.iter().next().unwrap();
        assert_eq!(of_role.path.as_deref(), Some("role/Blob Reader"));
        assert_eq!(
            of_role.help,
            Some(format!("write `data-action \"{BLOB}/read\"`"))
        );
    }
}
