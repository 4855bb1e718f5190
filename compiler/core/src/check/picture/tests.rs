use super::picture;
use crate::graph::fixture::{BLOB, Desk, desk, reader, tool, whole};
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

fn drawn(desk: &Desk) -> super::Picture {
    picture(
        &desk.program,
        &desk.graph,
        Catalogue::embedded(),
        &desk.sources,
    )
}

fn dot(desk: &Desk) -> String {
    drawn(desk).dot()
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

/// Two tools of two identities in one app, one of which lacks something.
fn wrong() -> Desk {
    desk(&format!(
        r#"identity "a" type="user-assigned" {{ assign "Storage Blob Data Reader" on="archive" }}
        identity "b" type="user-assigned" {{ assign "Contributor" on="account"; assign "Storage Blob Data Reader" on="somewhere" }}
        {}{}"#,
        tool("find", "a", r#"uses "archive" "read" "delete""#),
        tool("look", "b", r#"uses "drafts" "read""#),
    ))
}

#[test]
fn what_is_wrong_has_a_sign_and_a_word() {
    let picture = drawn(&wrong());
    let (svg, mermaid) = (picture.svg(), picture.mermaid());
    for (class, words) in [
        ("missing", "missing 1"),
        ("unproven", "unproven 1"),
        ("excess", "excess"),
        ("unused", "unused"),
        ("reach", "reach"),
    ] {
        assert!(svg.contains(&format!("class=\"badge {class}\"")), "{class}");
        assert!(svg.contains(&format!("class=\"sign {class}\"")), "{class}");
        assert!(mermaid.contains(words), "{words} is not in {mermaid}");
    }
    for way in ["power", "missing", "reach"] {
        assert!(svg.contains(&format!("class=\"link {way}\"")), "{way}");
    }
    assert!(svg.contains("prefers-color-scheme:dark"));
    assert!(
        mermaid.contains("-.-x") && mermaid.contains("attached"),
        "{mermaid}"
    );
}

/// In a picture without a fault there is no sign of one, and the legend does not speak of it.
#[test]
fn what_is_right_has_no_sign() {
    let desk = reader(
        r#"assign "Search Index Data Reader" on="index""#,
        r#"uses "index" "query""#,
    );
    let svg = drawn(&desk).svg();
    for word in ["missing", "unproven", "excess", "unused", "reach"] {
        let badge = format!("class=\"badge {word}\"");
        assert!(!svg.contains(&badge), "{word}: {svg}");
    }
    assert!(!svg.contains("not held"), "{svg}");
}

/// Alike things share a card that counts them; what is wrong keeps one of its own.
#[test]
fn what_is_wrong_is_not_folded_with_what_is_not() {
    let mut text = String::from(
        "identity \"a\" type=\"user-assigned\" { assign \"Storage Blob Data Reader\" on=\"archive\" }\n",
    );
    for at in 0..20 {
        let verb = if at == 7 { "delete" } else { "read" };
        text.push_str(&tool(
            &format!("find_{at}"),
            "a",
            &format!(r#"uses "archive" "{verb}""#),
        ));
    }
    let picture = drawn(&desk(&text));
    let mermaid = picture.mermaid();
    assert!(mermaid.contains("<b>19 tools</b>"), "{mermaid}");
    assert!(
        mermaid.contains("<b>find_7</b><br/>needs 1<br/>missing 1"),
        "{mermaid}"
    );
    let svg = picture.svg();
    assert!(svg.contains("Folded: 19 tools on 1 card"), "{svg}");
    for at in 0..20 {
        assert!(svg.contains(&format!("find_{at}")), "find_{at}");
    }
}

#[test]
fn operations_are_told_by_their_ends() {
    let short = crate::check::picture::dot::short;
    assert_eq!(short("SELECT"), "SELECT");
    assert_eq!(short("a/read"), "a/read");
    assert_eq!(short("a/b/read"), "…/b/read");
    assert_eq!(short("b/move/action"), "b/move/action");
    assert_eq!(short("a/b/move/action"), "…/b/move/action");
}

/// Containers by number, each read by a tool of its own but for the last.
fn containers(count: usize) -> String {
    let of = |at| {
        format!(
            "resource \"c{at}\" type=\"azure.blob\" existing=#true {{ account \"stdesk\"; container \"c{at}\"; resource-group \"rg-data\" }}\n"
        )
    };
    (0..count).map(of).collect()
}

const READER: &str = "Storage Blob Data Reader";

#[test]
fn roles_that_nothing_needs_or_proves_are_not_folded_with_the_rest() {
    let mut text = containers(14);
    let assigns: Vec<String> = (0..14)
        .map(|at| format!("assign \"{READER}\" on=\"c{at}\""))
        .collect();
    text.push_str(&format!(
        "identity \"a\" type=\"user-assigned\" {{ {}; assign \"{READER}\" on=\"somewhere\" }}\n",
        assigns.join("; ")
    ));
    for at in 0..13 {
        text.push_str(&tool(
            &format!("t{at}"),
            "a",
            &format!("uses \"c{at}\" \"read\""),
        ));
    }
    text.push_str(&tool("last", "a", "uses \"archive\" \"read\""));
    let mermaid = drawn(&desk(&text)).mermaid();
    assert_eq!(
        mermaid.matches(&format!("<b>{READER}</b>")).count(),
        3,
        "{mermaid}"
    );
}

#[test]
fn identities_that_are_not_alike_are_not_folded() {
    let mut text = String::from(
        r#"grantc version=1
        param "group" doc="Where things are."
        server "desk" version="1.0.0" { description "A desk."; namespace "com.example" }
        azure { resource-group "rg-desk"; location "westeurope" }
        resource "somewhere" type="azure.resource-group" { resource-group (param)"group" }
        "#,
    );
    text.push_str(&containers(20));
    for at in 0..20 {
        let (on, verb) = match at {
            3 => ("somewhere".to_owned(), "read"),
            5 => (format!("c{at}"), "delete"),
            _ => (format!("c{at}"), "read"),
        };
        text.push_str(&format!(
            "identity \"who{at}\" type=\"user-assigned\" {{ assign \"{READER}\" on=\"{on}\" }}\n"
        ));
        text.push_str(&tool(
            &format!("t{at}"),
            &format!("who{at}"),
            &format!("uses \"c{at}\" \"{verb}\""),
        ));
    }
    let both = r#"uses "c7" "read"; uses "c8" "read" as="who8""#;
    text.push_str(&tool("both", "who7", both));
    let mermaid = drawn(&whole(&text)).mermaid();
    for card in [
        "<b>16 identities</b>",
        "<b>2 identities</b>",
        "<b>who3</b>",
        "<b>who5</b>",
    ] {
        assert!(mermaid.contains(card), "no {card} in {mermaid}");
    }
}
