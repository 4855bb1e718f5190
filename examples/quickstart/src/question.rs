//! A question in plain words becomes a query of the index. Pure.

use crate::types::{Chapter, Passage};
use grantc_runtime::search::{Query, quote};
use grantc_runtime::{DateTime, ErrorKind, ToolError};
use serde::Deserialize;

/// Most passages that one question is answered with; the manifest promises it.
const MOST: u32 = 5;

/// A document of the index. An index knows no days, so a day is its midnight there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// The key.
    pub id: String,
    /// Where it stands.
    pub chapter: Chapter,
    /// What it is about.
    pub title: String,
    /// The rule.
    pub text: String,
    /// Since when it holds.
    pub in_force: DateTime,
}

impl From<Entry> for Passage {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            chapter: entry.chapter,
            title: entry.title,
            text: entry.text,
            in_force: entry.in_force.date_naive(),
        }
    }
}

/// Asks for the passages with most of the words of a question.
///
/// # Errors
/// When the question has no words that say anything.
pub fn query(question: &str, chapter: Option<Chapter>) -> Result<Query, ToolError> {
    let words = words(question);
    if words.is_empty() {
        let why = format!("`{question}` has no word to look for; say what the rule is about");
        return Err(ToolError::of(ErrorKind::Arguments, why));
    }
    let query = Query::text(words.join(" ")).top(MOST);
    Ok(match chapter {
        Some(chapter) => query.filter(format!("chapter eq {}", quote(chapter.as_str()))),
        None => query,
    })
}

/// The words of a question that say something. Signs are left out, since some of them (`-`, `|`,
/// `"`) would be operators of the service's query language.
fn words(question: &str) -> Vec<&str> {
    let words = question.split(|c: char| !c.is_alphanumeric());
    let telling = |word: &&str| {
        !word.is_empty()
            && !FILLERS
                .iter()
                .any(|filler| filler.eq_ignore_ascii_case(word))
    };
    words.filter(telling).collect()
}

/// Words that stand in every passage and every question.
const FILLERS: &[&str] = &[
    "a", "am", "an", "and", "are", "be", "can", "do", "does", "for", "from", "how", "i", "if",
    "in", "is", "it", "may", "me", "my", "of", "on", "or", "our", "s", "the", "there", "to", "we",
    "what", "when", "where", "which", "who", "with", "you",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_telling_words_are_looked_for() {
        let query = query("How do I get a taxi from the airport?", None).unwrap();
        assert_eq!(query, Query::text("get taxi airport").top(5));
    }

    #[test]
    fn signs_never_become_operators() {
        let query = query("mother-in-law's \"sick\" | leave*", None).unwrap();
        assert_eq!(query.search, "mother law sick leave");
    }

    #[test]
    fn a_chapter_is_a_filter_by_its_word() {
        let query = query("overtime", Some(Chapter::WorkingTime)).unwrap();
        assert_eq!(query.filter.unwrap(), "chapter eq 'working-time'");
    }

    #[test]
    fn a_question_without_words_is_refused() {
        for question in ["?", "What is it?"] {
            let error = query(question, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Arguments);
            assert!(error.to_string().contains(question), "{error}");
        }
    }
}
