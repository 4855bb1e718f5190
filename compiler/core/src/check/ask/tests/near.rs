//! What comes near: kinds, conditions and places that do not quite fit.

use super::*;

#[test]
fn what_is_for_the_needs_comes_first_and_makes_the_verdict() {
    let besides = r#"assign "Storage Blob Data Reader" on="drafts""#;
    let with = |on: &str| {
        let assigns = format!("{besides}; assign \"Storage Blob Data Reader\" on=\"{on}\"");
        let desk = reader(&assigns, r#"uses "archive" "read""#);
        let shown = json(&whys(&desk, "find", "read", None).unwrap());
        let held = shown["held"].as_array().unwrap().iter();
        let on: Vec<String> = held.map(|grant| grant["on"].to_string()).collect();
        (shown["verdict"].to_string(), on.join(" "))
    };
    assert_eq!(with("archive").1, r#""archive" "drafts""#);
    // What is surely held elsewhere proves nothing of what is needed.
    assert_eq!(with("somewhere").0, r#""conditional""#);
}

#[test]
fn a_condition_is_told_of_what_it_narrows_only() {
    let desk = desk(&format!(
        r#"identity "a" type="user-assigned" {{
            assign "Storage Blob Data Reader" on="archive" {{ where path="in/*" }}
            assign "Key Vault Data Access Administrator" on="drafts" {{ where path="in/*" }}
            assign "Role Based Access Control Administrator" on="index" {{ where roles="emitted" }}
        }}
        {}"#,
        tool("file", "a", r#"uses "archive" "read" path="in/*""#),
    ));
    let only = |operation: &str, at: &str| {
        let shown = json(&whys(&desk, "a", operation, Some(at)).unwrap());
        shown["held"][0]["resources"][0]["only"].clone()
    };
    let gives = "Microsoft.Authorization/roleAssignments/write";
    let reads = "Microsoft.Authorization/roleAssignments/read";
    assert_eq!(
        only("blobs/read", "archive"),
        json!(["for names like `in/*`"])
    );
    assert_eq!(only("containers/read", "archive"), Value::Null);
    assert_eq!(
        only(gives, "drafts"),
        json!([
            "under the condition inside `Key Vault Data Access Administrator`, which is decided at run time"
        ])
    );
    assert_eq!(
        only(gives, "index"),
        json!(["for the roles that this manifest emits"])
    );
    assert_eq!(only(reads, "index"), Value::Null);
}

#[test]
fn a_subscription_that_is_written_out_may_be_that_of_the_deployment() {
    let desk = desk(&format!(
        r#"resource "there" type="azure.resource-group" {{ resource-group "rg-data"; subscription "6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11" }}
        identity "a" type="user-assigned" {{ assign "Storage Blob Data Reader" on="there" }}
        {}"#,
        tool("find", "a", r#"uses "archive" "read""#),
    ));
    let shown = json(&whys(&desk, "find", "read", Some("archive")).unwrap());
    assert_eq!(
        shown["held"][0]["resources"][0]["only"],
        json!(["if `there` turns out to cover it: the subscription of the deployment decides"])
    );
}

#[test]
fn of_several_denials_that_may_cover_the_first_is_told() {
    let more = r#"param "more" doc="Another group.""#;
    let desk = ledger(
        r#"assign "db_datareader" on="ledger"
        assign "db_denydatareader" on="maybe"
        assign "db_denydatareader" on="perhaps""#,
        &[
            &ledger_in("maybe", "group"),
            &ledger_in("perhaps", "more"),
            more,
        ]
        .concat(),
    );
    let shown = json(&whys(&desk, "reader", "read", Some("ledger")).unwrap());
    assert_eq!(
        shown["held"][0]["resources"][0]["only"],
        json!(["if `db_denydatareader` on `maybe`, which denies it, turns out not to cover it"])
    );
}

#[test]
fn what_is_no_operation_of_a_resource_comes_near_nothing_on_it() {
    let near = |on: &str, operation: &str, at: Option<&str>| {
        let desk = reader(
            &format!("assign \"Reader\" on=\"{on}\""),
            r#"uses "drafts" "read""#,
        );
        let shown = json(&whys(&desk, "reader", operation, at).unwrap());
        let near = shown["near"].as_array().unwrap().iter();
        near.map(|it| it["why"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(near("index", "blobs/delete", None), [""; 0]);
    let covers = |at: &str| format!("covers `{at}`, but does not grant it");
    assert_eq!(near("archive", "blobs/delete", None), [covers("archive")]);
    // What is in a group is done to the group, too.
    assert_eq!(near("data", "blobs/delete", Some("data")), [covers("data")]);
}
