//! A generated server as a program of its own: arguments, exit codes, what goes to which stream.
//!
//! Without a harness: started with `GRANTC_TEST_SERVE` this program *is* the server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a panic is how a test fails"
)]

#[path = "support/plain.rs"]
mod plain;

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, ExitCode, Output, Stdio};

fn main() -> ExitCode {
    if std::env::var_os("GRANTC_TEST_SERVE").is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        return match runtime {
            Ok(runtime) => runtime.block_on(grantc_runtime::run(plain::server())),
            Err(_) => ExitCode::FAILURE,
        };
    }
    arguments_are_understood_or_explained();
    a_legacy_client_is_served_and_the_log_is_apart();
    a_stateless_client_is_served();
    a_cancelled_call_is_not_answered_but_audited();
    a_client_that_goes_away_is_no_failure();
    println!("stdio: 5 passed");
    ExitCode::SUCCESS
}

fn server(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(arguments)
        .env("GRANTC_TEST_SERVE", "1")
        .env_remove("RUST_LOG");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = server(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn arguments_are_understood_or_explained() {
    let (code, out, err) = run(&["--help"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("usage: plain --stdio [--local]"), "{out}");
    assert_eq!(
        run(&["--version"]),
        (Some(0), "plain 0.1.0\n".to_owned(), String::new())
    );
    for (arguments, why) in [
        (
            &[] as &[&str],
            "plain: say how to serve: `--stdio` or `--http`",
        ),
        (
            &["--local"],
            "plain: say how to serve: `--stdio` or `--http`",
        ),
        (&["--stdio", "--port=1"], "plain: `--port=1` is not known"),
    ] {
        let (code, out, err) = run(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(err.starts_with(why) && err.contains("usage:"), "{err}");
    }
}

/// Sends messages, closes the input, and gives back answers and log.
fn converse(messages: &[Value]) -> (Vec<Value>, Vec<Value>) {
    let mut child = server(&["--stdio"]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut answers = Vec::new();
    for message in messages {
        writeln!(input, "{message}").unwrap();
        if message.get("id").is_some() {
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            answers.push(serde_json::from_str(&line).unwrap());
        }
    }
    drop(input);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let log = String::from_utf8(ended.stderr).unwrap();
    let log = log
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    (answers, log)
}

fn a_legacy_client_is_served_and_the_log_is_apart() {
    let (answers, log) = converse(&[
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"}}}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
            "name": "echo", "arguments": {"text": "hush"}}}),
        json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": 7}}),
        json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {
            "name": "misbehave", "arguments": {"how": "leak"}}}),
    ]);
    let [hello, echo, malformed, leak] = &answers[..] else {
        panic!("{answers:#?}")
    };
    assert_eq!(hello["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(hello["result"]["serverInfo"]["name"], "plain");
    assert_eq!(echo["result"]["structuredContent"], json!({"text": "hush"}));
    assert_eq!(malformed["error"]["code"], -32602);
    assert_eq!(leak["result"]["isError"], true);

    let audit: Vec<_> = log
        .iter()
        .filter(|line| line["target"] == "grantc::audit")
        .collect();
    let [echoed, leaked] = &audit[..] else {
        panic!("{log:#?}")
    };
    assert_eq!(echoed["tool"], "echo");
    assert_eq!(echoed["outcome"], "ok");
    assert_eq!(echoed["response_bytes"], 15);
    // printf '{"text":"hush"}' | sha256sum
    assert_eq!(
        echoed["input_digest"],
        "sha256:45acdec9e918af1e922de04ecebb8032b3674924c3e08994c9599369e44a891d"
    );
    assert_eq!(leaked["outcome"], "internal");
    let errors = log
        .iter()
        .filter(|line| line["correlation_id"] == leaked["correlation_id"]);
    assert_eq!(errors.count(), 2, "the log has the cause under the same id");
    let text = format!("{log:?}");
    assert!(!text.contains("hush"), "arguments are in no log");
    assert!(text.contains("hunter2"), "causes are");
}

fn a_stateless_client_is_served() {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let (answers, _) = converse(&[
        json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": meta}}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {"_meta": meta}}),
        json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {
            "_meta": meta, "name": "type"}}),
    ]);
    let [discover, list, call] = &answers[..] else {
        panic!("{answers:#?}")
    };
    assert_eq!(discover["result"]["cacheScope"], "private");
    assert_eq!(discover["result"]["ttlMs"], 300_000);
    assert_eq!(discover["result"]["capabilities"], json!({"tools": {}}));
    assert_eq!(discover["result"]["instructions"], "Say anything.");
    assert_eq!(
        discover["result"]["supportedVersions"],
        json!([
            "2024-11-05",
            "2025-03-26",
            "2025-06-18",
            "2025-11-25",
            "2026-07-28"
        ])
    );
    assert_eq!(list["result"]["resultType"], "complete");
    assert_eq!(list["result"]["tools"][2]["name"], "type");
    let digest = list["result"]["_meta"]["com.contoso/digests"]["type"]
        .as_str()
        .unwrap();
    assert!(digest.starts_with("sha256:"));
    assert_eq!(call["result"]["structuredContent"], json!({}));
}

fn a_cancelled_call_is_not_answered_but_audited() {
    let mut child = server(&["--stdio"]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for message in [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"}}}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
            "name": "misbehave", "arguments": {"how": "sleep"}}}),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}}),
        json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {
            "name": "misbehave", "arguments": {"how": "well"}}}),
    ] {
        writeln!(input, "{message}").unwrap();
    }
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let answers: Vec<Value> = lines
        .take(2)
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    // The tool runs one call at a time: the third could start because the second had ended.
    assert_eq!(answers[1]["id"], 3);
    assert_eq!(answers[1]["result"]["isError"], false);
    drop(input);
    let log = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert_eq!(log.matches(r#""outcome":"cancelled""#).count(), 1, "{log}");
}

fn a_client_that_goes_away_is_no_failure() {
    let (answers, log) = converse(&[]);
    assert!(answers.is_empty());
    assert_eq!(log[0]["message"], "serving MCP over stdio");
}
