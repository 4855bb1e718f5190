//! What generated servers link against: MCP over stdio, validation, limits, audit, and clients that
//! only do what the manifest declares.
//!
//! You write a manifest, `tools.kdl`, and one async function per tool. `grantc` generates the rest
//! as one file of tables and types, `tools.rs`; everything that *does* something is in this crate,
//! where it is tested.
//!
//! # A server
//!
//! ```ignore
//! // build.rs: grantc_build::compile("tools.kdl")
//! use grantc_runtime::ToolError;
//! use std::process::ExitCode;
//!
//! grantc_runtime::include_tools!();
//!
//! struct Desk;
//!
//! impl Tools for Desk {
//!     async fn find_invoice(
//!         &self,
//!         cx: &tools::find_invoice::Context,
//!         input: tools::find_invoice::Input,
//!     ) -> Result<tools::find_invoice::Output, ToolError> {
//!         let bytes = cx.archive.read(&format!("{}.json", input.number)).await?;
//!         Ok(grantc_runtime::json::from_slice(&bytes)?)
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> ExitCode {
//!     grantc_runtime::run(server(Desk)).await
//! }
//! ```
//!
//! `server --stdio` serves a desktop client, `server --http` an address, both in either protocol era;
//! `--local` puts stand-ins in place of Azure. Under the Azure Functions host no argument is needed.
//! `GRANTC_AUTH` says how callers over HTTP are known ([`Caller`], [`settings`]).
//!
//! # The contract with generated code
//!
//! `tests/fixture/*/tools.rs` is what the generator prints for the manifest beside it. In order:
//!
//! - `pub trait Tools`: one method per tool, `async` in effect, taking the tool's context and input;
//! - `pub fn server(tools: impl Tools) -> Server`: the table, and one [`Server::route`] per tool;
//! - `pub mod tools`, one module per tool with
//!   - `Context`: one client per resource that the tool uses, `call` (see [`Call`]), and
//!     `page_size` where the manifest sets one;
//!   - `Input` and `Output`: records of their own, or aliases of named types;
//! - `pub mod types`: the named types of the manifest (see [`types`] for the mapping), each with
//!   serde, `deny_unknown_fields`, and its table of constraints ([`Validate`], [`shape`]); enums
//!   have `as_str`, the word on the wire;
//! - `pub mod tool` and `pub mod resource`: one lower-case type for each, which no value ever has.
//!   The pair is what capabilities hang on: `impl Can<verb::read, resource::archive> for
//!   tool::find_invoice`, with the identities and paths of each use ([`Can`], [`Use`]);
//! - `static TABLE`: everything that is data ([`table`]), with the MCP definition of each tool as
//!   JSON, which `tools/list` gives out unchanged;
//! - one macro call per connector, such as [`needs_blob!`], whose error names the missing feature.
//!
//! # Clients
//!
//! `Blob<tool::find_invoice, resource::archive>` has all methods of its connector, and each asks
//! that the tool [`Can`] do it. What the manifest does not declare is refused by the compiler:
//!
//! ```text
//! error[E0277]: `tool::find_invoice` does not declare `write` on `archive`
//!   = note: to allow it, write `uses "archive" "write"` in the tool's manifest; …
//! help: the following other types implement trait `Can<V, On>`
//!       `tool::find_invoice` implements `Can<read, archive>`
//! ```
//!
//! A verb is open when the manifest names it, or when operations that the manifest writes out cover
//! it. A use that is narrowed by `path` refuses other names before any request.
//!
//! # What one call goes through
//!
//! Arguments are held against the input's shape; all violations come back at once, each with its
//! JSON pointer, as a tool error that the model can act on. Then the tool runs, within its
//! `concurrency` and `timeout`; a panic is caught. Its result is held against the output's shape
//! and the `response` limit; an invalid result is never sent. One audit event says what happened
//! ([`audit`]); arguments and results are in no log.

#[cfg(feature = "api")]
mod api;
pub mod audit;
#[cfg(feature = "azure")]
mod azure;
#[cfg(feature = "blob")]
pub mod blob;
mod call;
mod call_limits;
mod caller;
#[cfg(feature = "cosmos")]
pub mod cosmos;
pub mod derive;
mod digest;
mod error;
mod input;
#[cfg(feature = "azure")]
mod local;
mod plant;
#[cfg(feature = "search")]
pub mod search;
mod serve;
mod server;
#[cfg(feature = "servicebus")]
pub mod servicebus;
pub mod settings;
pub mod shape;
pub mod table;
mod tool;
pub mod types;

pub use call::Call;
pub use caller::{Caller, Principal};
pub use error::{ErrorKind, ToolError};
pub use serde;
pub use serde_json as json;
pub use serve::{Handler, HttpError, LIST_TTL, MOST_BYTES, run, serve_http};
pub use server::{Mode, Reply, Running, Server, StartError};
pub use settings::Settings;
pub use shape::Validate;
pub use tool::{Can, Client, Context, Pending, Resource, Tool, Use, Verb, verb};
pub use types::{Bytes, Date, DateTime, Decimal, Uri, Uuid};

/// Includes what `grantc_build::compile` generated, at the place of the call.
#[macro_export]
macro_rules! include_tools {
    () => {
        include!(concat!(env!("OUT_DIR"), "/tools.rs"));
    };
}

/// Microsoft Graph, for tools that declare permissions of it.
#[cfg(feature = "graph")]
pub mod graph {
    pub use crate::api::{Api as Graph, Recorded};
}

/// Custom APIs, for tools that declare their app roles and scopes.
#[cfg(feature = "http")]
pub mod http {
    pub use crate::api::{Api as Http, Recorded};
}

/// Services that have no client of their own yet: a token, and requests with it.
#[cfg(feature = "token")]
pub mod token {
    pub use crate::api::{Api as Token, Recorded};
}

/// Defines a macro that generated code calls, so that a feature that is off is named.
macro_rules! needs {
    ($($name:ident $feature:literal $connector:literal)*) => {$(
        #[cfg(feature = $feature)]
        #[doc = concat!("Generated code calls it when a tool uses a resource of type `", $connector, "`.")]
        #[macro_export]
        macro_rules! $name {
            () => {};
        }

        #[cfg(not(feature = $feature))]
        #[doc = concat!("Generated code calls it when a tool uses a resource of type `", $connector, "`. The feature for it is off:")]
        #[doc = ""]
        #[doc = "```compile_fail"]
        #[doc = concat!("grantc_runtime::", stringify!($name), "!();")]
        #[doc = "```"]
        #[macro_export]
        macro_rules! $name {
            () => {
                compile_error!(concat!(
                    "the manifest uses a resource of type `", $connector, "`: add the feature `",
                    $feature, "` to `grantc-runtime` in Cargo.toml"
                ));
            };
        }
    )*};
}

needs! {
    needs_blob "blob" "azure.blob"
    needs_search "search" "azure.search"
    needs_cosmos "cosmos" "azure.cosmos"
    needs_servicebus "servicebus" "azure.servicebus"
    needs_graph "graph" "microsoft.graph"
    needs_http "http" "http"
}

/// As [`needs_blob!`], for connectors without a client of their own.
#[cfg(feature = "token")]
#[macro_export]
macro_rules! needs_token {
    ($connector:literal) => {};
}

/// As [`needs_blob!`], for connectors without a client of their own. The feature for them is off:
///
/// ```compile_fail
/// grantc_runtime::needs_token!("azure.sql");
/// ```
#[cfg(not(feature = "token"))]
#[macro_export]
macro_rules! needs_token {
    ($connector:literal) => {
        compile_error!(concat!(
            "the manifest uses a resource of type `",
            $connector,
            "`, which has no client of its own yet: add the feature `token` to `grantc-runtime` in Cargo.toml"
        ));
    };
}
