//! Folders of cases and of expected files.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of this crate.
pub fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A path of the repository, such as `spec/language.md`.
pub fn repository(path: &str) -> PathBuf {
    here().parent().unwrap_or(here()).join(path)
}

/// Whether files are to be rewritten instead of compared.
pub fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// The cases of a kind: the name of each and its own folder, sorted.
pub fn cases(kind: &str) -> io::Result<BTreeMap<String, PathBuf>> {
    within(&here().join("cases").join(kind))
}

/// The examples, likewise: every folder with a manifest.
pub fn examples() -> io::Result<BTreeMap<String, PathBuf>> {
    let examples = within(&repository("examples"))?;
    Ok(examples
        .into_iter()
        .filter(|(_, path)| path.join(crate::compile::NAME).exists())
        .map(|(name, path)| (format!("examples/{name}"), path))
        .collect())
}

fn within(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut folders = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            folders.insert(file_name(&path), path);
        }
    }
    Ok(folders)
}

/// Every file below a folder, by its path with `/` between the parts; none when it is not there.
pub fn files(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = waiting.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = format!("{prefix}{}", file_name(&path));
            if path.is_dir() {
                waiting.push((format!("{name}/"), path));
            } else {
                found.insert(name, path);
            }
        }
    }
    Ok(found)
}

/// Fails, with the difference, unless a file holds a text; writes it when blessing.
pub fn expect(path: &Path, text: &str) -> Result<(), String> {
    let old = fs::read_to_string(path).unwrap_or_default();
    if old == text && path.exists() {
        return Ok(());
    }
    if blessing() {
        let folder = path.parent().unwrap_or(path);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
        return written.map_err(|error| format!("{}: {error}", path.display()));
    }
    let diff = similar::TextDiff::from_lines(old.as_str(), text);
    let hint = "BLESS=1 accepts the new text";
    Err(format!(
        "{} is not as expected ({hint}):\n{}",
        path.display(),
        diff.unified_diff()
    ))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
