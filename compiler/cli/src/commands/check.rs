//! `grantc check`: a proof line for each tool, then what was found.

use super::{compile, levels, manifest, watch};
use crate::args::{Check, Report};
use crate::{Failure, Verdict, console};
use grantc_build::{github, report};
use grantc_core::check::{proof, report as contract};
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
        let (verdict, _) = check(&manifests, args.format, &levels, catalogue)?;
        return Ok(verdict);
    }
    if args.format == Report::Json {
        let message = "`--watch` is for people and `--format json` is not; leave one out";
        return Err(Failure(message.to_owned()));
    }
    watch::forever(&manifests, || {
        check(&manifests, args.format, &levels, catalogue)
    })
}

/// Checks manifests; gives the worst that was found, and every file that was read.
fn check(
    manifests: &[String],
    format: Report,
    levels: &Levels,
    catalogue: &Catalogue,
) -> Result<(Verdict, Vec<String>), Failure> {
    let several = manifests.len() > 1;
    let (mut worst, mut files, mut objects) = (Verdict::Clean, Vec::new(), Vec::new());
    for (at, manifest) in manifests.iter().enumerate() {
        let mut compilation = match compile(manifest, catalogue) {
            Ok(compilation) => compilation,
            Err(failure) => {
                console::error(&failure.to_string());
                worst = Verdict::Unreadable;
                continue;
            }
        };
        crate::samples::check(&mut compilation);
        compilation.apply(levels);
        worst = worst.max(verdict(&compilation.diagnostics));
        files.extend(compilation.sources.iter().map(|file| file.path.clone()));
        if format == Report::Json {
            objects.push(object(
                several.then_some(manifest),
                &compilation,
                catalogue,
            )?);
            continue;
        }
        if several {
            let gap = if at == 0 { "" } else { "\n" };
            console::print(&format!("{gap}{manifest}\n"));
        }
        console::print(&proof_lines(&compilation, catalogue));
        tell(&compilation, format);
    }
    match objects.as_slice() {
        _ if format != Report::Json => {}
        [only] if !several => console::print(&format!("{only:#}\n")),
        [] if !several => {}
        _ => console::print(&format!("{:#}\n", Value::Array(objects))),
    }
    Ok((worst, files))
}

/// Whether any finding is an error.
pub(super) fn verdict(diagnostics: &Diagnostics) -> Verdict {
    if diagnostics.has_errors() {
        Verdict::Wrong
    } else {
        Verdict::Clean
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
    match console::result_columns() {
        Some(columns) => proof.within(columns),
        None => proof.to_string(),
    }
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
