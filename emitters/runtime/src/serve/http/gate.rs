//! The gate before the protocol: who calls, how much they send, and whether they may call that tool.
//!
//! What a caller may not call is refused here, with a status and a challenge that a client can act
//! on; the tool itself refuses once more, whatever protocol a call came by.

use super::MOST_BYTES;
use super::challenge::Challenges;
use crate::caller::Guard;
use crate::server::Running;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use rmcp::model::{ErrorCode, ProtocolVersion};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long a caller may take to send a request.
const SENDING: Duration = Duration::from_secs(30);

/// What a request may take beyond the longest time of any tool.
const BEYOND: Duration = Duration::from_secs(10);

/// Headers that only the gate reads: nothing after it may log or forward them.
const CREDENTIALS: [&str; 4] = [
    "authorization",
    "x-functions-key",
    "x-ms-client-principal",
    "x-ms-token-aad-access-token",
];

pub(super) struct Gate {
    guard: Guard,
    challenges: Challenges,
    running: Arc<Running>,
    longest: Duration,
}

impl Gate {
    pub(super) fn new(guard: Guard, challenges: Challenges, running: Arc<Running>) -> Self {
        let times = running.tools.iter().map(|ready| ready.row.limits.timeout());
        let longest = times.max().unwrap_or_default() + BEYOND;
        Self {
            guard,
            challenges,
            running,
            longest,
        }
    }

    async fn pass(&self, request: Request, next: Next) -> Result<Response, Response> {
        let (mut parts, body) = request.into_parts();
        let admitted = self.guard.admit(&parts.headers).await;
        let caller = admitted.map_err(|refusal| self.challenges.unknown(&refusal))?;

        let body = timeout(SENDING, to_bytes(body, MOST_BYTES)).await;
        let body = body.map_err(|_| StatusCode::REQUEST_TIMEOUT.into_response())?;
        let body = body.map_err(|_| {
            let why = format!("a request may have {MOST_BYTES} bytes\n");
            (StatusCode::PAYLOAD_TOO_LARGE, why).into_response()
        })?;
        let message = message(&body)?;
        known_version(&parts.headers, &message)?;
        if is(&message, "method", "tools/call") {
            let name = message.pointer("/params/name").and_then(Value::as_str);
            let called = self
                .running
                .tools
                .iter()
                .find(|ready| Some(ready.row.name) == name);
            if let Some(row) = called.map(|ready| ready.row)
                && let Some(lack) = caller.lacks(row)
            {
                tracing::warn!(
                    target: "grantc", tool = row.name, caller = caller.word(),
                    caller_id = caller.principal().and_then(|known| known.object_id.as_deref()),
                    "a caller was refused"
                );
                return Err(self.challenges.forbidden(row, lack));
            }
        }

        for name in CREDENTIALS {
            parts.headers.remove(name);
        }
        parts.extensions.insert(caller);
        let request = Request::from_parts(parts, Body::from(body));
        timeout(self.longest, next.run(request))
            .await
            .map_err(|_| StatusCode::GATEWAY_TIMEOUT.into_response())
    }
}

/// Lets a request through, or answers it.
pub(super) async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    gate.pass(request, next)
        .await
        .unwrap_or_else(|refused| refused)
}

/// Whether a member of a message is this text.
fn is(message: &Value, member: &str, text: &str) -> bool {
    message.get(member).and_then(Value::as_str) == Some(text)
}

/// The one JSON-RPC message of a request.
#[expect(
    clippy::result_large_err,
    reason = "an answer is made once and handed on"
)]
fn message(body: &[u8]) -> Result<Value, Response> {
    let message: Value = serde_json::from_slice(body).map_err(|_| {
        let why = "the body is not JSON";
        wrong(&Value::Null, ErrorCode::PARSE_ERROR, why, None)
    })?;
    let speaks = ["method", "result", "error"];
    if is(&message, "jsonrpc", "2.0") && speaks.iter().any(|word| message.get(word).is_some()) {
        return Ok(message);
    }
    let why = "the body is not one JSON-RPC 2.0 message";
    let id = message.get("id").cloned().unwrap_or_default();
    Err(wrong(&id, ErrorCode::INVALID_REQUEST, why, None))
}

/// Refuses a version that only the header names, and that nobody here speaks. Where the message
/// names one too, the protocol does so itself.
#[expect(
    clippy::result_large_err,
    reason = "an answer is made once and handed on"
)]
fn known_version(headers: &HeaderMap, message: &Value) -> Result<(), Response> {
    let named = message.pointer("/params/_meta/io.modelcontextprotocol~1protocolVersion");
    let opens = is(message, "method", "initialize");
    let Some(asked) = headers
        .get("mcp-protocol-version")
        .filter(|_| named.is_none() && !opens)
    else {
        return Ok(());
    };
    let known = ProtocolVersion::KNOWN_VERSIONS;
    if known.iter().any(|version| asked == version.as_str()) {
        return Ok(());
    }
    let supported: Vec<_> = known.iter().map(ProtocolVersion::as_str).collect();
    let asked = String::from_utf8_lossy(asked.as_bytes());
    let data = json!({ "supported": supported, "requested": asked });
    let id = message.get("id").cloned().unwrap_or_default();
    let code = ErrorCode::UNSUPPORTED_PROTOCOL_VERSION;
    Err(wrong(&id, code, "unsupported protocol version", Some(data)))
}

/// A JSON-RPC error with the status of a bad request.
fn wrong(id: &Value, code: ErrorCode, message: &str, data: Option<Value>) -> Response {
    let error = match data {
        Some(data) => json!({ "code": code.0, "message": message, "data": data }),
        None => json!({ "code": code.0, "message": message }),
    };
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string();
    let json = [(CONTENT_TYPE, "application/json")];
    (StatusCode::BAD_REQUEST, json, body).into_response()
}
