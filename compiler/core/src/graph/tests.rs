//! What a graph answers, asked of small desks.

use super::fixture::{BLOB, Desk, desk, reader, tool};
use super::{Node, State};
use crate::graph::Reach;
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
    for tool in ["find", "clean", "both"] {
        let count = desk.graph.reach_count(&desk.program, desk.tool(tool));
        assert_eq!(count, reached(&desk, tool).len());
    }
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
