//! One module a command.

pub(crate) mod build;
pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod role;
pub(crate) mod roles;

use crate::Failure;
use camino::Utf8Path;
use grantc_build::loader::Disk;
use grantc_core::Compilation;
use grantc_spec::catalogue::Catalogue;

/// Compiles a manifest from disk, or says why it cannot be read.
fn compile(manifest: &str, catalogue: &Catalogue) -> Result<Compilation, Failure> {
    grantc_core::compile(manifest, &Disk, catalogue).map_err(|error| {
        let hint = match Utf8Path::new(manifest).exists() {
            false if manifest == "tools.kdl" => "; name the manifest, or go to its folder",
            _ => "",
        };
        Failure(format!("{error}{hint}"))
    })
}
