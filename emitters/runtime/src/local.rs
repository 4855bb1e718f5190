//! What the stand-ins of `--local` share: reading a folder of JSON files.

use crate::{ErrorKind, ToolError};
use serde_json::{Map, Value};
use std::path::Path;

/// The objects of every `*.json` of a folder, by the names of the files. A file holds one object or
/// an array of them.
pub(crate) fn objects(folder: &Path) -> Result<Vec<Map<String, Value>>, ToolError> {
    let broken = |what: String| {
        let why = format!("a stand-in cannot read {what}");
        ToolError::of(ErrorKind::Unavailable, why)
    };
    let place = folder.display();
    let entries = std::fs::read_dir(folder).map_err(|error| broken(format!("{place}: {error}")))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    let mut objects = Vec::new();
    for path in paths {
        let place = path.display();
        let bytes = std::fs::read(&path).map_err(|error| broken(format!("{place}: {error}")))?;
        let value =
            serde_json::from_slice(&bytes).map_err(|error| broken(format!("{place}: {error}")))?;
        let items = match value {
            Value::Array(items) => items,
            other => vec![other],
        };
        for item in items {
            match item {
                Value::Object(object) => objects.push(object),
                _ => return Err(broken(format!("{place}: not an object"))),
            }
        }
    }
    Ok(objects)
}
