//! Sensible manifests, at least one for each connector, say nothing that a team would have to heed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use grantc_spec::connectors;
use std::path::{Path, PathBuf};
use std::process::Command;

fn manifests() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden-tests/cases/clean");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut all: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn sensible_manifests_are_silent_under_deny_warnings() {
    for path in manifests() {
        let run = Command::new(env!("CARGO_BIN_EXE_grantc"))
            .args(["check", "--deny", "warnings", "--format", "json"])
            .arg(&path)
            .output()
            .unwrap();
        let out = String::from_utf8(run.stdout).unwrap();
        assert!(run.status.success(), "{}\n{out}", path.display());
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        for found in report["diagnostics"].as_array().unwrap() {
            assert_eq!(found["level"], "note", "{}\n{found:#}", path.display());
        }
        for tool in report["tools"].as_array().unwrap() {
            assert_eq!(tool["missing"], 0, "{}", path.display());
            assert_eq!(tool["reach"], serde_json::json!([]), "{}", path.display());
        }
    }
}

#[test]
fn every_connector_has_a_sensible_manifest() {
    let all = manifests();
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let stems: Vec<String> = all.iter().map(stem).collect();
    let names: Vec<&str> = connectors::builtin()
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(stems, names);
    for (path, name) in all.iter().zip(names) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(&format!("type=\"{name}\"")), "{name}");
    }
}
