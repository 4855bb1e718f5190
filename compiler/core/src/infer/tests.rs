//! What is chosen, on small desks.

use super::shown::shown;
use super::{Pins, chosen};
use crate::check::Acceptance;
use crate::graph::State;
use crate::graph::fixture::{BLOB, Desk, desk, desk_with, tool};
use crate::ir::Condition;
use grantc_spec::catalogue::Catalogue;

/// A desk of one identity whose roles are inferred, beside what it holds already.
fn inferred(assigns: &str, rest: &str) -> Desk {
    desk(&manifest(assigns, rest))
}

fn manifest(assigns: &str, rest: &str) -> String {
    format!(
        "identity \"auditor\" type=\"user-assigned\" roles=\"inferred\" {{ {assigns} }}\n{rest}"
    )
}

/// What was chosen, a line each.
fn lines(desk: &Desk) -> Vec<String> {
    let all = shown(&desk.program, &desk.graph);
    all.iter().map(ToString::to_string).collect()
}

fn holds_everything(desk: &Desk) -> bool {
    desk.states().iter().all(|state| *state == State::Held)
}

const READER: &str = "Storage Blob Data Reader";
const CONTAINERS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers";

#[test]
fn the_narrowest_candidate_is_chosen_at_the_scope_of_the_need() {
    let desk = inferred("", &tool("find", "auditor", r#"uses "archive" "read""#));
    let line = format!("auditor: inferred \"{READER}\" on archive, for find (read)");
    assert_eq!(lines(&desk), [line]);
    assert!(holds_everything(&desk) && desk.verified);
    assert_eq!(desk.codes(), ["G0304"]);
    assert_eq!(desk.one("G0304").level, grantc_spec::rules::Level::Note);
}

#[test]
fn what_is_written_comes_first() {
    let wide = format!("assign \"{READER}\" on=\"account\"");
    let uses = r#"uses "archive" "read"; uses "index" "query""#;
    let desk = inferred(&wide, &tool("find", "auditor", uses));
    let line = "auditor: inferred \"Search Index Data Reader\" on index, for find (query)";
    assert_eq!(lines(&desk), [line]);
    let whole = inferred(&wide, &tool("find", "auditor", r#"uses "archive" "read""#));
    assert_eq!(lines(&whole), [""; 0]);
}

#[test]
fn one_role_for_all_before_several_before_a_custom_one() {
    let one = inferred(
        "",
        &tool("file", "auditor", r#"uses "archive" "read" "write""#),
    );
    let line =
        "auditor: inferred \"Storage Blob Data Contributor\" on archive, for file (read, write)";
    assert_eq!(lines(&one), [line]);
    let queue = r#"resource "jobs" type="azure.queue" existing=#true { account "stdesk"; queue "jobs"; resource-group "rg-data" }"#;
    let two = inferred(
        "",
        &format!(
            "{queue}\n{}",
            tool("work", "auditor", r#"uses "jobs" "send" "receive""#)
        ),
    );
    assert!(holds_everything(&two), "{:?}", lines(&two));
    let custom = inferred(
        "",
        &tool(
            "tag",
            "auditor",
            r#"uses "archive" "read"; uses "archive" action="Microsoft.Storage/storageAccounts/read""#,
        ),
    );
    let text = format!(
        "auditor: inferred \"Auditor Archive\" on archive, for tag (Microsoft.Storage/storageAccounts/read, read)\n  Microsoft.Storage/storageAccounts/read\n  {BLOB}/read"
    );
    assert_eq!(lines(&custom), [text]);
    assert!(custom.verified);
}

#[test]
fn what_a_forbid_rules_out_is_no_candidate() {
    let uses = tool("file", "auditor", r#"uses "archive" "read" "create""#);
    let free = inferred("", &uses);
    assert!(lines(&free)[0].contains("Contributor"));
    let bound = inferred("", &format!("{uses}forbid \"delete\" on=\"archive\""));
    let chosen = lines(&bound);
    assert!(chosen[0].starts_with("auditor: inferred \"Auditor Archive\" on archive"));
    assert!(bound.verified, "{:#?}", bound.found);
    assert_eq!(bound.excess("auditor"), [""; 0]);
}

#[test]
fn a_role_is_narrowed_to_paths_where_every_need_of_it_is() {
    let narrow = inferred(
        "",
        &format!(
            "{}{}",
            tool("one", "auditor", r#"uses "archive" "read" path="in/a/*""#),
            tool(
                "two",
                "auditor",
                r#"uses "archive" "read" path="in/*"; uses "archive" "read" path="out/x""#
            )
        ),
    );
    let held = narrow.program.assignments.values().next().unwrap();
    let Some(Condition::Paths(paths)) = &held.condition else {
        panic!("{held:?}")
    };
    let paths: Vec<_> = paths.iter().map(|path| path.text.value.as_str()).collect();
    assert_eq!(paths, ["in/*", "out/x"]);
    assert!(holds_everything(&narrow) && narrow.verified);
    // One need of all names widens what it needs, and nothing else.
    let mixed = inferred(
        "",
        &format!(
            "{}{}",
            tool("all", "auditor", r#"uses "archive" "read""#),
            tool("in", "auditor", r#"uses "archive" "write" path="in/*""#)
        ),
    );
    assert_eq!(
        lines(&mixed),
        [
            "auditor: inferred \"Storage Blob Data Reader\" on archive, for all (read)",
            "auditor: inferred \"Storage Blob Data Contributor\" on archive where path in/*, for in (write)"
        ]
    );
    assert!(holds_everything(&mixed) && mixed.verified);
}

#[test]
fn a_role_that_is_held_there_under_a_condition_is_not_taken_twice() {
    let held = format!("assign \"{READER}\" on=\"archive\" {{ where path=\"in/*\" }}");
    let uses = r#"uses "archive" "read" path="in/*"; uses "archive" "read" path="out/*""#;
    let desk = inferred(&held, &tool("find", "auditor", uses));
    assert!(
        holds_everything(&desk) && desk.verified,
        "{:#?}",
        desk.found
    );
    assert!(
        lines(&desk)[0]
            .starts_with("auditor: inferred \"Auditor Archive\" on archive where path out/*")
    );
}

#[test]
fn a_grant_higher_up_meets_what_is_below() {
    let uses = r#"uses "archive" "read"; uses "account" "read""#;
    let desk = inferred("", &tool("find", "auditor", uses));
    let line = format!("auditor: inferred \"{READER}\" on account, for find (read)");
    assert_eq!(lines(&desk), [line]);
}

#[test]
fn permissions_are_assigned_or_consented_to() {
    let rest = r#"
        resource "directory" type="microsoft.graph"
        resource "erp" type="http" {
            url "https://erp.example/api"
            client-id "6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11"
            app-role "Orders.Read" id="2b1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d12"
        }
        identity "caller" type="delegated" roles="inferred"
        tool "mail" {
            description "Read."
            as "auditor"
            uses "erp" "Orders.Read"
            uses "directory" "User.Read.All"
            uses "directory" "Mail.Read" as="caller"
            output { found boolean }
        }
    "#;
    let desk = inferred("", rest);
    assert!(holds_everything(&desk), "{:#?}", desk.found);
    assert_eq!(
        lines(&desk),
        [
            "auditor: inferred \"User.Read.All\" on directory, for mail (User.Read.All)",
            "auditor: inferred \"Orders.Read\" on erp, for mail (Orders.Read)",
            "caller: inferred consent \"Mail.Read\" on directory, for mail (Mail.Read)",
        ]
    );
}

#[test]
fn planes_of_their_own_have_their_own_roles() {
    let rest = r#"
        resource "orders" type="azure.cosmos" existing=#true { account "cosmos-desk"; database "d"; container "c" }
        resource "ledger" type="azure.sql" existing=#true { server "sql-desk"; database "ledger" }
        tool "work" {
            description "Work."
            as "auditor"
            uses "orders" "read"
            uses "ledger" "read" "EXECUTE"
            output { found boolean }
        }
        forbid "write" on="ledger"
    "#;
    let desk = inferred("", rest);
    assert!(
        holds_everything(&desk) && desk.verified,
        "{:#?}",
        desk.found
    );
    assert_eq!(
        lines(&desk),
        [
            "auditor: inferred \"Cosmos DB Built-in Data Reader\" on orders, for work (read)",
            "auditor: inferred \"Auditor Ledger\" on ledger, for work (EXECUTE, read)\n  EXECUTE\n  SELECT",
        ]
    );
}

#[test]
fn what_cannot_be_held_stays_open() {
    let vault =
        r#"resource "key" type="azure.keyvault" existing=#true { vault "kv-desk"; secret "key" }"#;
    let listing = inferred(
        "",
        &format!(
            "{vault}\n{}",
            tool("list", "auditor", r#"uses "key" "list""#)
        ),
    );
    assert_eq!(lines(&listing), [""; 0]);
    let help = listing.one("G0301").help.clone().unwrap();
    let expected = "it is needed on more than `key`: declare `resource \"key-vault\" type=\"azure.keyvault\" existing=#true { vault \"kv-desk\" }`; what is held on it is inferred then";
    assert_eq!(help, expected);
    let denied = r#"
        resource "ledger" type="azure.sql" existing=#true { server "sql-desk"; database "ledger" }
    "#;
    let desk = inferred(
        r#"assign "db_denydatareader" on="ledger""#,
        &format!(
            "{denied}{}",
            tool("sum", "auditor", r#"uses "ledger" "read""#)
        ),
    );
    let found = desk.one("G0301");
    assert_eq!(
        found.help.as_deref(),
        Some("remove `assign \"db_denydatareader\" on=\"ledger\"` from `auditor`, which denies it")
    );
}

#[test]
fn a_broken_identity_and_one_that_deploys_are_left_alone() {
    let broken = inferred(
        r#"assign "Storage Blob Data Raeder" on="archive""#,
        &tool("find", "auditor", r#"uses "archive" "read""#),
    );
    assert_eq!(broken.codes(), ["G0201"]);
    let deploys = desk(
        r#"identity "pipeline" type="user-assigned" roles="inferred" deploys=#true
        tool "ping" { description "Ping."; output { ok boolean } }"#,
    );
    assert!(deploys.codes().contains(&"G0109"));
}

/// What a desk's lock would pin.
fn pins(desk: &Desk) -> Pins {
    let all = chosen(&desk.program, &desk.graph, Catalogue::embedded());
    all.into_iter()
        .map(|it| ((it.identity, it.role, it.scope), it.digest))
        .collect()
}

fn pinned(pins: &Pins, rest: &str) -> Desk {
    let acceptance = Acceptance {
        chosen: pins.clone(),
        ..Acceptance::default()
    };
    desk_with(&manifest("", rest), &acceptance)
}

#[test]
fn made_up_names_are_taken_by_nothing_else_and_stay_short() {
    let raw = r#"uses "data" action="Microsoft.Compute/disks/levitate/action""#;
    let role = r#"role "auditor data" { action "*/read" }"#;
    let desk = inferred("", &format!("{role}\n{}", tool("fly", "auditor", raw)));
    assert!(lines(&desk)[0].starts_with("auditor: inferred \"Auditor Data 2\" on data"));
    let long = "a".repeat(60);
    let desk = super::tests::desk(&format!(
        "resource \"{long}\" type=\"azure.resource-group\" {{ resource-group \"rg-long\" }}
        identity \"{long}\" type=\"user-assigned\" roles=\"inferred\"
        {}",
        tool(
            "fly",
            &long,
            &format!("uses \"{long}\" action=\"Microsoft.Compute/disks/levitate/action\"")
        )
    ));
    let name = &desk.program.roles.values().next().unwrap().name.value;
    assert!(name.chars().count() <= 100, "{name}");
    assert!(desk.verified);
}

#[test]
fn only_identities_that_ask_for_it_are_given_roles() {
    let plain = "identity \"plain\" type=\"user-assigned\"\n";
    let desk = inferred(
        "",
        &format!(
            "{plain}{}{}",
            tool("find", "auditor", r#"uses "archive" "read""#),
            tool("seek", "plain", r#"uses "archive" "read""#)
        ),
    );
    assert_eq!(desk.states(), [State::Held, State::Missing]);
}

#[test]
fn what_each_identity_holds_stands_together() {
    let other = format!(
        "identity \"other\" type=\"user-assigned\" {{ assign \"{READER}\" on=\"archive\" }}\n"
    );
    let desk = inferred(
        "",
        &format!(
            "{other}{}{}",
            tool("find", "auditor", r#"uses "drafts" "read""#),
            tool("seek", "other", r#"uses "archive" "read""#)
        ),
    );
    let held = desk.program.assignments.values();
    let holders: Vec<_> = held.map(|held| held.identity).collect();
    assert_eq!(holders, [desk.identity("auditor"), desk.identity("other")]);
}

#[test]
fn what_is_chosen_beside_meets_nothing() {
    let uses = r#"uses "archive" "read"; uses "drafts" "read""#;
    let desk = inferred("", &tool("find", "auditor", uses));
    assert_eq!(lines(&desk).len(), 2);
    assert!(holds_everything(&desk));
}

#[test]
fn what_covers_meets_only_what_it_grants() {
    let uses = r#"uses "account" "read"; uses "archive" "write""#;
    let desk = inferred("", &tool("file", "auditor", uses));
    assert!(holds_everything(&desk), "{:?}", lines(&desk));
    let uses = r#"uses "account" "read"; uses "account" action="Microsoft.Storage/storageAccounts/frob/action"
        uses "archive" "read" "write""#;
    let custom = inferred("", &tool("file", "auditor", uses));
    assert_eq!(
        lines(&custom),
        [
            "auditor: inferred \"Storage Blob Data Contributor\" on archive, for file (read, write)"
                .to_owned(),
            format!(
                "auditor: inferred \"Auditor Account\" on account, for file (Microsoft.Storage/storageAccounts/frob/action, read)\n  Microsoft.Storage/storageAccounts/frob/action\n  {BLOB}/read"
            ),
        ]
    );
    assert!(holds_everything(&custom));
}

#[test]
fn a_custom_role_meets_what_is_below() {
    let uses = r#"uses "account" "read"; uses "account" action="Microsoft.Storage/storageAccounts/frob/action"
        uses "archive" "read""#;
    let desk = inferred("", &tool("find", "auditor", uses));
    assert_eq!(lines(&desk).len(), 1);
    assert!(lines(&desk)[0].starts_with("auditor: inferred \"Auditor Account\" on account"));
    assert!(holds_everything(&desk));
}

#[test]
fn a_custom_role_is_of_one_world() {
    let rest = format!(
        r#"resource "orders" type="azure.cosmos" existing=#true {{ account "cosmos-desk"; database "d"; container "c" }}
        {}"#,
        tool(
            "see",
            "auditor",
            r#"uses "orders" action="Microsoft.DocumentDB/databaseAccounts/frob/action""#
        )
    );
    let operation = "Microsoft.DocumentDB/databaseAccounts/frob/action";
    let line = format!(
        "auditor: inferred \"Auditor Orders\" on orders, for see ({operation})\n  {operation}"
    );
    assert_eq!(lines(&inferred("", &rest)), [line]);
}

/// An operation that no role of Azure's names.
const FROB: &str = r#"uses "archive" action="Microsoft.Storage/storageAccounts/frob/action""#;

fn instead(desk: &Desk) -> Vec<Vec<String>> {
    let held = desk.program.assignments.values();
    held.filter_map(|held| Some(held.inferred.clone()?.instead))
        .collect()
}

#[test]
fn a_pinned_role_of_its_own_stays_too() {
    let read = r#"uses "archive" "read""#;
    let uses = |uses: &str| tool("file", "auditor", uses);
    let own = pins(&inferred("", &uses(&format!("{read}; {FROB}"))));
    let narrow = pinned(&own, &uses(read));
    assert_eq!(
        lines(&narrow),
        [format!(
            "auditor: inferred \"Auditor Archive\" on archive, for file (read)\n  {BLOB}/read"
        )]
    );
    assert_eq!(instead(&narrow), [[READER]]);
    // Beside one of Azure's, which is pinned as well.
    let reader = pins(&inferred("", &uses(read)));
    let both = pinned(&reader, &uses(&format!("{read}; {FROB}")));
    assert_eq!(both.program.assignments.values().count(), 2);
    assert_eq!(instead(&both), [["Auditor Archive"], ["Auditor Archive"]]);
    let grown = pinned(&pins(&both), &uses(r#"uses "archive" "read" "write""#));
    let last = format!(
        "auditor: inferred \"Auditor Archive\" on archive, for file (write)\n  {BLOB}/write"
    );
    assert_eq!(lines(&grown).last(), Some(&last));
}

#[test]
fn what_is_pinned_and_ruled_out_since_would_be_made_anew() {
    let uses = tool("file", "auditor", r#"uses "archive" "read" "write""#);
    let bound = format!("{uses}forbid \"delete\" on=\"archive\"");
    let desk = pinned(&pins(&inferred("", &uses)), &bound);
    assert!(lines(&desk)[0].contains("Storage Blob Data Contributor"));
    assert_eq!(instead(&desk), [["Auditor Archive"]]);
    // What meets nothing any more does not stay.
    let read = tool("file", "auditor", r#"uses "archive" "read""#);
    let desk = pinned(&pins(&inferred("", &read)), &tool("file", "auditor", FROB));
    assert_eq!(lines(&desk).len(), 1);
    assert!(lines(&desk)[0].starts_with("auditor: inferred \"Auditor Archive\" on archive"));
}

#[test]
fn a_role_that_is_held_elsewhere_is_taken_all_the_same() {
    let held = format!("assign \"{READER}\" on=\"drafts\"");
    let rest = format!(
        "{}{}",
        tool(
            "find",
            "auditor",
            r#"uses "archive" "read"; uses "drafts" "read""#
        ),
        tool("seek", "auditor", r#"uses "archive" "read""#)
    );
    let line = format!("auditor: inferred \"{READER}\" on archive, for find (read), seek (read)");
    assert_eq!(lines(&inferred(&held, &rest)), [line]);
}

#[test]
fn no_custom_role_is_named_like_one_of_azures() {
    let desk = desk(&format!(
        r#"resource "reader" type="azure.blob" existing=#true {{ account "stdesk"; container "reader"; resource-group "rg-data" }}
        identity "storage-blob-data" type="user-assigned" roles="inferred"
        {}"#,
        tool(
            "find",
            "storage-blob-data",
            &FROB.replace("archive", "reader")
        )
    ));
    assert!(lines(&desk)[0].contains("inferred \"Storage Blob Data Reader 2\" on reader"));
}

#[test]
fn data_of_a_management_group_takes_no_custom_role() {
    let top = r#"resource "top" type="azure.management-group" { name "mg-corp" }"#;
    let uses = r#"uses "top" action="Microsoft.Storage/storageAccounts/frob/action"
        uses "top" data-action="Microsoft.Storage/storageAccounts/frob/read/action""#;
    let desk = inferred("", &format!("{top}\n{}", tool("look", "auditor", uses)));
    let operations = "\n  Microsoft.Storage/storageAccounts/frob/action";
    assert!(lines(&desk)[0].ends_with(operations), "{:?}", lines(&desk));
}

#[test]
fn nobody_is_given_a_role_of_azure_as_a_user() {
    let caller = "identity \"caller\" type=\"delegated\" roles=\"inferred\"\n";
    let rest = format!(
        "{caller}{}",
        tool("find", "caller", r#"uses "archive" "read""#)
    );
    assert_eq!(lines(&desk(&rest)), [""; 0]);
}

mod pinned;
