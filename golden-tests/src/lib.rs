//! What the golden tests share: how a manifest says what it must raise, and how Markdown pages
//! carry manifests.
//!
//! The cases stand in `cases/`, as the files a user would have:
//!
//! - `accept/<name>/tools.kdl` compiles; `expected/` beside it holds every file that it becomes
//!   (as does `infra/` beside the manifest of an example);
//! - `reject/<code>-<name>/tools.kdl` does not, and says so in comments under the offending lines
//!   (see [`annotations`]);
//! - `cli/*.trycmd` are transcripts of the command line, run by the tests of `compiler/cli`.
//!
//! Pages with manifests in them are run too (see [`markdown`]): every page of `spec/errors/`,
//! `spec/language.md` and `README.md`.
//!
//! `BLESS=1 cargo test -p grantc-golden-tests` rewrites `expected/` and the comments; read the
//! diff before you commit it.

pub mod annotations;
pub mod compile;
pub mod folders;
pub mod generated;
pub mod markdown;
pub mod yaml;
