//! What an emitter gives back: texts by path, in an order that the type settles.

use std::collections::BTreeMap;

/// Texts by path, relative to the output folder and with `/` between the parts.
///
/// Each text has LF line ends, ends in one newline and has no blank at the end of a line, whoever
/// wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// Adds a file; a second text for the same path replaces the first.
    pub fn add(&mut self, path: impl Into<String>, text: &str) {
        self.0.insert(path.into(), tidy(text));
    }

    /// The text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Paths with their texts, by path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over the files of another emitter.
    pub fn extend(&mut self, other: Files) {
        self.0.extend(other.0);
    }
}

/// The one form that every file has.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len() + 1);
    for line in text.trim_end().lines() {
        tidy.push_str(line.trim_end());
        tidy.push('\n');
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_the_same_form() {
        let mut files = Files::default();
        files.add("b", "one \r\ntwo\n\n\n");
        files.add("a", "");
        assert_eq!(files.get("b"), Some("one\ntwo\n"));
        assert_eq!(
            files.iter().map(|(path, _)| path).collect::<Vec<_>>(),
            ["a", "b"]
        );
    }
}
