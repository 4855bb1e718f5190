//! Serving: the protocols by which calls come in.
//!
//! [`Running`](crate::Running) knows no protocol; each one is a thin module here.

mod arguments;
mod http;
mod mcp;
mod run;

pub use http::{HttpError, MOST_BYTES, serve_http};
pub use mcp::{Handler, LIST_TTL};
pub use run::run;

use crate::{Mode, Running};

/// Says in the log what is served, how, and what stands in for what.
fn told(running: &Running, mode: Mode, over: &str, notes: &[String]) {
    let table = running.table;
    tracing::info!(
        target: "grantc", server = table.name, version = table.version,
        tools = running.tools.len(), mode = ?mode, "serving MCP over {over}"
    );
    for note in notes.iter().chain(running.notes()) {
        tracing::warn!(target: "grantc", "{note}");
    }
}
