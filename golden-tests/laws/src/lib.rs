//! A second, naive implementation of the permission calculus, to hold the first one against.
//!
//! It is written from the rules that `spec/permissions.md` tells users, and shares nothing with the
//! compiler but the text files of facts, which it reads with its own eyes: operations are strings,
//! sets are lists, and every question is asked one operation at a time. It makes its own manifests,
//! from a [`Model`] that it decides itself, and never sees the program that the compiler makes of
//! them.
//!
//! - [`model`]: what a manifest says; [`grow`]: one from random numbers;
//! - [`render`]: that manifest as text, in both notations;
//! - [`facts`]: operations, roles and connectors, from their files;
//! - [`text`]: permission strings, conditions and paths;
//! - [`decide`]: needs, excess and reach.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is how a test fails"
)]

pub mod decide;
pub mod facts;
pub mod grow;
pub mod model;
pub mod render;
pub mod text;

pub use model::Model;
