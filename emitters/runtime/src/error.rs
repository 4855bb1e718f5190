//! What a tool answers when it cannot answer: an error that the model may read.
//!
//! A message given to [`ToolError::new`] is sent to the caller word for word. Any other error that
//! travels through `?` is *not*: the caller reads that something failed inside and under which
//! correlation id the log has it. So a tool cannot leak a connection string by being brief.

use std::error::Error;
use std::fmt;

/// Why a tool call failed, and what the caller is told.
///
/// ```
/// use grantc_runtime::{ErrorKind, ToolError};
///
/// fn parse(text: &str) -> Result<i64, ToolError> {
///     if text.is_empty() {
///         return Err(ToolError::new("there is nothing to parse")); // the caller reads this
///     }
///     Ok(text.parse()?) // of this, the caller reads only that something failed inside
/// }
///
/// assert_eq!(parse("").unwrap_err().to_string(), "there is nothing to parse");
/// assert_eq!(parse("x").unwrap_err().kind(), ErrorKind::Internal);
/// ```
pub struct ToolError {
    kind: ErrorKind,
    message: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// What kind of failure it was; tools may match on it, and the audit event carries its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The tool says so itself.
    Failed,
    /// The arguments do not fit the input type.
    Arguments,
    /// The result does not fit the output type; it is not sent.
    Output,
    /// What was asked for is not there.
    NotFound,
    /// It is there already, or somebody changed it meanwhile.
    Conflict,
    /// The identity may not do this.
    Denied,
    /// The name is outside of what the tool declares with `path`.
    OutsidePath,
    /// More bytes than the limit allows.
    TooLarge,
    /// The tool's `timeout` passed.
    Timeout,
    /// The client cancelled the call.
    Cancelled,
    /// Too many calls, here or at the service.
    Busy,
    /// The service did not answer, or not sensibly.
    Unavailable,
    /// Anything that the caller is not told about.
    Internal,
}

impl ErrorKind {
    /// The word in audit events.
    pub fn word(self) -> &'static str {
        match self {
            ErrorKind::Failed => "failed",
            ErrorKind::Arguments => "arguments",
            ErrorKind::Output => "output",
            ErrorKind::NotFound => "not-found",
            ErrorKind::Conflict => "conflict",
            ErrorKind::Denied => "denied",
            ErrorKind::OutsidePath => "outside-path",
            ErrorKind::TooLarge => "too-large",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Busy => "busy",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Internal => "internal",
        }
    }
}

impl ToolError {
    /// A failure that the caller should read about: one sentence, without secrets.
    pub fn new(message: impl Into<String>) -> Self {
        Self::of(ErrorKind::Failed, message)
    }

    /// A failure of a given kind; `message` is sent to the caller unless the kind is
    /// [`ErrorKind::Internal`].
    pub fn of(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            cause: None,
        }
    }

    /// Keeps `cause` for the log; the caller never sees it.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The cause and what caused it, outermost first, for the log.
    pub fn causes(&self) -> impl Iterator<Item = &(dyn Error + 'static)> {
        let first = self
            .cause
            .as_deref()
            .map(|cause| cause as &(dyn Error + 'static));
        std::iter::successors(first, |error: &&(dyn Error + 'static)| (*error).source())
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.word(), self.message)?;
        self.causes().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for ToolError {
    fn from(error: E) -> Self {
        Self::of(ErrorKind::Internal, "the tool failed inside").caused_by(error)
    }
}
