//! What the tests of served tools share: a real `rmcp` client on an in-memory connection.
#![allow(dead_code, reason = "each test uses its part")]

use grantc_runtime::{Handler, Running};
use rmcp::model::{ClientConfig, ProtocolVersion};
use rmcp::service::{
    ClientLifecycleMode, ClientServiceExt as _, RoleClient, RunningService, ServiceExt as _,
};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A protocol era.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Era {
    /// `initialize`, up to 2025-11-25.
    Legacy,
    /// `server/discover`, from 2026-07-28.
    Stateless,
}

impl Era {
    /// The version that the client speaks.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Era::Legacy => "2025-11-25",
            Era::Stateless => "2026-07-28",
        }
    }
}

/// Serves on one end of a pipe and connects a client to the other.
pub(crate) async fn connect(
    running: Running,
    era: Era,
) -> RunningService<RoleClient, ClientConfig> {
    let (server_end, client_end) = tokio::io::duplex(1 << 16);
    let handler = Handler::new(Arc::new(running)).unwrap();
    tokio::spawn(async move { handler.serve(server_end).await.unwrap().waiting().await });
    let mode = match era {
        Era::Legacy => ClientLifecycleMode::Initialize,
        Era::Stateless => ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        },
    };
    ClientConfig::default()
        .serve_with_lifecycle(client_end, mode)
        .await
        .unwrap()
}

/// The members of a JSON object.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("not an object: {other}"),
    }
}
