//! Constraints, defaults and examples of a field: whether they make sense for its type.

use super::pattern;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Bound, Constraints, Program, Ty, TypeKind};
use crate::source::{Span, Word};
use crate::syntax::{Value, ValueKind};
use grantc_spec::rules;
use rust_decimal::Decimal;
use std::str::FromStr;

/// Largest integer that every JSON reader keeps exactly: 2^53−1.
const MAX_INTEGER: i64 = (1 << 53) - 1;

/// Reads the properties of a field of one type.
pub(super) struct Reader<'a> {
    pub ty: &'a Ty,
    pub program: &'a Program,
    pub diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn bad(&mut self, span: Span, message: String, help: Option<&str>) {
        self.diagnostics.push(
            Diagnostic::new(&rules::BAD_CONSTRAINT, span, message)
                .maybe_help(help.map(str::to_owned)),
        );
    }

    /// The constraints that fit the type; the others are reported.
    pub(super) fn constraints(&mut self, props: &[(Word, Value)]) -> Constraints {
        let mut found = Constraints::default();
        for (key, value) in props {
            if !self.fits(key) {
                continue;
            }
            let count = match &value.kind {
                ValueKind::Number(digits) => digits.parse::<u32>().ok(),
                _ => None,
            };
            match (key.value.as_str(), &value.kind) {
                ("min", _) => found.min = self.bound(value),
                ("max", _) => found.max = self.bound(value),
                ("min-length", _) => found.min_length = count,
                ("max-length", _) => found.max_length = count,
                ("min-items", _) => found.min_items = count,
                ("max-items", _) => found.max_items = count,
                ("unique", ValueKind::Bool(flag)) => found.unique = *flag,
                ("pattern", ValueKind::String(text)) => found.pattern = self.pattern(text, value),
                _ => {}
            }
        }
        let place = |key: &str| {
            props
                .iter()
                .find(|(k, _)| k.value == key)
                .map(|(_, v)| v.span)
        };
        let crossed =
            |low: Option<u32>, high: Option<u32>| low.zip(high).is_some_and(|(l, h)| l > h);
        let pairs = [
            (
                "min-length",
                "max-length",
                crossed(found.min_length, found.max_length),
            ),
            (
                "min-items",
                "max-items",
                crossed(found.min_items, found.max_items),
            ),
            (
                "min",
                "max",
                found
                    .min
                    .as_ref()
                    .zip(found.max.as_ref())
                    .is_some_and(|(l, h)| l.value > h.value),
            ),
        ];
        for (low, high, is_crossed) in pairs {
            if let (true, Some(span)) = (is_crossed, place(high)) {
                self.bad(
                    span,
                    format!("`{high}` is below `{low}`: no value fits"),
                    None,
                );
            }
        }
        found
    }

    /// Whether a constraint makes sense for the type; reports it when not.
    fn fits(&mut self, key: &Word) -> bool {
        let (ok, on) = match key.value.as_str() {
            "min" | "max" => (
                matches!(self.ty, Ty::Integer | Ty::Number | Ty::Decimal),
                "numbers and decimals",
            ),
            "min-length" | "max-length" => (matches!(self.ty, Ty::String | Ty::Uri), "text"),
            "pattern" => (matches!(self.ty, Ty::String), "`string`"),
            "min-items" | "max-items" => (
                matches!(self.ty, Ty::List(_) | Ty::Map(_)),
                "lists and maps",
            ),
            "unique" => (matches!(self.ty, Ty::List(_)), "lists"),
            _ => return true,
        };
        if !ok {
            let help = "put it on a type of that kind, or leave it out";
            self.bad(
                key.span,
                format!("`{}` is a constraint of {on}", key.value),
                Some(help),
            );
        }
        ok
    }

    fn bound(&mut self, value: &Value) -> Option<Bound> {
        let text = match &value.kind {
            ValueKind::Number(text) => text.clone(),
            ValueKind::String(text) if *self.ty == Ty::Decimal => text.clone(),
            other => {
                let message = format!("a bound is a number, not {}", other.describe());
                self.bad(value.span, message, None);
                return None;
            }
        };
        let number = Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text));
        let Ok(number) = number else {
            self.bad(
                value.span,
                format!("`{text}` has more digits than a decimal holds"),
                None,
            );
            return None;
        };
        if *self.ty == Ty::Integer {
            let limit = Decimal::from(MAX_INTEGER);
            if !number.fract().is_zero() || number > limit || number < -limit {
                let message = format!("`{text}` is not an integer within ±{MAX_INTEGER}");
                self.bad(value.span, message, None);
                return None;
            }
        }
        Some(Bound {
            value: number,
            text: number.normalize().to_string(),
        })
    }

    fn pattern(&mut self, text: &str, value: &Value) -> Option<Word> {
        if let Err(refusal) = pattern::check(text) {
            // Inside a raw or plain string the pattern's bytes stand as written, from the end back.
            let quotes = value.span.len().saturating_sub(text.len()) / 2;
            let exact = value.span.len() == text.len() + 2 * quotes;
            let start = value.span.start as usize + quotes;
            let span = match exact {
                true => Span::new(value.span.file, start + refusal.start, start + refusal.end),
                false => value.span,
            };
            self.bad(span, refusal.message, refusal.help.as_deref());
            return None;
        }
        Some(Word::new(text.to_owned(), value.span))
    }

    /// A default or an example as the JSON that would stand on the wire.
    pub(super) fn sample(
        &mut self,
        props: &[(Word, Value)],
        key: &str,
        constraints: &Constraints,
    ) -> Option<serde_json::Value> {
        let (_, value) = props.iter().find(|(k, _)| k.value == key)?;
        match self.json(value, constraints) {
            Ok(json) => Some(json),
            Err(problem) => {
                self.bad(value.span, format!("this {key} {problem}"), None);
                None
            }
        }
    }

    fn json(&self, value: &Value, limits: &Constraints) -> Result<serde_json::Value, String> {
        let number = |text: &str| {
            let number = Decimal::from_str(text).map_err(|_| "is not a number".to_owned())?;
            let below = limits
                .min
                .as_ref()
                .is_some_and(|bound| number < bound.value);
            let above = limits
                .max
                .as_ref()
                .is_some_and(|bound| number > bound.value);
            if below || above {
                Err("is outside its bounds".to_owned())
            } else {
                Ok(number)
            }
        };
        match (self.ty, &value.kind) {
            (Ty::Boolean, ValueKind::Bool(flag)) => Ok((*flag).into()),
            (Ty::Integer, ValueKind::Number(text)) => {
                number(text)?;
                text.parse::<i64>()
                    .ok()
                    .filter(|n| (-MAX_INTEGER..=MAX_INTEGER).contains(n))
                    .map(Into::into)
                    .ok_or_else(|| format!("is not an integer within ±{MAX_INTEGER}"))
            }
            (Ty::Number, ValueKind::Number(text)) => {
                number(text)?;
                serde_json::from_str(text).map_err(|_| "is not a number".to_owned())
            }
            (Ty::Decimal, ValueKind::Number(text) | ValueKind::String(text)) => {
                Ok(number(text)?.to_string().into())
            }
            (Ty::String | Ty::Uri, ValueKind::String(text)) => {
                let length = text.chars().count();
                let short = limits.min_length.is_some_and(|min| length < min as usize);
                let long = limits.max_length.is_some_and(|max| length > max as usize);
                well_formed(self.ty, text)?;
                if short || long {
                    return Err(format!("has {length} characters, which its bounds exclude"));
                }
                Ok(text.as_str().into())
            }
            (Ty::Date | Ty::DateTime | Ty::Uuid | Ty::Bytes, ValueKind::String(text)) => {
                well_formed(self.ty, text)?;
                Ok(text.as_str().into())
            }
            (Ty::Named(id), ValueKind::String(text)) => match &self.program.types.at(*id).kind {
                TypeKind::Enum(words) if words.is_empty() => Ok(text.as_str().into()),
                TypeKind::Enum(words) if words.iter().any(|word| word.value == *text) => {
                    Ok(text.as_str().into())
                }
                TypeKind::Enum(words) => {
                    let list: Vec<_> = words.iter().map(|w| format!("`{}`", w.value)).collect();
                    Err(format!("is none of {}", list.join(", ")))
                }
                TypeKind::Record(_) | TypeKind::Variant(_) => {
                    Err("can be given for scalars and enums only".to_owned())
                }
            },
            (Ty::List(_) | Ty::Map(_) | Ty::Json | Ty::Named(_), _) => {
                Err("can be given for scalars and enums only".to_owned())
            }
            (_, kind) => Err(format!("does not fit the type: it is {}", kind.describe())),
        }
    }
}

/// Whether the runtime will read a text as a value of its type.
fn well_formed(ty: &Ty, text: &str) -> Result<(), String> {
    let (ok, form) = match ty {
        Ty::Date => (
            text.parse::<chrono::NaiveDate>().is_ok(),
            "a date such as `2026-11-23`",
        ),
        Ty::DateTime => (
            chrono::DateTime::parse_from_rfc3339(text).is_ok(),
            "a moment such as `2026-11-23T12:00:00Z`",
        ),
        Ty::Uuid => (uuid::Uuid::try_parse(text).is_ok(), "a UUID"),
        Ty::Uri => (fluent_uri::Uri::parse(text).is_ok(), "an absolute URI"),
        Ty::Bytes => (
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).is_ok(),
            "padded base64",
        ),
        _ => (true, ""),
    };
    if ok {
        Ok(())
    } else {
        Err(format!("is not {form}"))
    }
}
