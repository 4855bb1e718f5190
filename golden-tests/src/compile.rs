//! Compiling one text, as every case does.

use grantc_core::check::Acceptance;
use grantc_core::diagnostic::Diagnostics;
use grantc_core::{Compilation, LoadError, Loader};
use grantc_emitters::{Emitted, Options};
use grantc_spec::catalogue::Catalogue;

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
    let loader = OneFile(text);
    let acceptance = Acceptance {
        today: Some(TODAY.to_owned()),
        expired_is_error: true,
        ..Acceptance::default()
    };
    grantc_core::compile_accepting(NAME, &loader, Catalogue::embedded(), &acceptance)
        .map_err(|error| error.to_string())
}

/// What a manifest becomes; nothing when it has errors.
pub fn emit(compilation: &Compilation) -> Emitted {
    let program = compilation.verified();
    program.map_or_else(Emitted::default, |it| {
        grantc_emitters::emit(it, &Options::default())
    })
}

/// The findings about a manifest, and those of the emitters that `heeded` lets through.
///
/// Emitters say much of every deployable manifest (such as G0405), which is told where it is asked.
pub fn findings(compilation: &Compilation, heeded: impl Fn(&str) -> bool) -> Diagnostics {
    let mut all = compilation.diagnostics.clone();
    let emitted = emit(compilation).diagnostics.into_iter();
    all.extend(emitted.filter(|found| heeded(found.rule.code)));
    all.sort();
    all
}

struct OneFile<'a>(&'a str);

impl Loader for OneFile<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        if path == NAME {
            return Ok(self.0.as_bytes().to_vec());
        }
        Err(LoadError {
            path: path.to_owned(),
            reason: "there is only one file".to_owned(),
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
