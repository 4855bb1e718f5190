//! Runs one call within its limits: concurrency, time, size; catches panics; writes the audit.

use crate::plant::Plant;
use crate::server::{Ready, Reply};
use crate::{Call, Caller, ErrorKind, ToolError, audit};
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// Runs one call of a tool.
pub(crate) async fn run(
    ready: &Ready,
    plant: &Arc<Plant>,
    arguments: Value,
    cancel: CancellationToken,
    caller: Caller,
) -> Result<Reply, ToolError> {
    let limits = ready.row.limits;
    let started = Instant::now();
    let deadline = started + limits.timeout();
    let plant = Arc::clone(plant);
    let call = Call::new(ready.row.name, deadline, cancel.clone(), plant, caller);
    let mut event = audit::Event::new(ready.row, &call, &arguments);
    let answer = tokio::select! {
        biased;
        () = cancel.cancelled() => {
            Err(ToolError::of(ErrorKind::Cancelled, "the client cancelled the call"))
        }
        answer = within_limits(ready, &call, arguments) => answer,
    };
    let answer = answer.map_err(|error| hide_internals(error, &call));
    event.finish(&answer, started.elapsed());
    answer
}

async fn within_limits(ready: &Ready, call: &Call, arguments: Value) -> Result<Reply, ToolError> {
    // Protocols say so better, with what is missing; none is let forget it.
    if call.caller().lacks(ready.row).is_some() {
        let why = format!("the caller may not call `{}`", call.tool());
        return Err(ToolError::of(ErrorKind::Denied, why));
    }
    let limits = ready.row.limits;
    let permit = timeout_at(call.deadline(), ready.permits.acquire()).await;
    let Ok(Ok(_permit)) = permit else {
        let why = format!(
            "`{}` is busy: {} calls are running; try again later",
            call.tool(),
            limits.permits()
        );
        return Err(ToolError::of(ErrorKind::Busy, why));
    };
    let work = caught((ready.route)(call.clone(), arguments));
    let Ok(value) = timeout_at(call.deadline(), work).await else {
        let why = format!(
            "`{}` did not finish within {:?}",
            call.tool(),
            limits.timeout()
        );
        return Err(ToolError::of(ErrorKind::Timeout, why));
    };
    fitted(value?, limits.response())
}

/// Awaits a future; a panic in it becomes an internal error.
async fn caught<F: Future<Output = Result<Value, ToolError>>>(future: F) -> F::Output {
    let mut future = pin!(future);
    std::future::poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        polled.unwrap_or_else(|_| {
            // The panic hook has already written where and why to stderr.
            let error = ToolError::of(ErrorKind::Internal, "the tool panicked");
            Poll::Ready(Err(error.caused_by("the tool panicked")))
        })
    })
    .await
}

/// Writes the text copy, unless it is larger than the tool may answer.
fn fitted(value: Value, most: u64) -> Result<Reply, ToolError> {
    let text = value.to_string();
    let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if size > most {
        let why = format!(
            "the result is {size} bytes of JSON, but at most {most} are allowed; ask for less"
        );
        return Err(ToolError::of(ErrorKind::TooLarge, why));
    }
    Ok(Reply { value, text })
}

/// Sends an internal error to the log and gives the caller only where to look it up.
fn hide_internals(error: ToolError, call: &Call) -> ToolError {
    let id = call.correlation_id();
    let causes = error
        .causes()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ");
    let internal = error.kind() == ErrorKind::Internal;
    if internal || !causes.is_empty() {
        tracing::error!(
            target: "grantc", tool = call.tool(), correlation_id = %id,
            kind = error.kind().word(), %error, causes, "tool call failed"
        );
    }
    if !internal {
        return error;
    }
    let message = format!(
        "`{}` failed inside; the server's log has it under correlation id {id}",
        call.tool()
    );
    ToolError::of(ErrorKind::Internal, message)
}
