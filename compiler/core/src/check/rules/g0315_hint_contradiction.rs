//! G0315 hint-contradiction: a hint to clients says less than what the tool needs does.
//!
//! A need speaks against a hint only when each operation that would meet it surely does: what may
//! only read, such as a stored procedure or an action that no table knows, is given the benefit
//! of the doubt.

use crate::check::Case;
use crate::check::case::deed;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{NeedId, Tool, ToolId};
use crate::source::Spanned;
use grantc_spec::Plane;
use grantc_spec::danger::{changes, deletes};
use grantc_spec::rules::HINT_CONTRADICTION;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for (id, tool) in case.program.tools.iter() {
        diags.extend(contradiction(case, id, tool));
    }
}

fn contradiction(case: &Case<'_>, id: ToolId, tool: &Tool) -> Option<Diagnostic> {
    let says = |hint: &Option<Spanned<bool>>, what| {
        let hint = hint.as_ref().filter(|hint| hint.value == what);
        hint.map(|hint| hint.span)
    };
    let against = |does: fn(Plane, &str) -> bool| {
        let needs = case.graph.needs(id).iter().copied();
        needs
            .filter(|need| surely(case, *need, does))
            .collect::<Vec<_>>()
    };
    // What only reads destroys nothing: one hint of the two is enough to say so.
    let (span, promise, does, help, needs) = if let Some(span) = says(&tool.hints.read_only, true) {
        let help = "leave `read-only` out or write `read-only=#false`: clients may call what only reads without asking";
        (span, "only reads", "changes", help, against(changes))
    } else {
        let span = says(&tool.hints.destructive, false)?;
        let help = "leave `destructive` out or write `destructive=#true`: clients may ask a person before they destroy";
        (span, "destroys nothing", "deletes", help, against(deletes))
    };
    let need = case.program.needs.at(*needs.first()?);
    let name = &tool.name;
    let message = format!(
        "the hint says that `{name}` {promise}, and it needs `{}` on `{}`",
        deed(need, &case.decisive(*needs.first()?)),
        case.program.resources.at(need.resource).name
    );
    let finding = Diagnostic::new(&HINT_CONTRADICTION, span, message)
        .help(help)
        .at(format!("tool/{name}"));
    let mut shown = Vec::new();
    for need in needs {
        let span = case.program.needs.at(need).span;
        // One verb may have several needs.
        if !shown.contains(&span) && shown.len() < SHOWN {
            shown.push(span);
        }
    }
    Some(
        shown
            .into_iter()
            .fold(finding, |finding, span| finding.also(span, does)),
    )
}

/// How many needs are shown.
const SHOWN: usize = 3;

/// Whether every operation that would meet a need does something.
fn surely(case: &Case<'_>, need: NeedId, does: fn(Plane, &str) -> bool) -> bool {
    let clause = &case.program.needs.at(need).clause;
    clause
        .any_of
        .iter()
        .all(|(plane, operation)| does(*plane, operation))
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{Desk, desk};

    fn hinted(hints: &str, uses: &str) -> Desk {
        desk(&format!(
            r#"resource "queue" type="azure.queue" existing=#true {{ account "stdesk"; queue "in" }}
            resource "bus" type="azure.servicebus" existing=#true {{ namespace "sb-desk"; queue "out" }}
            resource "model" type="azure.openai" existing=#true {{ account "oai-desk"; deployment "gpt" }}
            resource "items" type="azure.cosmos" existing=#true {{ account "cosmos-desk"; database "d"; container "c" }}
            resource "vault" type="azure.keyvault" existing=#true {{ vault "kv-desk" }}
            resource "ledger" type="azure.sql" existing=#true {{ server "sql-desk"; database "d" }}
            resource "orders" type="http" {{
                url "https://orders.example.com"
                client-id "11111111-2222-3333-4444-555555555555"
                app-role "Orders.Read" id="11111111-2222-3333-4444-555555555551"
                app-role "Orders.Write" id="11111111-2222-3333-4444-555555555552"
                app-role "Orders.Approve" id="11111111-2222-3333-4444-555555555553"
            }}
            resource "directory" type="microsoft.graph"
            identity "who" type="user-assigned"
            tool "do" {{ description "Do."; as "who"; {uses}; hints {hints}; output {{ ok boolean }} }}"#
        ))
    }

    fn raised(hints: &str, uses: &str) -> bool {
        hinted(hints, uses).codes().contains(&"G0315")
    }

    #[test]
    fn a_tool_that_writes_does_not_only_read() {
        let desk = hinted(
            "read-only=#true",
            r#"uses "archive" "read" "write" "delete""#,
        );
        let found = desk.one("G0315");
        assert_eq!(
            found.message,
            "the hint says that `do` only reads, and it needs `write` on `archive`"
        );
        assert_eq!(desk.underlined(found), "read-only");
        assert_eq!(found.related.len(), 2);
        assert_eq!(found.path.as_deref(), Some("tool/do"));
        for uses in [
            r#"uses "archive" "create""#,
            r#"uses "queue" "receive""#,
            r#"uses "queue" "send""#,
            r#"uses "bus" "receive""#,
            r#"uses "bus" "send""#,
            r#"uses "items" "create""#,
            r#"uses "items" "write""#,
            r#"uses "vault" "write""#,
            r#"uses "ledger" "INSERT""#,
            r#"uses "orders" "Orders.Write""#,
            r#"uses "directory" "Mail.Send""#,
            r#"uses "account" action="Microsoft.Storage/storageAccounts/regeneratekey/action""#,
            r#"uses "data" action="Microsoft.Authorization/roleAssignments/write""#,
        ] {
            assert!(raised("read-only=#true", uses), "{uses}");
        }
    }

    #[test]
    fn what_reads_or_may_only_read_is_left_alone() {
        for uses in [
            r#"uses "archive" "read" "list""#,
            r#"uses "index" "query""#,
            r#"uses "queue" "peek""#,
            r#"uses "model" "chat" "embed""#,
            r#"uses "items" "read" "query""#,
            r#"uses "vault" "read" "list""#,
            r#"uses "ledger" "SELECT" "EXECUTE""#,
            r#"uses "orders" "Orders.Read" "Orders.Approve""#,
            r#"uses "directory" "Mail.Read" "Sites.Selected""#,
            r#"uses "account" action="Microsoft.Storage/storageAccounts/listKeys/action""#,
            r#"uses "data" action="Microsoft.Compute/virtualMachines/frobnicate/action""#,
        ] {
            assert!(!raised("read-only=#true", uses), "{uses}");
        }
        assert!(!raised("read-only=#false", r#"uses "archive" "write""#));
        assert!(!raised("idempotent=#true", r#"uses "archive" "write""#));
    }

    #[test]
    fn a_tool_that_deletes_destroys() {
        let desk = hinted("destructive=#false", r#"uses "archive" "write" "delete""#);
        assert_eq!(
            desk.one("G0315").message,
            "the hint says that `do` destroys nothing, and it needs `delete` on `archive`"
        );
        for uses in [
            r#"uses "items" "delete""#,
            r#"uses "vault" "delete""#,
            r#"uses "ledger" "write""#,
        ] {
            assert!(raised("destructive=#false", uses), "{uses}");
        }
        for uses in [
            r#"uses "archive" "write" "create""#,
            // Handling a message needs no right to delete messages.
            r#"uses "queue" "receive""#,
            r#"uses "bus" "receive""#,
        ] {
            assert!(!raised("destructive=#false", uses), "{uses}");
        }
        assert!(!raised("destructive=#true", r#"uses "archive" "delete""#));
    }

    #[test]
    fn two_hints_that_say_the_same_are_one_finding() {
        let desk = hinted(
            "read-only=#true destructive=#false",
            r#"uses "archive" "delete""#,
        );
        assert!(desk.one("G0315").message.contains("only reads"));
    }

    #[test]
    fn of_many_uses_that_speak_against_it_the_first_are_shown() {
        let desk = hinted(
            "read-only=#true",
            r#"uses "archive" "create" "write" "delete"; uses "drafts" "write""#,
        );
        let found = desk.one("G0315");
        let shown = found.related.iter().map(|(span, does)| {
            let file = desk.sources.get(span.file).unwrap();
            (file.slice(*span), does.as_str())
        });
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                ("\"create\"", "changes"),
                ("\"write\"", "changes"),
                ("\"delete\"", "changes")
            ]
        );
    }
}
