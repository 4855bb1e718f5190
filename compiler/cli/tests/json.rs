//! The JSON contracts, held against their schemas in `spec/schema/`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use serde_json::Value;
use std::process::Command;

fn run(args: &[&str], status: i32) -> Value {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let output = Command::new(env!("CARGO_BIN_EXE_grantc"))
        .current_dir(root)
        .args(args)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{text}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn valid(schema: &str, object: &Value) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(object)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{object:#}");
}

const CHECK: &str = include_str!("../../../spec/schema/check.schema.json");
const ROLE: &str = include_str!("../../../spec/schema/role.schema.json");
const ROLES: &str = include_str!("../../../spec/schema/roles.schema.json");

#[test]
fn check_of_the_example() {
    let object = run(
        &[
            "check",
            "examples/invoice-desk/tools.kdl",
            "--format",
            "json",
        ],
        0,
    );
    valid(CHECK, &object);
    let find = &object["tools"][0];
    assert_eq!(
        (&find["name"], find["needs"].as_array().unwrap().len()),
        (&"find_invoice".into(), 2)
    );
    assert_eq!(
        (&find["missing"], &find["app"]),
        (&0.into(), &"main".into())
    );
    let reader = &object["identities"][0]["excess"]["operations"];
    assert_eq!(
        reader[0]["operation"],
        "Microsoft.Storage/storageAccounts/blobServices/containers/read"
    );
}

#[test]
fn check_of_every_rejected_manifest() {
    let cases = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../golden-tests/cases/reject"
    );
    let mut count = 0;
    for case in std::fs::read_dir(cases).unwrap() {
        let manifest = case.unwrap().path().join("tools.kdl");
        let output = Command::new(env!("CARGO_BIN_EXE_grantc"))
            .args(["check", manifest.to_str().unwrap(), "--format", "json"])
            .output()
            .unwrap();
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        valid(CHECK, &object);
        count += 1;
    }
    assert!(count > 20, "only {count} cases");
}

#[test]
fn roles() {
    let role = run(&["role", "storage blob data reader", "--format", "json"], 0);
    valid(ROLE, &role);
    assert_eq!(
        role["data"],
        serde_json::json!(["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"])
    );
    valid(
        ROLE,
        &run(
            &[
                "role",
                "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
                "--format",
                "json",
            ],
            0,
        ),
    );
    let operation = "Microsoft.Search/searchServices/indexes/documents/read";
    let list = run(&["roles", "--granting", operation, "--format", "json"], 0);
    valid(ROLES, &list);
    assert_eq!(list["roles"][0]["name"], "Search Index Data Reader");
}
