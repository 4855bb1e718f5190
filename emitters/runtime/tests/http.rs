//! A generated server over HTTP, byte by byte: both protocol eras, every way to be refused.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "support/plain.rs"]
mod plain;
#[path = "support/http.rs"]
mod support;

use grantc_runtime::{Mode, Settings, serve_http};
use serde_json::{Value, json};
use support::{ACCEPT, JSON, Served, request, server};
use tokio::net::TcpListener;

const NONE: &[(&str, &str)] = &[("GRANTC_AUTH", "none")];

fn call(tool: &str, arguments: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
           "params": {"name": tool, "arguments": arguments}})
}

#[tokio::test]
async fn both_eras_are_answered_with_json_and_without_sessions() {
    let served = Served::start(NONE, &[]).await;
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"}}});
    let answer = served.legacy(&[], &hello).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("mcp-session-id"), "");
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(served.legacy(&[], &ready).await.status, 202);
    let answer = served
        .legacy(&[], &call("echo", json!({"text": "abc"})))
        .await;
    assert_eq!(
        answer.json()["result"]["structuredContent"],
        json!({"text": "abc"})
    );

    let answer = served.stateless(&[], "server/discover", json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["result"]["cacheScope"], "private");
    let answer = served.stateless(&[], "tools/list", json!({})).await;
    assert_eq!(
        answer.tools(),
        ["echo", "misbehave", "type", "defaults", "plant", "pay"]
    );
    assert_eq!(answer.json()["result"]["cacheScope"], "private");
    let params = json!({"name": "echo", "arguments": {"text": "abc"}});
    let answer = served.stateless(&[], "tools/call", params).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.json()["result"]["structuredContent"],
        json!({"text": "abc"})
    );
    served.stop().await;
}

#[tokio::test]
async fn only_posts_are_taken_and_the_probe_is_answered() {
    let served = Served::start(NONE, &[]).await;
    for method in ["GET", "DELETE", "PUT", "OPTIONS"] {
        let answer = served
            .send(&format!("{method} /mcp HTTP/1.1"), &[ACCEPT], "")
            .await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, "POST"),
            "{method}"
        );
    }
    assert_eq!(served.send("GET / HTTP/1.1", &[], "").await.status, 200);
    assert_eq!(
        served.send("GET /other HTTP/1.1", &[], "").await.status,
        404
    );
    let known = served.send(
        "GET /.well-known/oauth-protected-resource HTTP/1.1",
        &[],
        "",
    );
    assert_eq!(known.await.status, 404, "there are no tokens to get");
    served.stop().await;
}

#[tokio::test]
async fn what_is_no_message_is_a_bad_request() {
    let served = Served::start(NONE, &[]).await;
    let post = "POST /mcp HTTP/1.1";
    for (body, code) in [
        ("{", -32700),
        ("[]", -32600),
        (
            "{\"jsonrpc\":\"1.0\",\"method\":\"tools/list\",\"id\":1}",
            -32600,
        ),
        ("{\"jsonrpc\":\"2.0\",\"id\":1}", -32600),
    ] {
        let answer = served.send(post, &[ACCEPT, JSON], body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["error"]["code"], code, "{body}");
    }
    let nested = "[".repeat(100_000);
    assert_eq!(
        served.send(post, &[ACCEPT, JSON], &nested).await.status,
        400
    );
    let list = request("tools/list", json!({})).to_string();
    let answer = served.send(post, &["accept: text/html", JSON], &list).await;
    assert_eq!(answer.status, 406);
    let answer = served
        .send(post, &[ACCEPT, "content-type: text/plain"], &list)
        .await;
    assert_eq!(answer.status, 415);
    let large = format!("\"{}\"", "x".repeat(grantc_runtime::MOST_BYTES));
    assert_eq!(served.send(post, &[ACCEPT, JSON], &large).await.status, 413);
    served.stop().await;
}

#[tokio::test]
async fn headers_and_body_must_agree() {
    let served = Served::start(NONE, &[]).await;
    let post = "POST /mcp HTTP/1.1";
    let version = "mcp-protocol-version: 2026-07-28";
    let list = request("tools/list", json!({})).to_string();
    let mut future = request("tools/list", json!({}));
    future["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2099-01-01".into();
    let mut bare = request("tools/list", json!({}));
    bare["params"] = json!({});
    let cases: [(&[&str], &str, u16, i64); 7] = [
        (&[version, "mcp-method: tools/call"], &list, 400, -32020),
        (&[version], &list, 400, -32020),
        (
            &["mcp-protocol-version: 2025-11-25", "mcp-method: tools/list"],
            &list,
            400,
            -32020,
        ),
        (
            &["mcp-protocol-version: 2099-01-01", "mcp-method: tools/list"],
            &future.to_string(),
            400,
            -32022,
        ),
        (
            &["mcp-protocol-version: 2099-01-01", "mcp-method: tools/list"],
            &bare.to_string(),
            400,
            -32022,
        ),
        (
            &[version, "mcp-method: tools/list"],
            &bare.to_string(),
            400,
            -32602,
        ),
        (
            &[version, "mcp-method: no/such"],
            &request("no/such", json!({})).to_string(),
            404,
            -32601,
        ),
    ];
    for (head, body, status, code) in cases {
        let head = [&[ACCEPT, JSON], head].concat();
        let answer = served.send(post, &head, body).await;
        assert_eq!(answer.status, status, "{head:?} {answer:?}");
        assert_eq!(answer.json()["error"]["code"], code, "{head:?} {answer:?}");
        if code == -32022 {
            let data = &answer.json()["error"]["data"];
            assert_eq!(data["requested"], "2099-01-01");
            assert!(
                data["supported"]
                    .as_array()
                    .unwrap()
                    .contains(&json!("2026-07-28"))
            );
        }
    }
    served.stop().await;
}

#[tokio::test]
async fn other_hosts_and_other_pages_are_refused() {
    let settings = [NONE[0], ("GRANTC_ALLOWED_ORIGINS", "https://desk.example")];
    let served = Served::start(&settings, &[]).await;
    for (line, status) in [
        ("host: evil.example", 403),
        ("host: 127.0.0.1.evil.example:80", 403),
        ("host: localhost:99", 200),
        ("host: [::1]", 200),
        ("origin: https://evil.example", 403),
        ("origin: null", 403),
        ("origin: https://desk.example:444", 403),
        ("origin: https://desk.example", 200),
        ("origin: http://localhost:6274", 200),
    ] {
        let answer = served.stateless(&[line], "tools/list", json!({})).await;
        assert_eq!(answer.status, status, "{line}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_key_opens_and_a_wrong_one_does_not() {
    let settings = [("GRANTC_AUTH", "key"), ("GRANTC_KEY", "open sesame")];
    let served = Served::start(&settings, &[(&[], true), (&["Scope"], false)]).await;
    for (line, status) in [
        ("x-none: 1", 401),
        ("x-functions-key: open sesam", 401),
        ("x-functions-key: open sesame ", 200),
    ] {
        let answer = served.stateless(&[line], "tools/list", json!({})).await;
        assert_eq!(answer.status, status, "{line}");
        assert_eq!(answer.header("www-authenticate"), "");
    }
    let key = "x-functions-key: open sesame";
    let answer = served.stateless(&[key], "tools/list", json!({})).await;
    assert_eq!(answer.tools(), ["type", "defaults", "plant", "pay"]);
    for tool in ["echo", "misbehave"] {
        let answer = served
            .stateless(&[key], "tools/call", json!({"name": tool}))
            .await;
        assert_eq!(answer.status, 403, "{answer:?}");
        let answer = served.legacy(&[key], &call(tool, json!({}))).await;
        assert_eq!(answer.status, 403, "{answer:?}");
    }
    served.stop().await;
}

#[tokio::test]
async fn app_service_says_who_calls() {
    let settings = [
        ("GRANTC_AUTH", "app-service"),
        ("WEBSITE_AUTH_ENABLED", "True"),
        ("WEBSITE_HOSTNAME", "desk.azurewebsites.net"),
        ("FUNCTIONS_CUSTOMHANDLER_PORT", "1"),
        ("GRANTC_AUTH_SCOPE_PREFIX", "api://desk/"),
    ];
    let served = Served::start(&settings, &[(&["Invoices.File"], false), (&[], true)]).await;
    let host = "host: desk.azurewebsites.net";
    let answer = served.stateless(&[host], "tools/list", json!({})).await;
    assert_eq!(answer.status, 401);
    // {"claims":[{"typ":"roles","val":"Invoices.Read"}]}
    let agent = "x-ms-client-principal: eyJjbGFpbXMiOlt7InR5cCI6InJvbGVzIiwidmFsIjoiSW52b2ljZXMuUmVhZCJ9XX0=";
    let answer = served
        .stateless(&[host, agent], "tools/list", json!({}))
        .await;
    assert_eq!(answer.tools(), ["type", "defaults", "plant", "pay"]);
    let answer = served
        .stateless(&[host, agent], "tools/call", json!({"name": "echo"}))
        .await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer resource_metadata=\"https://desk.azurewebsites.net/.well-known/oauth-protected-resource/mcp\", \
         error=\"insufficient_scope\", error_description=\"`echo` requires: Invoices.File\", \
         scope=\"api://desk/Invoices.File\""
    );
    let answer = served
        .stateless(&[host, agent], "tools/call", json!({"name": "misbehave"}))
        .await;
    assert_eq!(
        answer.json()["error_description"],
        "`misbehave` acts for a signed-in user, and there is none"
    );
    served.stop().await;
}

#[tokio::test]
async fn headers_of_app_service_count_for_nothing_elsewhere() {
    let settings = [
        ("GRANTC_AUTH", "key"),
        ("GRANTC_KEY", "k"),
        ("WEBSITE_AUTH_ENABLED", "True"),
    ];
    let served = Served::start(&settings, &[(&["Invoices.Read"], false)]).await;
    let agent = "x-ms-client-principal: eyJjbGFpbXMiOlt7InR5cCI6InJvbGVzIiwidmFsIjoiSW52b2ljZXMuUmVhZCJ9XX0=";
    let answer = served.stateless(&[agent], "tools/list", json!({})).await;
    assert_eq!(answer.status, 401);
    let answer = served
        .stateless(&[agent, "x-functions-key: k"], "tools/list", json!({}))
        .await;
    assert!(!answer.tools().contains(&"echo".to_owned()));
    served.stop().await;
}

#[tokio::test]
async fn a_running_call_is_finished_before_the_server_stops() {
    let served = Served::start(NONE, &[]).await;
    let slow = call("misbehave", json!({"how": "sleep"})); // its time is 200 ms
    let stopping = async {
        plain::ASLEEP.notified().await;
        served.tell();
    };
    let (answer, ()) = tokio::join!(served.legacy(&[], &slow), stopping);
    assert_eq!(answer.json()["result"]["isError"], true);
    served.stop().await;
}

#[tokio::test]
async fn what_is_missing_is_named_at_start() {
    let local: &[(&str, &str)] = &[];
    for (settings, bind, mode, why) in [
        (local, "127.0.0.1:0", Mode::Azure, Some("GRANTC_AUTH")),
        (local, "127.0.0.1:0", Mode::Local, None),
        (
            &[("GRANTC_AUTH", "key")],
            "127.0.0.1:0",
            Mode::Azure,
            Some("GRANTC_KEY"),
        ),
        (&[("GRANTC_AUTH", "key")], "127.0.0.1:0", Mode::Local, None),
        (NONE, "0.0.0.0:0", Mode::Azure, Some("loopback")),
        (
            local,
            "0.0.0.0:0",
            Mode::Local,
            Some("GRANTC_ALLOWED_HOSTS"),
        ),
        (
            &[NONE[0], ("WEBSITE_HOSTNAME", "desk.azurewebsites.net")],
            "127.0.0.1:0",
            Mode::Azure,
            Some("loopback"),
        ),
        (
            &[("GRANTC_AUTH", "app-service")],
            "127.0.0.1:0",
            Mode::Azure,
            Some("WEBSITE_AUTH_ENABLED"),
        ),
        (
            &[("GRANTC_AUTH", "maybe")],
            "127.0.0.1:0",
            Mode::Azure,
            Some("`maybe` is not known"),
        ),
    ] {
        let listener = TcpListener::bind(bind).await.unwrap();
        let settings: Settings = settings.iter().copied().collect();
        let ended = serve_http(server(&[]), mode, &settings, listener, async {}).await;
        match why {
            None => ended.unwrap(),
            Some(why) => {
                let error = ended.unwrap_err().to_string();
                assert!(error.contains(why), "{error}");
            }
        }
    }
}
