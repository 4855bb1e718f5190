//! For tests over HTTP: a server on a free port, and a client that sends exactly what it is told.
#![allow(dead_code, reason = "each test uses its part")]

use crate::plain::{Plain, generated};
use generated::{Tools as _, tool};
use grantc_runtime::{HttpError, Mode, Server, Settings, serve_http, table};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A server that answers until it is stopped.
pub(crate) struct Served {
    pub(crate) port: u16,
    stop: CancellationToken,
    ended: JoinHandle<Result<(), HttpError>>,
}

impl Served {
    /// The plain server, with `requires` and `delegated` of the first tools as given.
    pub(crate) async fn start(
        settings: &[(&str, &str)],
        wants: &'static [(&'static [&'static str], bool)],
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let settings: Settings = settings.iter().copied().collect();
        let stop = CancellationToken::new();
        let until = stop.clone().cancelled_owned();
        let ended = tokio::spawn(async move {
            serve_http(server(wants), Mode::Azure, &settings, listener, until).await
        });
        Self { port, stop, ended }
    }

    /// Tells it to stop.
    pub(crate) fn tell(&self) {
        self.stop.cancel();
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) async fn stop(self) {
        self.tell();
        self.ended.await.unwrap().unwrap();
    }

    /// Sends a request; the head is a list of lines without the host.
    pub(crate) async fn send(&self, first: &str, head: &[&str], body: &str) -> Answer {
        let host = format!("host: 127.0.0.1:{}", self.port);
        let named = head.iter().any(|line| line.starts_with("host:"));
        let host = if named { "x-none: 1" } else { host.as_str() };
        let length = format!("content-length: {}", body.len());
        let mut lines = vec![first, host, "connection: close", &length];
        lines.extend(head);
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let text = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let chunked = head.contains("transfer-encoding: chunked");
        Answer {
            status,
            head: head.to_owned(),
            body: if chunked {
                unchunked(body)
            } else {
                body.to_owned()
            },
        }
    }

    /// Posts a message of the older protocol era.
    pub(crate) async fn legacy(&self, head: &[&str], message: &Value) -> Answer {
        let mut all = vec![ACCEPT, JSON, "mcp-protocol-version: 2025-11-25"];
        all.extend(head);
        self.send("POST /mcp HTTP/1.1", &all, &message.to_string())
            .await
    }

    /// Posts a request of the stateless era, with the headers and metadata it wants.
    pub(crate) async fn stateless(&self, head: &[&str], method: &str, params: Value) -> Answer {
        let name = params["name"]
            .as_str()
            .map(|name| format!("mcp-name: {name}"));
        let method_line = format!("mcp-method: {method}");
        let mut all = vec![
            ACCEPT,
            JSON,
            "mcp-protocol-version: 2026-07-28",
            &method_line,
        ];
        all.extend(name.as_deref());
        all.extend(head);
        let body = request(method, params).to_string();
        self.send("POST /mcp HTTP/1.1", &all, &body).await
    }
}

pub(crate) const ACCEPT: &str = "accept: application/json, text/event-stream";
pub(crate) const JSON: &str = "content-type: application/json";

/// A request of the stateless era.
pub(crate) fn request(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    });
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The tools listed.
    pub(crate) fn tools(&self) -> Vec<String> {
        let answer = self.json();
        let tools = answer["result"]["tools"].as_array();
        let tools = tools.unwrap_or_else(|| panic!("{self:?}"));
        let names = tools.iter().map(|tool| tool["name"].as_str().unwrap());
        names.map(str::to_owned).collect()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.strip_prefix(": ")).unwrap_or("")
    }
}

fn unchunked(body: &str) -> String {
    let (mut out, mut rest) = (String::new(), body);
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        out.push_str(&after[..length]);
        rest = after.get(length + 2..).unwrap_or("");
    }
    out
}

/// The plain server, with what its first tools want of callers.
pub(crate) fn server(wants: &'static [(&'static [&'static str], bool)]) -> Server {
    let whole = crate::plain::server().table();
    let mut rows = whole.tools.to_vec();
    for (row, (requires, delegated)) in rows.iter_mut().zip(wants) {
        (row.requires, row.delegated) = (requires, *delegated);
    }
    let table = Box::leak(Box::new(table::Table {
        tools: Box::leak(rows.into()),
        ..*whole
    }));
    let tools = Arc::new(Plain);
    Server::new(table)
        .route::<tool::echo, _, _>(
            &tools,
            |t, cx, input| async move { t.echo(&cx, input).await },
        )
        .route::<tool::misbehave, _, _>(&tools, |t, cx, input| async move {
            t.misbehave(&cx, input).await
        })
        .route::<tool::r#type, _, _>(
            &tools,
            |t, cx, input| async move { t.r#type(&cx, input).await },
        )
        .route::<tool::defaults, _, _>(&tools, |t, cx, input| async move {
            t.defaults(&cx, input).await
        })
        .route::<tool::plant, _, _>(
            &tools,
            |t, cx, input| async move { t.plant(&cx, input).await },
        )
        .route::<tool::pay, _, _>(
            &tools,
            |t, cx, input| async move { t.pay(&cx, input).await },
        )
}
