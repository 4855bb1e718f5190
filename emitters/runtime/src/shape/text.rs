//! Strings that stand for something else: when a string is a date, a moment, a UUID, bytes.
//!
//! Each test is stricter than the library that parses the string afterwards, and never laxer:
//! libraries accept more spellings than the JSON Schema that callers were shown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_decimal::Decimal;

/// `2026-11-23`.
pub(super) fn is_date(text: &str) -> bool {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    shape && text.parse::<chrono::NaiveDate>().is_ok()
}

/// `2026-11-23T10:00:00.5+01:00`, as RFC 3339 has it; `T` and `Z` in capitals.
pub(super) fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else {
        return false;
    };
    let zulu = time.strip_suffix('Z').is_some();
    let offset = time.len() > 6 && time.is_char_boundary(time.len() - 6) && {
        let (_, offset) = time.split_at(time.len() - 6);
        offset.starts_with(['+', '-']) && offset.as_bytes().get(3) == Some(&b':')
    };
    is_date(date) && (zulu || offset) && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

/// `7f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11`, in either case.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// An absolute URI: it has a scheme.
pub(super) fn is_uri(text: &str) -> bool {
    fluent_uri::Uri::parse(text).is_ok()
}

/// Base64 in the standard alphabet, with its padding.
pub(super) fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}

/// An exact decimal: digits, at most one point between digits, no exponent, at most 28 digits.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let digits =
        |part: &str| (1..=28).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    Decimal::from_str_exact(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert!(is_date("2024-02-29"));
        for wrong in [
            "2023-02-29",
            "2026-1-05",
            "20261123",
            " 2026-11-3",
            "2026-11-23T00:00:00Z",
            "+026-11-23",
        ] {
            assert!(!is_date(wrong), "{wrong}");
        }
    }

    #[test]
    fn moments() {
        for right in [
            "2026-11-23T10:00:00Z",
            "2026-11-23T10:00:00.123456789+01:00",
            "1990-12-31T23:59:60Z",
        ] {
            assert!(is_date_time(right), "{right}");
            assert!(
                serde_json::from_value::<crate::DateTime>(right.into()).is_ok(),
                "{right}"
            );
        }
        for wrong in [
            "2026-11-23",
            "2026-11-23 10:00:00Z",
            "2026-11-23T10:00Z",
            "2026-11-23T10:00:00",
            "2026-11-23T25:00:00Z",
            "2026-11-23T10:00:00+0100",
            "2026-11-23T10:00:00+01",
            "2026-11-23T10:00:00 Z",
            "2026-11-23t10:00:00z",
            "2026-11-23T10:00:00€",
        ] {
            assert!(!is_date_time(wrong), "{wrong}");
        }
    }

    #[test]
    fn decimals_keep_their_scale_and_never_round() {
        assert_eq!(decimal("-12.50").unwrap().to_string(), "-12.50");
        assert_eq!(
            decimal("0.0000000000000000000000000001").unwrap().scale(),
            28
        );
        assert!(decimal("7922816251426433759354395033").is_some());
        for wrong in [
            "",
            "-",
            ".5",
            "5.",
            "+1",
            "1e3",
            "1_000",
            "0x1",
            " 1",
            "1,5",
            "NaN",
            "0.00000000000000000000000000001",
            "99999999999999999999999999999999",
        ] {
            assert!(decimal(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn other_formats() {
        assert!(is_uuid("7F1C0F5E-5b0f-4d0e-9c55-3a7c9f6b1d11"));
        assert!(!is_uuid("{7f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d}"));
        assert!(!is_uuid("7f1c0f5e5b0f4d0e9c553a7c9f6b1d11"));
        assert!(is_uri("https://contoso.example/a?b#c") && is_uri("urn:isbn:1"));
        assert!(!is_uri("/relative") && !is_uri("https://a b") && !is_uri("https://ä.example/"));
        assert!(is_base64("aGk=") && is_base64("") && !is_base64("aGk") && !is_base64("aGk-"));
    }
}
