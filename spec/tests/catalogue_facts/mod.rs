//! The embedded catalogue against the JSON it was made of, read by independent code.

#![expect(clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;

use grantc_spec::catalogue::Block;
use grantc_spec::{Catalogue, Plane};
use serde_json::Value;

fn json(folder: &str, name: &str) -> Vec<Value> {
    let path = format!("{folder}/{name}");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("`{name}` in {value}"))
}

fn flag(value: &Value, name: &str) -> bool {
    value[name].as_bool().unwrap_or(false)
}

fn is_data(plane: Plane) -> bool {
    plane == Plane::Data
}

fn block(value: &Value) -> Block {
    let list = |name: &str| {
        let strings = value[name].as_array().into_iter().flatten();
        let mut strings: Vec<String> = strings
            .map(|s| s.as_str().expect("a string").to_owned())
            .collect();
        strings.sort_by_key(|s| (s.to_lowercase(), s.clone()));
        strings
    };
    Block {
        condition: value["condition"]
            .as_str()
            .map(|condition| grantc_spec::catalogue::Condition {
                version: text(value, "conditionVersion").to_owned(),
                text: condition.to_owned(),
            }),
        actions: list("actions"),
        not_actions: list("notActions"),
        data_actions: list("dataActions"),
        not_data_actions: list("notDataActions"),
    }
}

#[test]
fn the_catalogue_is_its_sources() {
    let Ok(folder) = std::env::var("GRANTC_FACTS") else {
        return;
    };
    let catalogue = Catalogue::embedded();

    let mine: BTreeSet<(String, bool, bool)> = catalogue
        .operations()
        .map(|op| (op.name, is_data(op.plane), op.inferred))
        .collect();
    let theirs: BTreeSet<(String, bool, bool)> = json(&folder, "azure/operations.json")
        .iter()
        .map(|op| {
            (
                text(op, "name").to_owned(),
                flag(op, "dataAction"),
                flag(op, "inferred"),
            )
        })
        .collect();
    assert!(mine == theirs, "operations");

    let roles = json(&folder, "azure/roles.json");
    assert_eq!(roles.len(), catalogue.roles().count());
    for value in &roles {
        let ix = catalogue
            .role_by_id(text(value, "id"))
            .unwrap_or_else(|| panic!("{value}"));
        let role = catalogue.role(ix);
        assert_eq!(
            role.name,
            text(value, "name").trim(),
            "blanks around a name are dropped"
        );
        let extra = value["extraPermissions"].as_array().into_iter().flatten();
        let mut blocks: Vec<Block> = std::iter::once(value).chain(extra).map(block).collect();
        blocks.sort();
        let mut mine: Vec<Block> = role.blocks.to_vec();
        for block in &mut mine {
            let lists = [
                &mut block.actions,
                &mut block.not_actions,
                &mut block.data_actions,
                &mut block.not_data_actions,
            ];
            for list in lists {
                list.sort_by_key(|s| (s.to_lowercase(), s.clone()));
            }
        }
        mine.sort();
        assert_eq!(mine, blocks, "{}", role.name);
    }

    type Row = (String, String, String, bool, bool);
    let mine: BTreeSet<Row> = catalogue
        .graph_permissions()
        .map(|p| {
            (
                p.value.to_owned(),
                p.id.to_owned(),
                p.kind.to_string(),
                p.admin_consent,
                p.disabled,
            )
        })
        .collect();
    let theirs: BTreeSet<Row> = json(&folder, "graph/permissions.json")
        .iter()
        .map(|p| {
            let word = |name| text(p, name).to_owned();
            (
                word("value"),
                word("id"),
                word("kind"),
                flag(p, "adminConsentRequired"),
                flag(p, "disabled"),
            )
        })
        .collect();
    assert!(mine == theirs, "Graph permissions");

    let mine: BTreeSet<(String, bool, String)> = catalogue
        .retired_operations()
        .map(|(plane, name, last_seen)| (name, is_data(plane), last_seen.to_owned()))
        .collect();
    let theirs: BTreeSet<(String, bool, String)> = json(&folder, "azure/operations-retired.json")
        .iter()
        .map(|op| {
            (
                text(op, "name").to_owned(),
                flag(op, "dataAction"),
                text(op, "lastSeen").to_owned(),
            )
        })
        .collect();
    assert!(mine == theirs, "retired operations");

    let mine: BTreeSet<String> = catalogue.credential_names().collect();
    let theirs: BTreeSet<String> = json(&folder, "azure/credential-actions.json")
        .iter()
        .map(|name| name.as_str().expect("a name").to_owned())
        .collect();
    assert!(mine == theirs, "credential operations");
}
