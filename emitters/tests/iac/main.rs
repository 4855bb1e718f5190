//! The infrastructure of real manifests: it parses, says what the manifest says, and says the same
//! in both languages.
//!
//! With `GRANTC_IAC_CHECKS`, a folder with the commands `check-bicep` and `check-terraform`, they
//! are run on all of it; with `GRANTC_MCP_SCHEMAS`, a folder with the schemas of MCP, the documents
//! are held against them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod documents;
mod manifest;
mod nasty;
mod outside;
mod parity;
mod planes;
mod settings;
mod shape;
