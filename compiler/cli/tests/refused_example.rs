//! The example that is checked and not built yet: sign-in, and the consent that goes with it, are all
//! that is in its way.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::process::{Command, Output};

const MANIFEST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../examples/knowledge-base/tools.kdl"
);

fn grantc(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grantc"))
        .args(args)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

#[test]
fn the_knowledge_base_checks_and_is_refused_for_its_sign_in_and_consent_alone() {
    let check = grantc(&["check", MANIFEST]);
    let text = String::from_utf8_lossy(&check.stderr);
    assert_eq!(check.status.code(), Some(0), "{text}");

    // A copy, so that a lock beside the manifest would show too.
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("tools.kdl");
    let out = folder.path().join("out");
    fs::copy(MANIFEST, &manifest).unwrap();
    let [copy, out_text] = [&manifest, &out].map(|path| path.to_str().unwrap());
    let build = grantc(&["build", copy, "--out", out_text]);
    let text = String::from_utf8_lossy(&build.stderr);
    assert_eq!(build.status.code(), Some(1), "{text}");
    let refused = text.lines().filter(|line| *line == "G0406 not-carried-out");
    assert_eq!(refused.count(), 2, "{text}");
    for refused in ["`auth \"entra\"` is", "`consent \"Calendars.Read\"` is"] {
        let line = format!("{refused} not written by this version");
        assert_eq!(text.matches(&line).count(), 1, "{text}");
    }
    // The rest is what `check` passes too.
    assert!(text.contains("2 errors, 2 notes;"), "{text}");
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["tools.kdl"]);
}
