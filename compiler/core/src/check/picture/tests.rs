use super::picture;
use crate::graph::fixture::{BLOB, Desk, desk, reader, tool};
use grantc_spec::catalogue::Catalogue;
use serde_json::{Value, json};

fn json(desk: &Desk) -> Value {
    let shown = picture(
        &desk.program,
        &desk.graph,
        Catalogue::embedded(),
        &desk.sources,
    );
    serde_json::to_value(&shown).unwrap()
}

fn dot(desk: &Desk) -> String {
    picture(
        &desk.program,
        &desk.graph,
        Catalogue::embedded(),
        &desk.sources,
    )
    .dot()
}

#[test]
fn each_step_of_a_chain_is_an_edge() {
    let desk = reader(
        r#"assign "Storage Blob Data Reader" on="data""#,
        r#"uses "archive" "read""#,
    );
    let json = json(&desk);
    let edge = |from: &str, to: &str, kind: &str| json!({ "from": from, "to": to, "kind": kind });
    let edges = json["edges"].as_array().unwrap();
    for wanted in [
        edge("tool/find", "identity/reader", "acts-as"),
        edge("identity/reader", "assignment/0", "holds"),
        edge("assignment/0", "resource/data", "on"),
        edge("resource/data", "resource/archive", "covers"),
    ] {
        assert!(edges.contains(&wanted), "{wanted} is not in {edges:#?}");
    }
    assert_eq!(json["assignments"][0]["needs"], 1);
    assert_eq!(json["tools"][0]["needs"][0]["verdict"], "held");
    assert_eq!(
        json["apps"],
        json!([{ "name": "main", "tools": ["find"], "identities": ["reader"] }])
    );
}

#[test]
fn every_edge_leads_from_a_node_to_a_node() {
    let desk = desk(&format!(
        r#"identity "a" type="user-assigned" {{ assign "Storage Blob Data Reader" on="somewhere" }}
        role "Own" {{ data-action "{BLOB}/read" }}
        identity "b" type="user-assigned" {{ assign "Own" on="archive" }}
        {}{}"#,
        tool("find", "a", r#"uses "archive" "read""#),
        tool("look", "b", r#"uses "drafts" "read""#),
    ));
    let json = json(&desk);
    let lists = ["tools", "identities", "assignments", "resources"];
    let nodes = lists.iter().flat_map(|list| json[list].as_array().unwrap());
    let ids: Vec<&Value> = nodes.map(|node| &node["id"]).collect();
    for edge in json["edges"].as_array().unwrap() {
        assert!(
            ids.contains(&&edge["from"]) && ids.contains(&&edge["to"]),
            "{edge}"
        );
    }
    assert_eq!(json["assignments"][1]["custom"], true);
    let kinds: Vec<_> = json["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| &edge["kind"])
        .collect();
    assert!(kinds.contains(&&json!("may-cover")), "{kinds:?}");
}

#[test]
fn what_is_wrong_has_an_arrow_of_its_own() {
    let broken = desk(&format!(
        r#"identity "a" type="user-assigned" {{ assign "Storage Blob Data Reader" on="archive" }}
        identity "b" type="user-assigned" {{ assign "Storage Blob Data Reader" on="drafts" }}
        {}{}"#,
        tool("find", "a", r#"uses "archive" "read" "create" "delete""#),
        tool("look", "b", r#"uses "drafts" "read""#),
    ));
    assert!(!broken.verified);
    let text = dot(&broken);
    for wanted in [
        r#""tool/find" -> "resource/archive" [label="missing:\n…/blobs/"#,
        "needs 3, missing 2",
        r#""tool/look" -> "resource/archive" [label="reach 2""#,
    ] {
        assert!(text.contains(wanted), "no {wanted:?} in\n{text}");
    }
}

/// What a role is called is free text.
#[test]
fn names_are_escaped() {
    let name = r#"say \"hi\" \\N}"#;
    let desk = desk(&format!(
        r#"role "{name}" {{ data-action "{BLOB}/read" }}
        identity "a" type="user-assigned" {{ assign "{name}" on="archive" }}
        {}"#,
        tool("find", "a", r#"uses "archive" "read""#),
    ));
    let text = dot(&desk);
    let quotes = text
        .replace("\\\\", "")
        .replace("\\\"", "")
        .matches('"')
        .count();
    assert_eq!(quotes % 2, 0, "{text}");
    if desk.program.roles.len() == 1 {
        assert!(text.contains(r#"label="say \"hi\" \\N}"#), "{text}");
    }
}
