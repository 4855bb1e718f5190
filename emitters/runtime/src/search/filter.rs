//! The part of OData filters that the stand-in understands.
//!
//! Comparisons (`eq ne gt ge lt le`) of a field with a literal, `search.in`, a boolean field alone,
//! `and or not` and parentheses. Of a document's own value, text that looks like what it is compared
//! with counts as that: `"12.50"` against a number, `"2026-11-23"` against a moment.

use crate::DateTime;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::collections::BTreeSet;

type Document = Map<String, Value>;

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    Compare(String, Comparison, Literal),
    In(String, Vec<String>),
    Not(Box<Filter>),
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Number(Decimal),
    Moment(DateTime),
    Text(String),
}

impl Filter {
    /// Whether a document passes.
    pub(super) fn lets(&self, document: &Document) -> bool {
        match self {
            Filter::Not(inner) => !inner.lets(document),
            Filter::And(a, b) => a.lets(document) && b.lets(document),
            Filter::Or(a, b) => a.lets(document) || b.lets(document),
            Filter::In(field, texts) => {
                let value = member(document, field).and_then(Value::as_str);
                value.is_some_and(|value| texts.iter().any(|text| text == value))
            }
            Filter::Compare(field, comparison, literal) => {
                let value = member(document, field).unwrap_or(&Value::Null);
                let ordering = literal.order(value);
                match comparison {
                    Comparison::Eq => ordering == Some(Ordering::Equal),
                    Comparison::Ne => ordering != Some(Ordering::Equal),
                    Comparison::Gt => ordering == Some(Ordering::Greater),
                    Comparison::Lt => ordering == Some(Ordering::Less),
                    Comparison::Ge => ordering.is_some_and(Ordering::is_ge),
                    Comparison::Le => ordering.is_some_and(Ordering::is_le),
                }
            }
        }
    }

    /// Adds the fields that it speaks of.
    pub(super) fn fields<'a>(&'a self, into: &mut BTreeSet<&'a str>) {
        match self {
            Filter::Compare(field, ..) | Filter::In(field, _) => drop(into.insert(field)),
            Filter::Not(inner) => inner.fields(into),
            Filter::And(a, b) | Filter::Or(a, b) => {
                a.fields(into);
                b.fields(into);
            }
        }
    }
}

impl Literal {
    /// How a document's value stands to the literal; `None` when they cannot be compared.
    fn order(&self, value: &Value) -> Option<Ordering> {
        match (self, value) {
            (Literal::Null, Value::Null) => Some(Ordering::Equal),
            (Literal::Bool(b), Value::Bool(a)) => Some(a.cmp(b)),
            (Literal::Number(b), value) => Some(number(value)?.cmp(b)),
            (Literal::Moment(b), Value::String(a)) => Some(moment(a)?.cmp(b)),
            (Literal::Text(b), Value::String(a)) => Some(a.as_str().cmp(b)),
            _ => None,
        }
    }
}

/// The member at a path such as `address/city`.
pub(super) fn member<'a>(document: &'a Document, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('/');
    let first = document.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

/// Orders values for `orderby`: missing ones first, numbers as numbers, the rest as text.
pub(super) fn compare_values(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Bool(a)), Some(Value::Bool(b))) => a.cmp(b),
        (Some(a), Some(b)) => match (number(a), number(b), a.as_str(), b.as_str()) {
            (Some(a), Some(b), ..) => a.cmp(&b),
            (_, _, Some(a), Some(b)) => match (moment(a), moment(b)) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => a.cmp(b),
            },
            (a, b, ..) => a.cmp(&b),
        },
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            text.parse()
                .ok()
                .or_else(|| Decimal::from_scientific(&text).ok())
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn moment(text: &str) -> Option<DateTime> {
    let day = || chrono::DateTime::parse_from_rfc3339(&format!("{text}T00:00:00Z"));
    chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_| day())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;
    use serde_json::json;

    fn lets(filter: &str) -> bool {
        let document = json!({
            "number": "INV-1", "supplier": "O'Hara & Sons", "total": "120.50", "lines": 3,
            "issued": "2026-11-23", "paid": false, "note": null, "address": {"city": "Cork"},
        });
        let Value::Object(document) = document else {
            panic!()
        };
        parse(filter).unwrap().lets(&document)
    }

    #[test]
    fn comparisons_by_the_kind_of_the_literal() {
        for filter in [
            "number eq 'INV-1'",
            "supplier eq 'O''Hara & Sons'",
            "total ge 120.5",
            "total lt 1000",
            "lines eq 3",
            "issued ge 2026-11-23T00:00:00Z",
            "issued lt 2026-11-24T00:00:00Z",
            "not paid",
            "paid eq false",
            "note eq null",
            "missing eq null",
            "address/city eq 'Cork'",
            "search.in(number, 'INV-1,INV-2')",
            "search.in(number, 'A|INV-1', '|')",
            "number ne 'INV-2'",
            "note ne 'x'",
        ] {
            assert!(lets(filter), "{filter}");
        }
        for filter in [
            "total gt 120.50",
            "number eq 'inv-1'",
            "note gt 1",
            "missing eq 'x'",
            "paid",
        ] {
            assert!(!lets(filter), "{filter}");
        }
    }

    #[test]
    fn and_binds_closer_than_or() {
        assert!(lets("lines eq 3 or lines eq 4 and lines eq 5"));
        assert!(!lets("(lines eq 3 or lines eq 4) and lines eq 5"));
        assert!(lets("not (lines eq 4) and not paid"));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (filter, part) in [
            ("tags/any(t: t eq 'x')", "tags/any"),
            ("total eq", "the end of the filter"),
            ("total eq 'x", "a text without its closing quote"),
            ("total eq 1 2", "2"),
            ("(total eq 1", "a missing `)`"),
            ("total eq banana", "banana"),
        ] {
            let error = parse(filter).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("the stand-in for the index does not understand `{part}`")
            );
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
    }
}
