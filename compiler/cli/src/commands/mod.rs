//! One module a command.

pub(crate) mod ask;
pub(crate) mod build;
pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod deployer;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod lock;
pub(crate) mod new;
pub(crate) mod reference;
pub(crate) mod role;
pub(crate) mod roles;
mod watch;

use crate::args::LevelArgs;
use crate::{Failure, lockfile};
use camino::Utf8Path;
use grantc_build::loader::Disk;
use grantc_core::Compilation;
use grantc_core::check::Acceptance;
use grantc_core::levels::{Levels, Setting};
use grantc_spec::catalogue::Catalogue;

/// The manifests that are looked for where none is named.
const USUAL: [&str; 3] = ["tools.kdl", "tools.yaml", "tools.yml"];

/// The manifest that was named, or the one of this folder.
fn manifest(named: Option<&str>) -> Result<String, Failure> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let mut there = USUAL
        .into_iter()
        .filter(|name| Utf8Path::new(name).exists());
    match (there.next(), there.next()) {
        (Some(only), None) => Ok(only.to_owned()),
        (Some(one), Some(other)) => Err(Failure(format!(
            "both `{one}` and `{other}` are here; name the manifest"
        ))),
        (None, _) => Err(Failure(
            "there is no `tools.kdl` or `tools.yaml` here; name the manifest, go to its folder, or \
             make one with `grantc new`"
                .to_owned(),
        )),
    }
}

/// Compiles a manifest from disk, or says why it cannot be read.
fn compile(
    manifest: &str,
    catalogue: &Catalogue,
    acceptance: &Acceptance,
) -> Result<Compilation, Failure> {
    let lacks = &grantc_emitters::deployer::lacks;
    grantc_core::compile_further(manifest, &Disk, catalogue, acceptance, lacks)
        .map_err(Failure::from_error)
}

/// Compiles a manifest to look at it: what its lock pins holds, and the day does not matter.
fn look(manifest: &str, catalogue: &Catalogue) -> Result<Compilation, Failure> {
    let lock = lockfile::beside(manifest)?;
    compile(manifest, catalogue, &lock.undated())
}

/// What the arguments say about levels.
fn levels(args: &LevelArgs) -> Result<Levels, Failure> {
    let mut levels = Levels::default();
    let all = [
        (&args.deny, Setting::Deny),
        (&args.warn, Setting::Warn),
        (&args.allow, Setting::Allow),
    ];
    for (words, setting) in all {
        for word in words {
            levels.set(word, setting).map_err(Failure::from_error)?;
        }
    }
    Ok(levels)
}
