//! The stand-in for an index under `--local`: it searches the JSON files of a folder.
//!
//! Each `*.json` holds one document or an array of documents; files are read anew for every query,
//! in the order of their names. Words are found in any text of a document, without regard to case
//! and without the analysis a real index does; scores count the words found. What tools write or
//! delete is kept in memory, never in the folder.

use super::filter::{self, Filter};
use super::parse::{parse, parse_order};
use super::query::{Hit, Hits, Query};
use crate::ToolError;
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

type Document = Map<String, Value>;

/// A folder of documents, and what was written over them.
pub(crate) struct Index {
    folder: PathBuf,
    /// By key field and key: the document, or that it was deleted.
    changes: Mutex<BTreeMap<(String, String), Option<Document>>>,
}

impl Index {
    pub(super) fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            changes: Mutex::default(),
        }
    }

    pub(super) fn query(&self, query: &Query) -> Result<Hits<Document>, ToolError> {
        let documents = self.documents()?;
        let filter = query.filter.as_deref().map(parse).transpose()?;
        let order = query.order_by.as_deref().map(parse_order).transpose()?;
        let select = query
            .select
            .as_deref()
            .map(|fields| fields.split(',').map(str::trim).collect());
        let select: Option<BTreeSet<&str>> = select;
        known_fields(
            &documents,
            filter.as_ref(),
            order.as_deref(),
            select.as_ref(),
        )?;

        let words = words(&query.search);
        let mut hits: Vec<_> = documents
            .into_iter()
            .filter(|document| filter.as_ref().is_none_or(|filter| filter.lets(document)))
            .map(|document| Hit {
                score: score(&words, &document),
                document,
            })
            .filter(|hit| hit.score > 0.0)
            .collect();
        match &order {
            Some(order) => hits.sort_by(|a, b| in_order(order, &a.document, &b.document)),
            None => hits.sort_by(|a, b| b.score.total_cmp(&a.score)),
        }
        let count = query
            .count
            .then(|| u64::try_from(hits.len()).unwrap_or(u64::MAX));
        let size = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let page = hits.into_iter().skip(size(query.skip.unwrap_or(0)));
        let mut hits: Vec<_> = page.take(size(query.top.unwrap_or(50).min(1000))).collect();
        if let Some(select) = select {
            hits.iter_mut().for_each(|hit| {
                hit.document
                    .retain(|name, _| select.contains(name.as_str()))
            });
        }
        Ok(Hits {
            hits,
            count,
            stand_in: true,
        })
    }

    pub(super) fn change(
        &self,
        delete: bool,
        key: &str,
        documents: Vec<Document>,
    ) -> Result<(), ToolError> {
        let known = self.documents()?;
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        for document in documents {
            let value = document.get(key).and_then(Value::as_str).map(str::to_owned);
            let value = value.ok_or_else(|| {
                ToolError::new(format!("the key `{key}` of a document is not a string"))
            })?;
            let before = known
                .iter()
                .find(|known| known.get(key) == document.get(key))
                .cloned();
            let merged = (!delete).then(|| {
                let mut merged = before.unwrap_or_default();
                merged.extend(document);
                merged
            });
            changes.insert((key.to_owned(), value), merged);
        }
        Ok(())
    }

    /// The documents as they are now.
    fn documents(&self) -> Result<Vec<Document>, ToolError> {
        let mut documents = crate::local::objects(&self.folder)?;
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        for ((key, value), change) in &*changes {
            let same =
                |document: &Document| document.get(key).and_then(Value::as_str) == Some(value);
            documents.retain(|document| !same(document));
            documents.extend(change.clone());
        }
        Ok(documents)
    }
}

/// As an index does, refuses fields that no document has.
fn known_fields(
    documents: &[Document],
    filter: Option<&Filter>,
    order: Option<&[(String, bool)]>,
    select: Option<&BTreeSet<&str>>,
) -> Result<(), ToolError> {
    let mut asked: BTreeSet<&str> = select.into_iter().flatten().copied().collect();
    asked.extend(order.into_iter().flatten().map(|(field, _)| field.as_str()));
    filter
        .into_iter()
        .for_each(|filter| filter.fields(&mut asked));
    let unknown = asked.into_iter().find(|field| {
        let field = field.split('/').next().unwrap_or(field);
        !documents.is_empty()
            && !documents
                .iter()
                .any(|document| document.contains_key(field))
    });
    unknown.map_or(Ok(()), |field| {
        Err(ToolError::new(format!(
            "no document of the stand-in has a field `{field}`"
        )))
    })
}

fn in_order(order: &[(String, bool)], a: &Document, b: &Document) -> Ordering {
    let compare = |(field, down): &(String, bool)| {
        let ordering = filter::compare_values(filter::member(a, field), filter::member(b, field));
        if *down { ordering.reverse() } else { ordering }
    };
    order
        .iter()
        .map(compare)
        .find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// The words to find; none finds everything.
fn words(search: &str) -> Vec<String> {
    let split = search.split(|c: char| !c.is_alphanumeric());
    split
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "a handful of words")]
fn score(words: &[String], document: &Document) -> f64 {
    if words.is_empty() {
        return 1.0;
    }
    let mut texts = BTreeSet::new();
    document
        .values()
        .for_each(|value| collect_words(value, &mut texts));
    words.iter().filter(|word| texts.contains(*word)).count() as f64
}

fn collect_words(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => into.extend(words(text)),
        Value::Array(items) => items.iter().for_each(|item| collect_words(item, into)),
        Value::Object(members) => members.values().for_each(|item| collect_words(item, into)),
        _ => {}
    }
}
