//! `grantc check`: a proof line for each tool, then what was found.

use super::compile;
use crate::args::{Check, Format};
use crate::{Failure, Verdict, console};
use grantc_build::report;
use grantc_core::check::{proof, report as contract};
use grantc_core::{Compilation, Diagnostics};
use grantc_spec::catalogue::Catalogue;

pub(crate) fn run(args: &Check, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let mut compilation = compile(&args.manifest, catalogue)?;
    crate::samples::check(&mut compilation);
    match args.format {
        Format::Json => print_json(&compilation, catalogue)?,
        Format::Human => {
            console::print(&proof_lines(&compilation, catalogue));
            tell(&compilation.diagnostics, &compilation);
        }
    }
    Ok(verdict(&compilation.diagnostics))
}

/// Whether any finding is an error.
pub(super) fn verdict(diagnostics: &Diagnostics) -> Verdict {
    if diagnostics.has_errors() {
        Verdict::Wrong
    } else {
        Verdict::Clean
    }
}

/// Draws findings with their count on standard error.
pub(super) fn tell(diagnostics: &Diagnostics, compilation: &Compilation) {
    let Some(summary) = report::summary(diagnostics) else {
        return;
    };
    let drawn = report::draw(diagnostics, &compilation.sources, console::style());
    console::tell(&format!(
        "{drawn}{summary}; `grantc explain CODE` says more\n"
    ));
}

fn proof_lines(compilation: &Compilation, catalogue: &Catalogue) -> String {
    match (compilation.program(), compilation.graph()) {
        (Some(program), Some(graph)) => proof::proof(program, graph, catalogue).to_string(),
        _ => String::new(),
    }
}

/// The JSON contract of the check, as one object.
pub(super) fn print_json(compilation: &Compilation, catalogue: &Catalogue) -> Result<(), Failure> {
    let found = compilation.program().zip(compilation.graph());
    let report = contract::report(
        found,
        catalogue,
        &compilation.diagnostics,
        &compilation.sources,
    );
    let text = serde_json::to_string_pretty(&report).map_err(Failure::from_error)?;
    console::print(&format!("{text}\n"));
    Ok(())
}
