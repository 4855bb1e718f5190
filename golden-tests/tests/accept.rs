//! Manifests that compile, and every file that they become.
//!
//! One trial per case and file: the files stand in `expected/` as they would be written; a file
//! that nothing writes any more fails too.

use grantc_golden_tests::{annotations, compile, folders};
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// Where the Rust stands in `expected/`; a build script writes it to its own folder.
const RUST: &str = "rust/tools.rs";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (name, folder) in folders::cases("accept")? {
        trials.extend(case(&name, &folder)?);
    }
    libtest_mimic::run(&arguments, trials).exit()
}

/// The trials of one case: its source, and each file of `expected/`.
fn case(name: &str, folder: &Path) -> Result<Vec<Trial>, Box<dyn Error>> {
    let manifest = folder.join(compile::NAME);
    let text = annotations::strip(&fs::read_to_string(&manifest)?);
    let compilation = compile::compile(&text)?;
    let mut written = BTreeMap::new();
    if let Some(verified) = compilation.verified() {
        let emitted = compile::emit(&compilation);
        written.extend(emitted.files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())));
        written.insert(RUST.to_owned(), grantc_emitters::rust::emit(verified));
    }
    let mut trials = vec![Trial::test(format!("accept/{name}/{}", compile::NAME), move || {
        let findings = compile::findings(&compilation, |_| true);
        folders::expect(&manifest, &annotations::annotate(&compilation.sources, findings.iter()))?;
        if findings.has_errors() { Err("it must compile".into()) } else { Ok(()) }
    })];

    let expected = folder.join("expected");
    let mut orphans = folders::files(&expected)?;
    for (path, text) in written {
        orphans.remove(&path);
        let place = expected.join(&path);
        let run = move || folders::expect(&place, &text).map_err(Failed::from);
        trials.push(Trial::test(format!("accept/{name}/{path}"), run));
    }
    for (path, place) in orphans {
        trials.push(Trial::test(format!("accept/{name}/{path}"), move || orphan(&place)));
    }
    Ok(trials)
}

/// Fails for a file that nothing writes; removes it when blessing.
fn orphan(place: &Path) -> Result<(), Failed> {
    if folders::blessing() {
        return Ok(fs::remove_file(place)?);
    }
    Err(format!("nothing writes {} (BLESS=1 removes it)", place.display()).into())
}
