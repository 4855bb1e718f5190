//! Bad input gets a clear, located message, and nothing is half-written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn grantc(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grantc"))
        .current_dir(folder)
        .args(args)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// Builds a manifest of these bytes and expects that it is refused and that nothing is written.
fn refused(bytes: &[u8], code: i32, wanted: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tools.kdl"), bytes).unwrap();
    let output = grantc(folder.path(), &["build", "tools.kdl", "--out", "out"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    for wanted in wanted {
        assert!(text.contains(wanted), "no {wanted:?} in:\n{text}");
    }
    assert!(!folder.path().join("out").exists(), "something was written");
    let check = grantc(folder.path(), &["check", "tools.kdl", "--format", "json"]);
    let object: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
    let found = object["diagnostics"].as_array().unwrap();
    assert!(!found.is_empty());
    for diagnostic in found {
        assert!(diagnostic["line"].as_u64().unwrap() >= 1, "{diagnostic}");
        assert_eq!(diagnostic["file"], "tools.kdl");
    }
}

#[test]
fn a_missing_file() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["check", "build"] {
        let output = grantc(folder.path(), &[command, "nowhere.kdl"]);
        assert_eq!(output.status.code(), Some(2));
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            text,
            "error: cannot read `nowhere.kdl`: there is no such file\n"
        );
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let output = grantc(folder.path(), &["check", "."]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("it is a folder"), "{text}");
}

#[test]
fn an_unwritable_place() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/invoice-desk/tools.kdl"
    );
    fs::write(folder.path().join("out"), "a file").unwrap();
    let output = grantc(folder.path(), &["build", manifest, "--out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        fs::read_to_string(folder.path().join("out")).unwrap(),
        "a file"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn not_utf_8() {
    refused(
        b"grantc version=1\nserver \"caf\xe9\"\n",
        1,
        &["G0004", "0xe9", "tools.kdl:2:12"],
    );
    refused(b"\xff\xfeg\0r\0", 1, &["G0004", "tools.kdl:1:1"]);
}

#[test]
fn a_hundred_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("tools.kdl")).unwrap();
    file.set_len(100 * 1024 * 1024).unwrap();
    let output = grantc(folder.path(), &["build", "tools.kdl"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("G0003") && text.contains("larger than 8 MiB"),
        "{text}"
    );
    assert!(!folder.path().join("out").exists());
}

#[test]
fn ten_thousand_nested_braces() {
    refused(&b"a {".repeat(10_000), 1, &["G0002", "tools.kdl:1:51"]);
    refused(&b"{".repeat(10_000), 1, &["G0002"]);
}

#[test]
fn ten_thousand_nested_block_comments() {
    refused(&b"/*".repeat(10_000), 1, &["G0002", "block comments"]);
}

#[test]
fn nothing_at_all() {
    refused(b"", 1, &["G0005", "the manifest is empty"]);
    refused(b"// only a comment\n", 1, &["G0005"]);
}

#[test]
fn a_manifest_with_errors_leaves_what_was_written_before() {
    let folder = tempfile::tempdir().unwrap();
    let good = include_str!("../../../examples/invoice-desk/tools.kdl");
    fs::write(folder.path().join("tools.kdl"), good).unwrap();
    assert!(
        grantc(folder.path(), &["build", "--out", "out"])
            .status
            .success()
    );
    let before = fs::read(folder.path().join("out/bicep/main.bicep")).unwrap();
    fs::write(
        folder.path().join("tools.kdl"),
        good.replace("\"query\"", "\"qery\""),
    )
    .unwrap();
    let output = grantc(folder.path(), &["build", "--out", "out"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("did you mean `query`?")
    );
    assert_eq!(
        fs::read(folder.path().join("out/bicep/main.bicep")).unwrap(),
        before
    );
}
