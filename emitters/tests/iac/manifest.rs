//! Manifests to try: those of the examples and golden cases, and texts of a test's own.

use grantc_core::{Compilation, LoadError, Loader};
use grantc_emitters::{Emitted, Options};
use grantc_spec::catalogue::Catalogue;
use std::fs;
use std::path::Path;

struct OneFile<'a>(&'a str);

impl Loader for OneFile<'_> {
    fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.as_bytes().to_vec())
    }
}

/// Every file of a manifest that must be right.
pub fn emit(text: &str) -> Emitted {
    try_emit(text).unwrap_or_else(|found| panic!("{found:#?}"))
}

/// Every file of a manifest, or what is wrong with it.
pub fn try_emit(text: &str) -> Result<Emitted, Vec<String>> {
    let compilation = compile(text);
    match compilation.verified() {
        Some(verified) => Ok(grantc_emitters::emit(verified, &Options::default())),
        None => Err(compilation.diagnostics.iter().map(|found| found.message.clone()).collect()),
    }
}

fn compile(text: &str) -> Compilation {
    grantc_core::compile("tools.kdl", &OneFile(text), Catalogue::embedded()).unwrap()
}

/// The manifests of the repository that have infrastructure, by name.
pub fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all = vec![];
    for folder in ["examples", "golden-tests/cases/accept"] {
        let Ok(folder) = fs::read_dir(root.join(folder)) else { continue };
        for case in folder.map(|case| case.unwrap().path()) {
            let Ok(text) = fs::read_to_string(case.join("tools.kdl")) else { continue };
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            all.push((name, text));
        }
    }
    all.sort();
    all
}
