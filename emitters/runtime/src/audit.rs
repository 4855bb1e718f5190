//! The audit: one structured event per call, whatever became of it; never what was asked or answered.
//!
//! The event is `tracing` at level INFO with target [`TARGET`]. Its fields:
//!
//! | field | what |
//! |---|---|
//! | `tool` | the tool called |
//! | `correlation_id` | a fresh UUID, also in the log and in what a caller reads of an internal error |
//! | `caller` | `local`, `key`, `user` or `app` |
//! | `caller_id` | object id of the user or the application, where it is known |
//! | `caller_tenant` | the directory it is of |
//! | `identities` | the identities the tool acts as, as declared, separated by spaces |
//! | `uses` | what it declares, `resource:operation`, separated by spaces |
//! | `stand_ins` | those of its resources that `--local` replaced on this machine, separated by spaces |
//! | `outcome` | `ok`, or the word of an [`ErrorKind`](crate::ErrorKind); `dropped` when the connection went away |
//! | `duration_ms` | how long it took, waiting included |
//! | `input_digest` | `sha256:` of the arguments in canonical JSON (RFC 8785) |
//! | `response_bytes` | size of the result as JSON; 0 for an error |

use crate::server::Reply;
use crate::{Call, ToolError, digest, table};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// The `tracing` target of audit events.
pub const TARGET: &str = "grantc::audit";

/// The event of one call. Dropped unfinished, it is written all the same.
pub(crate) struct Event {
    row: &'static table::Tool,
    call: Call,
    digest: String,
    started: Instant,
    written: bool,
}

impl Event {
    pub(crate) fn new(row: &'static table::Tool, call: &Call, arguments: &Value) -> Self {
        let digest = digest::of(arguments);
        Self {
            row,
            call: call.clone(),
            digest,
            started: Instant::now(),
            written: false,
        }
    }

    pub(crate) fn finish(&mut self, answer: &Result<Reply, ToolError>, took: Duration) {
        match answer {
            Ok(reply) => self.write("ok", took, reply.text.len()),
            Err(error) => self.write(error.kind().word(), took, 0),
        }
    }

    fn write(&mut self, outcome: &str, took: Duration, bytes: usize) {
        self.written = true;
        let mut identities: Vec<_> = self.row.uses.iter().map(|uses| uses.identity).collect();
        identities.sort_unstable();
        identities.dedup();
        let uses = self
            .row
            .uses
            .iter()
            .map(|uses| format!("{}:{}", uses.resource, uses.operation));
        let caller = self.call.caller();
        let known = caller.principal();
        tracing::info!(
            target: TARGET,
            tool = self.row.name,
            correlation_id = %self.call.correlation_id(),
            caller = caller.word(),
            caller_id = known.and_then(|known| known.object_id.as_deref()),
            caller_tenant = known.and_then(|known| known.tenant.as_deref()),
            identities = identities.join(" "),
            uses = uses.collect::<Vec<_>>().join(" "),
            stand_ins = self.call.stand_ins(self.row).join(" "),
            outcome,
            duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            input_digest = self.digest,
            response_bytes = bytes,
            "tool call"
        );
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        if !self.written {
            self.write("dropped", self.started.elapsed(), 0);
        }
    }
}
