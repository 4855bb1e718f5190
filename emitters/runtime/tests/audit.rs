//! Audit events: one for each call, whatever became of it, and which app served it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

#[path = "support/plain.rs"]
mod plain;
mod support;

use grantc_runtime::{Mode, Server, Settings, table};
use plain::generated::{Tools as _, tool};
use serde_json::{Value, json};
use std::io;
use std::sync::{Arc, Mutex};
use support::Era;
use tracing_subscriber::fmt::MakeWriter;

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

impl Log {
    fn events(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .filter(|line| line["target"] == grantc_runtime::audit::TARGET)
            .collect()
    }
}

#[tokio::test]
async fn every_call_leaves_one_event() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(log.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let running = plain::server()
        .start(Mode::Azure, &Settings::default())
        .unwrap();

    assert!(
        running.call("unheard-of", json!({})).await.is_none(),
        "and no event"
    );
    let calls = [
        ("echo", json!({"text": "secret"}), "arguments"),
        ("echo", json!({"text": "a"}), "ok"),
        ("misbehave", json!({"how": "say"}), "failed"),
        ("misbehave", json!({"how": "panic"}), "internal"),
        ("misbehave", json!({"how": "invalid"}), "output"),
        ("misbehave", json!({"how": "sleep"}), "timeout"),
    ];
    for (tool, arguments, _) in &calls {
        let _ = running.call(tool, arguments.clone()).await;
    }
    // A caller that goes away while the tool runs.
    drop(
        tokio::time::timeout(
            std::time::Duration::from_millis(20),
            running.call("misbehave", json!({"how": "sleep"})),
        )
        .await,
    );

    let events = log.events();
    let outcomes: Vec<_> = events
        .iter()
        .map(|event| event["outcome"].as_str().unwrap())
        .collect();
    let expected = calls
        .iter()
        .map(|(.., outcome)| *outcome)
        .chain(["dropped"]);
    assert_eq!(outcomes, expected.collect::<Vec<_>>());
    let first = events[0].as_object().unwrap();
    let fields: Vec<_> = first.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "timestamp",
            "level",
            "message",
            "tool",
            "correlation_id",
            "caller",
            "identities",
            "uses",
            "stand_ins",
            "outcome",
            "duration_ms",
            "input_digest",
            "response_bytes",
            "target",
        ]
    );
    assert!(!format!("{events:?}").contains("secret"));
}

#[tokio::test]
async fn an_app_of_several_serves_its_tools_under_its_name() {
    let whole = plain::server().table();
    let table = Box::leak(Box::new(table::Table {
        apps: &[
            table::App {
                name: "talk",
                tools: &["echo"],
            },
            table::App {
                name: "rest",
                tools: &["misbehave", "type", "defaults", "plant"],
            },
        ],
        ..*whole
    }));
    let server = |app: &'static str| {
        let settings: Settings = [("GRANTC_APP", app)].into_iter().collect();
        let tools = Arc::new(plain::Plain);
        Server::new(table)
            .route::<tool::echo, _, _>(&tools, |tools, cx, input| async move {
                tools.echo(&cx, input).await
            })
            .start(Mode::Azure, &settings)
    };
    let running = server("talk").unwrap();
    assert!(
        running
            .call("misbehave", json!({"how": "well"}))
            .await
            .is_none()
    );
    let client = support::connect(running, Era::Legacy).await;
    assert_eq!(
        client
            .peer_info()
            .unwrap()
            .server_info
            .as_ref()
            .unwrap()
            .name,
        "plain-talk"
    );
    let tools = client.list_tools(None).await.unwrap();
    assert_eq!(tools.tools.len(), 1);
    assert_eq!(
        tools.meta.unwrap().0["com.contoso/digests"]
            .as_object()
            .unwrap()
            .len(),
        1
    );
    assert!(
        server("other")
            .unwrap_err()
            .to_string()
            .contains("there are: talk, rest")
    );
}
