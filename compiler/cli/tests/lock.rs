//! `grantc.lock` through the command line: written beside the manifest, held against it, and what
//! was accepted raised again when it says something else.

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
use tempfile::TempDir;

const MANIFEST: &str = r#"grantc version=1
server "desk" version="0.1.0" { description "Invoices."; namespace "com.example" }
azure { resource-group "rg-desk"; location "westeurope" }
resource "archive" type="azure.blob" existing=#true { account "stinvoices"; container "invoices" }
identity "filer" type="user-assigned" { assign "Storage Blob Data Contributor" on="archive" }
tool "file" {
    description "File an invoice."
    as "filer"
    uses "archive" "read" "write" "delete"
    output { filed boolean }
}
accept "G0304" at="identity/filer/archive" reason="FIN-112" until="2027-03-31"
"#;

struct Desk(TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.write("tools.kdl", MANIFEST);
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    fn change(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.path().join("tools.kdl")).unwrap();
        assert!(text.contains(from), "no {from:?} in {text}");
        self.write("tools.kdl", &text.replace(from, to));
    }

    fn lock(&self) -> String {
        fs::read_to_string(self.path().join("grantc.lock")).unwrap_or_default()
    }

    fn line(&self, start: &str) -> String {
        let lock = self.lock();
        let mut lines = lock.lines().filter(|line| line.starts_with(start));
        lines
            .next()
            .unwrap_or_else(|| panic!("no {start} in {lock}"))
            .to_owned()
    }

    /// Runs a command on a day before the acceptance ends; expects a status, gives what was printed.
    fn run(&self, command: &str, status: i32) -> String {
        let mut args: Vec<&str> = command.split(' ').collect();
        if ["check", "build"].contains(&args[0]) && !args.contains(&"--today") {
            args.extend(["--today", "2026-11-26"]);
        }
        let output = Command::new(env!("CARGO_BIN_EXE_grantc"))
            .current_dir(self.path())
            .args(&args)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let Output { stdout, stderr, .. } = output;
        let text = String::from_utf8([stderr, stdout].concat()).unwrap();
        assert_eq!(output.status.code(), Some(status), "{command}:\n{text}");
        text
    }
}

fn has(text: &str, wanted: &str) {
    assert!(text.contains(wanted), "no {wanted:?} in:\n{text}");
}

fn lacks(text: &str, unwanted: &str) {
    assert!(!text.contains(unwanted), "{unwanted:?} in:\n{text}");
}

const GROWN: &str = "it is not what was accepted";

#[test]
fn what_grew_is_raised_again_until_somebody_accepts_it_as_it_is() {
    let desk = Desk::new();
    has(&desk.run("lock", 0), "wrote       grantc.lock\n");
    has(&desk.run("lock", 0), "grantc.lock: current\n");
    has(
        &desk.run("check --locked", 0),
        "accepted until 2027-03-31: FIN-112",
    );
    let accepted = desk.line("accept ");

    // Deleting is no longer needed, and so left over: more than what was accepted.
    desk.change(r#" "delete""#, "");
    for command in ["check", "build --out out"] {
        let text = desk.run(command, 0);
        has(&text, GROWN);
        has(&text, "⚠ `Storage Blob Data Contributor`");
    }
    // The build wrote what is needed now and left alone what was accepted.
    assert_eq!(desk.line("accept "), accepted);
    lacks(&desk.lock(), "blobs/delete");
    desk.run("build --out out --check", 0);
    desk.run("check --locked", 0);
    has(&desk.run("lock", 0), GROWN);
    assert_eq!(desk.line("accept "), accepted);

    let text = desk.run("lock --update", 0);
    has(
        &text,
        &format!("updated     grantc.lock\n  - {accepted}\n  + accept "),
    );
    assert_ne!(desk.line("accept "), accepted);
    lacks(&desk.run("check --locked", 0), GROWN);
}

#[test]
fn a_stale_lock_fails_where_it_is_asked_for_and_names_the_command() {
    let desk = Desk::new();
    let remedy = "`grantc lock tools.kdl` brings it up to date\n";
    desk.run("check", 0);
    let text = desk.run("check --locked", 1);
    has(&text, "missing     grantc.lock\n");
    has(&text, remedy);
    assert_eq!(desk.lock(), "", "a check writes nothing");

    let text = desk.run("build --out out", 0);
    has(&text, "wrote       grantc.lock\n");
    lacks(&desk.run("build --out out", 0), "grantc.lock");
    desk.run("build --out out --check", 0);

    // A description is what models read: a changed one is a changed tool.
    desk.change("File an invoice.", "File an invoice; ask nobody.");
    let before = desk.lock();
    for command in ["check --locked", "build --out out --check"] {
        let text = desk.run(command, 1);
        has(&text, "not current grantc.lock\n  - tool file sha256:");
        has(&text, "\n  + tool file sha256:");
    }
    has(&desk.run("check --locked", 1), remedy);
    has(
        &desk.run("build --out out --check", 1),
        "`grantc build tools.kdl --out out` brings",
    );
    assert_eq!(desk.lock(), before, "neither writes");
    desk.run("build --out out", 0);

    // No file of the build shows what a tool needs; the lock does.
    desk.change(r#""write" "delete""#, r#""write" "create""#);
    let text = desk.run("build --out out --check", 1);
    has(
        &text,
        "all current\nnot current grantc.lock\n  - need file data ",
    );
    has(&text, remedy);
    desk.run("lock", 0);
    desk.run("build --out out --check", 0);
}

#[test]
fn a_day_that_is_past_is_an_error_in_a_check_and_a_warning_in_a_build() {
    let desk = Desk::new();
    desk.run("lock", 0);
    let late = "--today 2027-04-01";
    has(
        &desk.run(&format!("check {late}"), 1),
        "was accepted until 2027-03-31",
    );
    has(
        &desk.run(&format!("build --out out {late}"), 0),
        "⚠ G0304 at `identity/filer/archive`",
    );
    desk.run("check --today 2027-03-31", 0);
    has(
        &desk.run("check --today 2027-3-31", 2),
        "a day is written like 2027-03-31",
    );
    // Without a day it is that of the clock.
    desk.change("2027-03-31", "2020-01-01");
    desk.run("lock", 0);
    let output = Command::new(env!("CARGO_BIN_EXE_grantc"))
        .current_dir(desk.path())
        .arg("check")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    has(&String::from_utf8(output.stderr).unwrap(), "G0318");
}

#[test]
fn what_is_gone_leaves_the_lock() {
    let desk = Desk::new();
    desk.run("lock", 0);
    desk.change("accept ", "// accept ");
    has(
        &desk.run("build --out out", 0),
        "updated     grantc.lock\n  - accept G0304 identity/filer/archive sha256:",
    );
    lacks(&desk.lock(), "accept");
}

#[test]
fn windows_line_ends_are_current_and_a_lock_that_means_nothing_is_not_passed_over() {
    let desk = Desk::new();
    desk.run("lock", 0);
    let windows = desk.lock().replace('\n', "\r\n");
    desk.write("grantc.lock", &windows);
    desk.run("check --locked", 0);
    desk.run("build --out out", 0);
    assert_eq!(desk.lock(), windows, "only a change is written");

    let lock = windows.replacen("accept G0304", "acept G0304", 1);
    desk.write("grantc.lock", &lock);
    for command in ["check", "build --out new", "lock", "lock --update"] {
        let text = desk.run(command, 2);
        assert_eq!(
            text,
            "error: grantc.lock:2: no line of a lock begins with `acept`\n"
        );
    }
    assert_eq!(desk.lock(), lock);
    assert!(!desk.path().join("new").exists());
    desk.write("grantc.lock", "grantc-lock 2\n");
    let text = desk.run("check", 2);
    has(
        &text,
        "grantc.lock:1: the lock is of version `2`, and this grantc reads version 1",
    );
}

#[test]
fn nothing_is_locked_of_a_manifest_with_errors() {
    let desk = Desk::new();
    desk.change("Storage Blob Data Contributor", "Storage Blob Data Reader");
    let text = desk.run("lock", 1);
    has(&text, "G0301");
    has(&text, "nothing was written\n");
    assert_eq!(desk.lock(), "");
}

#[test]
fn both_notations_and_any_folder_have_the_same_lock() {
    let desk = Desk::new();
    desk.run("lock", 0);
    let lock = desk.lock();
    fs::create_dir(desk.path().join("sub")).unwrap();
    desk.write(
        "sub/tools.yaml",
        r#"grantc: 1
accept:
  - { code: G0304, at: identity/filer/archive, reason: FIN-112, until: 2027-03-31 }
tools:
  file:
    description: File an invoice.
    as: filer
    uses:
      - { resource: archive, verbs: [read, write, delete] }
    output: { fields: { filed: boolean } }
identities:
  filer:
    type: user-assigned
    assign:
      - { role: Storage Blob Data Contributor, on: archive }
resources:
  archive: { type: azure.blob, existing: true, account: stinvoices, container: invoices }
azure: { resource-group: rg-desk, location: westeurope }
server: { name: desk, version: 0.1.0, description: Invoices., namespace: com.example }
"#,
    );
    let text = desk.run("lock sub/tools.yaml", 0);
    has(&text, "wrote       sub/grantc.lock\n");
    assert_eq!(
        fs::read_to_string(desk.path().join("sub/grantc.lock")).unwrap(),
        lock
    );
}

/// A desk whose identity is given what its tools need.
const INFERRED: &str = r#"grantc version=1
server "desk" version="0.1.0" { description "Invoices."; namespace "com.example" }
azure { resource-group "rg-desk"; location "westeurope" }
resource "archive" type="azure.blob" existing=#true { account "stinvoices"; container "invoices" }
identity "filer" type="user-assigned" roles="inferred"
tool "file" {
    description "File an invoice."
    as "filer"
    uses "archive" "read" "write"
    output { filed boolean }
}
"#;

const READER: &str = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
const CONTRIBUTOR: &str = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

#[test]
fn what_was_chosen_is_shown_and_stays_until_an_update() {
    let desk = Desk::new();
    desk.write("tools.kdl", INFERRED);
    has(
        &desk.run("check", 0),
        "\nfiler: inferred \"Storage Blob Data Contributor\" on archive, for file (read, write)\n",
    );
    let text = desk.run("check --format json", 0);
    has(&text, r#""inferred": ["#);
    has(&text, r#""verb": "write""#);
    desk.run("build --out out", 0);
    let pinned = desk.line("assign filer ");
    has(&pinned, CONTRIBUTOR);
    desk.run("check --locked", 0);

    // Less is needed: the narrower role is named, and nothing changes on its own.
    desk.change(r#""read" "write""#, r#""read""#);
    let instead =
        "`grantc lock --update` takes `assign \"Storage Blob Data Reader\" on=\"archive\"` instead";
    has(&desk.run("check", 0), instead);
    has(&desk.run("build --out out", 0), instead);
    assert_eq!(desk.line("assign filer "), pinned);
    // Whatever answers about the manifest answers about what is pinned.
    for question in [
        "why filer write archive",
        "who write archive",
        "graph --format dot",
        "deployer --format json",
    ] {
        has(&desk.run(question, 0), "Storage Blob Data Contributor");
    }
    desk.run("check --locked", 0);
    desk.run("lock", 0);
    assert_eq!(desk.line("assign filer "), pinned);
    desk.run("lock --update", 0);
    has(&desk.line("assign filer "), READER);
    let text = desk.run("check", 0);
    lacks(&text, "instead");
    has(&desk.run("build --out out", 0), "updated");

    // More is needed: what is pinned stays, and a line is added.
    desk.change(r#""read""#, r#""read" "delete""#);
    has(
        &desk.run("check --locked", 1),
        "\n  + assign filer ba92f5b4",
    );
    desk.run("build --out out", 0);
    has(&desk.lock(), &format!("assign filer {READER} "));
    has(&desk.lock(), &format!("assign filer {CONTRIBUTOR} "));
    desk.run("lock --update", 0);
    lacks(&desk.lock(), READER);
}
