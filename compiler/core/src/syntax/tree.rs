//! The spanned tree: where both notations meet. Nothing after it needs to know which was written,
//! but for the words of its help.

use crate::source::{FileId, Span, Word};

/// A file, read.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The file.
    pub file: FileId,
    /// What it was written in, for help that shows what to write.
    pub notation: Notation,
    /// Its top-level nodes.
    pub nodes: Vec<Node>,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// KDL 2.
    Kdl,
    /// YAML 1.2, along the table of words.
    Yaml,
}

impl Notation {
    /// The notation of a file, by the end of its name.
    pub fn of(path: &str) -> Notation {
        let end = path.rsplit_once('.').map_or("", |(_, end)| end);
        if end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml") {
            Notation::Yaml
        } else {
            Notation::Kdl
        }
    }

    /// What users call it.
    pub fn name(self) -> &'static str {
        match self {
            Notation::Kdl => "KDL",
            Notation::Yaml => "YAML",
        }
    }
}

/// A node: a name, arguments, properties, children.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name.
    pub name: Word,
    /// Its arguments, in order.
    pub args: Vec<Value>,
    /// Its properties, in order, repeated ones included.
    pub props: Vec<Prop>,
    /// Its children; none when it has no braces.
    pub children: Option<Vec<Node>>,
    /// The node without its children: what is underlined when it is meant as a whole.
    pub header: Span,
}

impl Node {
    /// The children, or none.
    pub fn children(&self) -> &[Node] {
        self.children.as_deref().unwrap_or(&[])
    }
}

/// A property.
#[derive(Clone, Debug)]
pub struct Prop {
    /// Its key.
    pub key: Word,
    /// Its value.
    pub value: Value,
    /// Key and value.
    pub span: Span,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// The annotation in parentheses before it, such as `(param)`; in YAML the key of `{param: x}`.
    pub annotation: Option<Word>,
    /// The value without its annotation.
    pub span: Span,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Text.
    String(String),
    /// A number, as it was written: never through a float.
    Number(String),
    /// True or false.
    Bool(bool),
    /// `#null`, or no value where YAML has a key for one.
    Null,
    /// A list where one value should stand: YAML only, and always refused.
    List,
    /// A mapping where one value should stand: YAML only, and always refused.
    Mapping,
}

impl ValueKind {
    /// What a message calls it.
    pub fn describe(&self) -> &'static str {
        match self {
            ValueKind::String(_) => "text",
            ValueKind::Number(_) => "a number",
            ValueKind::Bool(_) => "true or false",
            ValueKind::Null => "null",
            ValueKind::List => "a list",
            ValueKind::Mapping => "a mapping",
        }
    }
}
