//! Reading manifests from disk, within the compiler's limits.

use camino::Utf8Path;
use grantc_core::syntax::MAX_FILE_BYTES;
use grantc_core::{LoadError, Loader};
use std::fs::File;
use std::io::Read;

/// Reads paths as they are given, relative to the working directory.
pub struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let failed = |reason: String| LoadError {
            path: path.to_owned(),
            reason,
        };
        if Utf8Path::new(path).is_dir() {
            return Err(failed("it is a folder; name the manifest in it".to_owned()));
        }
        let file = File::open(path).map_err(|error| failed(reason(&error)))?;
        let mut bytes = Vec::new();
        // One byte over the limit is enough for the compiler to say that it is too large.
        file.take(MAX_FILE_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(reason(&error)))?;
        Ok(bytes)
    }
}

/// The system's reason without its number.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => {
            "what should be a folder is a file".to_owned()
        }
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}
