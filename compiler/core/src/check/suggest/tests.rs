//! What is suggested, asked of small desks.

use super::{is_together, subsets, titled};
use crate::check::Case;
use crate::graph::fixture::{BLOB, Desk, desk, reader, role, tool};
use crate::ir::RoleRef;
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, Mark};

#[test]
fn choices_come_in_the_order_of_candidates() {
    assert_eq!(
        subsets(&['a', 'b', 'c'], 2),
        [['a', 'b'], ['a', 'c'], ['b', 'c']]
    );
    assert_eq!(subsets(&['a'], 2), [[' '; 0]; 0]);
}

#[test]
fn a_custom_role_is_named_after_its_identity_and_after_nothing_else() {
    assert_eq!(titled("invoice_filer-two"), "Invoice Filer Two");
    let desk = desk(
        r#"role "Filer" { action "*/read" }
            role "filer archive" { action "*/read" }
            tool "ping" { description "Ping."; output { ok boolean } }"#,
    );
    let case = Case::new(&desk.program, &desk.graph, Catalogue::embedded());
    assert_eq!(case.free_name("filer", "archive"), "Filer Archive 2");
    assert_eq!(case.free_name("reader", "archive"), "Reader Archive");
    assert_eq!(case.free_name("writer", "archive"), "Writer");
}

#[test]
fn candidates_are_generally_available() {
    let desk = reader("", r#"uses "archive" "read""#);
    let case = Case::new(&desk.program, &desk.graph, Catalogue::embedded());
    for resource in desk.program.resources.ids() {
        for role in case.candidates(resource).iter() {
            let RoleRef::BuiltIn(ix) = *role else {
                panic!("{role:?}")
            };
            assert_eq!(Catalogue::embedded().role(ix).mark, Mark::Available);
        }
    }
}

#[test]
fn a_role_is_of_one_world() {
    assert!(is_together(Plane::Control, Plane::Control));
    assert!(is_together(Plane::Control, Plane::Data));
    assert!(is_together(Plane::SqlDatabase, Plane::SqlDatabase));
    assert!(!is_together(Plane::Control, Plane::SqlDatabase));
    assert!(!is_together(Plane::CosmosSql, Plane::Data));
}

const READER: &str = "Storage Blob Data Reader";

/// The roles that would do instead of the first assignment, and leave less over.
fn instead(desk: &Desk) -> Option<Vec<String>> {
    let (case, id) = (desk.case(), desk.assignment(0));
    let choice = case.narrower(id, &case.leftover(id))?;
    let names = choice.roles.iter().map(|role| case.role_name(*role));
    Some(names.collect())
}

#[test]
fn the_narrowest_role_is_the_first_that_meets_a_need() {
    let desk = reader("", r#"uses "archive" "write""#);
    assert_eq!(
        desk.case().narrowest(desk.need(0)),
        Some(role("Storage Blob Data Contributor"))
    );
}

#[test]
fn two_roles_together_may_be_narrower_than_one() {
    let queue = |role: &str, uses: &str| {
        desk(&format!(
            r#"resource "letters" type="azure.queue" existing=#true {{ account "stdesk"; queue "letters"; resource-group "rg-data" }}
                identity "reader" type="user-assigned" {{ assign "{role}" on="letters" }}
                {}"#,
            tool("find", "reader", uses)
        ))
    };
    let wide = "Storage Queue Data Contributor";
    assert_eq!(
        instead(&queue(wide, r#"uses "letters" "send" "receive""#)).unwrap(),
        [
            "Storage Queue Data Message Sender",
            "Storage Queue Data Message Processor"
        ]
    );
    assert_eq!(
        instead(&queue(wide, r#"uses "letters" "send""#)).unwrap(),
        ["Storage Queue Data Message Sender"]
    );
}

#[test]
fn what_leaves_as_much_over_is_not_offered() {
    let own = |operations: &str| {
        desk(&format!(
            r#"role "Own" {{ {operations} }}
                identity "reader" type="user-assigned" {{ assign "Own" on="archive" }}
                {}"#,
            tool("find", "reader", r#"uses "archive" "read""#)
        ))
    };
    let same = format!(
        r#"action "Microsoft.Storage/storageAccounts/blobServices/containers/read"; data-action "{BLOB}/read""#
    );
    assert_eq!(instead(&own(&same)), None);
    let more = format!(r#"{same}; data-action "{BLOB}/tags/read""#);
    assert_eq!(instead(&own(&more)).unwrap(), [READER]);
}

#[test]
fn what_cannot_be_written_beside_the_rest_is_not_offered() {
    let held = |other: &str| {
        reader(
            &format!(
                r#"assign "Storage Blob Data Contributor" on="archive"
                    {other}"#
            ),
            r#"uses "archive" "read""#,
        )
    };
    assert_eq!(instead(&held("")).unwrap(), [READER]);
    let narrowed = format!(r#"assign "{READER}" on="archive" {{ where path="in/*" }}"#);
    assert_eq!(instead(&held(&narrowed)), None);
    // What is there already is enough, and is named.
    let desk = held(&format!(r#"assign "{READER}" on="archive""#));
    let mut helps = desk.found.iter().filter_map(|found| found.help.as_deref());
    let help = helps.find(|help| help.starts_with("remove it: "));
    assert_eq!(
        help.unwrap(),
        r#"remove it: `assign "Storage Blob Data Reader" on="archive"` is enough, which still leaves `…/containers/read`"#
    );
}

#[test]
fn a_path_narrows_no_owner() {
    let desk = reader("", r#"uses "archive" "read""#);
    let fits = |name| {
        let archive = desk.resource("archive");
        desk.case().fits_paths(role(name), archive)
    };
    assert!(fits(READER) && !fits("Storage Blob Data Owner"));
}

fn block(desk: &Desk) -> String {
    desk.case()
        .custom("Own".to_owned(), &[desk.need(0)], None)
        .block
}

#[test]
fn a_custom_role_keeps_the_operation_that_decided() {
    let held = |operation: &str| {
        desk(&format!(
            r#"role "Held" {{ data-action "{BLOB}/{operation}" }}
                identity "reader" type="user-assigned" {{ assign "Held" on="archive" }}
                {}"#,
            tool("find", "reader", r#"uses "archive" "create""#)
        ))
    };
    let expected =
        |operation: &str| format!("role \"Own\" {{\n    data-action \"{BLOB}/{operation}\"\n}}");
    for (operation, kept) in [
        ("write", "write"),
        ("add/action", "add/action"),
        // Nothing decided: the first that would do.
        ("read", "add/action"),
    ] {
        assert_eq!(block(&held(operation)), expected(kept), "{operation}");
    }
}

#[test]
fn a_custom_role_is_of_the_plane_of_its_needs() {
    let needs = |uses: &str| {
        desk(&format!(
            r#"resource "items" type="azure.cosmos" existing=#true {{ account "cosmos-desk"; resource-group "rg-data" }}
                resource "ledger" type="azure.sql" existing=#true {{ server "sql-desk"; database "ledger" }}
                role "Booker" plane="sql-database" {{ grant "EXECUTE" schema="work"; grant "SELECT" schema="books"; grant "INSERT" }}
                role "Clerk" plane="sql-database" {{ grant "SELECT" schema="desk" }}
                identity "reader" type="user-assigned" {{ assign "Booker" on="ledger"; assign "Clerk" on="ledger" }}
                {}"#,
            tool("find", "reader", uses)
        ))
    };
    assert_eq!(
        block(&needs(r#"uses "items" "read""#)),
        r#"role "Own" plane="cosmos-sql" {
    data-action "Microsoft.DocumentDB/databaseAccounts/readMetadata"
    data-action "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"
}"#
    );
    let sql =
        |grant: &str| format!("role \"Own\" plane=\"sql-database\" {{\n    grant {grant}\n}}");
    // What another role limits to a schema stays in it.
    let reading = needs(r#"uses "ledger" "SELECT""#);
    assert_eq!(block(&reading), sql(r#""SELECT" schema="books""#));
    let like = reading.program.roles.ids().nth(1);
    let alike = reading
        .case()
        .custom("Own".to_owned(), &[reading.need(0)], like);
    assert_eq!(alike.block, sql(r#""SELECT" schema="desk""#));
    let adding = needs(r#"uses "ledger" "INSERT""#);
    assert_eq!(block(&adding), sql(r#""INSERT""#));
}
