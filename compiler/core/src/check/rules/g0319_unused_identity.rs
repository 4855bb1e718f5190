//! G0319 unused-identity: no tool uses anything as it.
//!
//! What such an identity holds is told here, once for all its assignments: G0306 speaks of the
//! assignments of identities that tools use.

use crate::check::Case;
use crate::check::case::few;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{AssignmentId, Identity, IdentityId};
use grantc_spec::rules::UNUSED_IDENTITY;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for (id, identity) in case.program.identities.iter() {
        if is_unused(case, id) {
            diags.push(unused(case, id, identity));
        }
    }
}

/// Whether it neither deploys nor is needed by any tool.
pub(super) fn is_unused(case: &Case<'_>, id: IdentityId) -> bool {
    !case.program.identities.at(id).deploys && case.graph.needs_as(id).is_empty()
}

fn unused(case: &Case<'_>, id: IdentityId, identity: &Identity) -> Diagnostic {
    let name = &identity.name;
    let mut tools = case.program.tools.values();
    let attached = tools.any(|tool| tool.identity == Some(id));
    let held = case.graph.held_by(id);
    let message = match held {
        [] => format!("no tool uses anything as `{name}`"),
        _ => format!(
            "no tool uses anything as `{name}`, which holds {}",
            holds(case, held)
        ),
    };
    let finding = Diagnostic::new(&UNUSED_IDENTITY, identity.span, message)
        .label(match attached {
            true => "attached to an app all the same",
            false => "no tool acts as it",
        })
        .help("remove it, or name it in the `as` of a tool or of a `uses`")
        .at(format!("identity/{name}"));
    let leftovers = held.iter().map(|it| (*it, case.leftover(*it)));
    let worst = leftovers
        .filter_map(|(it, leftover)| Some((leftover.worst()?, it, leftover)))
        .min_by_key(|(worst, ..)| worst.danger);
    match worst {
        None => finding,
        Some((worst, by, leftover)) => case
            .ranked(&leftover)
            .into_iter()
            .fold(finding, Diagnostic::note)
            .witness(case.chain(by, worst.at, worst.operation)),
    }
}

/// The first few roles that it holds, and where.
fn holds(case: &Case<'_>, held: &[AssignmentId]) -> String {
    const SHOWN: usize = 3;
    let one = |id: &AssignmentId| {
        let held = case.program.assignments.at(*id);
        let on = &case.program.resources.at(held.on).name;
        format!("`{}` on `{on}`", held.role_name)
    };
    few(&held.iter().map(one).collect::<Vec<_>>(), SHOWN)
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{desk, tool};
    use grantc_spec::rules::Level;

    const BUSY: &str = r#"identity "reader" type="user-assigned" { assign "Storage Blob Data Reader" on="archive" }"#;

    fn beside(idle: &str, tools: &str) -> crate::graph::fixture::Desk {
        let busy = tool("find", "reader", r#"uses "archive" "read""#);
        desk(&format!("{BUSY}\n{idle}\n{busy}\n{tools}"))
    }

    #[test]
    fn nobody_acts_as_it_and_what_it_holds_is_told_once() {
        let desk = beside(
            r#"identity "idle" type="user-assigned" {
                assign "Storage Blob Data Reader" on="archive"
                assign "Storage Blob Data Owner" on="drafts"
            }"#,
            "",
        );
        let found = desk.one("G0319");
        assert_eq!(found.level, Level::Warning);
        assert_eq!(
            found.message,
            "no tool uses anything as `idle`, which holds `Storage Blob Data Reader` on `archive` and `Storage Blob Data Owner` on `drafts`"
        );
        assert!(
            desk.witness(found)
                .starts_with("idle → assign \"Storage Blob Data Owner\""),
            "{}",
            desk.witness(found)
        );
        assert!(!desk.codes().contains(&"G0306"), "{:?}", desk.codes());
    }

    #[test]
    fn a_tool_that_acts_as_it_and_uses_everything_as_another_does_not_use_it() {
        let desk = beside(
            r#"identity "idle" type="user-assigned""#,
            r#"tool "odd" { description "Find."; as "idle"; uses "archive" "read" as="reader"; output { ok boolean } }"#,
        );
        let found = desk.one("G0319");
        assert_eq!(
            found.label.as_deref(),
            Some("attached to an app all the same")
        );
        assert_eq!(found.message, "no tool uses anything as `idle`");
    }

    #[test]
    fn what_deploys_and_what_one_use_names_are_used() {
        let desk = beside(
            r#"identity "rollout" type="user-assigned" deploys=#true { assign "Reader" on="data" }
            identity "filer" type="user-assigned" { assign "Storage Blob Data Contributor" on="drafts" }"#,
            &tool(
                "file",
                "reader",
                r#"uses "archive" "read"; uses "drafts" "write" as="filer""#,
            ),
        );
        assert!(!desk.codes().contains(&"G0319"), "{:?}", desk.codes());
    }

    #[test]
    fn a_run_that_lost_a_use_says_nothing() {
        let desk = desk(&format!(
            "{BUSY}\n{}",
            tool("find", "reader", r#"uses "archiv" "read""#)
        ));
        assert!(!desk.codes().contains(&"G0319"), "{:?}", desk.codes());
    }
}
