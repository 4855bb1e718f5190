//! What a plain scalar is: the expected type decides.

use super::item::{Content, Item};
use crate::lower::words::{Kind, PARAM_KEY};
use crate::syntax::tree::{Value, ValueKind};

/// A value where this kind of one is expected.
///
/// A list or a mapping becomes a value that the shape check refuses, but for `{param: name}`.
pub(super) fn value(item: &Item, kind: Kind) -> Value {
    let span = item.span;
    let of = |kind| Value {
        kind,
        annotation: None,
        span,
    };
    match &item.content {
        Content::Scalar { text, plain: true } => of(plain(text, kind)),
        Content::Scalar { text, plain: false } => of(ValueKind::String(text.clone())),
        Content::List(_) => of(ValueKind::List),
        Content::Mapping(pairs) => match pairs.as_slice() {
            [(key, item)] if key.value == PARAM_KEY => Value {
                annotation: Some(key.clone()),
                ..value(item, Kind::Text)
            },
            _ => of(ValueKind::Mapping),
        },
    }
}

/// What the value of a field's `default` or `example` is expected to be, by the field's type.
pub(super) fn sample_kind(ty: &str) -> Kind {
    match ty.trim().trim_end_matches('?') {
        "boolean" => Kind::Bool,
        "integer" | "number" => Kind::Scalar,
        _ => Kind::Text,
    }
}

fn plain(text: &str, kind: Kind) -> ValueKind {
    let string = || ValueKind::String(text.to_owned());
    match (kind, text) {
        // Null is never expected, so that it is never text either.
        (_, "" | "~" | "null" | "Null" | "NULL") => ValueKind::Null,
        (Kind::Bool, "true") => ValueKind::Bool(true),
        (Kind::Bool, "false") => ValueKind::Bool(false),
        (Kind::Count | Kind::Scalar, _) if is_number(text) => ValueKind::Number(text.to_owned()),
        _ => string(),
    }
}

/// Whether it is a number as JSON writes them: `0777`, `0x10`, `1_000` and `.5` are none.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_kind_decides() {
        let text = |text: &str| ValueKind::String(text.to_owned());
        let number = |text: &str| ValueKind::Number(text.to_owned());
        for (written, kind, wanted) in [
            ("no", Kind::Text, text("no")),
            ("true", Kind::Text, text("true")),
            ("0777", Kind::Text, text("0777")),
            ("1.4.0", Kind::Text, text("1.4.0")),
            ("1.40", Kind::Text, text("1.40")),
            ("2026-11-23", Kind::Text, text("2026-11-23")),
            ("true", Kind::Bool, ValueKind::Bool(true)),
            ("no", Kind::Bool, text("no")),
            ("32", Kind::Count, number("32")),
            ("0777", Kind::Count, text("0777")),
            ("1_000", Kind::Count, text("1_000")),
            ("-1.50", Kind::Scalar, number("-1.50")),
            ("1e3", Kind::Scalar, number("1e3")),
            (".5", Kind::Scalar, text(".5")),
            ("", Kind::Text, ValueKind::Null),
            ("~", Kind::Scalar, ValueKind::Null),
        ] {
            assert_eq!(plain(written, kind), wanted, "{written:?} as {kind:?}");
        }
    }
}
