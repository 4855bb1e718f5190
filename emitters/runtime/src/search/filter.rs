//! The part of OData filters that the stand-in understands.
//!
//! Comparisons (`eq ne gt ge lt le`) of a field with a literal, `search.in`, a boolean field alone,
//! `and or not` and parentheses. Of a document's own value, text that looks like what it is compared
//! with counts as that: `"12.50"` against a number, `"2026-11-23"` against a moment.

use crate::{DateTime, ToolError};
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

/// Reads an order: fields, each with whether it goes down.
pub(super) fn parse_order(text: &str) -> Result<Vec<(String, bool)>, ToolError> {
    let one = |part: &str| match part.split_whitespace().collect::<Vec<_>>()[..] {
        [field] | [field, "asc"] => Ok((field.to_owned(), false)),
        [field, "desc"] => Ok((field.to_owned(), true)),
        _ => Err(unknown(part)),
    };
    text.split(',').map(one).collect()
}

/// Reads a filter.
pub(super) fn parse(text: &str) -> Result<Filter, ToolError> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        depth: 0,
    };
    let filter = parser.any()?;
    match parser.tokens.first() {
        None => Ok(filter),
        Some(token) => Err(unknown(&token.text)),
    }
}

fn unknown(part: &str) -> ToolError {
    ToolError::new(format!(
        "the stand-in for the index does not understand `{part}`"
    ))
}

#[derive(Clone, Debug, PartialEq)]
struct Token {
    text: String,
    quoted: bool,
}

/// Splits a filter into words, texts in quotes, parentheses and commas.
fn tokens(filter: &str) -> Result<Vec<Token>, ToolError> {
    let mut tokens = Vec::new();
    let mut rest = filter.chars().peekable();
    while let Some(c) = rest.next() {
        let mut text = String::new();
        match c {
            c if c.is_whitespace() => continue,
            '(' | ')' | ',' => text.push(c),
            '\'' => loop {
                match rest.next() {
                    Some('\'') if rest.peek() == Some(&'\'') => text.extend(rest.next()),
                    Some('\'') => break,
                    Some(c) => text.push(c),
                    None => return Err(unknown("a text without its closing quote")),
                }
            },
            c => {
                text.push(c);
                let more = |c: &char| !c.is_whitespace() && !matches!(c, '(' | ')' | ',' | '\'');
                while let Some(c) = rest.next_if(more) {
                    text.push(c);
                }
            }
        }
        tokens.push(Token {
            text,
            quoted: c == '\'',
        });
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    depth: u8,
}

impl Parser<'_> {
    /// The next token, when it is this word.
    fn eat(&mut self, word: &str) -> bool {
        match self.tokens {
            [first, rest @ ..] if !first.quoted && first.text == word => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn next(&mut self) -> Result<Token, ToolError> {
        let (first, rest) = self
            .tokens
            .split_first()
            .ok_or_else(|| unknown("the end of the filter"))?;
        self.tokens = rest;
        Ok(first.clone())
    }

    fn any(&mut self) -> Result<Filter, ToolError> {
        let mut filter = self.all()?;
        while self.eat("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.all()?));
        }
        Ok(filter)
    }

    fn all(&mut self) -> Result<Filter, ToolError> {
        let mut filter = self.one()?;
        while self.eat("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one()?));
        }
        Ok(filter)
    }

    fn one(&mut self) -> Result<Filter, ToolError> {
        if self.depth == 50 {
            return Err(unknown("a filter nested so deeply"));
        }
        self.depth += 1;
        let filter = self.one_within();
        self.depth -= 1;
        filter
    }

    fn one_within(&mut self) -> Result<Filter, ToolError> {
        if self.eat("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.eat("(") {
            let filter = self.any()?;
            return if self.eat(")") {
                Ok(filter)
            } else {
                Err(unknown("a missing `)`"))
            };
        }
        let field = self.next()?;
        if field.quoted {
            return Err(unknown(&field.text));
        }
        if field.text == "search.in" && self.eat("(") {
            return self.search_in();
        }
        let comparison = match self.tokens.first().map(|token| token.text.as_str()) {
            Some("eq") => Comparison::Eq,
            Some("ne") => Comparison::Ne,
            Some("gt") => Comparison::Gt,
            Some("ge") => Comparison::Ge,
            Some("lt") => Comparison::Lt,
            Some("le") => Comparison::Le,
            Some("(") => return Err(unknown(&field.text)),
            _ => {
                return Ok(Filter::Compare(
                    field.text,
                    Comparison::Eq,
                    Literal::Bool(true),
                ));
            }
        };
        self.next()?;
        let literal = literal(self.next()?)?;
        Ok(Filter::Compare(field.text, comparison, literal))
    }

    /// `search.in(field, 'a,b')` or `search.in(field, 'a|b', '|')`, past its first parenthesis.
    fn search_in(&mut self) -> Result<Filter, ToolError> {
        let field = self.next()?.text;
        let comma = self.eat(",");
        let list = self.next()?;
        let delimiters = if self.eat(",") {
            self.next()?.text
        } else {
            " ,".to_owned()
        };
        if !comma || !list.quoted || !self.eat(")") {
            return Err(unknown("search.in"));
        }
        let texts = list
            .text
            .split(|c| delimiters.contains(c))
            .filter(|text| !text.is_empty());
        Ok(Filter::In(field, texts.map(str::to_owned).collect()))
    }
}

fn literal(token: Token) -> Result<Literal, ToolError> {
    if token.quoted {
        return Ok(Literal::Text(token.text));
    }
    match token.text.as_str() {
        "null" => Ok(Literal::Null),
        "true" => Ok(Literal::Bool(true)),
        "false" => Ok(Literal::Bool(false)),
        text => {
            let number = text.parse().ok().map(Literal::Number);
            let moment = || {
                chrono::DateTime::parse_from_rfc3339(text)
                    .ok()
                    .map(Literal::Moment)
            };
            number.or_else(moment).ok_or_else(|| unknown(text))
        }
    }
}

#[cfg(test)]
mod tests {
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
