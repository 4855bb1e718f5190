//! What is asked of an index, and what comes back.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What to look for.
///
/// ```
/// # #[cfg(feature = "search")] {
/// use grantc_runtime::search::{Query, quote};
///
/// let supplier = "O'Hara";
/// let query = Query::text("paper").filter(format!("supplier eq {}", quote(supplier))).top(10);
/// assert_eq!(query.filter.as_deref(), Some("supplier eq 'O''Hara'"));
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Query {
    /// Words to find; `*` finds every document.
    pub search: String,
    /// An OData filter, such as `total ge 100 and status eq 'open'`; put text in with [`quote`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Most documents to give back, up to 1000; the service gives 50 when not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top: Option<u32>,
    /// How many documents to pass over first, up to 100000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip: Option<u32>,
    /// Fields to give back, separated by commas; all when not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub select: Option<String>,
    /// Order, such as `issued desc, number`; by score when not told.
    #[serde(rename = "orderby", skip_serializing_if = "Option::is_none")]
    pub order_by: Option<String>,
    /// Whether to count all documents that were found.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub count: bool,
}

impl Query {
    /// Finds documents with any of these words, the best first.
    pub fn text(words: impl Into<String>) -> Self {
        Self {
            search: words.into(),
            ..Self::default()
        }
    }

    /// Finds every document.
    pub fn all() -> Self {
        Self::text("*")
    }

    /// Keeps those that an OData filter lets through.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.filter = Some(filter.into());
        self
    }

    /// Gives back at most `top` documents.
    #[must_use]
    pub fn top(mut self, top: u32) -> Self {
        self.top = Some(top);
        self
    }

    /// Passes over the first `skip` documents.
    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = Some(skip);
        self
    }

    /// Gives back these fields only.
    #[must_use]
    pub fn select(mut self, fields: impl Into<String>) -> Self {
        self.select = Some(fields.into());
        self
    }

    /// Sorts, such as by `issued desc, number`.
    #[must_use]
    pub fn order_by(mut self, order: impl Into<String>) -> Self {
        self.order_by = Some(order.into());
        self
    }

    /// Counts all documents that were found.
    #[must_use]
    pub fn counted(mut self) -> Self {
        self.count = true;
        self
    }
}

/// Text as a literal of an OData filter; whatever it holds, it stays text.
pub fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Hits<D> {
    /// The documents, in the order asked for.
    pub hits: Vec<Hit<D>>,
    /// How many documents there are in all, when [`Query::count`] asked.
    pub count: Option<u64>,
    /// Whether a stand-in of `--local` answered.
    pub stand_in: bool,
}

/// One document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Hit<D> {
    /// How well it fits the words; comparable within one query only.
    pub score: f64,
    /// The document, without the service's own members.
    pub document: D,
}

impl<D> Hits<D> {
    /// The documents without their scores.
    pub fn into_documents(self) -> Vec<D> {
        self.hits.into_iter().map(|hit| hit.document).collect()
    }
}

impl Hits<Map<String, Value>> {
    /// Reads each document as a `D`.
    pub(super) fn read<D: DeserializeOwned>(self) -> serde_json::Result<Hits<D>> {
        let read = |hit: Hit<Map<String, Value>>| {
            let document = serde_json::from_value(Value::Object(hit.document))?;
            Ok(Hit {
                score: hit.score,
                document,
            })
        };
        let hits = self
            .hits
            .into_iter()
            .map(read)
            .collect::<serde_json::Result<_>>()?;
        Ok(Hits {
            hits,
            count: self.count,
            stand_in: self.stand_in,
        })
    }
}
