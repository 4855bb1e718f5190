//! Manifests that compile, and every file that they become.
//!
//! One trial per case and file: the files stand in `expected/` as they would be written; a file
//! that nothing writes any more fails too.

use grantc_emitters::{bicep, mcp, rust, terraform};
use grantc_golden_tests::{annotations, compile, folders};
use grantc_spec::rules::Level;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

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
    let written = match compilation.verified() {
        Some(verified) => {
            let mut files = mcp::emit(verified);
            files.extend(bicep::emit(verified));
            files.extend(terraform::emit(verified));
            files.extend(rust::emit(verified));
            files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
        }
        None => BTreeMap::new(),
    };
    let mut trials = vec![Trial::test(format!("accept/{name}/{}", compile::NAME), move || {
        let annotated = annotations::annotate(&compilation.sources, compilation.diagnostics.iter());
        folders::expect(&manifest, &annotated)?;
        let errors = compilation.diagnostics.count(Level::Error);
        if errors > 0 || compilation.verified().is_none() { Err("it must compile".into()) } else { Ok(()) }
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
