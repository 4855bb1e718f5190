//! Manifests that compile, and every file that they become.
//!
//! One trial per case and file: the files stand in `expected/` as they would be written; a file
//! that nothing writes any more fails too. The examples are cases whose files stand in `infra/`,
//! and whose lock stands beside the manifest.

use grantc_core::{Compilation, Verified};
use grantc_emitters::{Options, lock};
use grantc_golden_tests::{compile, folders};
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the Rust stands in `expected/`; a build script writes it to its own folder.
const RUST: &str = "rust/tools.rs";

/// The lock, which stands beside the manifest of a user.
const LOCK: &str = lock::FILE;

/// What is proven, as `check` reports it to machines, in YAML: a diff of it reads like prose.
const CHECK: &str = "check.yaml";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (name, folder) in folders::cases("accept")? {
        let name = format!("accept/{name}");
        let compilation = compile::compile_files(compile::NAME, &compile::case(&folder)?)?;
        let mut files = files(&compilation);
        if let Some(program) = compilation.verified() {
            files.insert(RUST.to_owned(), grantc_emitters::rust::emit(program));
            files.insert(LOCK.to_owned(), lock_of(program));
        }
        files.insert(CHECK.to_owned(), compile::report(&compilation)?);
        trials.extend(comparisons(&name, &folder.join("expected"), files)?);
        let run = move || says(&folder, &compilation);
        trials.push(Trial::test(format!("{name}/{}", compile::NAME), run));
    }
    for (name, folder) in folders::examples()? {
        let compilation = compile::compile_files(compile::NAME, &compile::case(&folder)?)?;
        trials.extend(comparisons(
            &name,
            &folder.join("infra"),
            files(&compilation),
        )?);
        if compile::emit(&compilation).diagnostics.has_errors() {
            continue; // `build` refuses it (G0406): there is neither a file nor a lock to compare
        }
        let lock = compilation.verified().map(lock_of).unwrap_or_default();
        let place = folder.join(LOCK);
        let run = move || folders::expect(&place, &lock).map_err(Failed::from);
        trials.push(Trial::test(format!("{name}/{LOCK}"), run));
    }
    libtest_mimic::run(&arguments, trials).exit()
}

/// What a manifest becomes, but for the Rust.
fn files(compilation: &Compilation) -> BTreeMap<String, String> {
    let emitted = compile::emit(compilation);
    emitted
        .files
        .iter()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect()
}

/// The lock of a manifest that had none.
fn lock_of(program: &Verified) -> String {
    grantc_emitters::lock(program, &Options::default()).to_string()
}

/// The findings are those that its manifests say, and none is an error.
fn says(folder: &Path, compilation: &Compilation) -> Result<(), Failed> {
    let findings = compile::findings(compilation, |_| true);
    compile::expect(folder, compilation, &findings)?;
    if findings.has_errors() {
        Err("it must compile".into())
    } else {
        Ok(())
    }
}

/// A trial for each file that is written, and for each that is there and is not.
fn comparisons(
    name: &str,
    folder: &Path,
    written: BTreeMap<String, String>,
) -> std::io::Result<Vec<Trial>> {
    let mut orphans = folders::files(folder)?;
    let mut trials = Vec::new();
    for (path, text) in written {
        orphans.remove(&path);
        let place = folder.join(&path);
        let run = move || folders::expect(&place, &text).map_err(Failed::from);
        trials.push(Trial::test(format!("{name}/{path}"), run));
    }
    for (path, place) in orphans {
        trials.push(Trial::test(format!("{name}/{path}"), move || {
            orphan(&place)
        }));
    }
    Ok(trials)
}

/// Fails for a file that nothing writes; removes it when blessing.
fn orphan(place: &PathBuf) -> Result<(), Failed> {
    if folders::blessing() {
        return Ok(fs::remove_file(place)?);
    }
    Err(format!("nothing writes {} (BLESS=1 removes it)", place.display()).into())
}
