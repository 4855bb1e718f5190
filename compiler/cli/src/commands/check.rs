//! `grantc check`: a proof line for each tool, then what was found.

use super::{compile, levels, manifest, watch};
use crate::args::{Check, Report};
use crate::lockfile::{self, Pending};
use crate::{Failure, Verdict, console};
use grantc_build::lock::LockFile;
use grantc_build::{github, report};
use grantc_core::check::{proof, report as contract};
use grantc_core::infer::shown::shown;
use grantc_core::levels::Levels;
use grantc_core::{Compilation, Diagnostics};
use grantc_spec::catalogue::Catalogue;
use serde_json::{Map, Value};

pub(crate) fn run(args: &Check, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let levels = levels(&args.levels)?;
    let manifests = match args.manifests.as_slice() {
        [] => vec![manifest(None)?],
        named => named.to_vec(),
    };
    if !args.watch {
        let (verdict, _) = check(&manifests, args, &levels, catalogue)?;
        return Ok(verdict);
    }
    if args.format == Report::Json {
        let message = "`--watch` is for people and `--format json` is not; leave one out";
        return Err(Failure(message.to_owned()));
    }
    watch::forever(&manifests, || check(&manifests, args, &levels, catalogue))
}

/// Checks manifests; gives the worst that was found, and every file that was read.
fn check(
    manifests: &[String],
    args: &Check,
    levels: &Levels,
    catalogue: &Catalogue,
) -> Result<(Verdict, Vec<String>), Failure> {
    let several = manifests.len() > 1;
    let (mut worst, mut files, mut objects) = (Verdict::Clean, Vec::new(), Vec::new());
    for (at, manifest) in manifests.iter().enumerate() {
        let (lock, mut compilation) = match read(manifest, args, catalogue) {
            Ok(read) => read,
            Err(failure) => {
                console::error(&failure.to_string());
                worst = Verdict::Unreadable;
                continue;
            }
        };
        crate::samples::check(&mut compilation);
        let pending = match args.locked {
            true => lockfile::pending(&lock, &compilation, catalogue, false),
            false => None,
        };
        if pending.is_some() {
            worst = worst.max(Verdict::Wrong);
        }
        compilation.apply(levels);
        worst = worst.max(verdict(&compilation.diagnostics));
        files.extend(compilation.sources.iter().map(|file| file.path.clone()));
        files.push(lock.path.to_string());
        if args.format == Report::Json {
            objects.push(object(
                several.then_some(manifest),
                &compilation,
                catalogue,
            )?);
            tell_lock(&lock, pending.as_ref(), manifest);
            continue;
        }
        if several {
            let gap = if at == 0 { "" } else { "\n" };
            console::print(&format!("{gap}{manifest}\n"));
        }
        console::print(&proof_lines(&compilation, catalogue));
        tell(&compilation, args.format);
        tell_lock(&lock, pending.as_ref(), manifest);
    }
    match objects.as_slice() {
        _ if args.format != Report::Json => {}
        [only] if !several => console::print(&format!("{only:#}\n")),
        [] if !several => {}
        _ => console::print(&format!("{:#}\n", Value::Array(objects))),
    }
    Ok((worst, files))
}

/// A manifest with the lock beside it.
fn read(
    manifest: &str,
    args: &Check,
    catalogue: &Catalogue,
) -> Result<(LockFile, Compilation), Failure> {
    let lock = lockfile::beside(manifest)?;
    let acceptance = lock.acceptance(lockfile::today(args.today.as_ref()), true);
    let compilation = compile(manifest, catalogue, &acceptance)?;
    Ok((lock, compilation))
}

/// Says how a lock is not current, and what makes it so.
fn tell_lock(lock: &LockFile, pending: Option<&Pending>, manifest: &str) {
    if let Some(pending) = pending {
        console::tell(&lockfile::not_current(lock, pending));
        console::tell(&lockfile::remedy(manifest));
    }
}

/// Whether any finding is an error.
pub(super) fn verdict(diagnostics: &Diagnostics) -> Verdict {
    if diagnostics.has_errors() {
        Verdict::Wrong
    } else {
        Verdict::Clean
    }
}

/// After an answer about a manifest with errors: how many there are, and what shows them.
pub(super) fn tell_wrong(compilation: &Compilation, manifest: &str) {
    if compilation.diagnostics.has_errors() {
        let summary = report::summary(&compilation.diagnostics).unwrap_or_default();
        console::tell(&format!(
            "{summary}; `grantc check {manifest}` shows what is wrong\n"
        ));
    }
}

/// Draws findings with their count on standard error; annotations go to standard output.
pub(super) fn tell(compilation: &Compilation, format: Report) {
    let Compilation {
        diagnostics,
        sources,
        ..
    } = compilation;
    if format == Report::Github {
        console::print(&github::annotations(diagnostics, sources));
    }
    let Some(summary) = report::summary(diagnostics) else {
        return;
    };
    let drawn = report::draw(diagnostics, sources, console::style());
    console::tell(&format!(
        "{drawn}{summary}; `grantc explain CODE` says more\n"
    ));
}

fn proof_lines(compilation: &Compilation, catalogue: &Catalogue) -> String {
    let (Some(program), Some(graph)) = (compilation.program(), compilation.graph()) else {
        return String::new();
    };
    let proof = proof::proof(program, graph, catalogue);
    let mut lines = match console::result_columns() {
        Some(columns) => proof.within(columns),
        None => proof.to_string(),
    };
    for chosen in shown(program, graph) {
        lines.push_str(&format!("{chosen}\n"));
    }
    lines
}

/// The JSON contract of the check; one of several manifests is named in it.
pub(super) fn object(
    manifest: Option<&String>,
    compilation: &Compilation,
    catalogue: &Catalogue,
) -> Result<Value, Failure> {
    let found = compilation.program().zip(compilation.graph());
    let report = contract::report(
        found,
        catalogue,
        &compilation.diagnostics,
        &compilation.sources,
    );
    let report = serde_json::to_value(&report).map_err(Failure::from_error)?;
    match (manifest, report) {
        (Some(manifest), Value::Object(members)) => {
            let mut named = Map::new();
            named.insert("manifest".to_owned(), Value::from(manifest.as_str()));
            named.extend(members);
            Ok(Value::Object(named))
        }
        (_, report) => Ok(report),
    }
}
