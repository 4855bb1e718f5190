//! A `pattern` of the manifest: compiled when first used, once.

use regex::Regex;
use std::sync::OnceLock;

/// A regular expression in the subset that ECMA-262 and Rust share.
///
/// As in JSON Schema it may match anywhere in the text; `^` and `$` tie it to the ends.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern, not yet compiled.
    pub const fn new(source: &'static str) -> Self {
        Self {
            source,
            compiled: OnceLock::new(),
        }
    }

    /// The expression as the manifest has it.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether `text` has a match. An expression that does not compile matches nothing: the
    /// compiler of the manifest refuses such a one, so this is never the usual way.
    pub fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(self.source).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}
