//! `grantc graph`: the permission graph, broken or not.

use super::{check, look, manifest};
use crate::args::{Drawing, Graph, Report};
use crate::{Failure, Verdict, console};
use grantc_core::check::picture::picture;
use grantc_spec::catalogue::Catalogue;

pub(crate) fn run(args: &Graph, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let manifest = manifest(args.manifest.as_deref())?;
    let compilation = look(&manifest, catalogue)?;
    let (Some(program), Some(graph)) = (compilation.program(), compilation.graph()) else {
        check::tell(&compilation, Report::Human);
        console::tell("there is no graph of what cannot be read\n");
        return Ok(Verdict::Wrong);
    };
    let shown = picture(program, graph, catalogue, &compilation.sources);
    match args.format {
        Drawing::Svg => console::print(&shown.svg()),
        Drawing::Mermaid => console::print(&shown.mermaid()),
        Drawing::Dot => console::print(&shown.dot()),
        Drawing::Json => {
            let text = serde_json::to_string_pretty(&shown).map_err(Failure::from_error)?;
            console::print(&format!("{text}\n"));
        }
    }
    // The picture is the result, whatever it shows; the findings are those of `check`.
    check::tell_wrong(&compilation, &manifest);
    Ok(Verdict::Clean)
}
