//! Writing emitted files: all or nothing a file, and only what changed.

use crate::loader::reason;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::io::Write;

/// A file or folder that could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{path}`: {reason}")]
pub struct WriteError {
    /// The path.
    pub path: Utf8PathBuf,
    /// Why, in a few words.
    pub reason: String,
}

/// What became of the files of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were not there.
    pub created: Vec<Utf8PathBuf>,
    /// Files whose bytes changed.
    pub changed: Vec<Utf8PathBuf>,
    /// How many files were already as they should be.
    pub unchanged: usize,
}

impl Written {
    /// Whether the folder was already as it should be.
    pub fn is_current(&self) -> bool {
        self.created.is_empty() && self.changed.is_empty()
    }
}

/// Compares `files` with what is under `root`, without writing.
pub fn compare(root: &Utf8Path, files: &BTreeMap<String, String>) -> Written {
    let mut written = Written::default();
    for (name, text) in files {
        let path = root.join(name);
        match std::fs::read(&path) {
            Ok(bytes) if bytes == text.as_bytes() => written.unchanged += 1,
            Ok(_) => written.changed.push(path),
            Err(_) => written.created.push(path),
        }
    }
    written
}

/// Writes `files` under `root`: each into a temporary file beside its place first, all of them
/// before the first one is moved there, so that a full disk leaves nothing half-written.
///
/// # Errors
///
/// When a folder or file cannot be written; nothing has been moved to its place then, unless the
/// moving itself failed.
pub fn write(root: &Utf8Path, files: &BTreeMap<String, String>) -> Result<Written, WriteError> {
    let written = compare(root, files);
    let mut staged = Vec::new();
    for path in written.created.iter().chain(&written.changed) {
        let name = path
            .strip_prefix(root)
            .map_or(path.as_str(), |name| name.as_str());
        let Some(text) = files.get(name) else {
            continue;
        };
        staged.push((stage(path, text.as_bytes())?, path));
    }
    for (file, path) in staged {
        file.persist(path)
            .map_err(|error| failed(path, &error.error))?;
    }
    Ok(written)
}

fn stage(path: &Utf8Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, WriteError> {
    let folder = path.parent().unwrap_or(Utf8Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    if path.is_dir() {
        return Err(WriteError {
            path: path.to_owned(),
            reason: "it is a folder".to_owned(),
        });
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".grantc-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As a file written in place would have, under the usual umask.
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut file = builder
        .tempfile_in(folder)
        .map_err(|error| failed(folder, &error))?;
    file.write_all(bytes)
        .map_err(|error| failed(path, &error))?;
    Ok(file)
}

fn failed(path: &Utf8Path, error: &std::io::Error) -> WriteError {
    WriteError {
        path: path.to_owned(),
        reason: reason(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, text)| (name.to_string(), text.to_string()))
            .collect()
    }

    #[test]
    fn only_what_changed_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let first = files(&[("a/b.txt", "one"), ("c.txt", "two")]);
        assert_eq!(write(root, &first).unwrap().created.len(), 2);
        let before = std::fs::metadata(root.join("c.txt"))
            .unwrap()
            .modified()
            .unwrap();
        let second = write(root, &files(&[("a/b.txt", "new"), ("c.txt", "two")])).unwrap();
        assert_eq!(
            (second.created.len(), second.changed.len(), second.unchanged),
            (0, 1, 1)
        );
        assert_eq!(
            std::fs::metadata(root.join("c.txt"))
                .unwrap()
                .modified()
                .unwrap(),
            before
        );
        assert_eq!(
            std::fs::read_to_string(root.join("a/b.txt")).unwrap(),
            "new"
        );
    }

    #[test]
    fn a_folder_in_the_way_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir(root.join("z.txt")).unwrap();
        let error = write(root, &files(&[("a.txt", "one"), ("z.txt", "two")])).unwrap_err();
        assert_eq!(error.reason, "it is a folder");
        assert!(!root.join("a.txt").exists(), "nothing is half-written");
        assert_eq!(
            std::fs::read_dir(root).unwrap().count(),
            1,
            "no temporary file is left"
        );
    }
}
