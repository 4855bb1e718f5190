//! G0311 forbidden: something that the manifest forbids is in somebody's authority.
//!
//! A tool's authority is what every identity attached to its app holds, so a neighbour's grant
//! violates a `forbid` as much as one's own; so does a key that opens the same data.

use crate::check::Case;
use crate::check::case::list;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::{Granted, Node};
use crate::ir::{AssignmentId, Covers, Forbid, IdentityId, Inferred, ToolId};
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
}

fn violated(case: &Case<'_>, forbid: &Forbid) -> Option<Diagnostic> {
    let on = &case.program.resources.at(forbid.on).name;
    let mut found: Vec<Violation> = Vec::new();
    for identity in case.program.identities.ids() {
        if case.is_about(forbid, identity) {
            found.extend(violation(case, forbid, identity));
        }
    }
    let first = found.first()?;
    let held = case.program.assignments.at(first.by);
    // The tools that it is in the authority of.
    let tools = case.tools_under(forbid, held.identity);
    let holder = &case.program.identities.at(held.identity).name;
    let deed = match first.through_keys {
        true => format!("can take keys that allow `{}` on `{on}`", forbid.verb),
        false => format!("can `{}` on `{on}`", forbid.verb),
    };
    let who: Vec<_> = tools
        .iter()
        .map(|tool| format!("`{}`", case.program.tools.at(*tool).name))
        .collect();
    let message = match who.as_slice() {
        [] => format!("`{holder}` {deed}, which is forbidden"),
        some => format!("{} {deed}, which is forbidden", list(some)),
    };
    let from = match tools
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
        .help(match &held.inferred {
            Some(how) => chosen(how),
            None => format!(
            "remove `{}` from `{holder}`, or narrow it{}",
            held.role_name,
            match (first.through_keys, forbid.tool) {
                (_, Some(tool)) if !acts_as(case, tool, held.identity) =>
                    "; the identity is a neighbour's: an `app` node can place the tool apart from it",
                _ => "",
            }
        )})
        .at(format!("resource/{on}"))
        .witness(witness);
    for violation in found.iter().take(SHOWN) {
        let span = case.program.assignments.at(violation.by).span;
        finding = finding.also(span, "grants it");
    }
    Some(finding)
}

/// What ends a violation by what no line writes.
fn chosen(how: &Inferred) -> String {
    match how.instead.as_slice() {
        [] => "a tool needs it: leave that use out, or the `forbid`".to_owned(),
        _ => "the lock pins it: `grantc lock --update` chooses what is not forbidden".to_owned(),
    }
}

/// How many grants are shown.
const SHOWN: usize = 3;

fn acts_as(case: &Case<'_>, tool: ToolId, identity: IdentityId) -> bool {
    case.program.tools.at(tool).identities().contains(&identity)
}

/// The first assignment of an identity that grants something forbidden, or keys to it.
fn violation(case: &Case<'_>, forbid: &Forbid, identity: IdentityId) -> Option<Violation> {
    let rbac = case.graph.rbac();
    let place = rbac.places.of_resource(forbid.on);
    for (operation, through_keys) in case.ruled_out(forbid) {
        let held = case.graph.held_by(identity).iter();
        let held = held.map(|by| case.program.assignments.at(*by));
        if rbac.denied(held, operation, place) == Covers::Yes {
            continue;
        }
        let grants = |by: &&AssignmentId| {
            let held = case.program.assignments.at(**by);
            case.gives(held.role, held.on, forbid, (operation, through_keys))
                && rbac.grants(held, operation, None) != Granted::No
        };
        if let Some(by) = case.graph.held_by(identity).iter().find(grants) {
            return Some(Violation {
                by: *by,
                operation,
                through_keys,
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::check::Acceptance;
    use crate::graph::fixture::{Desk, desk, desk_with, ledger, ledger_in, tool};
    use crate::infer::chosen;
    use grantc_spec::catalogue::Catalogue;

    fn denied(on: &str) -> Desk {
        let assigns =
            format!(r#"assign "db_owner" on="ledger"; assign "db_denydatawriter" on="{on}""#);
        let maybe = ledger_in("maybe", "group");
        ledger(&assigns, &format!(r#"{maybe} forbid "write" on="ledger""#))
    }

    #[test]
    fn what_a_role_denies_for_sure_is_not_held() {
        assert!(!denied("ledger").codes().contains(&"G0311"));
        denied("maybe").one("G0311");
    }

    #[test]
    fn what_is_held_elsewhere_only_is_not_held_there() {
        let with = |on: &str| {
            desk(&format!(
                r#"identity "reader" type="user-assigned" {{ assign "Storage Blob Data Contributor" on="{on}" }}
                {}
                forbid "write" on="archive""#,
                tool("find", "reader", &format!(r#"uses "{on}" "read""#))
            ))
        };
        assert!(!with("drafts").codes().contains(&"G0311"));
        with("archive").one("G0311");
    }

    fn inferred(uses: &str) -> String {
        format!(
            "identity \"filer\" type=\"user-assigned\" roles=\"inferred\"\n{}",
            tool("file", "filer", uses)
        )
    }

    #[test]
    fn what_a_tool_needs_and_what_a_lock_pins_end_in_other_ways() {
        let uses = r#"uses "archive" "write""#;
        let text = inferred(uses);
        let forbid = r#"forbid "write" on="archive""#;
        let needed = desk(&format!("{text}{forbid}"));
        assert_eq!(
            needed.one("G0311").help.as_deref(),
            Some("a tool needs it: leave that use out, or the `forbid`")
        );
        let free = desk(&text);
        let chosen = chosen(&free.program, &free.graph, Catalogue::embedded());
        let pins = chosen
            .into_iter()
            .map(|it| ((it.identity, it.role, it.scope), it.digest));
        let acceptance = Acceptance {
            chosen: pins.collect(),
            ..Acceptance::default()
        };
        let reads = inferred(r#"uses "archive" "read""#);
        let pinned = desk_with(&format!("{reads}{forbid}"), &acceptance);
        assert_eq!(
            pinned.one("G0311").help.as_deref(),
            Some("the lock pins it: `grantc lock --update` chooses what is not forbidden")
        );
    }
}
