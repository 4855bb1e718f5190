//! `grantc.lock` on disk: read beside the manifest, written only when what it says changed.

use crate::loader::reason;
use crate::write::{self, WriteError};
use camino::{Utf8Path, Utf8PathBuf};
use grantc_core::check::{Acceptance, Digests};
use grantc_core::infer::Pins;
use grantc_emitters::lock::{self, Lock, LockError};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};

/// Largest lock that is read, in bytes: more than the largest manifest can need.
const MAX_BYTES: u64 = 256 << 20;

/// Today's date, `YYYY-MM-DD`, in UTC.
pub fn today() -> String {
    chrono::Utc::now().date_naive().to_string()
}

/// A day as it was given: one of the calendar, `YYYY-MM-DD`.
///
/// # Errors
///
/// When it is none.
pub fn day(text: &str) -> Result<String, String> {
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d");
    match day.map(|day| day.to_string()) {
        Ok(day) if day == text => Ok(day),
        _ => Err("a day is written like 2027-03-31".to_owned()),
    }
}

/// Why a lock cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is there and cannot be read.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// Its path.
        path: Utf8PathBuf,
        /// Why, in a few words.
        reason: String,
    },
    /// A line of it says nothing.
    #[error("{path}:{}: {}", .at.line, .at.reason)]
    Malformed {
        /// Its path.
        path: Utf8PathBuf,
        /// Where and why.
        at: LockError,
    },
}

/// The lock beside a manifest, if there is one.
#[derive(Debug)]
pub struct LockFile {
    /// Its path, whether it is there or not.
    pub path: Utf8PathBuf,
    found: Option<(Vec<u8>, Lock)>,
}

/// How a lock is not what it should be: nothing in it stands for an order or a form only.
#[derive(Debug, PartialEq, Eq)]
pub struct Stale {
    /// Whether there is none yet.
    pub is_missing: bool,
    /// Lines that are in it and should not be.
    pub gone: Vec<String>,
    /// Lines that should be in it.
    pub new: Vec<String>,
}

impl LockFile {
    /// Reads the lock beside a manifest.
    ///
    /// # Errors
    ///
    /// When there is one that cannot be read: what it pins must not be forgotten in silence.
    pub fn beside(manifest: &str) -> Result<LockFile, Error> {
        let folder = Utf8Path::new(manifest).parent();
        let path = folder.unwrap_or(Utf8Path::new("")).join(lock::FILE);
        let unreadable = |reason: String| Error::Unreadable {
            path: path.clone(),
            reason,
        };
        let mut bytes = Vec::new();
        match File::open(&path) {
            Ok(file) => file
                .take(MAX_BYTES)
                .read_to_end(&mut bytes)
                .map_err(|error| unreadable(reason(&error)))?,
            // Nor is there one beside a manifest that is not there.
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(LockFile { path, found: None });
            }
            Err(error) => return Err(unreadable(reason(&error))),
        };
        match lock::parse(&bytes) {
            Ok(lock) => Ok(LockFile {
                path,
                found: Some((bytes, lock)),
            }),
            Err(at) => Err(Error::Malformed { path, at }),
        }
    }

    /// Whether there is one.
    pub fn exists(&self) -> bool {
        self.found.is_some()
    }

    /// What was accepted.
    pub fn pinned(&self) -> Digests {
        let lock = self.found.as_ref();
        lock.map(|(_, lock)| lock.accepts.clone())
            .unwrap_or_default()
    }

    /// The roles that were chosen.
    pub fn chosen(&self) -> Pins {
        let lock = self.found.as_ref();
        lock.map(|(_, lock)| lock.pins()).unwrap_or_default()
    }

    /// What deciding about accepted findings, and choosing roles, rests on, whatever the day.
    pub fn undated(&self) -> Acceptance {
        Acceptance {
            pinned: self.pinned(),
            chosen: self.chosen(),
            ..Acceptance::default()
        }
    }

    /// The same, on a day.
    pub fn acceptance(&self, today: String, expired_is_error: bool) -> Acceptance {
        Acceptance {
            today: Some(today),
            expired_is_error,
            ..self.undated()
        }
    }

    /// What it should say, for a manifest whose lock would be `fresh`: what was accepted stays as
    /// it was accepted, unless it is an `update`.
    pub fn next(&self, fresh: Lock, update: bool) -> Lock {
        match &self.found {
            Some((_, old)) => fresh.keeping(old, update),
            None => fresh,
        }
    }

    /// How it differs from what it should say; line ends do not count.
    pub fn stale(&self, next: &Lock) -> Option<Stale> {
        let wanted = next.to_string();
        let Some((bytes, old)) = &self.found else {
            return Some(Stale {
                is_missing: true,
                gone: Vec::new(),
                new: next.lines().into_iter().collect(),
            });
        };
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        if text.trim_start_matches('\u{feff}') == wanted {
            return None;
        }
        let (old, new) = (old.lines(), next.lines());
        Some(Stale {
            is_missing: false,
            gone: old.difference(&new).cloned().collect(),
            new: new.difference(&old).cloned().collect(),
        })
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// When it cannot be written; it is as it was then.
    pub fn write(&self, next: &Lock) -> Result<(), WriteError> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_str().is_empty() => folder,
            _ => Utf8Path::new("."),
        };
        let files = BTreeMap::from([(lock::FILE.to_owned(), next.to_string())]);
        write::write(folder, &files).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    fn lock(tools: &[&str]) -> Lock {
        let lines = tools.iter().map(|name| format!("tool {name} {DIGEST}\n"));
        let text = format!("grantc-lock 1\n{}", lines.collect::<String>());
        lock::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_lock_is_written_beside_its_manifest_and_found_there() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("tools.kdl");
        let none = LockFile::beside(manifest.as_str()).unwrap();
        assert!(!none.exists());
        let one = lock(&["a", "b"]);
        assert!(none.stale(&one).unwrap().is_missing);
        none.write(&one).unwrap();
        let there = LockFile::beside(manifest.as_str()).unwrap();
        assert!(there.exists());
        assert_eq!(there.stale(&one), None);
        assert_eq!(
            there.stale(&lock(&["b", "c"])),
            Some(Stale {
                is_missing: false,
                gone: vec![format!("tool a {DIGEST}")],
                new: vec![format!("tool c {DIGEST}")],
            })
        );
    }

    #[test]
    fn days_compare_as_texts_do() {
        assert_eq!(day("2027-03-31").as_deref(), Ok("2027-03-31"));
        for text in [
            "2027-3-31",
            "2027-02-29",
            "+2027-03-31",
            "12027-03-31",
            "today",
            "",
        ] {
            assert!(day(text).is_err(), "{text}");
        }
        assert_eq!(day(&today()), Ok(today()));
    }

    #[test]
    fn line_ends_do_not_count_and_order_does() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("tools.kdl");
        let two = lock(&["a", "b"]);
        let stale = |text: &str| {
            std::fs::write(folder.path().join(lock::FILE), text).unwrap();
            LockFile::beside(manifest.as_str()).unwrap().stale(&two)
        };
        assert_eq!(stale(&two.to_string().replace('\n', "\r\n")), None);
        let unsorted = stale(&format!(
            "grantc-lock 1\ntool b {DIGEST}\ntool a {DIGEST}\n"
        ));
        assert_eq!(
            unsorted,
            Some(Stale {
                is_missing: false,
                gone: vec![],
                new: vec![]
            })
        );
    }

    #[test]
    fn a_lock_that_cannot_be_read_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join(lock::FILE);
        let manifest = path.with_file_name("tools.kdl");
        std::fs::write(&path, "grantc-lock 1\nneed\n").unwrap();
        let error = LockFile::beside(manifest.as_str()).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{path}:2: the line is not `need ")),
            "{error}"
        );
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        let error = LockFile::beside(manifest.as_str()).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("cannot read `{path}`: ")),
            "{error}"
        );
    }
}
