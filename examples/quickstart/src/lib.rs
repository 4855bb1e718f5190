//! The staff handbook: the smallest whole server, with one tool on one search index.
//!
//! Generated from `tools.kdl`: the trait [`Tools`], the context, input and output in [`tools`], the
//! manifest's own types in [`types`], and [`server`]. Written by hand: [`question`], which is what
//! the index is asked, and the tool itself.

pub mod question;

use grantc_runtime::ToolError;
use question::Entry;
use tools::search_handbook::{Context, Input, Output};
use types::Passage;

grantc_runtime::include_tools!();

/// The tool of the handbook. It keeps nothing between calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Handbook;

impl Tools for Handbook {
    async fn search_handbook(&self, cx: &Context, input: Input) -> Result<Output, ToolError> {
        let query = question::query(&input.question, input.chapter)?;
        let found = cx.handbook_index.query::<Entry>(&query).await?;
        let passages = found.into_documents().into_iter().map(Passage::from);
        Ok(Output {
            passages: passages.collect(),
        })
    }
}
