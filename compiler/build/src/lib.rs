//! The compiler for `build.rs`.
//!
//! ```ignore
//! // build.rs
//! fn main() {
//!     grantc_build::compile("tools.kdl");
//! }
//! ```
//!
//! and in the crate's source, once:
//!
//! ```ignore
//! grantc_runtime::include_tools!();
//! ```
//!
//! [`compile()`] checks the manifest, writes the generated Rust to `OUT_DIR` when it changed, and
//! tells Cargo when to run again. Findings are printed as the command line prints them; a manifest
//! with errors fails the build. Use [`try_compile`] to decide that yourself.
//!
//! Findings that the manifest accepts are held against `grantc.lock` beside it, where there is
//! one; a build script never writes that.
//!
//! The parts are shared with the command line: [`loader`] reads, [`report`] draws findings,
//! [`github`] annotates pull requests, [`lock`] finds what was accepted, [`write`](mod@write)
//! writes files.

pub mod github;
pub mod loader;
pub mod lock;
pub mod report;
pub mod write;

use camino::Utf8Path;
use grantc_core::{Compilation, LoadError};
use grantc_spec::catalogue::Catalogue;
use grantc_spec::rules::Level;
use loader::Disk;
use lock::LockFile;
use report::Style;
use std::collections::BTreeMap;
use std::io::Write;
use write::WriteError;

/// The file in `OUT_DIR` that `grantc_runtime::include_tools!` includes.
pub const GENERATED_FILE: &str = "tools.rs";

/// Why a manifest did not become Rust.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The manifest cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The lock beside it cannot be read.
    #[error(transparent)]
    Lock(#[from] lock::Error),
    /// The manifest has errors; the text is the drawn report.
    #[error("{summary}\n{report}")]
    Findings {
        /// Such as `2 errors, 1 warning`.
        summary: String,
        /// Every finding, drawn.
        report: String,
    },
    /// The generated file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Not run by Cargo as a build script.
    #[error("`{0}` is not set: grantc_build::compile is to be called from build.rs")]
    NotABuildScript(&'static str),
}

/// Compiles a manifest, with what it imports, from `build.rs`; ends the build script when it has errors.
///
/// `manifest` is relative to the folder of the crate.
pub fn compile(manifest: impl AsRef<str>) {
    if let Err(error) = try_compile(manifest) {
        let text = error.to_string();
        let mut err = std::io::stderr().lock();
        let _ = writeln!(err, "{text}");
        let first = text.lines().next().unwrap_or("the manifest has errors");
        tell_cargo(&format!("cargo::error={first}"));
        std::process::exit(1);
    }
}

/// Compiles a manifest from `build.rs`.
///
/// # Errors
///
/// When the manifest cannot be read or has errors, or the generated file cannot be written.
pub fn try_compile(manifest: impl AsRef<str>) -> Result<(), Error> {
    let manifest = manifest.as_ref();
    tell_cargo(&format!("cargo::rerun-if-changed={manifest}"));
    let out_dir = std::env::var("OUT_DIR").map_err(|_| Error::NotABuildScript("OUT_DIR"))?;
    let lock = LockFile::beside(manifest)?;
    if lock.exists() {
        // One that is not there would make Cargo run this every time.
        tell_cargo(&format!("cargo::rerun-if-changed={}", lock.path));
    }
    let acceptance = lock.acceptance(lock::today(), false);
    let catalogue = Catalogue::embedded();
    let lacks = &grantc_emitters::deployer::lacks;
    let compilation = grantc_core::compile_further(manifest, &Disk, catalogue, &acceptance, lacks)?;
    // The manifest itself is watched already, read or not.
    for imported in compilation.sources.iter().skip(1) {
        tell_cargo(&format!("cargo::rerun-if-changed={}", imported.path));
    }
    let files = generate(&compilation)?;
    for diagnostic in compilation.diagnostics.iter() {
        if diagnostic.level == Level::Warning {
            let place = compilation.sources.place(diagnostic.span);
            let (code, message) = (diagnostic.rule.code, one_line(&diagnostic.message));
            tell_cargo(&format!("cargo::warning={place}: {code} {message}"));
        }
    }
    write::write(Utf8Path::new(&out_dir), &files)?;
    Ok(())
}

/// The generated Rust of a verified program, or its findings.
fn generate(compilation: &Compilation) -> Result<BTreeMap<String, String>, Error> {
    match compilation.verified() {
        Some(verified) => {
            let text = grantc_emitters::rust::emit(verified);
            Ok(BTreeMap::from([(GENERATED_FILE.to_owned(), text)]))
        }
        None => Err(Error::Findings {
            summary: report::summary(&compilation.diagnostics).unwrap_or_default(),
            report: report::draw(&compilation.diagnostics, &compilation.sources, Style::PLAIN),
        }),
    }
}

fn one_line(text: &str) -> String {
    text.split(['\n', '\r']).collect::<Vec<_>>().join(" ")
}

fn tell_cargo(instruction: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{instruction}");
}
