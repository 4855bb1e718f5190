//! What goes where, in which colours, and again on a change.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const DESK: &str = "examples/invoice-desk/tools.kdl";

fn check(args: &[&str], environment: &[(&str, &str)]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_grantc"))
        .current_dir(ROOT)
        .args(["check", DESK])
        .args(args)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("COLUMNS")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn a_pipe_gets_no_escape_codes_unless_it_is_asked_for_them() {
    for (args, environment, coloured) in [
        (&[] as &[&str], &[] as &[(&str, &str)], false),
        (&[], &[("CI", "true")], false),
        (&[], &[("TERM", "xterm-256color"), ("CI", "1")], false),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
    ] {
        let (out, err) = check(args, environment);
        assert_eq!(
            err.contains('\u{1b}'),
            coloured,
            "{args:?} {environment:?}: {err}"
        );
        assert!(!out.contains('\u{1b}'), "{out}");
    }
}

#[test]
fn findings_are_as_wide_as_they_are_told() {
    for columns in [60, 80] {
        let (_, err) = check(&[], &[("COLUMNS", &columns.to_string())]);
        // Names, paths and lines of the source stay whole.
        let wide = err.lines().filter(|line| line.chars().count() > columns);
        let wide: Vec<_> = wide.filter(|line| !line.contains(['│', '·'])).collect();
        assert!(wide.is_empty(), "{columns}: {wide:#?}");
    }
}

#[test]
fn github_gets_annotations_beside_the_text() {
    let (out, err) = check(&["--format", "github", "--deny", "G0304"], &[]);
    let of_it = |line: &&str| line.starts_with("::") && line.contains("title=G0304");
    let annotation = out.lines().find(of_it).unwrap();
    let start = format!(
        "::error file={DESK},line=38,endLine=38,col=12,endColumn=38,title=G0304 excess-permission::"
    );
    assert!(annotation.starts_with(&start), "{annotation}");
    assert!(out.starts_with("find_invoice "), "{out}");
    assert!(
        err.ends_with("1 error, 3 notes; `grantc explain CODE` says more\n"),
        "{err}"
    );
}

#[test]
fn a_change_of_the_manifest_is_checked_again() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("tools.kdl");
    let good = fs::read_to_string(format!("{ROOT}/{DESK}")).unwrap();
    fs::write(&manifest, &good).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_grantc"))
        .current_dir(folder.path())
        .args(["check", "--watch"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (sender, lines) = channel();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    std::thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let until = |wanted: &str| {
        let mut before = Vec::new();
        loop {
            match lines.recv_timeout(Duration::from_secs(60)) {
                Ok(line) if line.contains(wanted) => return before,
                Ok(line) => before.push(line),
                Err(_) => panic!("no {wanted:?} after {before:#?}"),
            }
        }
    };
    until("watching");
    // Another file of the folder is none of ours.
    fs::write(folder.path().join("notes.txt"), "nothing").unwrap();
    // As editors save: a new file takes the place of the old one.
    fs::write(
        folder.path().join(".new"),
        good.replace("\"query\"", "\"qery\""),
    )
    .unwrap();
    fs::rename(folder.path().join(".new"), &manifest).unwrap();
    until("tools.kdl changed");
    let found = until("watching").join("\n");
    assert!(found.contains("did you mean `query`?"), "{found}");
    assert!(!found.contains('\u{1b}'), "a log is not cleared: {found}");
    fs::write(&manifest, &good).unwrap();
    until("tools.kdl changed");
    assert!(!until("watching").join("\n").contains("error"));
    child.kill().unwrap();
    child.wait().unwrap();
}
