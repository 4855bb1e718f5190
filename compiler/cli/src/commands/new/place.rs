//! Putting new files in a folder: all of them or none, and never over one that is there.

use crate::Failure;
use camino::{Utf8Path, Utf8PathBuf};
use grantc_build::loader::reason;
use std::collections::BTreeMap;
use std::io;

/// How many of the files in the way are named.
const NAMED: usize = 5;

/// Puts the files in a folder, which may be there.
pub(super) fn place(folder: &Utf8Path, files: &BTreeMap<String, String>) -> Result<(), Failure> {
    refuse_what_is_there(folder, files)?;
    let mut made = Made::default();
    let moved = made.all(folder, files);
    if moved.is_err() {
        made.undo();
    }
    moved
}

fn refuse_what_is_there(
    folder: &Utf8Path,
    files: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    if folder.symlink_metadata().is_ok() && !folder.is_dir() {
        return Err(Failure(format!(
            "`{folder}` is there and is no folder; nothing was made"
        )));
    }
    let taken = |path: &String| {
        let path = folder.join(path);
        // A file where a folder has to be is in the way as well.
        let parents = path
            .ancestors()
            .skip(1)
            .take_while(|it| it.starts_with(folder) && *it != folder);
        let blocked = parents
            .into_iter()
            .find(|it| it.symlink_metadata().is_ok() && !it.is_dir());
        blocked
            .map(Utf8Path::to_owned)
            .or_else(|| path.symlink_metadata().is_ok().then_some(path.clone()))
    };
    let mut there: Vec<Utf8PathBuf> = files.keys().filter_map(taken).collect();
    there.dedup();
    if there.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = there
        .iter()
        .take(NAMED)
        .map(|path| format!("`{path}`"))
        .collect();
    let more = match there.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let verb = if there.len() == 1 { "is" } else { "are" };
    Err(Failure(format!(
        "{}{more} {verb} in the way; nothing was made",
        named.join(", ")
    )))
}

/// What was made so far.
#[derive(Default)]
struct Made {
    files: Vec<Utf8PathBuf>,
    folders: Vec<Utf8PathBuf>,
}

impl Made {
    /// Every text goes to disk before the first file gets its name, and none takes that of another.
    fn all(&mut self, folder: &Utf8Path, files: &BTreeMap<String, String>) -> Result<(), Failure> {
        let mut staged = Vec::new();
        for (name, text) in files {
            let path = folder.join(name);
            let parent = path.parent().unwrap_or(folder);
            self.folder(parent)?;
            let mut file = tempfile::Builder::new();
            file.prefix(".grantc-");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                // As a file written in place would have, under the usual umask.
                file.permissions(std::fs::Permissions::from_mode(0o644));
            }
            let file = file
                .tempfile_in(parent)
                .map_err(|error| cannot(parent, &error))?;
            std::fs::write(file.path(), text).map_err(|error| cannot(&path, &error))?;
            staged.push((file, path));
        }
        for (file, path) in staged {
            file.persist_noclobber(&path)
                .map_err(|error| cannot(&path, &error.error))?;
            self.files.push(path);
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Utf8Path) -> Result<(), Failure> {
        let missing: Vec<&Utf8Path> = folder
            .ancestors()
            .take_while(|it| !it.as_str().is_empty() && !it.is_dir())
            .collect();
        for folder in missing.into_iter().rev() {
            std::fs::create_dir(folder).map_err(|error| cannot(folder, &error))?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }

    /// Removes what was made; what cannot be removed stays.
    fn undo(self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

fn cannot(path: &Utf8Path, error: &io::Error) -> Failure {
    Failure(format!(
        "cannot write `{path}`: {}; nothing was made",
        reason(error)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> BTreeMap<String, String> {
        let pairs = [("a/b.txt", "b"), ("a/c/d.txt", "d"), ("e.txt", "e")];
        pairs
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect()
    }

    fn root() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        (folder, root)
    }

    #[test]
    fn a_folder_is_made_and_another_is_used() {
        let (_folder, root) = root();
        place(&root.join("new/one"), &files()).unwrap();
        std::fs::create_dir(root.join("a")).unwrap();
        std::fs::write(root.join("a/other.txt"), "mine").unwrap();
        place(&root, &files()).unwrap();
        assert_eq!(
            std::fs::read_to_string(root.join("new/one/a/c/d.txt")).unwrap(),
            "d"
        );
        assert_eq!(
            std::fs::read_to_string(root.join("a/other.txt")).unwrap(),
            "mine"
        );
        // Nothing but the files: what was staged is gone.
        assert_eq!(std::fs::read_dir(root.join("a")).unwrap().count(), 3);
    }

    #[test]
    fn what_is_in_the_way_is_named_and_left_alone() {
        let (_folder, root) = root();
        std::fs::write(root.join("e.txt"), "mine").unwrap();
        std::fs::write(root.join("a"), "a file").unwrap();
        let error = place(&root, &files()).unwrap_err().to_string();
        let wanted = format!("`{root}/a`, `{root}/e.txt` are in the way; nothing was made");
        assert_eq!(error, wanted);
        assert_eq!(std::fs::read_to_string(root.join("e.txt")).unwrap(), "mine");
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 2);
    }

    #[test]
    fn a_failure_on_the_way_leaves_nothing() {
        let (_folder, root) = root();
        let mut files = files();
        // No file system takes a name of this length.
        files.insert(format!("z/{}", "n".repeat(300)), "z".to_owned());
        let error = place(&root.join("new"), &files).unwrap_err().to_string();
        assert!(error.starts_with("cannot write"), "{error}");
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
    }
}
