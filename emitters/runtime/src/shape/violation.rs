//! What is wrong with a JSON value, and where: a JSON pointer (RFC 6901) and a sentence.

use std::borrow::Cow;
use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, such as `/lines/3/amount`; the empty pointer is the whole value.
    pub pointer: String,
    /// What, such as `must be at least 0`.
    pub message: String,
}

/// Everything that is wrong, in the order of the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    found: Vec<Violation>,
    more: usize,
}

impl Violations {
    /// How many violations are kept; further ones are only counted.
    pub const MOST: usize = 20;

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The violations that were kept.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.found.iter()
    }

    pub(super) fn push(&mut self, at: &At<'_>, message: impl Into<String>) {
        if self.found.len() < Self::MOST {
            self.found.push(Violation {
                pointer: at.pointer(),
                message: message.into(),
            });
        } else {
            self.more += 1;
        }
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, Violation { pointer, message }) in self.found.iter().enumerate() {
            let place = if pointer.is_empty() {
                "the whole"
            } else {
                pointer
            };
            write!(f, "{}`{place}` {message}", if i == 0 { "" } else { "; " })?;
        }
        match self.more {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for Violations {}

/// A place in a value: a list from the leaf up, so that no pointer is written before it is needed.
pub(super) enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    fn pointer(&self) -> String {
        match self {
            At::Root => String::new(),
            At::Key(parent, key) => parent.pointer() + "/" + &escape(key),
            At::Index(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

/// RFC 6901: `~` is `~0`, `/` is `~1`. What a caller named is also kept short and visible.
fn escape(key: &str) -> Cow<'_, str> {
    let plain = |c: char| !matches!(c, '~' | '/' | '`') && !c.is_control();
    if key.len() <= 100 && key.chars().all(plain) {
        return Cow::Borrowed(key);
    }
    let mut out = String::new();
    for c in key.chars().take(100) {
        match c {
            '~' => out.push_str("~0"),
            '/' => out.push_str("~1"),
            c if plain(c) => out.push(c),
            c => out.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_escaped_and_extra_violations_counted() {
        let list = At::Key(&At::Root, "a/b~c");
        let mut found = Violations::default();
        for _ in 0..Violations::MOST + 2 {
            found.push(&At::Index(&list, 7), "is wrong");
        }
        assert_eq!(found.iter().next().unwrap().pointer, "/a~1b~0c/7");
        assert!(found.to_string().ends_with("; and 2 more"));
    }
}
