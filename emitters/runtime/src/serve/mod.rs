//! Serving: the protocols by which calls come in.
//!
//! [`Running`](crate::Running) knows no protocol; each one is a thin module here.

mod mcp;
mod run;

pub use mcp::{Handler, LIST_TTL};
pub use run::run;
