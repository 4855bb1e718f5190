//! The server with real parts: storage is Azurite, the callers are the official MCP clients.
//!
//! Needs Node.js with npm. Clients that are not installed are named and skipped; `.ci/run` installs
//! all of them, and with `GRANTC_REQUIRE_E2E=1` a missing part is a failure.

#[path = "../../clients/mod.rs"]
mod clients;

use serde_json::json;
use std::env;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::Command;

const HERE: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_official_clients_agree_over_stdio_and_http() {
    let articles = match Articles::start() {
        Ok(articles) => articles,
        Err(why) if env::var_os("GRANTC_REQUIRE_E2E").is_none() => {
            say(&format!("skipped: {why}"));
            return;
        }
        Err(why) => panic!("{why}"),
    };
    let storage = format!("http://127.0.0.1:{}/devstoreaccount1", articles.port);
    let environment = [
        ("GRANTC_LOCAL_BLOB_ENDPOINT", storage),
        (
            "GRANTC_LOCAL_ARTICLE_INDEX_FILES",
            format!("{HERE}/data/index"),
        ),
        ("GRANTC_LOCAL_GRAPH_FILES", format!("{HERE}/data/graph")),
    ];
    let calls = json!([
        {"tool": "search_articles", "arguments": {"question": "difficult feedback"},
         "answer": {"articles": [{"id": "difficult-feedback", "topic": "people", "updated": "2026-02-09"}]},
         "tools": ["search_articles", "read_article", "prepare_meetings"]},
        {"tool": "search_articles", "arguments": {"question": "What is it?"}, "refusal": "no word to look for"},
        {"tool": "read_article", "arguments": {"id": "day-rates"},
         "answer": {"id": "day-rates", "title": "Day rates and discounts"}},
        {"tool": "read_article", "arguments": {"id": "no-such-article"}, "refusal": "no published article"},
        {"tool": "read_article", "arguments": {"id": "../drafts/x"}, "refusal": "/id"},
        {"tool": "prepare_meetings", "arguments": {"day": "2026-12-01"},
         "answer": {"meetings": [{"subject": "Migration cut-over, over night",
                                  "starts": "2026-11-30T21:00:00Z"}]}},
        {"tool": "prepare_meetings", "arguments": {"day": "tomorrow"}, "refusal": "/day"},
    ]);
    clients::all(env!("CARGO_BIN_EXE_knowledge-base"), &environment, &calls);
}

/// Azurite with the articles in it, until dropped.
struct Articles {
    port: u16,
}

impl Articles {
    fn start() -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let port = free.local_addr().map_err(|error| error.to_string())?.port();
        drop(free);
        local(port, "start").map(|()| Self { port })
    }
}

impl Drop for Articles {
    fn drop(&mut self) {
        if let Err(why) = local(self.port, "stop") {
            say(&format!("Azurite was not stopped: {why}"));
        }
    }
}

fn local(port: u16, command: &str) -> Result<(), String> {
    let script = format!("{HERE}/local.sh");
    let run = Command::new("sh")
        .args([&script, command, "--port", &port.to_string()])
        .output();
    let output = run.map_err(|error| format!("sh: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let streams = [&output.stdout, &output.stderr];
    Err(streams
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat())
}

/// Says something past the test runner, which hides what passing tests print.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "end_to_end: {text}");
}
