//! Compiling one text, or the folder of a case.

use crate::{annotations, folders};
use grantc_core::check::Acceptance;
use grantc_core::diagnostic::Diagnostics;
use grantc_core::{Compilation, LoadError, Loader};
use grantc_emitters::{Emitted, Files, Options};
use grantc_spec::catalogue::Catalogue;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// What a manifest is called in every case.
pub const NAME: &str = "tools.kdl";

/// The day on which every case is checked.
pub const TODAY: &str = "2026-11-26";

/// Compiles a manifest that imports nothing.
///
/// # Errors
///
/// Never, in effect: its one file is always there.
pub fn compile(text: &str) -> Result<Compilation, String> {
    compile_files(NAME, &Texts::from([(NAME.to_owned(), text.to_owned())]))
}

/// Texts by path, `/` between its parts.
pub type Texts = BTreeMap<String, String>;

/// Compiles the manifest at `path`, which may import others of these texts.
///
/// # Errors
///
/// When there is none at `path`.
pub fn compile_files(path: &str, files: &Texts) -> Result<Compilation, String> {
    let acceptance = Acceptance {
        today: Some(TODAY.to_owned()),
        expired_is_error: true,
        ..Acceptance::default()
    };
    let catalogue = Catalogue::embedded();
    let lacks = &grantc_emitters::deployer::lacks;
    grantc_core::compile_further(path, &Memory(files), catalogue, &acceptance, lacks)
        .map_err(|error| error.to_string())
}

/// The manifests of a case, without what they are expected to raise: [`NAME`] and what it imports.
///
/// # Errors
///
/// When they cannot be read.
pub fn case(folder: &Path) -> io::Result<Texts> {
    let mut texts = Texts::new();
    for (path, place) in folders::files(folder)? {
        let beside = ["expected/", "infra/", "src/", "data/", "target/"];
        let is_manifest = [".kdl", ".yaml", ".yml"]
            .iter()
            .any(|end| path.ends_with(end));
        if is_manifest && !beside.iter().any(|other| path.starts_with(other)) {
            let text = annotations::strip(&path, &fs::read_to_string(place)?);
            texts.insert(path, text);
        }
    }
    Ok(texts)
}

/// Holds what was found against what the manifests of a case say, each in its own comments.
///
/// # Errors
///
/// When it differs, or when a manifest stands there that nothing imports.
pub fn expect(folder: &Path, compilation: &Compilation, found: &Diagnostics) -> Result<(), String> {
    let files = case(folder).map_err(|error| error.to_string())?;
    let read = |path: &String| compilation.sources.iter().any(|file| file.path == *path);
    if let Some(orphan) = files.keys().find(|path| !read(path)) {
        return Err(format!("nothing imports {}", folder.join(orphan).display()));
    }
    let texts = annotations::annotate_all(&compilation.sources, found.iter());
    let texts = texts.into_iter();
    let held = texts.map(|(path, text)| folders::expect(&folder.join(path), &text));
    // All of them, so that one blessing is enough.
    held.collect::<Vec<_>>().into_iter().collect()
}

/// What a manifest becomes; nothing when it has errors.
pub fn emit(compilation: &Compilation) -> Emitted {
    let program = compilation.verified();
    let mut emitted = program.map_or_else(Emitted::default, |it| {
        grantc_emitters::emit(it, &Options::default())
    });
    // `build` writes all of it, or nothing.
    if emitted.diagnostics.has_errors() {
        emitted.files = Files::default();
    }
    emitted
}

/// The findings about a manifest, and those of the emitters that `heeded` lets through.
///
/// Emitters say much of every deployable manifest (such as G0404), which is told where it is asked.
pub fn findings(compilation: &Compilation, heeded: impl Fn(&str) -> bool) -> Diagnostics {
    let mut all = compilation.diagnostics.clone();
    let emitted = emit(compilation).diagnostics.into_iter();
    all.extend(emitted.filter(|found| heeded(found.rule.code)));
    all.sort();
    all
}

struct Memory<'a>(&'a Texts);

impl Loader for Memory<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let text = self.0.get(path).map(|text| text.clone().into_bytes());
        text.ok_or_else(|| LoadError {
            path: path.to_owned(),
            reason: "there is no such file".to_owned(),
        })
    }
}

/// The report of a check, as YAML.
///
/// # Errors
///
/// When YAML cannot say it.
pub fn report(compilation: &Compilation) -> Result<String, serde_yaml::Error> {
    let found = compilation.program().zip(compilation.graph());
    let report = grantc_core::check::report::report(
        found,
        Catalogue::embedded(),
        &compilation.diagnostics,
        &compilation.sources,
    );
    serde_yaml::to_string(&report)
}
