//! Errors of Azure, said so that a model or an operator can act on them, and without secrets.

use crate::{Call, ErrorKind, ToolError};
use azure_core::error::ErrorKind as AzureKind;
use azure_core::http::StatusCode;

/// What a client is doing, in the words of the manifest.
#[derive(Clone, Debug)]
pub(crate) struct Doing {
    pub(crate) verb: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) identity: &'static str,
    /// What it is done to, such as ``blob `7.json` ``.
    pub(crate) thing: String,
}

/// Awaits a request until the call's deadline, and explains its failure.
pub(crate) async fn in_time<T>(
    call: &Call,
    doing: &Doing,
    request: impl Future<Output = azure_core::Result<T>>,
) -> Result<T, ToolError> {
    match tokio::time::timeout_at(call.deadline(), request).await {
        Ok(answer) => answer.map_err(|error| doing.explain(error)),
        Err(_) => {
            let why = format!("`{}` did not answer in time", doing.resource);
            Err(ToolError::of(ErrorKind::Timeout, why))
        }
    }
}

impl Doing {
    fn explain(&self, error: azure_core::Error) -> ToolError {
        let Doing {
            verb,
            resource,
            identity,
            thing,
        } = self;
        let (kind, why) = match error.kind() {
            AzureKind::HttpResponse {
                status, error_code, ..
            } => {
                let code = error_code.as_deref().unwrap_or("no code");
                self.status(*status, code)
            }
            AzureKind::Credential => (
                ErrorKind::Unavailable,
                format!("there is no token for identity `{identity}` to {verb} on `{resource}`"),
            ),
            AzureKind::Connection | AzureKind::Io => (
                ErrorKind::Unavailable,
                format!("`{resource}` cannot be reached"),
            ),
            _ => (
                ErrorKind::Unavailable,
                format!("`{resource}` did not answer sensibly for {thing}"),
            ),
        };
        ToolError::of(kind, why).caused_by(error)
    }

    fn status(&self, status: StatusCode, code: &str) -> (ErrorKind, String) {
        let Doing {
            verb,
            resource,
            identity,
            thing,
        } = self;
        match u16::from(status) {
            404 if code == "ContainerNotFound" => (
                ErrorKind::Unavailable,
                format!("the container of `{resource}` does not exist"),
            ),
            404 => (ErrorKind::NotFound, format!("`{resource}` has no {thing}")),
            401 | 403 => (
                ErrorKind::Denied,
                format!(
                    "identity `{identity}` may not {verb} on `{resource}` ({code}); \
                     a role that was just assigned takes some minutes to apply"
                ),
            ),
            409 | 412 if verb == &"create" => (
                ErrorKind::Conflict,
                format!("`{resource}` already has {thing}"),
            ),
            409 | 412 => (
                ErrorKind::Conflict,
                format!("{thing} of `{resource}` is in another state than expected ({code})"),
            ),
            429 => (
                ErrorKind::Busy,
                format!("`{resource}` has too many requests; try again later"),
            ),
            400..500 => (
                ErrorKind::Failed,
                format!("`{resource}` refused to {verb} {thing} ({code})"),
            ),
            _ => (
                ErrorKind::Unavailable,
                format!("`{resource}` is failing ({code}); try again later"),
            ),
        }
    }
}
