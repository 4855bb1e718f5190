//! Accepted findings: an `accept` takes a finding's weight away for as long as it holds.
//!
//! It is bound to what the finding says: a digest in the lock remembers that, and a finding that
//! has grown since is raised again. The day is an input; without one nothing expires.

use crate::diagnostic::{Diagnostic, Diagnostics, sha256};
use crate::infer::Pins;
use crate::ir::{Accept, Program};
use grantc_spec::rules::{ACCEPT_EXPIRED, ACCEPT_UNUSED, Level};
use std::collections::BTreeMap;

/// What is accepted, by code and path: the digests of the findings.
pub type Digests = BTreeMap<(String, String), String>;

/// What deciding about accepted findings, and choosing roles, rests on.
#[derive(Clone, Debug, Default)]
pub struct Acceptance {
    /// The day, `YYYY-MM-DD`; none when it does not matter.
    pub today: Option<String>,
    /// What was accepted: the digests that the lock remembers.
    pub pinned: Digests,
    /// What was chosen for identities with `roles="inferred"`, as the lock remembers it.
    pub chosen: Pins,
    /// Whether an acceptance that is past fails the run, or only warns: a build must not fail from
    /// one day to the next.
    pub expired_is_error: bool,
}

/// Applies every `accept` of a program to what was found; gives what each of them accepts.
///
/// In a run that is not `whole`, rules were left out because of errors, so that a finding which is
/// not there may come back.
pub(super) fn apply(
    program: &Program,
    acceptance: &Acceptance,
    whole: bool,
    diagnostics: &mut Diagnostics,
) -> Digests {
    let mut accepted = Digests::new();
    let mut more = Vec::new();
    for accept in &program.accepts {
        let Some(digest) = digest(accept, diagnostics) else {
            more.extend(whole.then(|| unused(accept)));
            continue;
        };
        let key = (accept.code.value.clone(), accept.at.value.clone());
        let pinned = acceptance.pinned.get(&key);
        let grown = pinned.is_some_and(|pinned| *pinned != digest);
        let expired = is_past(accept, acceptance);
        diagnostics.retain_mut(|found| {
            if is_about(accept, found) {
                match (grown, expired) {
                    (true, _) => raise(accept, found),
                    (false, true) if acceptance.expired_is_error => {}
                    (false, true) => found.level = found.level.min(Level::Warning),
                    (false, false) => take(accept, found),
                }
            }
            true
        });
        if expired {
            more.push(past(accept, acceptance));
        }
        accepted.insert(key, digest);
    }
    diagnostics.extend(more);
    accepted
}

fn is_about(accept: &Accept, found: &Diagnostic) -> bool {
    found.rule.code == accept.code.value && found.path.as_deref() == Some(&accept.at.value)
}

/// What an `accept` accepts: the finding, or all of them where several are of that code and path.
fn digest(accept: &Accept, diagnostics: &Diagnostics) -> Option<String> {
    let about = diagnostics.iter().filter(|found| is_about(accept, found));
    let mut digests: Vec<String> = about.map(Diagnostic::digest).collect();
    digests.sort();
    match digests.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(sha256(several.iter().map(String::as_str))),
    }
}

fn is_past(accept: &Accept, acceptance: &Acceptance) -> bool {
    // Days of this form compare as texts do.
    match (&accept.until, &acceptance.today) {
        (Some(until), Some(today)) => until.value.as_str() < today.as_str(),
        _ => false,
    }
}

/// Leaves a finding its weight: it says something else than what was accepted.
fn raise(accept: &Accept, found: &mut Diagnostic) {
    let label = "accepted here when it said something else".to_owned();
    found.related.push((accept.span, label));
    let note = "it is not what was accepted: look again, then `grantc lock --update`";
    found.notes.push(note.to_owned());
}

/// Takes the weight of a finding.
fn take(accept: &Accept, found: &mut Diagnostic) {
    found.level = Level::Note;
    found.accepted = true;
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
    use crate::graph::fixture::{Desk, reader};

    const ASSIGN: &str = r#"assign "Storage Blob Data Contributor" on="archive""#;
    const USES: &str = r#"uses "archive" "read" "write""#;

    /// A desk whose manifest accepts what it grants beyond need.
    fn accepting(assigns: &str, until: &str) -> Desk {
        let mut desk = reader(assigns, USES);
        let wanted = |found: &&Diagnostic| found.rule.code == "G0304";
        let span = desk.found.iter().find(wanted).unwrap().span;
        let word = |text: &str| crate::source::Word::new(text.to_owned(), span);
        desk.program.accepts.push(Accept {
            code: word("G0304"),
            at: word("identity/reader/archive"),
            reason: word("FIN-112"),
            until: Some(word(until)),
            span,
        });
        desk
    }

    fn levels(found: &Diagnostics) -> Vec<(&'static str, Level)> {
        found.iter().map(|it| (it.rule.code, it.level)).collect()
    }

    fn accepted(until: &str, acceptance: &Acceptance) -> Vec<(&'static str, Level)> {
        let mut desk = accepting(ASSIGN, until);
        apply(&desk.program, acceptance, true, &mut desk.found);
        levels(&desk.found)
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
        let mut desk = accepting(ASSIGN, "2027-03-31");
        apply(&desk.program, &acceptance, true, &mut desk.found);
        assert_eq!(levels(&desk.found), [("G0304", Level::Warning)]);
        let raised = desk.one("G0304");
        let (at, label) = raised.related.last().unwrap();
        assert_eq!(
            (*at, label.as_str()),
            (
                desk.program.accepts[0].span,
                "accepted here when it said something else"
            )
        );
        assert_eq!(
            raised.notes.last().unwrap(),
            "it is not what was accepted: look again, then `grantc lock --update`"
        );
    }

    /// What a rule makes an error stays one in a check, where the day is to be noticed.
    #[test]
    fn a_build_does_not_fail_because_a_day_is_past() {
        let late = |expired_is_error| {
            let mut desk = accepting(ASSIGN, "2027-03-31");
            desk.found.retain_mut(|found| {
                found.level = Level::Error;
                true
            });
            let acceptance = Acceptance {
                expired_is_error,
                ..on("2027-04-01")
            };
            apply(&desk.program, &acceptance, true, &mut desk.found);
            levels(&desk.found)
        };
        assert_eq!(
            late(false),
            [("G0304", Level::Warning), ("G0318", Level::Warning)]
        );
        assert_eq!(
            late(true),
            [("G0304", Level::Error), ("G0318", Level::Error)]
        );
    }

    #[test]
    fn two_findings_of_one_path_are_accepted_together() {
        let two = format!("{ASSIGN}\n assign \"Storage Blob Data Owner\" on=\"archive\"");
        let apply_to = |assigns: &str, pinned: &Digests| {
            let mut desk = accepting(assigns, "2027-03-31");
            let acceptance = Acceptance {
                pinned: pinned.clone(),
                ..Acceptance::default()
            };
            let digests = apply(&desk.program, &acceptance, true, &mut desk.found);
            (levels(&desk.found), digests)
        };
        let notes = [("G0304", Level::Note), ("G0304", Level::Note)];
        let (found, both) = apply_to(&two, &Digests::new());
        assert_eq!(found, notes);
        assert_eq!(apply_to(&two, &both), (notes.to_vec(), both.clone()));
        let (found, one) = apply_to(ASSIGN, &both);
        assert_eq!(found, [("G0304", Level::Warning)]);
        assert_ne!(one, both);
        let warnings = [("G0304", Level::Warning), ("G0304", Level::Warning)];
        assert_eq!(apply_to(&two, &one).0, warnings);
    }

    #[test]
    fn a_run_that_left_rules_out_calls_no_acceptance_unused() {
        let mut desk = accepting(ASSIGN, "2027-03-31");
        let mut none = Diagnostics::default();
        apply(&desk.program, &Acceptance::default(), false, &mut none);
        assert!(none.is_empty());
        desk.found = Diagnostics::default();
        apply(&desk.program, &Acceptance::default(), true, &mut desk.found);
        assert_eq!(levels(&desk.found), [("G0322", Level::Warning)]);
    }
}
