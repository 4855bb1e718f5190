//! Levels: how much the user wants each kind of finding to weigh.
//!
//! A rule whose own level is error stays an error: what would be written is wrong then. Every other
//! one can be made an error, a warning, or silent.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names::did_you_mean;
use grantc_spec::rules::{self, Level, Rule};
use std::fmt;

/// The word that stands for every finding that is a warning.
pub const WARNINGS: &str = "warnings";

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// It is not shown.
    Allow,
    /// It is a warning.
    Warn,
    /// It is an error.
    Deny,
}

/// The settings of a run.
///
/// A setting of one rule goes before one of all [`WARNINGS`], and of two for the same the stricter
/// holds, so that their order does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    warnings: Option<Setting>,
    rules: Vec<(&'static Rule, Setting)>,
}

/// A level that cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LevelError {
    /// No finding has this code or name.
    Unknown {
        /// What was written.
        word: String,
        /// Which one was probably meant.
        help: String,
    },
    /// The finding is always an error.
    AlwaysError {
        /// Its rule.
        rule: &'static Rule,
    },
}

impl Levels {
    /// Sets what becomes of one kind of finding, by code or name, or of all [`WARNINGS`].
    ///
    /// # Errors
    ///
    /// When there is no such finding, or it is an error that cannot be lowered.
    pub fn set(&mut self, word: &str, setting: Setting) -> Result<(), LevelError> {
        if word.eq_ignore_ascii_case(WARNINGS) {
            self.warnings = self.warnings.max(Some(setting));
            return Ok(());
        }
        let Some(rule) = rules::by_code(word) else {
            let known = rules::ALL.iter().flat_map(|rule| [rule.code, rule.name]);
            let known = known.chain([WARNINGS]);
            return Err(LevelError::Unknown {
                word: word.to_owned(),
                help: did_you_mean(word, known)
                    .unwrap_or_else(|| "`grantc explain` lists them all".to_owned()),
            });
        };
        if rule.level == Level::Error && setting != Setting::Deny {
            return Err(LevelError::AlwaysError { rule });
        }
        self.rules.push((rule, setting));
        Ok(())
    }

    /// What becomes of a finding, if that is not left to its rule.
    fn of(&self, found: &Diagnostic) -> Option<Setting> {
        let own = self.rules.iter().filter(|(rule, _)| *rule == found.rule);
        let own = own.map(|(_, setting)| *setting).max();
        let all = (found.level == Level::Warning)
            .then_some(self.warnings)
            .flatten();
        own.or(all)
    }

    /// Gives every finding its level and drops those that are allowed; one that was accepted is
    /// made no heavier.
    pub fn apply(&self, diagnostics: &mut Diagnostics) {
        diagnostics.retain_mut(|found| {
            match self.of(found) {
                None => {}
                Some(Setting::Allow) => return false,
                Some(_) if found.accepted => {}
                Some(Setting::Warn) => found.level = Level::Warning,
                Some(Setting::Deny) => found.level = Level::Error,
            }
            true
        });
    }
}

impl fmt::Display for LevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LevelError::Unknown { word, help } => {
                write!(f, "there is no finding `{word}`; {help}")
            }
            LevelError::AlwaysError { rule } => write!(
                f,
                "`{}` ({}) cannot be lowered; it is an error because what would be written is wrong",
                rule.code, rule.name
            ),
        }
    }
}

impl std::error::Error for LevelError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn found(settings: &[(&str, Setting)]) -> Vec<(&'static str, Level)> {
        let mut levels = Levels::default();
        for (word, setting) in settings {
            levels.set(word, *setting).unwrap();
        }
        let mut all = Diagnostics::default();
        for rule in [
            &rules::MISSING_PERMISSION,
            &rules::EXCESS_PERMISSION,
            &rules::SCOPE_TOO_WIDE,
            &rules::CATALOGUE_LAG,
        ] {
            all.push(Diagnostic::new(rule, Span::default(), "something"));
        }
        levels.apply(&mut all);
        all.iter().map(|it| (it.rule.code, it.level)).collect()
    }

    use Level::{Error, Note, Warning};
    use Setting::{Allow, Deny, Warn};

    #[test]
    fn nothing_set_changes_nothing() {
        let own = [
            ("G0301", Error),
            ("G0304", Warning),
            ("G0305", Warning),
            ("G0317", Note),
        ];
        assert_eq!(found(&[]), own);
    }

    #[test]
    fn a_rule_goes_before_all_warnings_and_notes_are_none() {
        let settings = [("excess-permission", Allow), ("warnings", Deny)];
        let wanted = [("G0301", Error), ("G0305", Error), ("G0317", Note)];
        assert_eq!(found(&settings), wanted);
    }

    #[test]
    fn the_stricter_of_two_holds_in_either_order() {
        let settings = [("g0317", Warn), ("G0317", Deny), ("warnings", Allow)];
        let wanted = [("G0301", Error), ("G0317", Error)];
        assert_eq!(found(&settings), wanted);
        let reversed: Vec<_> = settings.into_iter().rev().collect();
        assert_eq!(found(&reversed), wanted);
    }

    /// Whoever denies a rule still lets somebody answer for one finding of it.
    #[test]
    fn what_was_accepted_is_made_no_heavier() {
        let mut levels = Levels::default();
        levels.set("G0304", Deny).unwrap();
        let mut all = Diagnostics::default();
        let finding = || Diagnostic::new(&rules::EXCESS_PERMISSION, Span::default(), "much");
        all.push(Diagnostic {
            accepted: true,
            ..finding().level(Note)
        });
        all.push(finding());
        levels.apply(&mut all);
        let levels: Vec<_> = all.iter().map(|it| it.level).collect();
        assert_eq!(levels, [Note, Error]);
    }

    #[test]
    fn what_cannot_be_set_is_told() {
        let error = |word, setting| {
            Levels::default()
                .set(word, setting)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error("excess-permision", Deny),
            "there is no finding `excess-permision`; did you mean `excess-permission`?"
        );
        assert_eq!(
            error("all", Allow),
            "there is no finding `all`; `grantc explain` lists them all"
        );
        assert!(error("G0301", Allow).contains("cannot be lowered"));
        assert!(error("syntax", Warn).starts_with("`G0001` (syntax)"));
        assert_eq!(Levels::default().set("G0301", Deny), Ok(()));
    }
}
