//! The invoice desk: what AI agents of a finance department can do with supplier invoices.
//!
//! Generated from `tools.kdl`: the trait [`Tools`], the contexts, inputs and outputs in [`tools`],
//! the manifest's own types in [`types`], and [`server`]. Written by hand:
//!
//! - [`rules`]: what makes an invoice fit to be filed;
//! - [`archive`]: where an invoice is kept, and the receipt for it;
//! - [`index`]: what is asked of the search index, and what its documents add up to;
//! - [`Desk`]: the four tools, which put these together.

pub mod archive;
mod desk;
pub mod index;
pub mod rules;

pub use desk::Desk;

grantc_runtime::include_tools!();
