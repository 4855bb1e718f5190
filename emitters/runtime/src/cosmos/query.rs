//! What is asked of a container, and what comes back.

use serde_json::{Value, json};

/// Which items to find: conditions on their fields, all of which must hold.
///
/// ```
/// # #[cfg(feature = "cosmos")] {
/// use grantc_runtime::cosmos::Query;
///
/// let open = Query::in_partition("site-7").equals("status", "open").order_by("due").top(20);
/// assert_eq!(
///     open.sql(),
///     r#"SELECT * FROM c WHERE c["status"] = @p0 ORDER BY c["due"]"#
/// );
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub(super) partition: Option<Value>,
    pub(super) conditions: Vec<(String, Compare, Value)>,
    pub(super) order: Option<(String, bool)>,
    pub(super) top: Option<u32>,
    pub(super) page: Option<String>,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    AtLeast,
    AtMost,
}

impl Compare {
    fn sign(self) -> &'static str {
        match self {
            Compare::Equal => "=",
            Compare::AtLeast => ">=",
            Compare::AtMost => "<=",
        }
    }
}

impl Query {
    /// Every item with one value of the partition key.
    pub fn in_partition(partition: impl Into<Value>) -> Self {
        Self {
            partition: Some(partition.into()),
            ..Self::default()
        }
    }

    /// Every item of every partition. The service answers this without an order only, and asks
    /// each partition for it.
    pub fn everywhere() -> Self {
        Self::default()
    }

    /// Keeps items whose field is a value. A field of a record within is written `site/name`.
    #[must_use]
    pub fn equals(self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.compare(field.into(), Compare::Equal, value.into())
    }

    /// Keeps items whose field is a value or more, among values of the same type.
    #[must_use]
    pub fn at_least(self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.compare(field.into(), Compare::AtLeast, value.into())
    }

    /// Keeps items whose field is a value or less, among values of the same type.
    #[must_use]
    pub fn at_most(self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.compare(field.into(), Compare::AtMost, value.into())
    }

    fn compare(mut self, field: String, how: Compare, value: Value) -> Self {
        self.conditions.push((field, how, value));
        self
    }

    /// Orders by a field, the lowest first.
    #[must_use]
    pub fn order_by(mut self, field: impl Into<String>) -> Self {
        self.order = Some((field.into(), false));
        self
    }

    /// Orders by a field, the highest first.
    #[must_use]
    pub fn order_by_descending(mut self, field: impl Into<String>) -> Self {
        self.order = Some((field.into(), true));
        self
    }

    /// Gives back at most so many items at once; the service decides when not told.
    #[must_use]
    pub fn top(mut self, most: u32) -> Self {
        self.top = Some(most);
        self
    }

    /// Goes on at [`Items::next`] of the page before.
    #[must_use]
    pub fn page(mut self, page: Option<impl Into<String>>) -> Self {
        self.page = page.map(Into::into);
        self
    }

    /// The query in the language of the service; values are parameters, never part of the text.
    pub fn sql(&self) -> String {
        let mut text = "SELECT * FROM c".to_owned();
        for (i, (field, how, _)) in self.conditions.iter().enumerate() {
            let word = if i == 0 { "WHERE" } else { "AND" };
            text.push_str(&format!(" {word} {} {} @p{i}", place(field), how.sign()));
        }
        if let Some((field, down)) = &self.order {
            let down = if *down { " DESC" } else { "" };
            text.push_str(&format!(" ORDER BY {}{down}", place(field)));
        }
        text
    }

    pub(super) fn body(&self) -> Value {
        let parameters = self.conditions.iter().enumerate();
        let parameters =
            parameters.map(|(i, (_, _, value))| json!({"name": format!("@p{i}"), "value": value}));
        json!({"query": self.sql(), "parameters": parameters.collect::<Vec<_>>()})
    }
}

/// A field as the language of the service writes it: in brackets, quoted as JSON quotes.
fn place(field: &str) -> String {
    let parts = field
        .split('/')
        .map(|part| format!("[{}]", Value::from(part)));
    format!("c{}", parts.collect::<String>())
}

/// Items that were found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Items<D> {
    /// The items of this page.
    pub items: Vec<D>,
    /// Where the next page begins, for [`Query::page`]; a page may be empty and still have one.
    pub next: Option<String>,
    /// Whether a stand-in answered.
    pub stand_in: bool,
}

impl<D> Items<D> {
    pub(super) fn new(items: Vec<D>, next: Option<String>, stand_in: bool) -> Self {
        Self {
            items,
            next,
            stand_in,
        }
    }
}
