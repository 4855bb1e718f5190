//! Findings: what is wrong, where, and what to write instead.
//!
//! A message is one lowercase sentence without a full stop, the user's words in backticks, with a
//! span; the help says what to write instead. Rendering is left to the edge.

use crate::fix::Fix;
use crate::source::Span;
use grantc_spec::rules::{Level, Rule};
use sha2::{Digest as _, Sha256};

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Its rule: the only source of code and name.
    pub rule: &'static Rule,
    /// Its level.
    pub level: Level,
    /// One lowercase sentence, without full stop.
    pub message: String,
    /// What is underlined.
    pub span: Span,
    /// The words under the line, when they say more than the message.
    pub label: Option<String>,
    /// Other places that matter.
    pub related: Vec<(Span, String)>,
    /// What to write instead.
    pub help: Option<String>,
    /// The same as edits, where the help says exactly what to write.
    pub fix: Option<Fix>,
    /// Further facts, a sentence each.
    pub notes: Vec<String>,
    /// What the finding is about, such as `identity/invoice-reader/archive`.
    pub path: Option<String>,
    /// For a finding about power: the chain that shows it.
    pub witness: Vec<Step>,
    /// Whether somebody answers for it, so that no setting makes it weigh again.
    pub accepted: bool,
    /// What accepting it accepts, beside its message: everything that the notes cut short.
    pub facts: Vec<String>,
}

/// One link of a witness, such as `assign "Contributor"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the link is.
    pub text: String,
    /// Where it was written, when the manifest says so.
    pub span: Option<Span>,
}

impl Step {
    /// A link without a place of its own.
    pub fn new(text: impl Into<String>) -> Step {
        Step {
            text: text.into(),
            span: None,
        }
    }

    /// A link that was written somewhere.
    pub fn at(text: impl Into<String>, span: Span) -> Step {
        Step {
            text: text.into(),
            span: Some(span),
        }
    }
}

impl Diagnostic {
    /// A finding of a rule at a place.
    pub fn new(rule: &'static Rule, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            rule,
            level: rule.level,
            message: message.into(),
            span,
            label: None,
            related: Vec::new(),
            help: None,
            fix: None,
            notes: Vec::new(),
            path: None,
            witness: Vec::new(),
            accepted: false,
            facts: Vec::new(),
        }
    }

    /// What the finding says, as `sha256:<hex>`: its code, its path, its message and its facts, but
    /// not where it stands.
    pub fn digest(&self) -> String {
        let path = self.path.as_deref().unwrap_or_default();
        let texts = [self.rule.code, path, &self.message];
        sha256(
            texts
                .into_iter()
                .chain(self.facts.iter().map(String::as_str)),
        )
    }

    /// Adds what accepting it accepts.
    pub fn facts(mut self, facts: impl IntoIterator<Item = String>) -> Self {
        self.facts.extend(facts);
        self
    }

    /// Sets the level of this one finding.
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Sets the words under the line.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds another place.
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// Says what to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says exactly what to write instead.
    pub fn fix(mut self, help: impl Into<String>, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self.help(help)
    }

    /// Says what to write instead, when that is known.
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Adds a fact.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what the finding is about.
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Shows the chain.
    pub fn witness(mut self, steps: Vec<Step>) -> Self {
        self.witness = steps;
        self
    }
}

/// `sha256:<hex>` of texts, each with its end.
pub(crate) fn sha256<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let hex: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}

/// Every finding of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|d| d.level == Level::Error)
    }

    /// How many findings have a level.
    pub fn count(&self, level: Level) -> usize {
        self.items.iter().filter(|d| d.level == level).count()
    }

    /// The findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }

    /// Whether there is no finding.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Changes each finding in turn, or drops it.
    pub fn retain_mut(&mut self, keep: impl FnMut(&mut Diagnostic) -> bool) {
        self.items.retain_mut(keep);
    }

    /// Puts the findings in the order of their places, then of their codes.
    pub fn sort(&mut self) {
        self.items.sort_by(|a, b| {
            (a.span, a.rule.code, &a.message).cmp(&(b.span, b.rule.code, &b.message))
        });
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.items.extend(iter);
    }
}
