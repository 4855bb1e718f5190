//! The types of the manifest that Rust has no one type for.
//!
//! | manifest | Rust | on the wire |
//! |---|---|---|
//! | `string` | `String` | string |
//! | `integer` | `i64`, within ±(2^53−1) | number |
//! | `number` | `f64`, finite | number |
//! | `decimal` | [`Decimal`], keeping its scale | string, `"12.50"` |
//! | `boolean` | `bool` | boolean |
//! | `date` | [`Date`] | string, `"2026-11-23"` |
//! | `date-time` | [`DateTime`], keeping its offset | string, RFC 3339 |
//! | `uuid` | [`Uuid`] | string |
//! | `uri` | [`Uri`] | string |
//! | `bytes` | [`Bytes`] | string, padded base64 |
//! | `json` | [`json::Value`](serde_json::Value) | anything |
//! | `list<T>` | `Vec<T>` | array |
//! | `map<T>` | `BTreeMap<String, T>` | object |
//! | `T?` | `Option<T>`; `None` is absent | the member, or nothing; never `null` |
//!
//! Dates are those of `chrono`, which every server links through `rmcp` anyway.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

pub use rust_decimal::Decimal;
pub use uuid::Uuid;

/// A calendar date without a time zone.
pub type Date = chrono::NaiveDate;

/// A moment, with the offset from UTC that it was written with.
pub type DateTime = chrono::DateTime<chrono::FixedOffset>;

/// An absolute URI as RFC 3986 has it.
pub type Uri = fluent_uri::Uri<String>;

/// A value that the manifest writes out, such as a default; generated code calls it.
///
/// # Panics
/// When `json` is no such value. The compiler of the manifest refuses defaults that do not fit.
#[expect(
    clippy::panic,
    reason = "a default has no other way to fail, and is known to fit"
)]
pub fn literal<T: de::DeserializeOwned>(json: &'static str) -> T {
    match serde_json::from_str(json) {
        Ok(value) => value,
        Err(error) => panic!("the manifest's `{json}` does not fit its type: {error}"),
    }
}

/// Bytes; padded base64 on the wire.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({} bytes)", self.0.len())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<Bytes> for Vec<u8> {
    fn from(bytes: Bytes) -> Self {
        bytes.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}
