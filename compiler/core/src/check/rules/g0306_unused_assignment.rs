//! G0306 unused-assignment: no need passes through it, so all of it is leftover.
//!
//! Where no tool uses its identity at all, that is the mistake, and G0319 tells it.

use super::g0302_wrong_plane::{Wrong, wrong_plane};
use super::g0319_unused_identity::is_unused;
use crate::check::Case;
use crate::check::advice::instead;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fix::Fix;
use crate::graph::{Granted, Plane as _, State};
use crate::ir::{Assignment, AssignmentId, Covers, NeedId};
use grantc_spec::rules::UNUSED_ASSIGNMENT;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for (id, assignment) in case.program.assignments.iter() {
        if case.is_judged(assignment)
            && case.graph.through(id).is_empty()
            && !is_unused(case, assignment.identity)
            && !on_wrong_plane(case, id, assignment)
            && !in_the_wrong_place(case, assignment)
            // What it is good for is to deny: nothing passes through that.
            && !case.graph.rbac().power(assignment.role).denies_any()
        {
            diags.push(unused(case, id, assignment));
        }
    }
}

/// Whether a need misses the assignment by its plane: that is G0302, and one mistake is one finding.
fn on_wrong_plane(case: &Case<'_>, id: AssignmentId, assignment: &Assignment) -> bool {
    let mut needs = case.graph.needs_as(assignment.identity).iter();
    needs.any(|need| match wrong_plane(case, *need) {
        Some(Wrong::Granted(by)) => by == id,
        Some(Wrong::Written) => written_right(case, assignment, *need),
        None => false,
    })
}

/// Whether a need lacks what the assignment grants elsewhere: that is G0301, which shows it.
fn in_the_wrong_place(case: &Case<'_>, assignment: &Assignment) -> bool {
    let power = case.graph.rbac().power(assignment.role);
    let mut needs = case.graph.needs_as(assignment.identity).iter();
    needs.any(|need| {
        let verdict = case.graph.verdict(*need);
        verdict.state == State::Missing && power.grants(verdict.operation) != Granted::No
    })
}

/// Whether a need would pass through the assignment, were it written on its own plane.
fn written_right(case: &Case<'_>, assignment: &Assignment, need: NeedId) -> bool {
    let rbac = case.graph.rbac();
    let power = rbac.power(assignment.role);
    rbac.covers(assignment.on, rbac.places.of_need(need)) != Covers::No
        && case
            .program
            .needs
            .at(need)
            .clause
            .any_of
            .iter()
            .any(|(plane, name)| {
                let right = plane
                    .other_rbac()
                    .and_then(|other| case.catalogue.operation(other, name));
                right.is_some_and(|operation| power.grants(operation) != Granted::No)
            })
}

/// What takes it out: nothing that is held rests on it.
fn removed(case: &Case<'_>, id: AssignmentId, assignment: &Assignment) -> Option<Fix> {
    let edits = instead(assignment, Vec::new());
    let keeps = case.keeps(assignment.identity, &[id], &[], &[]);
    keeps.then_some(Fix { edits })
}

fn unused(case: &Case<'_>, id: AssignmentId, assignment: &Assignment) -> Diagnostic {
    let Assignment {
        identity,
        role_name,
        on,
        span,
        ..
    } = assignment;
    let resource = &case.program.resources.at(*on).name;
    let name = &case.program.identities.at(*identity).name;
    let message =
        format!("`{name}` holds `{role_name}` on `{resource}`, and none of its tools needs it");
    let finding = Diagnostic::new(&UNUSED_ASSIGNMENT, *span, message)
        .label("no need passes through it")
        .fix("remove it", removed(case, id, assignment))
        .at(case.path_of_assignment(id));
    let leftover = case.leftover(id);
    match leftover.worst() {
        None => finding.note(format!(
            "it grants nothing that has an effect on `{resource}`"
        )),
        Some(worst) => {
            let finding = finding.witness(case.chain(id, worst.at, worst.operation));
            case.ranked(&leftover)
                .into_iter()
                .fold(finding, Diagnostic::note)
                .facts(case.facts(&leftover))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fix::{Edit, Fix};
    use crate::graph::fixture::{BLOB, desk, ledger, reader, tool};

    #[test]
    fn nothing_passes_through() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive"
               assign "Storage Blob Data Contributor" on="drafts""#,
            r#"uses "archive" "read""#,
        );
        let found = desk.one("G0306");
        assert_eq!(
            found.message,
            "`reader` holds `Storage Blob Data Contributor` on `drafts`, and none of its tools needs it"
        );
        assert!(found.notes.iter().any(|note| note.starts_with("deletes: ")));
        let removed = Edit::Replace {
            node: found.span,
            with: Vec::new(),
        };
        let edits = vec![removed];
        assert_eq!(found.fix, Some(Fix { edits }));
        assert!(
            desk.witness(found)
                .starts_with("find → reader → assign \"Storage Blob Data Contributor\"")
        );
        assert!(desk.verified);
    }

    #[test]
    fn what_grants_nothing_there_is_said_to() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive"
               assign "Search Index Data Reader" on="archive""#,
            r#"uses "archive" "read""#,
        );
        assert_eq!(
            desk.one("G0306").notes,
            ["it grants nothing that has an effect on `archive`"]
        );
    }

    #[test]
    fn an_identity_that_no_tool_uses_is_one_finding() {
        let desk = desk(&format!(
            r#"identity "idle" type="user-assigned" {{ assign "Search Index Data Reader" on="index" }}
            {}"#,
            r#"tool "ping" { description "Ping."; output { ok boolean } }"#
        ));
        desk.one("G0319");
        assert!(!desk.codes().contains(&"G0306"), "{:?}", desk.codes());
    }

    #[test]
    fn a_need_written_on_the_wrong_plane_is_no_reason_to_remove() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive"
               assign "Storage Blob Data Reader" on="drafts""#,
            &format!(r#"uses "archive" action="{BLOB}/read""#),
        );
        assert_eq!(desk.codes(), ["G0306", "G0302"]);
        assert_eq!(
            desk.one("G0306").path.as_deref(),
            Some("identity/reader/drafts")
        );
    }

    #[test]
    fn a_run_that_lost_a_need_says_nothing_of_what_nobody_needs() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive""#,
            r#"uses "archiv" "read""#,
        );
        assert_eq!(desk.codes(), ["G0201"]);
    }

    #[test]
    fn what_is_held_to_deny_is_no_leftover() {
        let desk = ledger(
            r#"assign "db_datareader" on="ledger"; assign "db_denydatawriter" on="ledger""#,
            "",
        );
        assert_eq!(desk.codes(), [""; 0]);
    }

    #[test]
    fn two_that_grant_the_same_are_both_passed_through() {
        let desk = desk(&format!(
            r#"identity "reader" type="user-assigned" {{
                assign "Storage Blob Data Reader" on="archive"
                assign "Storage Blob Data Contributor" on="archive"
            }}
            {}"#,
            tool("find", "reader", r#"uses "archive" "read""#)
        ));
        assert!(!desk.codes().contains(&"G0306"));
    }
}
