//! Holds a value against a shape, collecting every violation.

use super::text;
use super::violation::{At, Violations};
use super::{Case, Field, List, Map, Shape, Text};
use rust_decimal::Decimal;
use serde_json::{Map as Object, Value};
use std::collections::HashSet;

/// The largest whole number that every JSON reader keeps exact: 2^53−1.
const MOST_EXACT: i64 = (1 << 53) - 1;

pub(super) fn walk(shape: &Shape, value: &Value, at: &At<'_>, found: &mut Violations) {
    match shape {
        Shape::Json => {}
        Shape::Of(shape) => walk(shape(), value, at, found),
        Shape::Boolean if value.is_boolean() => {}
        Shape::Boolean => wrong_type("`true` or `false`", value, at, found),
        Shape::Integer(bounds) => match integer(value) {
            Some(n) => between(n, bounds.min, bounds.max, at, found),
            None if value.is_number() => {
                found.push(at, "must be a whole number within ±9007199254740991");
            }
            None => wrong_type("a whole number", value, at, found),
        },
        Shape::Number(bounds) => match value.as_f64() {
            Some(n) => between(n, bounds.min, bounds.max, at, found),
            None => wrong_type("a number", value, at, found),
        },
        Shape::List(list) => match value {
            Value::Array(items) => walk_list(list, items, at, found),
            _ => wrong_type("an array", value, at, found),
        },
        Shape::Map(map) => match value {
            Value::Object(members) => walk_map(map, members, at, found),
            _ => wrong_type("an object", value, at, found),
        },
        Shape::Record(fields) => match value {
            Value::Object(members) => walk_record(fields, None, members, at, found),
            _ => wrong_type("an object", value, at, found),
        },
        Shape::Variant(cases) => match value {
            Value::Object(members) => walk_variant(cases, members, at, found),
            _ => wrong_type("an object", value, at, found),
        },
        Shape::Text(_)
        | Shape::Decimal(_)
        | Shape::Date
        | Shape::DateTime
        | Shape::Uuid
        | Shape::Uri(_)
        | Shape::Bytes
        | Shape::Enum(_) => match value {
            Value::String(string) => walk_string(shape, string, at, found),
            _ => wrong_type(string_kind(shape), value, at, found),
        },
    }
}

fn walk_string(shape: &Shape, string: &str, at: &At<'_>, found: &mut Violations) {
    let fits = match shape {
        Shape::Text(limits) => {
            lengths(limits, string, at, found);
            return matches_pattern(limits, string, at, found);
        }
        Shape::Uri(limits) => {
            lengths(limits, string, at, found);
            matches_pattern(limits, string, at, found);
            text::is_uri(string)
        }
        Shape::Bytes => text::is_base64(string),
        Shape::Decimal(bounds) => match text::decimal(string) {
            Some(n) => {
                let bound = |text: Option<&str>| text.and_then(text::decimal);
                return between::<Decimal>(n, bound(bounds.min), bound(bounds.max), at, found);
            }
            None => false,
        },
        Shape::Enum(words) if words.contains(&string) => true,
        Shape::Enum(words) => return found.push(at, one_of(words)),
        Shape::Date => text::is_date(string),
        Shape::DateTime => text::is_date_time(string),
        Shape::Uuid => text::is_uuid(string),
        _ => true,
    };
    if !fits {
        found.push(at, format!("must be {}", string_kind(shape)));
    }
}

fn walk_list(list: &List, items: &[Value], at: &At<'_>, found: &mut Violations) {
    counts(
        list.min_items,
        list.max_items,
        items.len(),
        "items",
        at,
        found,
    );
    if list
        .max_items
        .is_some_and(|most| items.len() as u64 > u64::from(most))
    {
        return; // the items of a list that is too long are not worth the time
    }
    for (i, item) in items.iter().enumerate() {
        walk(list.item, item, &At::Index(at, i), found);
    }
    if list.unique {
        // Equal as JSON: members in any order, `1.0` equal to `1`; the canonical form decides.
        let mut seen = HashSet::new();
        for (i, item) in items.iter().enumerate() {
            let canonical = serde_json_canonicalizer::to_vec(item).unwrap_or_default();
            if !seen.insert(canonical) {
                found.push(&At::Index(at, i), "repeats an earlier item");
            }
        }
    }
}

fn walk_map(map: &Map, members: &Object<String, Value>, at: &At<'_>, found: &mut Violations) {
    counts(
        map.min_items,
        map.max_items,
        members.len(),
        "members",
        at,
        found,
    );
    for (key, value) in members {
        walk(map.value, value, &At::Key(at, key), found);
    }
}

fn walk_record(
    fields: &[Field],
    tag: Option<&str>,
    members: &Object<String, Value>,
    at: &At<'_>,
    found: &mut Violations,
) {
    for field in fields {
        let place = At::Key(at, field.name);
        match members.get(field.name) {
            Some(Value::Null) if field.optional && !matches!(field.shape, Shape::Json) => {
                found.push(&place, "is null; leave it out instead");
            }
            Some(value) => walk(&field.shape, value, &place, found),
            None if field.optional => {}
            None => found.push(&place, "is missing"),
        }
    }
    for key in members.keys() {
        let known = tag == Some(key) || fields.iter().any(|field| field.name == key);
        if !known {
            let names: Vec<_> = tag
                .into_iter()
                .chain(fields.iter().map(|f| f.name))
                .collect();
            found.push(&At::Key(at, key), unknown_member(&names));
        }
    }
}

fn walk_variant(
    cases: &[Case],
    members: &Object<String, Value>,
    at: &At<'_>,
    found: &mut Violations,
) {
    let place = At::Key(at, "kind");
    let kinds = || cases.iter().map(|case| case.kind).collect::<Vec<_>>();
    match members.get("kind") {
        Some(Value::String(kind)) => match cases.iter().find(|case| case.kind == kind) {
            Some(case) => walk_record(case.fields, Some("kind"), members, at, found),
            None => found.push(&place, one_of(&kinds())),
        },
        Some(value) => wrong_type("a string", value, &place, found),
        None => found.push(&place, format!("is missing; it {}", one_of(&kinds()))),
    }
}

/// A whole number, written with or without an empty fraction.
fn integer(value: &Value) -> Option<i64> {
    let n = match (value.as_i64(), value.as_f64()) {
        (Some(n), _) => n,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the range is tested before"
        )]
        (None, Some(x)) if x.fract() == 0.0 && x.abs() <= MOST_EXACT as f64 => x as i64,
        _ => return None,
    };
    (-MOST_EXACT..=MOST_EXACT).contains(&n).then_some(n)
}

fn between<T: PartialOrd + std::fmt::Display>(
    n: T,
    min: Option<T>,
    max: Option<T>,
    at: &At<'_>,
    found: &mut Violations,
) {
    if let Some(min) = min.filter(|min| n < *min) {
        found.push(at, format!("must be at least {min}"));
    }
    if let Some(max) = max.filter(|max| n > *max) {
        found.push(at, format!("must be at most {max}"));
    }
}

fn lengths(limits: &Text, string: &str, at: &At<'_>, found: &mut Violations) {
    let count = string.chars().count();
    counts(
        limits.min_length,
        limits.max_length,
        count,
        "characters",
        at,
        found,
    );
}

fn counts(
    min: Option<u32>,
    max: Option<u32>,
    count: usize,
    unit: &str,
    at: &At<'_>,
    found: &mut Violations,
) {
    let n = u64::try_from(count).unwrap_or(u64::MAX);
    if let Some(min) = min.filter(|min| n < u64::from(*min)) {
        found.push(at, format!("has {n} {unit}, but at least {min} are needed"));
    }
    if let Some(max) = max.filter(|max| n > u64::from(*max)) {
        found.push(at, format!("has {n} {unit}, but at most {max} are allowed"));
    }
}

fn matches_pattern(limits: &Text, string: &str, at: &At<'_>, found: &mut Violations) {
    if let Some(pattern) = limits.pattern.filter(|pattern| !pattern.matches(string)) {
        found.push(at, format!("must match the pattern `{}`", pattern.source()));
    }
}

fn wrong_type(wanted: &str, value: &Value, at: &At<'_>, found: &mut Violations) {
    let got = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    found.push(at, format!("must be {wanted}, not {got}"));
}

fn string_kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Decimal(_) => {
            "a string with a decimal number of at most 28 digits, such as \"12.50\""
        }
        Shape::Date => "a string with a date, such as \"2026-11-23\"",
        Shape::DateTime => {
            "a string with an RFC 3339 date and time, such as \"2026-11-23T10:00:00Z\""
        }
        Shape::Uuid => "a string with a UUID",
        Shape::Uri(_) => "a string with an absolute URI",
        Shape::Bytes => "a string with padded base64",
        _ => "a string",
    }
}

fn one_of(words: &[&str]) -> String {
    format!("must be one of {}", quoted(words))
}

fn unknown_member(names: &[&str]) -> String {
    match names {
        [] => "is not known; no members are allowed here".to_owned(),
        names => format!("is not known; the members are {}", quoted(names)),
    }
}

fn quoted(words: &[&str]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
