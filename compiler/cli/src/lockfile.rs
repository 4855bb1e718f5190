//! `grantc.lock` as the commands use it and show it.

use crate::Failure;
use grantc_build::lock::{self, LockFile, Stale};
use grantc_core::Compilation;
use grantc_emitters::{Lock, Options};
use grantc_spec::catalogue::Catalogue;

/// How many lines of a difference are shown.
const SHOWN: usize = 12;

/// What a lock should say and does not.
pub(crate) struct Pending {
    /// What it should say.
    pub next: Lock,
    /// How it differs from that.
    pub stale: Stale,
}

/// The lock beside a manifest.
pub(crate) fn beside(manifest: &str) -> Result<LockFile, Failure> {
    LockFile::beside(manifest).map_err(Failure::from_error)
}

/// The day that was given, or that of the clock.
pub(crate) fn today(given: Option<&String>) -> String {
    given.cloned().unwrap_or_else(lock::today)
}

/// What is to change in the lock of a manifest; nothing when it is current, or the manifest wrong.
pub(crate) fn pending(
    lock: &LockFile,
    compilation: &Compilation,
    catalogue: &Catalogue,
    update: bool,
) -> Option<Pending> {
    let options = Options {
        catalogue,
        ..Options::default()
    };
    let fresh = grantc_emitters::lock(compilation.verified()?, &options);
    let next = lock.next(fresh, update);
    let stale = lock.stale(&next)?;
    Some(Pending { next, stale })
}

/// A lock that is not current, with the lines that differ.
pub(crate) fn not_current(lock: &LockFile, pending: &Pending) -> String {
    let word = match pending.stale.is_missing {
        true => "missing",
        false => "not current",
    };
    described(word, lock, &pending.stale)
}

/// A lock that was written, with the lines that changed.
pub(crate) fn written(lock: &LockFile, pending: &Pending) -> String {
    let word = match pending.stale.is_missing {
        true => "wrote",
        false => "updated",
    };
    described(word, lock, &pending.stale)
}

/// Which command brings a lock up to date.
pub(crate) fn remedy(manifest: &str) -> String {
    format!("`grantc lock {manifest}` brings it up to date\n")
}

fn described(word: &str, lock: &LockFile, stale: &Stale) -> String {
    let mut out = format!("{word:<11} {}\n", lock.path);
    if stale.is_missing {
        return out;
    }
    let gone = stale.gone.iter().map(|line| format!("  - {line}\n"));
    let new = stale.new.iter().map(|line| format!("  + {line}\n"));
    let lines: Vec<String> = gone.chain(new).collect();
    out.extend(lines.iter().take(SHOWN).map(String::as_str));
    if let Some(more @ 1..) = lines.len().checked_sub(SHOWN) {
        out.push_str(&format!("  and {more} more\n"));
    }
    out
}
