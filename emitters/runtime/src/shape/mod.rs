//! Shapes: what a JSON value must look like, as tables.
//!
//! Generated code gives each type of the manifest a [`Shape`]; [`check`] holds a JSON value against
//! it. The same check runs on arguments before the tool sees them and on results before the
//! caller does, on the very JSON that travels. So what Serde would let pass (a number where a
//! decimal string belongs, a `null` for an absent member) is caught, and every violation is named
//! at once, each with its JSON pointer.
//!
//! ```
//! use grantc_runtime::{Validate, json, shape as s};
//!
//! struct Line; // in generated code: a serde struct
//! impl Validate for Line {
//!     fn shape() -> &'static s::Shape {
//!         static SHAPE: s::Shape = s::Shape::Record(&[
//!             s::required("text", s::TEXT.max_length(9)),
//!             s::optional("count", s::INTEGER.min_integer(1)),
//!         ]);
//!         &SHAPE
//!     }
//! }
//!
//! let wrong = Line::check(&json::json!({"text": "a long one", "count": 0})).unwrap_err();
//! assert_eq!(wrong.to_string(), "`/text` has 10 characters, but at most 9 are allowed; `/count` must be at least 1");
//! ```

mod build;
mod pattern;
mod text;
mod violation;
mod walk;

pub use build::*;
pub use pattern::Pattern;
pub use violation::{Violation, Violations};

use serde_json::Value;

/// A type of the manifest, with what its JSON must look like.
pub trait Validate {
    /// The table.
    fn shape() -> &'static Shape;

    /// Holds a JSON value against the type.
    ///
    /// # Errors
    /// Every violation, each with its JSON pointer.
    fn check(value: &Value) -> Result<(), Violations> {
        check(Self::shape(), value)
    }
}

/// Holds a JSON value against a shape.
///
/// # Errors
/// Every violation, each with its JSON pointer, up to [`Violations::MOST`].
pub fn check(shape: &Shape, value: &Value) -> Result<(), Violations> {
    let mut found = Violations::default();
    walk::walk(shape, value, &violation::At::Root, &mut found);
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// What a JSON value must look like.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A string.
    Text(Text),
    /// A whole number within ±(2^53−1); `2.0` is one, as in JSON Schema.
    Integer(Integer),
    /// A number.
    Number(Number),
    /// A string that holds an exact decimal number of at most 28 digits, such as `"-12.50"`.
    Decimal(Decimal),
    /// `true` or `false`.
    Boolean,
    /// A string that holds a calendar date, `"2026-11-23"`.
    Date,
    /// A string that holds an RFC 3339 moment, `"2026-11-23T10:00:00Z"`.
    DateTime,
    /// A string that holds a UUID in its hyphenated form.
    Uuid,
    /// A string that holds an absolute RFC 3986 URI.
    Uri(Text),
    /// A string that holds bytes in padded base64.
    Bytes,
    /// Anything, `null` included.
    Json,
    /// An array.
    List(List),
    /// An object with any members of one shape.
    Map(Map),
    /// An object with these members only.
    Record(&'static [Field]),
    /// One of these strings.
    Enum(&'static [&'static str]),
    /// An object whose member `kind` says which members the others are.
    Variant(&'static [Case]),
    /// The shape of a named type.
    Of(fn() -> &'static Shape),
}

/// A member of a record.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether it may be absent. `null` is not absent.
    pub optional: bool,
    /// What its value must look like.
    pub shape: Shape,
}

/// One case of a variant.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The value of `kind`.
    pub kind: &'static str,
    /// The other members.
    pub fields: &'static [Field],
}

/// What a string must look like.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Fewest Unicode scalar values.
    pub min_length: Option<u32>,
    /// Most Unicode scalar values.
    pub max_length: Option<u32>,
    /// What must occur in it.
    pub pattern: Option<&'static Pattern>,
}

/// What a whole number must be.
#[derive(Clone, Copy, Debug)]
pub struct Integer {
    /// Smallest.
    pub min: Option<i64>,
    /// Largest.
    pub max: Option<i64>,
}

/// What a number must be.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// Smallest.
    pub min: Option<f64>,
    /// Largest.
    pub max: Option<f64>,
}

/// What an exact decimal number must be; bounds are decimal numbers written out.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// Smallest.
    pub min: Option<&'static str>,
    /// Largest.
    pub max: Option<&'static str>,
}

/// What an array must look like.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// What each item must look like.
    pub item: &'static Shape,
    /// Fewest items.
    pub min_items: Option<u32>,
    /// Most items.
    pub max_items: Option<u32>,
    /// Whether no two items may be equal as JSON.
    pub unique: bool,
}

/// What an object with free member names must look like.
#[derive(Clone, Copy, Debug)]
pub struct Map {
    /// What each value must look like.
    pub value: &'static Shape,
    /// Fewest members.
    pub min_items: Option<u32>,
    /// Most members.
    pub max_items: Option<u32>,
}
