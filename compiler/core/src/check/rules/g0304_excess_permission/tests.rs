//! What is told of excess, asked of small desks.

use crate::check::Acceptance;
use crate::graph::fixture::{BLOB, Desk, desk, desk_with, ledger, reader, tool};
use crate::infer::chosen;
use grantc_spec::catalogue::Catalogue;
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

#[test]
fn what_is_enough_besides_is_named_where_something_is_to_go() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="archive"
               assign "Storage Blob Data Contributor" on="archive""#,
        r#"uses "archive" "read""#,
    );
    let helps: Vec<_> = desk
        .found
        .iter()
        .filter_map(|it| it.help.as_deref())
        .collect();
    assert_eq!(
        helps,
        [
            r#"remove it: `assign "Storage Blob Data Reader" on="archive"` is enough, which still leaves `…/containers/read`"#
        ]
    );
}

#[test]
fn a_custom_role_of_two_uses_is_left_as_it_is() {
    let desk = desk(&format!(
        r#"role "Some" {{ data-action "{BLOB}/read"; data-action "{BLOB}/delete" }}
            identity "reader" type="user-assigned" {{ assign "Some" on="archive" }}
            identity "cleaner" type="user-assigned" {{ assign "Some" on="drafts" }}
            {}{}"#,
        tool("find", "reader", r#"uses "archive" "read""#),
        tool("clean", "cleaner", r#"uses "drafts" "read" "delete""#)
    ));
    let help = desk.one("G0304").help.clone().unwrap();
    let start = "write `assign \"Reader Archive\" on=\"archive\"` instead, with a role of what is needed:\n\n";
    assert!(help.starts_with(start), "{help}");
}

#[test]
fn a_role_that_shrinks_keeps_its_own_schema() {
    let desk = ledger(
        r#"assign "Some" on="ledger""#,
        r#"role "Other" plane="sql-database" { grant "SELECT" schema="other" }
            role "Some" plane="sql-database" { grant "SELECT" schema="app"; grant "UPDATE" schema="app" }"#,
    );
    assert_eq!(
        desk.one("G0304").help.as_deref(),
        Some(
            "leave in `Some` only what is needed:\n\nrole \"Some\" plane=\"sql-database\" {\n    grant \"SELECT\" schema=\"app\"\n}"
        )
    );
}

#[test]
fn what_is_needed_and_left_over_only_where_a_parameter_puts_something_is_a_note() {
    let desk = desk(&format!(
        r#"resource "maybe" type="azure.blob" existing=#true {{ account "stdesk"; container (param)"group"; resource-group "rg-data" }}
            role "Exact" {{ data-action "{BLOB}/delete" }}
            identity "cleaner" type="user-assigned" {{ assign "Exact" on="archive" }}
            {}"#,
        tool("clean", "cleaner", r#"uses "archive" "delete""#)
    ));
    let found = desk.one("G0304");
    assert_eq!(found.level, Level::Note);
    assert_eq!(
        (found.label.as_deref(), found.help.as_deref()),
        (
            Some("it grants no operation that is not needed there"),
            None
        )
    );
}

/// A desk of a tool that reads and lists, whose role granted something else when the lock pinned it.
fn pinned_otherwise() -> Desk {
    let text = format!(
        "identity \"auditor\" type=\"user-assigned\" roles=\"inferred\"\n{}",
        tool(
            "find",
            "auditor",
            r#"uses "archive" "read"; uses "archive" action="Microsoft.Storage/storageAccounts/blobServices/containers/read""#
        )
    );
    let free = desk(&text);
    let chosen = chosen(&free.program, &free.graph, Catalogue::embedded());
    let pins = chosen
        .into_iter()
        .map(|it| ((it.identity, it.role, it.scope), "sha256:0".to_owned()));
    let acceptance = Acceptance {
        chosen: pins.collect(),
        ..Acceptance::default()
    };
    desk_with(&text, &acceptance)
}

#[test]
fn what_the_lock_pins_and_leaves_nothing_over_is_told_when_it_grants_something_else() {
    let desk = pinned_otherwise();
    let found = desk.one("G0304");
    assert_eq!(found.level, Level::Note);
    assert_eq!(
        found.message,
        "the lock pins `Storage Blob Data Reader` on `archive` for `auditor`, and it would not be chosen as it is today"
    );
    assert_eq!(
        found.notes,
        [
            "it grants something else than when the lock pinned it: look again, then `grantc lock --update`"
        ]
    );
    let chain = desk.witness(found);
    assert!(
        chain.starts_with("find → auditor → ") && chain.ends_with("/read"),
        "{chain}"
    );
}
