//! `grantc why` and `grantc who`: questions about a manifest, broken or not.

use super::{check, look, manifest};
use crate::args::{Format, Report, Who, Why};
use crate::{Failure, Verdict, console};
use camino::Utf8Path;
use grantc_core::Compilation;
use grantc_core::check::ask::{self, Asked, Unclear};
use grantc_spec::catalogue::Catalogue;
use serde::Serialize;
use std::fmt::Display;

pub(crate) fn why(args: &Why, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let (named, words) = match args.words.as_slice() {
        [named, rest @ ..] if rest.len() == 3 || rest.len() == 2 && is_manifest(named) => {
            (Some(named.as_str()), rest)
        }
        words => (None, words),
    };
    let [subject, operation, resource @ ..] = words else {
        return Err(Failure(
            "name a tool or an identity, and an operation".to_owned(),
        ));
    };
    let resource = resource.first().map(String::as_str);
    answer(named, catalogue, args.format, |asked| {
        let why = ask::why(asked, subject, operation, resource)?;
        let can = why.can();
        Ok((why, can))
    })
}

pub(crate) fn who(args: &Who, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let (named, operation, resource) = match args.words.as_slice() {
        [named, operation, resource] => (Some(named.as_str()), operation, resource),
        [operation, resource] => (None, operation, resource),
        _ => return Err(Failure("name an operation and a resource".to_owned())),
    };
    answer(named, catalogue, args.format, |asked| {
        let who = ask::who(asked, operation, resource)?;
        let anybody = who.anybody();
        Ok((who, anybody))
    })
}

/// Whether a word that may be one names a manifest: names in manifests have no dots.
fn is_manifest(word: &str) -> bool {
    let ending = Utf8Path::new(word).extension().unwrap_or_default();
    ["kdl", "yaml", "yml"].contains(&ending.to_ascii_lowercase().as_str())
}

/// Prints the answer to a question; the exit status says whether it is yes.
fn answer<A: Serialize + Display>(
    named: Option<&str>,
    catalogue: &Catalogue,
    format: Format,
    question: impl Fn(&Asked<'_>) -> Result<(A, bool), Unclear>,
) -> Result<Verdict, Failure> {
    let manifest = manifest(named)?;
    let compilation = look(&manifest, catalogue)?;
    let Compilation { sources, .. } = &compilation;
    let (Some(program), Some(graph)) = (compilation.program(), compilation.graph()) else {
        check::tell(&compilation, Report::Human);
        console::tell("there is no answer about what cannot be read\n");
        return Ok(Verdict::Unreadable);
    };
    let (answer, yes) = question(&Asked {
        program,
        graph,
        catalogue,
        sources,
    })
    .map_err(Failure::from_error)?;
    match format {
        Format::Human => console::print(&answer.to_string()),
        Format::Json => {
            let text = serde_json::to_string_pretty(&answer).map_err(Failure::from_error)?;
            console::print(&format!("{text}\n"));
        }
    }
    check::tell_wrong(&compilation, &manifest);
    Ok(if yes { Verdict::Clean } else { Verdict::Wrong })
}
