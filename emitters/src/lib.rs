//! Emitters: a verified program becomes files.
//!
//! An emitter is a function from [`Verified`] to [`Emitted`]. It sees nothing else, writes nothing
//! and gives the same bytes each time. What a target cannot express becomes a diagnostic (G04xx);
//! nothing is dropped silently.
//!
//! - [`functions()`]: what the Functions host reads beside the server's executable;
//! - [`federation()`]: what Bicep leaves to be done by hand in the directory;
//! - [`bicep()`] and [`terraform()`]: the infrastructure, said twice, from one [`view`] through
//!   [`template`]s that cannot forget to escape;
//! - [`sql()`]: what no template can say, as scripts;
//! - [`deployer`]: what whoever deploys has to hold;
//! - [`mcp()`]: the documents that clients and registries read;
//! - [`lock()`]: what was reviewed, beside the manifest;
//! - `rust`: what a server crate includes.
//!
//! A new emitter is one module and one line in [`emit`].

pub mod files;
#[cfg(feature = "templates")]
pub mod template;
#[cfg(feature = "view")]
pub mod view;

#[cfg(feature = "view")]
pub mod deployer;

#[cfg(feature = "bicep")]
pub mod bicep;
#[cfg(feature = "templates")]
pub mod federation;
#[cfg(feature = "templates")]
pub mod functions;
#[cfg(feature = "mcp")]
pub mod lock;
#[cfg(feature = "mcp")]
pub mod mcp;
#[cfg(feature = "rust")]
pub mod rust;
#[cfg(feature = "templates")]
pub mod sql;
#[cfg(feature = "terraform")]
pub mod terraform;

#[cfg(feature = "view")]
mod arm;
#[cfg(feature = "templates")]
mod infrastructure;

#[cfg(feature = "bicep")]
pub use bicep::bicep;
#[cfg(feature = "templates")]
pub use federation::federation;
pub use files::Files;
#[cfg(feature = "templates")]
pub use functions::functions;
#[cfg(feature = "mcp")]
pub use lock::{Lock, lock};
#[cfg(feature = "mcp")]
pub use mcp::mcp;
#[cfg(feature = "templates")]
pub use sql::sql;
#[cfg(feature = "terraform")]
pub use terraform::terraform;

#[cfg(test)]
mod testing;

use grantc_core::{Diagnostics, Verified};
use grantc_spec::catalogue::Catalogue;

/// What a caller may choose.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The catalogue that the program was resolved with.
    pub catalogue: &'a Catalogue,
    /// What the server's executable is called in the package of a function app.
    pub executable: &'a str,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            catalogue: Catalogue::embedded(),
            executable: "server",
        }
    }
}

/// What an emitter gives back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Emitted {
    /// The files, by path below the output folder.
    pub files: Files,
    /// What the target cannot express.
    pub diagnostics: Diagnostics,
}

impl Emitted {
    /// Adds what another emitter gave; a finding that two targets share is told once.
    pub fn merge(&mut self, other: Emitted) {
        self.files.extend(other.files);
        for finding in other.diagnostics {
            if !self.diagnostics.iter().any(|known| *known == finding) {
                self.diagnostics.push(finding);
            }
        }
    }
}

/// Every document and template of a program; the Rust is asked for by the server's build script.
#[cfg(any(feature = "templates", feature = "mcp"))]
pub fn emit(program: &Verified, options: &Options) -> Emitted {
    let mut all = Emitted::default();
    #[cfg(feature = "templates")]
    all.merge(functions(program, options));
    #[cfg(feature = "templates")]
    all.merge(federation(program, options));
    #[cfg(feature = "bicep")]
    all.merge(bicep(program, options));
    #[cfg(feature = "terraform")]
    all.merge(terraform(program, options));
    #[cfg(feature = "templates")]
    all.merge(sql(program, options));
    #[cfg(feature = "mcp")]
    all.merge(mcp(program, options));
    all
}
