//! The data types of inputs and outputs.

use super::TypeId;
use crate::source::{Span, Word};
use rust_decimal::Decimal;

/// A named type.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Its name.
    pub name: Word,
    /// Its shape.
    pub kind: TypeKind,
    /// The node's header.
    pub span: Span,
}

/// The shape of a named type.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// Named fields.
    Record(Vec<Field>),
    /// One of a list of words.
    Enum(Vec<Word>),
    /// One of several records; its member [`TAG`] says which.
    Variant(Vec<Alternative>),
}

impl TypeKind {
    /// Every field of the type, whichever alternative it belongs to.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        let (record, alternatives): (&[Field], &[Alternative]) = match self {
            TypeKind::Record(fields) => (fields, &[]),
            TypeKind::Variant(alternatives) => (&[], alternatives),
            TypeKind::Enum(_) => (&[], &[]),
        };
        record
            .iter()
            .chain(alternatives.iter().flat_map(|one| &one.fields))
    }
}

/// The member of a variant that says which of its alternatives it is.
pub const TAG: &str = "kind";

/// One alternative of a variant.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// Its name, on the wire the value of [`TAG`].
    pub name: Word,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// One field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, on the wire too.
    pub name: Word,
    /// Its type.
    pub ty: Ty,
    /// Whether it may be absent (absent, never null).
    pub optional: bool,
    /// What values it may have.
    pub constraints: Constraints,
    /// The value that an absent field stands for; only on inputs' optional fields or types.
    pub default: Option<serde_json::Value>,
    /// A value to show.
    pub example: Option<serde_json::Value>,
    /// What it means.
    pub doc: Option<Word>,
    /// The field's node.
    pub span: Span,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    /// Text.
    String,
    /// A whole number within ±(2^53−1).
    Integer,
    /// A finite number.
    Number,
    /// An exact decimal number; a JSON string on the wire.
    Decimal,
    /// True or false.
    Boolean,
    /// A calendar date, `2026-11-23`.
    Date,
    /// A moment, RFC 3339.
    DateTime,
    /// A UUID.
    Uuid,
    /// An absolute URI.
    Uri,
    /// Bytes, base64 on the wire.
    Bytes,
    /// Any JSON value.
    Json,
    /// A list.
    List(Box<Ty>),
    /// A map from text.
    Map(Box<Ty>),
    /// A named type.
    Named(TypeId),
}

/// A bound of `min` or `max`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Its exact value.
    pub value: Decimal,
    /// As it was written.
    pub text: String,
}

/// What values a field may have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    /// Smallest number.
    pub min: Option<Bound>,
    /// Largest number.
    pub max: Option<Bound>,
    /// Fewest characters (Unicode scalar values).
    pub min_length: Option<u32>,
    /// Most characters (Unicode scalar values).
    pub max_length: Option<u32>,
    /// A regular expression in the subset that ECMA and Rust share.
    pub pattern: Option<Word>,
    /// Fewest items.
    pub min_items: Option<u32>,
    /// Most items.
    pub max_items: Option<u32>,
    /// No two equal items.
    pub unique: bool,
}
