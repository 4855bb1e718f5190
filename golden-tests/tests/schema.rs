//! The JSON Schema of the YAML notation: current, true of every manifest, and quick to see a typo.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use grantc_core::lower::words::schema;
use grantc_core::source::Sources;
use grantc_core::{Diagnostics, syntax};
use grantc_golden_tests::{compile, folders, markdown, yaml};
use jsonschema::Validator;
use serde_json::Value;
use std::fs;

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema::schema()).unwrap()
}

/// A manifest as an editor reads it: YAML's core schema, not the compiler's expectations.
fn read(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

fn problems(validator: &Validator, text: &str) -> Vec<String> {
    let manifest = read(text);
    let errors = validator.iter_errors(&manifest);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn valid(validator: &Validator, what: &str, text: &str) {
    let problems = problems(validator, text);
    assert!(problems.is_empty(), "{what}: {problems:#?}\n{text}");
}

fn rendered(kdl: &str) -> Option<String> {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let tree = syntax::read("tools.kdl", kdl.as_bytes(), &mut sources, &mut found)?;
    Some(yaml::render(&tree))
}

fn invoice_desk() -> String {
    fs::read_to_string(folders::here().join("cases/yaml/invoice-desk.yaml")).unwrap()
}

#[test]
fn the_file_is_current() {
    let path = folders::repository("spec/schema/manifest.schema.json");
    folders::expect(&path, &schema::text()).unwrap();
    assert!(jsonschema::meta::is_valid(&schema::schema()));
}

#[test]
fn every_yaml_example_is_valid() {
    let validator = validator();
    let mut count = 0;
    for (name, path) in folders::files(&folders::here().join("cases/yaml")).unwrap() {
        valid(&validator, &name, &fs::read_to_string(path).unwrap());
        count += 1;
    }
    let page = fs::read_to_string(folders::repository("spec/language.md")).unwrap();
    for block in markdown::blocks(&page) {
        if block.info.first() == Some(&"yaml") {
            valid(
                &validator,
                &format!("language.md:{}", block.line),
                &block.text,
            );
            count += 1;
        }
    }
    assert!(count >= 2, "{count}");
    let short = "grantc: 1\napps: { reading: { tools: [find_invoice, search_invoices] } }";
    valid(&validator, "a list alone", short);
}

/// What compiles in KDL is valid when it is written in YAML.
#[test]
fn every_accepted_manifest_is_valid_in_yaml() {
    let validator = validator();
    let mut cases = folders::cases("accept").unwrap();
    cases.extend(folders::examples().unwrap());
    for (name, folder) in cases {
        for (file, text) in compile::case(&folder).unwrap() {
            let yaml = match file.ends_with(".kdl") {
                true => rendered(&text).unwrap(),
                false => text,
            };
            valid(&validator, &format!("{name}/{file}"), &yaml);
        }
    }
    let page = fs::read_to_string(folders::repository("spec/language.md")).unwrap();
    for block in markdown::blocks(&page) {
        if block.is_manifest() && block.raises().is_none() {
            let what = format!("language.md:{}", block.line);
            valid(&validator, &what, &rendered(&block.manifest()).unwrap());
        }
    }
}

#[test]
fn typos_are_seen() {
    let validator = validator();
    let good = invoice_desk();
    valid(&validator, "invoice-desk.yaml", &good);
    for (from, to) in [
        ("server:", "sever:"),
        ("tools:", "tool:"),
        ("description:", "descripton:"),
        ("resource-group:", "resource_group:"),
        ("isolation: shared", "isolation: shard"),
        ("type: user-assigned", "type: user-asigned"),
        ("type: azure.blob", "type: azure.blobs"),
        ("container:", "contaner:"),
        ("existing: true", "existing: maybe"),
        ("read-only: true", "readonly: true"),
        ("timeout:", "time-out:"),
        ("max-items: 500", "max-items: many"),
        ("find_invoice:", "FindInvoice:"),
    ] {
        assert!(good.contains(from), "the example has no {from:?}");
        let bad = good.replacen(from, to, 1);
        assert!(
            !problems(&validator, &bad).is_empty(),
            "{from:?} as {to:?} was not seen"
        );
    }
}

/// What an editor shows on hovering.
#[test]
fn words_and_fields_are_explained() {
    let schema = schema::schema();
    let tool = &schema["properties"]["tools"]["additionalProperties"]["properties"];
    let doc = |value: &Value| value["description"].as_str().unwrap().to_owned();
    assert!(doc(&tool["as"]).starts_with("Identity"));
    assert!(
        doc(&schema["$defs"]["field"]["anyOf"][1]["properties"]["pattern"]).contains("Regular")
    );
}
