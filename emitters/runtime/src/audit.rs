//! The audit: one structured event per call, whatever became of it; never what was asked or answered.
//!
//! The event is `tracing` at level INFO with target [`TARGET`]. Its fields:
//!
//! | field | what |
//! |---|---|
//! | `tool` | the tool called |
//! | `correlation_id` | a fresh UUID, also in the log and in what a caller reads of an internal error |
//! | `identities` | the identities the tool acts as, as declared, separated by spaces |
//! | `uses` | what it declares, `resource:operation`, separated by spaces |
//! | `outcome` | `ok`, or the word of an [`ErrorKind`](crate::ErrorKind); `dropped` when the connection went away |
//! | `duration_ms` | how long it took, waiting included |
//! | `input_digest` | `sha256:` of the arguments in canonical JSON (RFC 8785) |
//! | `response_bytes` | size of the result as JSON; 0 for an error |

use crate::server::Reply;
use crate::{Call, ToolError, table};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
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
        let digest = digest(arguments);
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
        tracing::info!(
            target: TARGET,
            tool = self.row.name,
            correlation_id = %self.call.correlation_id(),
            identities = identities.join(" "),
            uses = uses.collect::<Vec<_>>().join(" "),
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

/// `sha256:` and the digest of a value in canonical JSON.
fn digest(value: &Value) -> String {
    let canonical = serde_json_canonicalizer::to_vec(value).unwrap_or_default();
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(canonical) {
        let _ = write!(text, "{byte:02x}"); // writing to a string does not fail
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_digest_is_that_of_the_canonical_form() {
        assert_eq!(
            digest(&json!({"b": 1.0, "a": "x"})),
            digest(&json!({"a": "x", "b": 1}))
        );
        assert_eq!(
            digest(&json!({})), // printf '{}' | sha256sum
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
    }
}
