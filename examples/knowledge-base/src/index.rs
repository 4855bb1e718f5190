//! What the index is asked for a question, a page of it at a time, and for a meeting. Pure.
//!
//! The best fit comes first, so pages are counted: the cursor says how many documents to pass over.

use crate::tools::search_articles;
use crate::types::ArticleSummary;
use grantc_runtime::search::{Query, quote};
use grantc_runtime::{DateTime, ErrorKind, ToolError};
use serde::Deserialize;

/// Most articles that are named for one meeting; the manifest promises it.
const BEFORE_A_MEETING: u32 = 3;

/// Most documents that the service passes over.
const FARTHEST: u32 = 100_000;

/// A document of the index. An index knows no days, so a day is its midnight there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// The key, and the name of the article's blob.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is on.
    pub topic: crate::types::Topic,
    /// What it says, in a sentence.
    pub summary: String,
    /// When an editor changed it.
    pub updated: DateTime,
}

impl From<Entry> for ArticleSummary {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            title: entry.title,
            topic: entry.topic,
            summary: entry.summary,
            updated: entry.updated.date_naive(),
        }
    }
}

/// Asks for one page of what a question finds, and for one document more, which tells whether there
/// is another page.
///
/// # Errors
/// When the question has no words to look for.
pub fn page(input: &search_articles::Input, size: u32) -> Result<Query, ToolError> {
    let words = words(&input.question).ok_or_else(|| {
        let why = format!(
            "`{}` has no word to look for; name a subject",
            input.question
        );
        ToolError::of(ErrorKind::Arguments, why)
    })?;
    let query = Query::text(words)
        .top(size.saturating_add(1))
        .skip(passed(input));
    Ok(match input.topic {
        Some(topic) => query.filter(format!("topic eq {}", quote(topic.as_str()))),
        None => query,
    })
}

/// The page that was asked for, and where the next one begins if there is one.
pub fn cut(
    mut entries: Vec<Entry>,
    input: &search_articles::Input,
    size: u32,
) -> search_articles::Output {
    let more = entries.len() > size as usize;
    entries.truncate(size as usize);
    let next = passed(input).saturating_add(size);
    search_articles::Output {
        articles: entries.into_iter().map(ArticleSummary::from).collect(),
        next: (more && next < FARTHEST).then(|| next.to_string()),
    }
}

/// Asks for what to read before a meeting; nothing when its subject has no words to look for.
pub fn before(subject: &str) -> Option<Query> {
    words(subject).map(|words| Query::text(words).top(BEFORE_A_MEETING))
}

/// How many documents the pages before had. The manifest's pattern lets digits alone through.
fn passed(input: &search_articles::Input) -> u32 {
    let cursor = input.cursor.as_deref();
    cursor
        .and_then(|cursor| cursor.parse().ok())
        .unwrap_or_default()
}

/// The words of a text that say something, if there are any. Signs are left out, since some of
/// them (`-`, `|`, `"`) would be operators of the service's query language.
fn words(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let telling = |word: &&str| {
        let short = word.chars().count() < 3;
        !short
            && !FILLERS
                .iter()
                .any(|filler| filler.eq_ignore_ascii_case(word))
    };
    let words: Vec<&str> = words.filter(telling).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Words of three letters and more that stand in most questions and in most meetings.
const FILLERS: &[&str] = &[
    "and", "are", "call", "can", "does", "for", "from", "how", "into", "meeting", "our", "over",
    "sync", "that", "the", "there", "this", "weekly", "what", "when", "where", "which", "who",
    "why", "with", "you", "your",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Topic;
    use grantc_runtime::json::{from_value, json};

    fn asked(cursor: Option<&str>) -> search_articles::Input {
        from_value(json!({"question": "How to estimate a migration?", "cursor": cursor})).unwrap()
    }

    fn entries(count: usize) -> Vec<Entry> {
        let entry = |n: usize| Entry {
            id: format!("article-{n}"),
            title: String::new(),
            topic: Topic::Methods,
            summary: String::new(),
            updated: "2026-11-02T00:00:00Z".parse().unwrap(),
        };
        (0..count).map(entry).collect()
    }

    #[test]
    fn telling_words_are_looked_for_a_page_at_a_time() {
        let first = page(&asked(None), 5).unwrap();
        assert_eq!(first, Query::text("estimate migration").top(6).skip(0));
        assert_eq!(page(&asked(Some("10")), 5).unwrap().skip, Some(10));
    }

    #[test]
    fn signs_never_become_operators_and_a_topic_is_a_filter() {
        let input = json!({"question": "\"fixed\" -price | day*", "topic": "finance"});
        let query = page(&from_value(input).unwrap(), 5).unwrap();
        assert_eq!(query.search, "fixed price day");
        assert_eq!(query.filter.as_deref(), Some("topic eq 'finance'"));
    }

    #[test]
    fn a_question_without_words_is_refused_and_a_meeting_without_is_not() {
        let input = from_value(json!({"question": "What is it?"})).unwrap();
        let error = page(&input, 5).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Arguments);
        assert!(error.to_string().contains("What is it?"), "{error}");
        assert_eq!(before("Weekly sync"), None);
        let query = Query::text("Migration Contoso").top(3);
        assert_eq!(before("Migration call with Contoso"), Some(query));
    }

    #[test]
    fn the_last_page_has_no_next_one() {
        let output = cut(entries(6), &asked(None), 5);
        assert_eq!(
            (output.articles.len(), output.next.as_deref()),
            (5, Some("5"))
        );
        let output = cut(entries(5), &asked(Some("5")), 5);
        assert_eq!((output.articles.len(), output.next), (5, None));
        // The service goes no farther than this.
        assert_eq!(cut(entries(6), &asked(Some("99995")), 5).next, None);
    }

    #[test]
    fn the_day_of_a_document_is_that_of_its_midnight() {
        let summary = ArticleSummary::from(entries(1).remove(0));
        assert_eq!(summary.updated.to_string(), "2026-11-02");
    }
}
