//! `grantc lock`: writes what was reviewed into `grantc.lock`, beside the manifest.

use super::check::{tell, verdict};
use super::{compile, manifest};
use crate::args::{Lock, Report};
use crate::{Failure, Verdict, console, lockfile};
use grantc_core::check::Acceptance;
use grantc_spec::catalogue::Catalogue;

pub(crate) fn run(args: &Lock, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let manifest = manifest(args.manifest.as_deref())?;
    let lock = lockfile::beside(&manifest)?;
    // The lock is the same every day, and an update takes each accepted finding as it is now
    // and chooses roles again.
    let acceptance = match args.update {
        true => Acceptance::default(),
        false => lock.undated(),
    };
    let mut compilation = compile(&manifest, catalogue, &acceptance)?;
    crate::samples::check(&mut compilation);
    tell(&compilation, Report::Human);
    let found = verdict(&compilation.diagnostics);
    if found != Verdict::Clean {
        console::tell("nothing was written\n");
        return Ok(found);
    }
    match lockfile::pending(&lock, &compilation, catalogue, args.update) {
        None => console::print(&format!("{}: current\n", lock.path)),
        Some(pending) => {
            lock.write(&pending.next).map_err(Failure::from_error)?;
            console::print(&lockfile::written(&lock, &pending));
        }
    }
    Ok(found)
}
