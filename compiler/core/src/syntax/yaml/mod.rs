//! The YAML reader: the same [`Tree`] as from KDL, along the table of words.
//!
//! [`mod@item`] turns the events of `granit-parser` into spanned scalars, lists and mappings and refuses
//! what a manifest has no use for: anchors, aliases, tags, directives, further documents, repeated
//! keys. [`mod@nodes`] makes nodes of them, and [`scalar`] lets the expected type decide what a plain
//! scalar is, so that `no`, `0777` and `1.4.0` never surprise.

mod item;
mod nodes;
mod scalar;
#[cfg(test)]
mod tests;

use super::tree::{Notation, Tree};
use crate::diagnostic::Diagnostic;
use crate::source::FileId;

/// Reads a text. There is a tree unless nothing can be said about the file.
pub(super) fn parse(file: FileId, text: &str) -> (Option<Tree>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let root = item::read(file, text, &mut found);
    let nodes = root.and_then(|root| nodes::root(root.as_ref(), text, &mut found));
    let tree = nodes.map(|nodes| Tree {
        file,
        notation: Notation::Yaml,
        nodes,
    });
    (tree, found)
}
