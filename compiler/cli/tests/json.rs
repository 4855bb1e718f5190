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
const GRAPH: &str = include_str!("../../../spec/schema/graph.schema.json");
const WHO: &str = include_str!("../../../spec/schema/who.schema.json");
const WHY: &str = include_str!("../../../spec/schema/why.schema.json");
const DEPLOYER: &str = include_str!("../../../spec/schema/deployer.schema.json");
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
    let (mut count, mut drawn) = (0, 0);
    for case in std::fs::read_dir(cases).unwrap() {
        let manifest = case.unwrap().path().join("tools.kdl");
        let output = Command::new(env!("CARGO_BIN_EXE_grantc"))
            .args(["check", manifest.to_str().unwrap(), "--format", "json"])
            .output()
            .unwrap();
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        valid(CHECK, &object);
        count += 1;
        let output = Command::new(env!("CARGO_BIN_EXE_grantc"))
            .args(["graph", manifest.to_str().unwrap(), "--format", "json"])
            .output()
            .unwrap();
        if output.status.success() {
            valid(GRAPH, &serde_json::from_slice(&output.stdout).unwrap());
            drawn += 1;
        }
    }
    assert!(count > 20, "only {count} cases");
    // Broken manifests have a graph, as long as they can be read.
    assert!(drawn > 15, "only {drawn} graphs");
}

#[test]
fn deployer_of_every_accepted_manifest() {
    let cases = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../golden-tests/cases/accept"
    );
    let mut deployed = 0;
    for case in std::fs::read_dir(cases).unwrap() {
        let manifest = case.unwrap().path().join("tools.kdl");
        let object = run(
            &["deployer", manifest.to_str().unwrap(), "--format", "json"],
            0,
        );
        valid(DEPLOYER, &object);
        deployed += usize::from(!object["needs"].as_array().unwrap().is_empty());
    }
    assert!(deployed > 10, "only {deployed} deployments");
}

#[test]
fn check_of_several_is_an_array() {
    let (good, bad) = (
        "examples/invoice-desk/tools.kdl",
        "golden-tests/cases/cli/contributor.kdl",
    );
    let list = run(&["check", good, bad, "--format", "json"], 1);
    valid(CHECK, &list);
    assert_eq!(
        (&list[0]["manifest"], &list[1]["manifest"]),
        (&good.into(), &bad.into())
    );
    let one = run(&["check", good, "--format", "json"], 0);
    assert!(one.get("manifest").is_none());
    // One that cannot be read costs the others nothing.
    let list = run(&["check", good, "nowhere.kdl", "--format", "json"], 2);
    valid(CHECK, &list);
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[test]
fn levels_are_those_that_were_asked_for() {
    let desk = "examples/invoice-desk/tools.kdl";
    let denied = run(&["check", desk, "--format", "json", "--deny", "G0304"], 1);
    assert_eq!(denied["diagnostics"][0]["level"], "error");
    let allowed = run(
        &[
            "check",
            desk,
            "--format",
            "json",
            "--allow",
            "excess-permission",
        ],
        0,
    );
    assert_eq!(allowed["diagnostics"], serde_json::json!([]));
}

#[test]
fn graph_of_the_example() {
    let object = run(
        &[
            "graph",
            "examples/invoice-desk/tools.kdl",
            "--format",
            "json",
        ],
        0,
    );
    valid(GRAPH, &object);
    let tools = object["tools"].as_array().unwrap();
    assert_eq!(tools.len(), 4);
    assert_eq!(object["assignments"][0]["role"], "Storage Blob Data Reader");
    let filing = serde_json::json!({ "from": "tool/file_invoice", "to": "identity/invoice-filer", "kind": "acts-as" });
    assert!(object["edges"].as_array().unwrap().contains(&filing));
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

#[test]
fn why_and_who() {
    let desk = "examples/invoice-desk/tools.kdl";
    let contributor = "golden-tests/cases/cli/contributor.kdl";
    let broken = "golden-tests/cases/picture/broken/tools.kdl";
    for (status, verdict, words) in [
        (0, "held", &["find_invoice", "read"] as &[&str]),
        (0, "reach", &["find_invoice", "add/action", "archive"]),
        (1, "none", &["find_invoice", "delete", "archive"]),
        (0, "held", &["invoice-filer", "create"]),
    ] {
        let args = [&["why", desk], words, &["--format", "json"]].concat();
        let object = run(&args, status);
        valid(WHY, &object);
        assert_eq!(object["verdict"], verdict, "{words:?}");
    }
    let missing = run(
        &[
            "why",
            contributor,
            "find_invoice",
            "read",
            "--format",
            "json",
        ],
        1,
    );
    valid(WHY, &missing);
    assert_eq!(missing["near"][0]["role"], "Contributor");
    let unproven = run(&["why", broken, "balance", "read", "--format", "json"], 0);
    valid(WHY, &unproven);
    assert_eq!(unproven["verdict"], "conditional");
    for (status, words) in [
        (0, &["who", desk, "…/blobs/read", "archive"]),
        (1, &["who", desk, "delete", "archive"]),
        (0, &["who", broken, "read", "archive"]),
        (
            0,
            &[
                "who",
                broken,
                "Microsoft.Storage/storageAccounts/listKeys/action",
                "azure",
            ],
        ),
    ] {
        let args = [words as &[&str], &["--format", "json"]].concat();
        valid(WHO, &run(&args, status));
    }
}

/// Of three words the first is a manifest by its ending alone, whatever files are there.
#[test]
fn why_of_the_manifest_of_this_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/invoice-desk");
    let status = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_grantc"))
            .current_dir(folder)
            .args(words)
            .output()
            .unwrap();
        output.status.code()
    };
    assert_eq!(status(&["why", "find_invoice", "read"]), Some(0));
    assert_eq!(status(&["why", "find_invoice", "read", "archive"]), Some(0));
    assert_eq!(
        status(&["why", "tools.kdl", "find_invoice", "delete"]),
        Some(1)
    );
    assert_eq!(status(&["who", "delete", "archive"]), Some(1));
}
