//! What a graph answers, asked of small desks.

use super::fixture::{BLOB, Desk, desk, ledger, reader, tool};
use super::{Node, State};
use crate::graph::{Reach, matched, reaches};
use grantc_spec::Plane;
use grantc_spec::catalogue::Catalogue;

fn decided(desk: &Desk, nth: usize) -> (State, Plane, String) {
    let verdict = desk.graph.verdict(desk.need(nth));
    let operation = desk
        .graph
        .operation(Catalogue::embedded(), verdict.operation)
        .unwrap();
    (verdict.state, operation.plane, operation.name.into_owned())
}

fn reached(desk: &Desk, tool: &str) -> Vec<Reach> {
    desk.graph.reach(&desk.program, desk.tool(tool))
}

#[test]
fn of_several_operations_the_first_that_is_held_decides() {
    let with = |operations: &str| {
        desk(&format!(
            "role \"Own\" {{ {operations} }}\nidentity \"filer\" type=\"user-assigned\" {{ assign \"Own\" on=\"archive\" }}\n{}",
            tool("file", "filer", r#"uses "archive" "create""#)
        ))
    };
    let (add, write) = (format!("{BLOB}/add/action"), format!("{BLOB}/write"));
    let both = with(&format!("data-action \"{write}\"; data-action \"{add}\""));
    assert_eq!(decided(&both, 0), (State::Held, Plane::Data, add.clone()));
    // `write` is held for nothing then: `create` is met without it.
    assert_eq!(both.excess("filer"), ["archive …/blobs/write"]);
    let second = with(&format!("data-action \"{write}\""));
    assert_eq!(decided(&second, 0), (State::Held, Plane::Data, write));
    let none = with(&format!("data-action \"{BLOB}/read\""));
    assert_eq!(decided(&none, 0), (State::Missing, Plane::Data, add));
}

#[test]
fn an_account_is_not_covered_by_one_of_its_containers() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="archive""#,
        r#"uses "account" "read"; uses "archive" "list"; uses "drafts" "read""#,
    );
    assert_eq!(desk.states(), [State::Missing, State::Held, State::Missing]);
}

#[test]
fn what_stands_above_an_assignment_is_inert() {
    let assigned = |role: &str, on: &str| {
        reader(
            &format!(r#"assign "{role}" on="{on}""#),
            r#"uses "archive" "read""#,
        )
        .excess("reader")
    };
    let key = |list: &[String]| {
        list.iter()
            .any(|l| l.ends_with("generateUserDelegationKey/action"))
    };
    assert!(!key(&assigned("Storage Blob Data Reader", "archive")));
    assert!(key(&assigned("Storage Blob Data Reader", "account")));
    // The connector lists the operation that hands out keys, which is the account's.
    let keys = "archive …/listKeys/action".to_owned();
    assert!(!assigned("Contributor", "archive").contains(&keys));
    assert!(assigned("Contributor", "account").contains(&keys));
    assert!(assigned("Contributor", "data").contains(&keys));
}

#[test]
fn a_need_on_an_account_is_a_need_on_its_containers() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="account""#,
        r#"uses "account" "read""#,
    );
    assert!(
        desk.excess("reader")
            .iter()
            .all(|line| !line.ends_with("/blobs/read"))
    );
    let excess = desk.graph.excess(&desk.program, desk.identity("reader"));
    assert_eq!(excess.resources, [""; 0]);
}

#[test]
fn excess_counts_operations_resources_and_assignments() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="data"
           assign "Search Index Data Reader" on="index""#,
        r#"uses "archive" "read""#,
    );
    let excess = desk.graph.excess(&desk.program, desk.identity("reader"));
    assert_eq!(
        desk.excess("reader"),
        [
            "archive …/containers/read",
            "drafts …/blobs/read",
            "drafts …/containers/read",
            "account …/blobs/read",
            "account …/containers/read",
            "account …/generateUserDelegationKey/action",
            "index …/documents/read",
        ]
    );
    let tool = desk.tool("find");
    assert_eq!(
        desk.graph.excess_of_tool(&desk.program, tool),
        excess.operations.len()
    );
    let resources = ["drafts", "account", "index", "everything else in rg-data"];
    assert_eq!(excess.resources, resources);
    let idle: Vec<_> = excess
        .idle
        .iter()
        .map(|id| desk.program.assignments.at(*id).on)
        .collect();
    assert_eq!(idle, [desk.resource("index")]);
}

#[test]
fn a_tool_reaches_what_its_neighbours_hold() {
    let desk = desk(&format!(
        r#"role "Read" {{ data-action "{BLOB}/read" }}
        role "Delete" {{ data-action "{BLOB}/delete"; data-action "{BLOB}/read" }}
        identity "reader" type="user-assigned" {{ assign "Read" on="archive" }}
        identity "cleaner" type="user-assigned" {{ assign "Delete" on="archive"; assign "Delete" on="drafts" }}
        {}{}{}"#,
        tool("find", "reader", r#"uses "archive" "read""#),
        tool(
            "clean",
            "cleaner",
            r#"uses "archive" "delete"; uses "drafts" "delete""#
        ),
        tool(
            "both",
            "reader",
            r#"uses "archive" "read"; uses "drafts" "delete" as="cleaner""#
        ),
    ));
    let names = |tool| {
        let name = |reach: &Reach| {
            let operation = desk
                .graph
                .operation(Catalogue::embedded(), reach.operation)
                .unwrap();
            format!(
                "{} {}",
                desk.program.resources.at(reach.resource).name,
                operation.short()
            )
        };
        reached(&desk, tool).iter().map(name).collect::<Vec<_>>()
    };
    let expected = [
        "archive …/blobs/delete",
        "drafts …/blobs/delete",
        "drafts …/blobs/read",
    ];
    assert_eq!(names("find"), expected);
    assert_eq!(names("clean"), [""; 0]);
    assert_eq!(names("both"), [""; 0]);
    let tools = ["find", "clean", "both"];
    for tool in tools {
        let count = desk.graph.reach_count(&desk.program, desk.tool(tool));
        assert_eq!(count, reached(&desk, tool).len());
    }
    let among = |names: &[&str]| {
        let tools: Vec<_> = names.iter().map(|name| desk.tool(name)).collect();
        desk.graph.reach_among(&desk.program, &tools)
    };
    assert_eq!(among(&tools), expected.len());
    assert_eq!(among(&["find"]), 0);
}

#[test]
fn a_need_is_a_need_on_what_is_below_it() {
    let desk = reader("", r#"uses "account" "read"; uses "archive" "read""#);
    let needed = |nth, at| {
        let (need, at) = (desk.need(nth), desk.resource(at));
        reaches(&desk.program, desk.graph.rbac(), need, at)
    };
    let at = ["account", "archive", "drafts", "index", "data"];
    assert_eq!(at.map(|at| needed(0, at)), [true, true, true, false, false]);
    assert_eq!(
        at.map(|at| needed(1, at)),
        [false, true, false, false, false]
    );
}

#[test]
fn an_operation_works_where_it_is_held_at_its_type_or_above() {
    let desk = reader(
        r#"assign "Contributor" on="data""#,
        r#"uses "archive" "read""#,
    );
    let (catalogue, graph) = (Catalogue::embedded(), &desk.graph);
    let works = |plane, operation: &str, on: &str| {
        let operation = graph.universe().find(catalogue, plane, operation).unwrap();
        let (on, at) = (desk.resource(on), desk.resource("archive"));
        graph.kinds().works(operation, on, at)
    };
    let keys = "Microsoft.Storage/storageAccounts/listKeys/action";
    assert!(!works(Plane::Control, keys, "archive"));
    assert!(works(Plane::Control, keys, "account"));
    assert!(works(Plane::Control, keys, "data"));
    assert!(works(Plane::Data, &format!("{BLOB}/read"), "archive"));
    let documents = "Microsoft.Search/searchServices/indexes/documents/read";
    assert!(!works(Plane::Data, documents, "data"));
}

#[test]
fn what_azure_has_grown_since_is_of_its_type_too() {
    let desk = desk(&format!(
        r#"role "Own" {{ data-action "{BLOB}/read"; data-action "{BLOB}/frob/action" }}
        identity "reader" type="user-assigned" {{ assign "Own" on="archive" }}
        {}"#,
        tool("find", "reader", r#"uses "archive" "read""#)
    ));
    assert_eq!(desk.excess("reader"), ["archive …/frob/action"]);
}

#[test]
fn a_permission_is_its_name() {
    let desk = |assigned: &str, used: &str| {
        desk(&format!(
            r#"resource "directory" type="microsoft.graph"
            resource "erp" type="http" {{
                url "https://erp.contoso.example/api"
                client-id "6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11"
                app-role "Orders.*" id="2b1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11"
                app-role "Orders.Read" id="2b1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d12"
            }}
            identity "reader" type="user-assigned" {{ assign {assigned} }}
            {}"#,
            tool("find", "reader", used)
        ))
    };
    let states = |assigned: &str, used: &str| desk(assigned, used).states();
    let mail = r#""User.Read.All" on="directory""#;
    assert_eq!(
        states(mail, r#"uses "directory" "User.Read.All""#),
        [State::Held]
    );
    assert_eq!(
        states(
            mail,
            r#"uses "directory" "Group.Read.All"; uses "erp" "Orders.Read""#
        ),
        [State::Missing, State::Missing]
    );
    let orders = r#""Orders.*" on="erp""#;
    assert_eq!(
        states(orders, r#"uses "erp" "Orders.*"; uses "erp" "Orders.Read""#),
        [State::Held, State::Missing]
    );
    let desk = desk(orders, r#"uses "erp" "Orders.*""#);
    let role = desk.program.assignments.values().next().unwrap().role;
    let strings =
        |plane, name| matched(&desk.program, Catalogue::embedded(), role, plane, name).len();
    assert_eq!(strings(Plane::EntraApp, "Orders.*"), 1);
    assert_eq!(strings(Plane::EntraApp, "Orders.Read"), 0);
    assert_eq!(strings(Plane::Graph, "Orders.*"), 0);
}

#[test]
fn the_strings_of_a_role_of_another_plane_are_those_that_match() {
    let desk = ledger(r#"assign "db_datareader" on="ledger""#, "");
    let role = desk.program.assignments.values().next().unwrap().role;
    let strings = |plane, name| {
        let all = matched(&desk.program, Catalogue::embedded(), role, plane, name);
        all.into_iter().map(|it| it.pattern).collect::<Vec<_>>()
    };
    assert_eq!(strings(Plane::SqlDatabase, "SELECT"), ["SELECT"]);
    assert_eq!(strings(Plane::SqlDatabase, "INSERT"), [""; 0]);
    assert_eq!(strings(Plane::CosmosSql, "SELECT"), [""; 0]);
}

#[test]
fn a_chain_leads_through_every_scope() {
    let desk = reader(
        r#"assign "Search Index Data Reader" on="data"
           assign "Storage Blob Data Reader" on="data""#,
        r#"uses "archive" "read"; uses "archive" "write""#,
    );
    let chain = desk.chain(desk.need(0));
    let (start, rest) = chain.split_once(" (tools.kdl:").unwrap();
    assert_eq!(
        start,
        r#"find → reader → assign "Storage Blob Data Reader""#
    );
    assert_eq!(
        rest.split_once(") → ").unwrap().1,
        "rg-data → archive → …/blobs/read"
    );
    assert_eq!(desk.chain(desk.need(1)), "");
}

#[test]
fn the_net_holds_every_item_once() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="data""#,
        r#"uses "archive" "read""#,
    );
    let nodes: Vec<Node> = desk.graph.net().node_weights().copied().collect();
    let program = &desk.program;
    let all = program.tools.len() + program.identities.len() + program.assignments.len();
    assert_eq!(nodes.len(), all + program.resources.len());
    assert!(nodes.contains(&Node::Tool(desk.tool("find"))));
}

#[test]
fn a_broken_program_has_a_graph() {
    let desk = desk(&format!(
        r#"identity "reader" type="user-assigned" {{ assign "No Such Role" on="archive"; assign "Reader" on="nowhere" }}
        {}"#,
        tool(
            "find",
            "reader",
            r#"uses "archive" "read"; uses "nothing" "read"; uses "drafts" "raed""#
        )
    ));
    assert!(!desk.verified);
    assert_eq!(desk.states(), [State::Missing]);
}

#[test]
fn a_condition_counts_as_granted_for_excess() {
    let desk = reader(
        r#"assign "Key Vault Data Access Administrator" on="data""#,
        r#"uses "archive" "read""#,
    );
    assert!(
        desk.excess("reader")
            .contains(&"data …/roleAssignments/write".to_owned())
    );
}

#[test]
fn a_database_role_that_denies_beats_one_that_grants() {
    let with = |more: &str| {
        ledger(
            &format!(r#"assign "db_datareader" on="ledger"; {more}"#),
            "",
        )
        .states()
    };
    assert_eq!(with(""), [State::Held]);
    assert_eq!(
        with(r#"assign "db_denydatareader" on="ledger""#),
        [State::Missing]
    );
    assert_eq!(
        with(r#"assign "db_denydatawriter" on="ledger""#),
        [State::Held]
    );
}

#[test]
fn what_a_database_role_denies_is_neither_excess_nor_proven_where_it_may_cover() {
    let with = |group: &str| {
        desk(&format!(
            r#"resource "ledger" type="azure.sql" {{ server "sql-desk"; database "ledger" }}
            resource "maybe" type="azure.sql" {{ server "sql-desk"; database "ledger"; resource-group {group} }}
            identity "writer" type="user-assigned" {{
                assign "db_owner" on="ledger"
                assign "db_denydatawriter" on="maybe"
            }}
            {}"#,
            tool("note", "writer", r#"uses "ledger" "INSERT""#)
        ))
    };
    let writes = |desk: &Desk| desk.excess("writer").contains(&"ledger DELETE".to_owned());
    let (sure, maybe) = (with("\"rg-desk\""), with("(param)\"group\""));
    assert_eq!(sure.states(), [State::Missing]);
    assert_eq!(maybe.states(), [State::Conditional]);
    assert!(
        !writes(&sure) && writes(&maybe),
        "{:?}",
        maybe.excess("writer")
    );
}

#[test]
fn a_management_group_covers_the_subscriptions_that_it_lists() {
    let own = "6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11";
    let with = |covers: &str| {
        desk(&format!(
            r#"resource "top" type="azure.management-group" {{ name "mg-corp"; {covers} }}
            resource "there" type="azure.blob" existing=#true {{ subscription "{own}"; account "stthere"; container "c" }}
            identity "reader" type="user-assigned" {{ assign "Storage Blob Data Reader" on="top" }}
            {}"#,
            tool("find", "reader", r#"uses "there" "read""#)
        ))
        .states()
    };
    assert_eq!(with(""), [State::Missing]);
    assert_eq!(
        with(&format!(r#"covers subscription="{own}""#)),
        [State::Held]
    );
    assert_eq!(
        with(r#"covers subscription=(param)"group""#),
        [State::Conditional]
    );
}

#[test]
fn a_condition_on_paths_is_decided_exactly() {
    let with = |uses: &str| {
        reader(
            r#"assign "Storage Blob Data Reader" on="archive" { where path="in/*" }
               assign "Storage Blob Data Reader" on="drafts" { where path="one.json" }"#,
            uses,
        )
        .states()
    };
    let cases = [
        (r#"uses "archive" "read" path="in/*""#, State::Held),
        (r#"uses "archive" "read" path="in/2026/*""#, State::Held),
        (r#"uses "archive" "read" path="in/one.json""#, State::Held),
        (r#"uses "archive" "read" path="i*""#, State::Conditional),
        (r#"uses "archive" "read""#, State::Conditional),
        (r#"uses "archive" "list""#, State::Conditional),
        (r#"uses "archive" "list" path="in/*""#, State::Held),
        (r#"uses "archive" "list" path="in/2026*""#, State::Held),
        (r#"uses "archive" "list" path="i*""#, State::Conditional),
        (r#"uses "archive" "list" path="out/*""#, State::Missing),
        // A condition on one name lets nothing be listed.
        (r#"uses "drafts" "list" path="one*""#, State::Missing),
        (r#"uses "drafts" "list" path="one.json*""#, State::Missing),
        (r#"uses "archive" "read" path="out/*""#, State::Missing),
        (r#"uses "drafts" "read" path="one.json""#, State::Held),
        (r#"uses "drafts" "read" path="one.json/*""#, State::Missing),
        (r#"uses "drafts" "read" path="one*""#, State::Conditional),
        // A condition on names is not about the container itself.
        (
            r#"uses "drafts" action="Microsoft.Storage/storageAccounts/blobServices/containers/read""#,
            State::Held,
        ),
    ];
    for (uses, state) in cases {
        assert_eq!(with(uses), [state], "{uses}");
    }
}

#[test]
fn permissions_are_held_in_the_form_that_the_identity_has() {
    let with = |identity: &str, auth: &str| {
        super::fixture::whole(&format!(
            r#"grantc version=1
            server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example"; {auth} }}
            azure {{ resource-group "rg-desk"; location "westeurope" }}
            resource "directory" type="microsoft.graph"
            {identity}
            {}"#,
            tool("find", "who", r#"uses "directory" "Mail.Read""#)
        ))
    };
    let entra = r#"auth "entra" { scope "Mail.Search" "Search" }"#;
    let own = r#"identity "who" type="user-assigned" { assign "Mail.Read" on="directory" }"#;
    let user = r#"identity "who" type="delegated" { consent "Mail.Read" on="directory" }"#;
    for (identity, delegated) in [(own, false), (user, true)] {
        let desk = with(identity, entra);
        assert_eq!(desk.states(), [State::Held]);
        let permission = desk.program.permissions.values().next().unwrap();
        assert_eq!(permission.delegated, delegated);
    }
    // The form of the other kind is another permission with another id.
    let ids = [own, user].map(|it| {
        with(it, entra)
            .program
            .permissions
            .values()
            .next()
            .unwrap()
            .id
            .clone()
    });
    assert_ne!(ids[0], ids[1]);
}
