//! Knowledge base: what AI agents of a consultancy can read, and the meetings they prepare with it.
//!
//! Generated from `tools.kdl`: the trait [`Tools`], the contexts, inputs and outputs in [`tools`],
//! the manifest's own types in [`types`], and [`server`]. Written by hand:
//!
//! - [`articles`]: where an article is kept, and what its text is;
//! - [`calendar`]: which meetings touch a day;
//! - [`index`]: what the index is asked;
//! - [`Library`]: the three tools, which put these together.

pub mod articles;
pub mod calendar;
pub mod index;
mod library;

pub use library::Library;

grantc_runtime::include_tools!();
