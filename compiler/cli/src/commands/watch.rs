//! `--watch`: the same work again whenever a file that it read changes.
//!
//! Folders are watched, not files: editors put a new file in the place of the old one. Nothing is
//! cleared, so that what was said before stays where it was.

use crate::{Failure, Verdict, console};
use camino::{Utf8Path, Utf8PathBuf};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a file must be left alone before it is read again: editors write in several steps.
const QUIET: Duration = Duration::from_millis(100);

/// Works, waits for a change, works again, until the process is ended.
pub(super) fn forever(
    manifests: &[String],
    mut work: impl FnMut() -> Result<(Verdict, Vec<String>), Failure>,
) -> Result<Verdict, Failure> {
    let (sender, events) = channel();
    let mut watcher = notify::recommended_watcher(sender).map_err(cannot_watch)?;
    let mut folders = BTreeSet::new();
    let mut first = true;
    loop {
        let (verdict, mut read) = work()?;
        if first && verdict == Verdict::Unreadable {
            return Ok(verdict);
        }
        first = false;
        // One that is gone for a moment is waited for.
        read.extend(manifests.iter().cloned());
        let files: BTreeSet<PathBuf> = read.iter().filter_map(|path| whole(path)).collect();
        follow(&files, &mut folders, &mut watcher)?;
        console::tell("watching; ctrl-c ends\n");
        let Some(changed) = change(&files, &events) else {
            return Ok(verdict);
        };
        console::tell(&format!("\n{changed} changed\n"));
    }
}

/// Watches every folder that holds one of the files.
fn follow(
    files: &BTreeSet<PathBuf>,
    folders: &mut BTreeSet<PathBuf>,
    watcher: &mut RecommendedWatcher,
) -> Result<(), Failure> {
    for folder in files.iter().filter_map(|file| file.parent()) {
        if folders.insert(folder.to_owned()) {
            watcher
                .watch(folder, RecursiveMode::NonRecursive)
                .map_err(cannot_watch)?;
        }
    }
    Ok(())
}

/// Waits until one of the files changed and then was left alone; nothing when no event can come.
fn change(files: &BTreeSet<PathBuf>, events: &Receiver<notify::Result<Event>>) -> Option<String> {
    let name = loop {
        // Events of what is no file of ours, reading included, are passed over.
        let Ok(event) = events.recv().ok()? else {
            continue;
        };
        let changes = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
        );
        let ours = event.paths.iter().find(|path| files.contains(*path));
        if let (true, Some(path)) = (changes, ours) {
            break path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
        }
    };
    while events.recv_timeout(QUIET).is_ok() {}
    name
}

/// A path as events give it: absolute, its folder without links.
fn whole(path: &str) -> Option<PathBuf> {
    let path = Utf8Path::new(path);
    let folder: Utf8PathBuf = match path.parent() {
        None => return None,
        Some(parent) if parent.as_str().is_empty() => ".".into(),
        Some(parent) => parent.to_owned(),
    };
    let folder = Path::new(folder.as_str()).canonicalize().ok()?;
    Some(folder.join(path.file_name()?))
}

fn cannot_watch(error: notify::Error) -> Failure {
    Failure(format!("cannot watch for changes: {error}"))
}
