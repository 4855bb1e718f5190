//! Manifests to try: those of the examples and golden cases, and texts of a test's own.

use grantc_core::{LoadError, Loader};
use grantc_emitters::{Emitted, Options};
use grantc_spec::catalogue::Catalogue;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

struct OneFile<'a>(&'a str);

impl Loader for OneFile<'_> {
    fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.as_bytes().to_vec())
    }
}

/// Everything a manifest becomes, or what is wrong with it.
pub(crate) fn try_emit(text: &str) -> Result<Emitted, Vec<String>> {
    let compiled =
        grantc_core::compile("tools.kdl", &OneFile(text), Catalogue::embedded()).unwrap();
    match compiled.verified() {
        Some(verified) => Ok(grantc_emitters::emit(verified, &Options::default())),
        None => Err(compiled
            .diagnostics
            .iter()
            .map(|found| found.message.clone())
            .collect()),
    }
}

/// Everything a manifest that must be right becomes.
pub(crate) fn emit(text: &str) -> Emitted {
    try_emit(text).unwrap_or_else(|found| panic!("{found:#?}"))
}

/// One file of a manifest.
pub(crate) fn file(emitted: &Emitted, path: &str) -> String {
    emitted
        .files
        .get(path)
        .unwrap_or_else(|| panic!("there is no {path}"))
        .to_owned()
}

/// The codes of what was found, in order.
pub(crate) fn codes(emitted: &Emitted) -> Vec<&'static str> {
    emitted
        .diagnostics
        .iter()
        .map(|found| found.rule.code)
        .collect()
}

/// The manifests of this crate's tests, by name.
pub(crate) fn own() -> BTreeMap<String, String> {
    manifests(&["emitters/tests/iac/manifests"])
}

/// Every manifest of the repository that compiles and is not refused by the emitters, by name.
pub(crate) fn all() -> BTreeMap<String, Emitted> {
    let mut all = own();
    all.extend(manifests(&["examples", "golden-tests/cases/accept"]));
    all.into_iter()
        .filter_map(|(name, text)| Some((name, try_emit(&text).ok()?)))
        .filter(|(_, emitted)| !emitted.diagnostics.has_errors())
        .collect()
}

fn manifests(folders: &[&str]) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all = BTreeMap::new();
    for folder in folders {
        let Ok(entries) = fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries.map(|entry| entry.unwrap().path()) {
            let name = entry.file_stem().unwrap().to_string_lossy().into_owned();
            let path = if entry.is_dir() {
                entry.join("tools.kdl")
            } else {
                entry
            };
            if let Ok(text) = fs::read_to_string(path) {
                all.insert(name, text);
            }
        }
    }
    all
}
