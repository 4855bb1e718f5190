//! `grantc build`: checks a manifest and writes everything that follows from it.

use super::check::{object, tell, verdict};
use super::{compile, levels, manifest};
use crate::args::{Build, Report};
use crate::lockfile::{self, Pending};
use crate::{Failure, Verdict, console};
use grantc_build::lock::LockFile;
use grantc_build::write::{self, Written};
use grantc_core::Compilation;
use grantc_emitters::Options;
use grantc_spec::catalogue::Catalogue;
use std::collections::BTreeMap;

pub(crate) fn run(args: &Build, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let levels = levels(&args.levels)?;
    let manifest = manifest(args.manifest.as_deref())?;
    let lock = lockfile::beside(&manifest)?;
    let acceptance = lock.acceptance(lockfile::today(args.today.as_ref()), false);
    let mut compilation = compile(&manifest, catalogue, &acceptance)?;
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
    let pending = match files {
        Some(_) => lockfile::pending(&lock, &compilation, catalogue, false),
        None => None,
    };
    if let (Some(pending), false) = (&pending, args.check) {
        lock.write(&pending.next).map_err(Failure::from_error)?;
    }
    let is_current = written.as_ref().is_none_or(Written::is_current) && pending.is_none();
    if args.check && !is_current {
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
        Some(written) => {
            console::print(&describe(written, &manifest, args));
            if let Some(pending) = &pending {
                let current = written.is_current();
                console::print(&describe_lock(&lock, pending, current, &manifest, args));
            }
        }
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

fn describe_lock(
    lock: &LockFile,
    pending: &Pending,
    others_are_current: bool,
    manifest: &str,
    args: &Build,
) -> String {
    if !args.check {
        return lockfile::written(lock, pending);
    }
    let mut out = lockfile::not_current(lock, pending);
    // The command that was named for the files writes the lock too.
    if others_are_current {
        out.push_str(&lockfile::remedy(manifest));
    }
    out
}
