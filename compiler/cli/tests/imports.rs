//! A manifest in several files, as the command line meets it: from another folder, with findings
//! in files other than the root, and with links.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const ROOT: &str = r#"grantc version=1
import "shared/types.kdl"
server "desk" version="0.1.0" { description "Invoices."; namespace "com.example" }
tool "find" { description "Find an invoice."; output "Invoice" }
"#;

fn folder(types: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("desk/shared")).unwrap();
    fs::write(folder.path().join("desk/tools.kdl"), ROOT).unwrap();
    fs::write(folder.path().join("desk/shared/types.kdl"), types).unwrap();
    folder
}

fn check(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grantc"))
        .current_dir(folder)
        .args(["check", "desk/tools.kdl"])
        .args(more)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

#[test]
fn a_manifest_in_another_folder_imports_from_there() {
    let folder = folder("grantc version=1\ntype \"Invoice\" { number string }\n");
    let output = check(folder.path(), &[]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
}

#[test]
fn findings_stand_in_the_file_that_they_are_about() {
    let types = "grantc version=1\n\ntype \"Invoice\" { number strin }\ntype \"Invoice\" {}\n";
    let folder = folder(types);
    let text = String::from_utf8(check(folder.path(), &[]).stderr).unwrap();
    assert!(text.contains("desk/shared/types.kdl:3:"), "{text}");
    assert!(text.contains("type \"Invoice\" { number strin }"), "{text}");
    let json = check(folder.path(), &["--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let found = json["diagnostics"].as_array().unwrap();
    assert_eq!(found.len(), 2, "{json}");
    for (found, line) in found.iter().zip([3, 4]) {
        assert_eq!(found["file"], "desk/shared/types.kdl");
        assert_eq!(found["line"], line);
    }
}

#[test]
#[cfg(unix)]
fn a_link_does_not_lead_out_of_the_folder() {
    let folder = folder("");
    let link = folder.path().join("desk/shared/types.kdl");
    fs::remove_file(&link).unwrap();
    let secret = folder.path().join("secret.kdl");
    fs::write(
        &secret,
        "grantc version=1\ntype \"Invoice\" { number string }\n",
    )
    .unwrap();
    std::os::unix::fs::symlink(&secret, &link).unwrap();
    let output = check(folder.path(), &[]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("G0205"), "{text}");
    assert!(text.contains("leads out of the folder"), "{text}");
}
