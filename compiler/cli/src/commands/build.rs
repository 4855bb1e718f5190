//! `grantc build`: checks a manifest and writes everything that follows from it.

use super::check::{object, tell, verdict};
use super::{compile, levels, manifest};
use crate::args::{Build, Report};
use crate::{Failure, Verdict, console};
use grantc_build::write::{self, Written};
use grantc_core::Compilation;
use grantc_emitters::Options;
use grantc_spec::catalogue::Catalogue;
use std::collections::BTreeMap;

pub(crate) fn run(args: &Build, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let levels = levels(&args.levels)?;
    let manifest = manifest(args.manifest.as_deref())?;
    let mut compilation = compile(&manifest, catalogue)?;
    crate::samples::check(&mut compilation);
    let files = emit(&mut compilation, catalogue);
    // The findings of the emitters have levels too.
    compilation.apply(&levels);
    let mut found = verdict(&compilation.diagnostics);
    // Nothing is written unless everything can be.
    let files = if found == Verdict::Clean { files } else { None };
    let written = match &files {
        None => None,
        Some(files) if args.check => Some(write::compare(&args.out, files)),
        Some(files) => Some(write::write(&args.out, files).map_err(Failure::from_error)?),
    };
    if args.check
        && written
            .as_ref()
            .is_some_and(|written| !written.is_current())
    {
        found = Verdict::Wrong;
    }
    if args.format == Report::Json {
        let object = object(None, &compilation, catalogue)?;
        console::print(&format!("{object:#}\n"));
        return Ok(found);
    }
    tell(&compilation, args.format);
    match &written {
        None => console::tell("nothing was written\n"),
        Some(written) => console::print(&describe(written, &manifest, args)),
    }
    Ok(found)
}

/// Every file of every target, or none when the program is not verified.
fn emit(compilation: &mut Compilation, catalogue: &Catalogue) -> Option<BTreeMap<String, String>> {
    let options = Options {
        catalogue,
        ..Options::default()
    };
    let emitted = grantc_emitters::emit(compilation.verified()?, &options);
    compilation.diagnostics.extend(emitted.diagnostics);
    compilation.diagnostics.sort();
    Some(
        emitted
            .files
            .iter()
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect(),
    )
}

fn describe(written: &Written, manifest: &str, args: &Build) -> String {
    let mut out = String::new();
    let verbs = if args.check {
        ("missing", "not current")
    } else {
        ("wrote", "updated")
    };
    for path in &written.created {
        out.push_str(&format!("{:<11} {path}\n", verbs.0));
    }
    for path in &written.changed {
        out.push_str(&format!("{:<11} {path}\n", verbs.1));
    }
    if written.is_current() {
        out.push_str(&format!(
            "{}: {} files, all current\n",
            args.out, written.unchanged
        ));
    } else if args.check {
        let command = format!("grantc build {manifest} --out {}", args.out);
        out.push_str(&format!("`{command}` brings them up to date\n"));
    }
    out
}
