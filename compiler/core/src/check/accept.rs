//! Accepted findings: an `accept` takes a finding's weight away for as long as it holds.
//!
//! It is bound to what the finding says: a digest in the lock remembers that, and a finding that
//! has grown since is raised again. The day is an input; without one nothing expires.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Accept, Program};
use grantc_spec::rules::{ACCEPT_EXPIRED, ACCEPT_UNUSED, Level};
use std::collections::BTreeMap;

/// What deciding about accepted findings rests on.
#[derive(Clone, Debug, Default)]
pub struct Acceptance {
    /// The day, `YYYY-MM-DD`; none when it does not matter.
    pub today: Option<String>,
    /// What was accepted, by code and path: the digests that the lock remembers.
    pub pinned: BTreeMap<(String, String), String>,
    /// Whether an acceptance that is past fails the run, or only warns: a build must not fail from
    /// one day to the next.
    pub expired_is_error: bool,
}

/// Applies every `accept` of a program to what was found.
pub(super) fn apply(program: &Program, acceptance: &Acceptance, diagnostics: &mut Diagnostics) {
    let mut more = Vec::new();
    for accept in &program.accepts {
        let expired = is_past(accept, acceptance);
        let mut used = false;
        diagnostics.retain_mut(|found| {
            if is_about(accept, found) {
                used = true;
                if !expired {
                    take(accept, acceptance, found);
                }
            }
            true
        });
        if !used {
            more.push(unused(accept));
        } else if expired {
            more.push(past(accept, acceptance));
        }
    }
    diagnostics.extend(more);
}

fn is_about(accept: &Accept, found: &Diagnostic) -> bool {
    found.rule.code == accept.code.value && found.path.as_deref() == Some(&accept.at.value)
}

fn is_past(accept: &Accept, acceptance: &Acceptance) -> bool {
    // Days of this form compare as texts do.
    match (&accept.until, &acceptance.today) {
        (Some(until), Some(today)) => until.value.as_str() < today.as_str(),
        _ => false,
    }
}

/// Takes the weight of a finding, unless it says more than what was accepted.
fn take(accept: &Accept, acceptance: &Acceptance, found: &mut Diagnostic) {
    let key = (accept.code.value.clone(), accept.at.value.clone());
    let grown = acceptance
        .pinned
        .get(&key)
        .is_some_and(|pinned| *pinned != found.digest());
    if grown {
        found.related.push((
            accept.span,
            "accepted here when it said something else".to_owned(),
        ));
        found.notes.push(
            "it is not what was accepted: look again, then `grantc lock --update`".to_owned(),
        );
        return;
    }
    found.level = Level::Note;
    let until = accept.until.as_ref();
    let until = until.map_or(String::new(), |until| format!(" until {until}"));
    found
        .notes
        .push(format!("accepted{until}: {}", accept.reason));
}

fn unused(accept: &Accept) -> Diagnostic {
    let message = format!("there is no {} at `{}` to accept", accept.code, accept.at);
    Diagnostic::new(&ACCEPT_UNUSED, accept.span, message)
        .help("remove it, or write the path that the finding shows after `at:`")
}

fn past(accept: &Accept, acceptance: &Acceptance) -> Diagnostic {
    let until = accept.until.as_ref().map_or("", |until| &until.value);
    let message = format!(
        "{} at `{}` was accepted until {until}",
        accept.code, accept.at
    );
    let level = match acceptance.expired_is_error {
        true => Level::Error,
        false => Level::Warning,
    };
    let span = accept
        .until
        .as_ref()
        .map_or(accept.span, |until| until.span);
    Diagnostic::new(&ACCEPT_EXPIRED, span, message)
        .level(level)
        .help("mend the finding, or accept it until a later day")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::fixture::reader;

    const ASSIGN: &str = r#"assign "Storage Blob Data Contributor" on="archive""#;
    const USES: &str = r#"uses "archive" "read" "write""#;

    fn accepted(until: &str, acceptance: &Acceptance) -> Vec<(&'static str, Level)> {
        let mut desk = reader(ASSIGN, USES);
        let span = desk.one("G0304").span;
        let word = |text: &str| crate::source::Word::new(text.to_owned(), span);
        desk.program.accepts.push(Accept {
            code: word("G0304"),
            at: word("identity/reader/archive"),
            reason: word("FIN-112"),
            until: Some(word(until)),
            span,
        });
        apply(&desk.program, acceptance, &mut desk.found);
        desk.found
            .iter()
            .map(|it| (it.rule.code, it.level))
            .collect()
    }

    fn on(day: &str) -> Acceptance {
        Acceptance {
            today: Some(day.to_owned()),
            expired_is_error: true,
            ..Acceptance::default()
        }
    }

    #[test]
    fn an_accepted_finding_is_a_note_until_its_day_is_past() {
        let until = "2027-03-31";
        assert_eq!(accepted(until, &on("2027-03-31")), [("G0304", Level::Note)]);
        let late = [("G0304", Level::Warning), ("G0318", Level::Error)];
        assert_eq!(accepted(until, &on("2027-04-01")), late);
        let building = Acceptance {
            expired_is_error: false,
            ..on("2027-04-01")
        };
        let warned = [("G0304", Level::Warning), ("G0318", Level::Warning)];
        assert_eq!(accepted(until, &building), warned);
        assert_eq!(
            accepted(until, &Acceptance::default()),
            [("G0304", Level::Note)]
        );
    }

    #[test]
    fn what_says_more_than_was_accepted_is_raised_again() {
        let digest = reader(ASSIGN, USES).one("G0304").digest();
        let less = reader(ASSIGN, r#"uses "archive" "read" "write" "delete""#);
        assert_ne!(digest, less.one("G0304").digest());
        let key = ("G0304".to_owned(), "identity/reader/archive".to_owned());
        let mut acceptance = on("2027-01-01");
        acceptance.pinned.insert(key.clone(), digest);
        assert_eq!(
            accepted("2027-03-31", &acceptance),
            [("G0304", Level::Note)]
        );
        acceptance.pinned.insert(key, less.one("G0304").digest());
        assert_eq!(
            accepted("2027-03-31", &acceptance),
            [("G0304", Level::Warning)]
        );
    }
}
