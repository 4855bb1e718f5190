//! The spanned tree: where both notations meet. Nothing after it knows which was written.

use crate::source::{FileId, Span, Word};

/// A file, read.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The file.
    pub file: FileId,
    /// Its top-level nodes.
    pub nodes: Vec<Node>,
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
    /// The whole node.
    pub span: Span,
}

impl Node {
    /// Name, arguments and properties: the node without its children.
    pub fn header(&self) -> Span {
        let ends = self
            .args
            .iter()
            .map(|v| v.span.end)
            .chain(self.props.iter().map(|p| p.span.end));
        Span {
            end: ends.fold(self.name.span.end, u32::max),
            ..self.name.span
        }
    }

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
    /// Key, `=` and value.
    pub span: Span,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// The annotation in parentheses before it, such as `(param)`.
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
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`.
    Null,
}

impl ValueKind {
    /// What a message calls it.
    pub fn describe(&self) -> &'static str {
        match self {
            ValueKind::String(_) => "text",
            ValueKind::Number(_) => "a number",
            ValueKind::Bool(_) => "true or false",
            ValueKind::Null => "null",
        }
    }
}
