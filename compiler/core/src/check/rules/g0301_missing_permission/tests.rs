//! What is told of a missing permission, asked of small desks.

use crate::graph::fixture::{desk, ledger, reader, tool, whole};

#[test]
fn names_need_place_and_narrowest_role() {
    let desk = reader("", r#"uses "archive" "read""#);
    let found = desk.one("G0301");
    assert_eq!(
        found.message,
        "`find` needs `read` on `archive`, and `reader` does not hold it there"
    );
    assert_eq!(desk.underlined(found), "\"read\"");
    let help = found.help.as_deref();
    assert_eq!(
        help,
        Some(r#"add `assign "Storage Blob Data Reader" on="archive"` to `reader`"#)
    );
    assert_eq!(found.path.as_deref(), Some("tool/find/archive"));
    assert_eq!(
        desk.witness(found),
        "find → reader → no assignment → archive → …/blobs/read"
    );
    assert!(!desk.verified);
}

#[test]
fn a_role_that_does_not_exist_is_the_only_finding() {
    let desk = reader(
        r#"assign "Storage Blob Data Raeder" on="archive""#,
        r#"uses "archive" "read""#,
    );
    assert_eq!(desk.codes(), ["G0201"]);
    assert_eq!(desk.states(), [crate::graph::State::Missing]);
    assert!(!desk.verified);
}

#[test]
fn a_need_that_is_held_says_nothing() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="archive""#,
        r#"uses "archive" "read""#,
    );
    assert_eq!(desk.codes(), ["G0304"]);
    assert!(desk.verified);
}

#[test]
fn what_is_held_nearby_is_shown() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="drafts"
               assign "Storage Queue Data Reader" on="archive""#,
        r#"uses "archive" "read"; uses "drafts" "read""#,
    );
    let near: Vec<_> = desk
        .one("G0301")
        .related
        .iter()
        .map(|(_, text)| text.as_str())
        .collect();
    let expected = [
        "held on `drafts`, which does not cover it",
        "covers `archive`, but does not grant it",
    ];
    assert_eq!(near, expected);
}

#[test]
fn without_a_candidate_a_role_is_written_out() {
    let operation = "Microsoft.Compute/disks/levitate/action";
    let desk = reader("", &format!(r#"uses "data" action="{operation}""#));
    let expected = format!(
        "add `assign \"Reader Data\" on=\"data\"` to `reader`, with\n\n\
             role \"Reader Data\" {{\n    action \"{operation}\"\n}}"
    );
    // `Reader` is a built-in role.
    assert_eq!(desk.one("G0301").help.as_deref(), Some(expected.as_str()));
}

#[test]
fn what_is_to_be_declared_stands_where_the_resource_stands() {
    let desk = desk(&format!(
        r#"resource "model" type="azure.openai" existing=#true {{ account "oai"; deployment "gpt"; resource-group "rg-models" }}
            identity "asker" type="user-assigned" {{ assign "Cognitive Services OpenAI User" on="model" }}
            {}"#,
        tool("ask", "asker", r#"uses "model" "chat""#)
    ));
    let help = "it is needed on more than `model`: declare `resource \"model-account\" type=\"azure.openai\" \
            existing=#true { account \"oai\"; resource-group \"rg-models\" }`, and add \
            `assign \"Cognitive Services OpenAI User\" on=\"model-account\"` to `asker`";
    assert_eq!(desk.one("G0301").help.as_deref(), Some(help));
    // The assignment is in the wrong place, which is no reason to remove it.
    assert_eq!(desk.codes(), ["G0301"]);
}

#[test]
fn what_is_to_be_declared_has_a_name_that_can_be_written() {
    let (resource, level) = ("r".repeat(64), "l".repeat(64));
    let group = "/subscriptions/{subscription}/resourceGroups/{resource-group}";
    let site = format!("{group}/providers/Microsoft.Web/sites/{{site}}");
    let desk = desk(&format!(
        r#"connector "contoso.site" plane="azure-rbac" {{
                level "{level}" type="Microsoft.Web/sites" id="{site}"
                level "slot" type="Microsoft.Web/sites/slots" id="{site}/slots/{{slot}}"
                verb "restart" level="{level}" {{ action "Microsoft.Web/sites/restart/action" }}
            }}
            resource "{resource}" type="contoso.site" {{ site "app-desk"; slot "next" }}
            identity "operator" type="user-assigned"
            {}"#,
        tool(
            "restart",
            "operator",
            &format!(r#"uses "{resource}" "restart""#)
        )
    ));
    let help = desk.one("G0301").help.clone().unwrap();
    let name = format!("{}-{}", "r".repeat(27), "l".repeat(32));
    assert!(
        help.contains(&format!("declare `resource \"{name}\" ")),
        "{help}"
    );
}

#[test]
fn what_a_forbid_rules_out_is_not_suggested() {
    let uses = r#"uses "archive" "write""#;
    let forbid = r#"forbid "delete" on="archive""#;
    let with = |forbid: &str| {
        let identity = r#"identity "writer" type="user-assigned""#;
        let desk = desk(&format!(
            "{identity}\n{}{forbid}",
            tool("file", "writer", uses)
        ));
        desk.one("G0301").help.clone().unwrap()
    };
    assert!(with("").starts_with(r#"add `assign "Storage Blob Data Contributor""#));
    let help = with(forbid);
    assert!(
        help.starts_with(r#"add `assign "Writer" on="archive"` to `writer`, with"#),
        "{help}"
    );
}

#[test]
fn every_missing_need_is_told_once() {
    let uses = r#"uses "archive" "read" "write" "delete""#;
    let desk = desk(&format!(
        "identity \"filer\" type=\"user-assigned\"\n{}{}",
        tool("one", "filer", uses),
        tool("two", "filer", uses)
    ));
    assert_eq!(desk.codes(), ["G0301"; 6]);
}

#[test]
fn what_is_to_be_declared_says_where_it_is_where_that_is_elsewhere() {
    let own = "6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11";
    let with = |places: &str| {
        let desk = whole(&format!(
            r#"grantc version=1
                server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example" }}
                azure {{ resource-group "rg-desk"; location "westeurope"; subscription "{own}" }}
                resource "model" type="azure.openai" existing=#true {{ account "oai"; deployment "gpt"; {places} }}
                identity "asker" type="user-assigned"
                {}"#,
            tool("ask", "asker", r#"uses "model" "chat""#)
        ));
        let help = desk.one("G0301").help.clone().unwrap();
        let node = help.split('`').nth(3).unwrap();
        node.split_once(" { ").unwrap().1.to_owned()
    };
    assert_eq!(with(""), r#"account "oai" }"#);
    let places =
        r#"resource-group "rg-models"; subscription "6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d12""#;
    assert_eq!(with(places), format!("account \"oai\"; {places} }}"));
}

#[test]
fn what_can_be_given_nowhere_there_is_told_with_what_is_in_the_way() {
    let with = |uses: &str| {
        let desk = desk(&format!(
            r#"resource "sql" type="azure.sql" existing=#true {{ server "sql-desk" }}
                resource "top" type="azure.management-group" {{ name "mg"; covers subscription="6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11" }}
                identity "reader" type="user-assigned"
                {}"#,
            tool("find", "reader", uses)
        ));
        desk.one("G0301").help.clone().unwrap()
    };
    assert_eq!(
        with(r#"uses "sql" "read""#),
        "use a resource with `database \"…\"`: roles of a database are held in a database"
    );
    let levitate = r#"uses "top" data-action="Microsoft.Compute/disks/levitate/action""#;
    assert_eq!(
        with(levitate),
        "use it on a narrower resource: Azure assigns no custom role that would do there"
    );
}

#[test]
fn what_is_denied_and_granted_by_nothing_takes_both() {
    let desk = ledger(r#"assign "db_denydatareader" on="ledger""#, "");
    assert_eq!(
        desk.one("G0301").help.as_deref(),
        Some(
            r#"remove `assign "db_denydatareader" on="ledger"` from `reader`, which denies it, and add `assign "db_datareader" on="ledger"` to `reader`"#
        )
    );
}
