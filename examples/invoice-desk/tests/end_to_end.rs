//! The server with real parts: storage is Azurite, the caller is the official MCP client.
//!
//! Needs Node.js with npm, the Python interpreter that `GRANTC_E2E_PYTHON` names, with the package
//! `mcp` in it, and the TypeScript clients below `GRANTC_E2E_NODE`; `.ci/run` installs all. Without them the test says so and passes, unless
//! `GRANTC_REQUIRE_E2E=1`.

#[path = "../../clients/mod.rs"]
mod clients;

use serde_json::json;
use std::env;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

#[test]
fn every_tool_answers_over_stdio_in_both_eras() {
    let Some(python) = python() else {
        assert!(
            env::var_os("GRANTC_REQUIRE_E2E").is_none(),
            "GRANTC_E2E_PYTHON has no `mcp`"
        );
        say("skipped: set GRANTC_E2E_PYTHON to a Python with the package `mcp`");
        return;
    };
    let archive = match Archive::start() {
        Ok(archive) => archive,
        Err(why) if env::var_os("GRANTC_REQUIRE_E2E").is_none() => {
            say(&format!("skipped: {why}"));
            return;
        }
        Err(why) => panic!("{why}"),
    };
    let output = Command::new(python)
        .arg(here().join("tests/e2e/client.py"))
        .arg(env!("CARGO_BIN_EXE_invoice-desk"))
        .arg(here().join("data"))
        .arg(format!(
            "http://127.0.0.1:{}/devstoreaccount1",
            archive.port
        ))
        .output()
        .unwrap();
    drop(archive);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn the_official_clients_agree_over_stdio_and_http() {
    let archive = match Archive::start() {
        Ok(archive) => archive,
        Err(why) if env::var_os("GRANTC_REQUIRE_E2E").is_none() => {
            say(&format!("skipped: {why}"));
            return;
        }
        Err(why) => panic!("{why}"),
    };
    let storage = format!("http://127.0.0.1:{}/devstoreaccount1", archive.port);
    let index = here().join("data/index").display().to_string();
    let environment = [
        ("GRANTC_LOCAL_BLOB_ENDPOINT", storage),
        ("GRANTC_LOCAL_INVOICE_INDEX_FILES", index),
    ];
    let tools = [
        "find_invoice",
        "search_invoices",
        "supplier_totals",
        "file_invoice",
    ];
    let calls = json!([
        {"tool": "find_invoice", "arguments": {"number": "INV-000101"},
         "answer": {"number": "INV-000101"}, "tools": tools},
        {"tool": "find_invoice", "arguments": {"number": "INV-999999"}, "refusal": "INV-999999"},
        {"tool": "find_invoice", "arguments": {"number": 117}, "refusal": "/number"},
        {"tool": "search_invoices", "arguments": {"supplier": "Nobody"}, "answer": {"invoices": []}},
        {"tool": "supplier_totals",
         "arguments": {"issued_from": "2024-01-01", "issued_to": "2024-12-31"}, "answer": {"totals": []}},
    ]);
    clients::all(env!("CARGO_BIN_EXE_invoice-desk"), &environment, &calls);
}

/// Azurite with the invoices in it, until dropped.
struct Archive {
    port: u16,
}

impl Archive {
    fn start() -> Result<Archive, String> {
        let free = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let port = free.local_addr().map_err(|error| error.to_string())?.port();
        drop(free);
        local(port, "start").map(|()| Archive { port })
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        if let Err(why) = local(self.port, "stop") {
            say(&format!("Azurite was not stopped: {why}"));
        }
    }
}

fn local(port: u16, command: &str) -> Result<(), String> {
    let script = here().join("local.sh");
    let run = Command::new("sh")
        .arg(script)
        .args([command, "--port", &port.to_string()])
        .output();
    let output = run.map_err(|error| format!("sh: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(said(&output))
    }
}

/// Says something past the test runner, which hides what passing tests print.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "end_to_end: {text}");
}

/// The interpreter to use, when it has the MCP client.
fn python() -> Option<String> {
    let python = env::var("GRANTC_E2E_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_client = Command::new(&python)
        .args(["-c", "from mcp import Client"])
        .output()
        .ok()?;
    has_client.status.success().then_some(python)
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn said(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}
