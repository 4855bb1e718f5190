//! The server against the official MCP clients, over stdio and HTTP.
//!
//! Clients that are not installed are named and skipped; `.ci/run` installs all of them, and with
//! `GRANTC_REQUIRE_E2E=1` a missing one is a failure.

#[path = "../../clients/mod.rs"]
mod clients;

use serde_json::json;

#[test]
fn the_official_clients_agree_over_stdio_and_http() {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/data").to_owned();
    let environment = [("GRANTC_LOCAL_HANDBOOK_INDEX_FILES", files)];
    let calls = json!([
        {"tool": "search_handbook", "arguments": {"question": "breakfast in a hotel in Zurich"},
         "answer": {"passages": [{"id": "travel-2", "chapter": "travel", "in_force": "2026-01-01"}]},
         "tools": ["search_handbook"]},
        {"tool": "search_handbook", "arguments": {"question": "zeppelin"}, "answer": {"passages": []}},
        {"tool": "search_handbook", "arguments": {"question": "?"}, "refusal": "no word to look for"},
        {"tool": "search_handbook", "arguments": {"question": 42}, "refusal": "/question"},
    ]);
    clients::all(env!("CARGO_BIN_EXE_quickstart"), &environment, &calls);
}
