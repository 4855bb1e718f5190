//! The shapes against an oracle: what they let through is what the JSON Schema, which clients were
//! shown, lets through.
//!
//! Values are made by changing good ones in one place, in every place. Where the runtime is
//! stricter on purpose, the exception stands here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "support/plain.rs"]
mod plain;

use grantc_runtime::Validate;
use jsonschema::Validator;
use plain::generated::tools::{defaults, echo, pay, plant};
use serde_json::{Value, json};

/// What takes the place of a value, one after the other.
fn replacements() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(2.0),
        json!(1.5),
        json!(-1),
        json!(11),
        json!(9_007_199_254_740_993_i64),
        json!(1e300),
        json!(""),
        json!("a"),
        json!("éééééé"),
        json!("red"),
        json!("Red"),
        json!("1.50"),
        json!("1e3"),
        json!("100"),
        json!("-0"),
        json!("2026-02-29"),
        json!("2024-02-29"),
        json!("2026-11-23T10:00:00Z"),
        json!("2026-11-23T10:00:00"),
        json!("7f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11"),
        json!("urn:x:y"),
        json!("/x"),
        json!("aGk="),
        json!("aGk"),
        json!([]),
        json!({}),
        json!([{"x": 1}, {"x": 1}]),
        json!([{"x": 1}, {"x": 1.0}]),
        json!([1, 2, 3, 4]),
        json!({"a": "b"}),
        json!("cash"),
        json!({"kind": "cash"}),
        json!({"kind": "card", "last4": "12345"}),
        json!({"kind": "bank-transfer", "iban": "DE1", "last4": "1234"}),
        json!({"a": 1}),
        json!({"x": 1, "y": 2, "z": 3}),
    ]
}

/// Every value that differs from `value` in one place: replaced, removed, or with a member more.
fn changed(value: &Value) -> Vec<Value> {
    let mut out = replacements();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                for other in changed(member) {
                    let mut copy = members.clone();
                    copy.insert(name.clone(), other);
                    out.push(copy.into());
                }
                let mut copy = members.clone();
                copy.remove(name);
                out.push(copy.into());
            }
            let mut copy = members.clone();
            copy.insert("unheard-of".to_owned(), json!(1));
            out.push(copy.into());
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                for other in changed(item) {
                    let mut copy = items.clone();
                    copy[i] = other;
                    out.push(copy.into());
                }
            }
        }
        _ => {}
    }
    out
}

fn validator(tool: usize) -> Validator {
    let server = plain::server();
    let definition: Value = serde_json::from_str(server.table().tools[tool].definition).unwrap();
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&definition["inputSchema"])
        .unwrap()
}

/// Where the runtime refuses what the schema cannot tell apart; each names its reason.
fn stricter_on_purpose(why: &str) -> bool {
    // Bounds of decimals, which are strings to a schema.
    why.contains("`/decimal` must be at")
        // Whole numbers beyond what JSON readers keep exact.
        || why.contains("within ±9007199254740991")
        // `contentEncoding` only annotates.
        || why.contains("padded base64")
}

fn compare<T: Validate>(schema: &Validator, good: &Value) {
    assert!(schema.is_valid(good) && T::check(good).is_ok(), "{good}");
    let mut refused = 0;
    let all = changed(good);
    for value in &all {
        match (T::check(value), schema.is_valid(value)) {
            (Ok(()), true) => {}
            (Err(_), false) => refused += 1,
            (Err(why), true) => assert!(stricter_on_purpose(&why.to_string()), "{value}: {why}"),
            (Ok(()), false) => panic!("the schema refuses what the runtime takes: {value}"),
        }
    }
    assert!(
        refused > 30 && refused < all.len(),
        "{refused} of {}",
        all.len()
    );
}

#[test]
fn shapes_agree_with_the_schemas_that_clients_see() {
    compare::<echo::Input>(
        &validator(0),
        &json!({
            "text": "word", "whole": 7, "number": 0.5, "decimal": "1.50", "yes": true,
            "day": "2026-11-23", "moment": "2026-11-23T10:00:00Z",
            "id": "7f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11", "link": "https://contoso.example/",
            "data": "aGk=", "anything": {"x": null}, "colour": "red",
            "points": [{"x": 1}, {"x": 1, "y": 2}], "names": {"a": "b"}, "type": "x",
            "camelCase": 1,
        }),
    );
    compare::<defaults::Input>(
        &validator(3),
        &json!({"amount": "1", "tint": "red", "since": "2026-01-01", "greeting": "", "ratio": 1.5, "count": 1, "on": false}),
    );
    let leaf = json!({"name": "c", "children": []});
    let tree = json!({"name": "a", "parent": leaf, "children": [leaf]});
    compare::<plant::Input>(&validator(4), &json!({ "tree": tree }));
    let card = json!({"kind": "card", "last4": "1234", "colour": "red"});
    let transfer = json!({"kind": "bank-transfer", "iban": "DE1", "parts": [card], "limit": 1, "instead": {"kind": "cash"}});
    compare::<pay::Input>(
        &validator(5),
        &json!({"payment": transfer, "others": {"a": card, "b": {"kind": "cash"}}}),
    );
}
