//! The stand-in for an interface under `--local`: files of a folder answer.
//!
//! `GET /v1.0/me/messages?$top=5` is answered with `v1.0/me/messages.json`; queries count for
//! nothing. What is sent is remembered, and answered with `v1.0/me/messages.POST.json` where that
//! is there, otherwise with nothing. Files are read anew for every request and never written.

use super::path::climbs;
use crate::{ErrorKind, ToolError};
use azure_core::http::Method;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// What a stand-in was sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recorded {
    /// `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The path, with its query.
    pub path: String,
    /// The value.
    pub body: Option<Value>,
}

/// A folder of answers.
pub(crate) struct Folder {
    folder: PathBuf,
    sent: Mutex<Vec<Recorded>>,
}

impl Folder {
    pub(super) fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            sent: Mutex::default(),
        }
    }

    pub(super) fn answer(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        resource: &str,
    ) -> Result<Value, ToolError> {
        let plain = path.split('?').next().unwrap_or_default();
        let segments = plain.strip_prefix('/').filter(|_| {
            let mut segments = plain.split('/');
            !segments.any(climbs) && !plain.contains(['\\', ':', '\0'])
        });
        let Some(segments) = segments else {
            let why = format!("`{path}` leaves `{resource}`");
            return Err(ToolError::of(ErrorKind::OutsidePath, why));
        };
        let reading = method == Method::Get;
        let name = if reading {
            format!("{segments}.json")
        } else {
            let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
            sent.push(Recorded {
                method: method.to_string(),
                path: path.to_owned(),
                body,
            });
            format!("{segments}.{method}.json")
        };
        // A doubled slash must not begin a path of its own.
        let file = name.split('/').filter(|part| !part.is_empty());
        let file = file.fold(self.folder.clone(), |folder, part| folder.join(part));
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            Err(_) if !reading => return Ok(Value::Null),
            Err(_) => {
                let why = format!("`{resource}` has no `{plain}`: its stand-in has no such file");
                return Err(ToolError::of(ErrorKind::NotFound, why));
            }
        };
        serde_json::from_slice(&bytes).map_err(|error| {
            let why = format!(
                "the stand-in for `{resource}` cannot read {}: {error}",
                file.display()
            );
            ToolError::of(ErrorKind::Unavailable, why)
        })
    }

    pub(super) fn recorded(&self) -> Vec<Recorded> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.clone()
    }
}
