//! Field service: what AI agents of a service centre can do with work orders.
//!
//! Generated from `tools.kdl`: the trait [`Tools`], the contexts, inputs and outputs in [`tools`],
//! the manifest's own types in [`types`], and [`server`]. Written by hand:
//!
//! - [`orders`]: how orders are kept, asked for and dispatched;
//! - [`parts`]: when everything that an order needs is there;
//! - [`Service`]: the three tools, which put these together.

pub mod orders;
pub mod parts;
mod service;

pub use service::Service;

grantc_runtime::include_tools!();
