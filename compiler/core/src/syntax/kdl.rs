//! The KDL 2 reader: the `kdl` crate's document becomes a [`Tree`].
//!
//! The crate reports several problems a file but gives no partial document with them. Its spans
//! are byte offsets; a value's own place is the last bytes of its entry, as long as its text.

use super::tree::{Node, Notation, Prop, Tree, Value, ValueKind};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span, Spanned, Word};
use grantc_spec::rules;
use kdl::{KdlDiagnostic, KdlDocument, KdlEntry, KdlIdentifier, KdlNode, KdlValue};

pub(super) fn parse(file: FileId, text: &str) -> Result<Tree, Vec<Diagnostic>> {
    match KdlDocument::parse(text) {
        Ok(document) => {
            let reader = Reader { file };
            Ok(Tree {
                file,
                notation: Notation::Kdl,
                nodes: reader.nodes(&document),
            })
        }
        Err(error) => {
            let mut found: Vec<_> = error
                .diagnostics
                .iter()
                .map(|problem| explain(file, text, problem))
                .collect();
            if found.is_empty() {
                let span = Span::new(file, 0, 0);
                found.push(Diagnostic::new(&rules::SYNTAX, span, "this is not KDL"));
            }
            Err(found)
        }
    }
}

/// Where a node stands, with its braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Its first byte.
    pub(crate) start: usize,
    /// One past its last.
    pub(crate) end: usize,
    /// Whether it ends in a brace.
    pub(crate) braces: bool,
}

/// Where every node of a text stands; none of what is no KDL.
pub(crate) fn extents(text: &str) -> Option<Vec<Extent>> {
    // What is nested too deep is refused before it is parsed.
    super::guard::check(text).ok()?;
    let document = KdlDocument::parse(text).ok()?;
    let mut found = Vec::new();
    add_extents(text, &document, &mut found);
    Some(found)
}

fn add_extents(text: &str, document: &KdlDocument, found: &mut Vec<Extent>) {
    for node in document.nodes() {
        let start = node.name().span().offset();
        let whole = node.span().offset() + node.span().len();
        let whole = text
            .get(..whole)
            .map_or(whole, |text| text.trim_end().len());
        let entries = node.entries().iter().map(|entry| entry.span());
        let header = entries.map(|span| span.offset() + span.len());
        let name = start + node.name().span().len();
        let braces = node.children().is_some();
        let end = match braces {
            true => whole,
            false => header.fold(name, usize::max),
        };
        found.push(Extent { start, end, braces });
        if let Some(children) = node.children() {
            add_extents(text, children, found);
        }
    }
}

struct Reader {
    file: FileId,
}

impl Reader {
    fn nodes(&self, document: &KdlDocument) -> Vec<Node> {
        document
            .nodes()
            .iter()
            .map(|node| self.node(node))
            .collect()
    }

    fn node(&self, node: &KdlNode) -> Node {
        let (named, plain): (Vec<_>, Vec<_>) = node
            .entries()
            .iter()
            .partition(|entry| entry.name().is_some());
        let name = self.word(node.name());
        let args: Vec<_> = plain.into_iter().map(|entry| self.value(entry)).collect();
        let props: Vec<_> = named
            .into_iter()
            .filter_map(|entry| self.prop(entry))
            .collect();
        let ends = args
            .iter()
            .map(|value| value.span.end)
            .chain(props.iter().map(|prop| prop.span.end));
        let header = Span {
            end: ends.fold(name.span.end, u32::max),
            ..name.span
        };
        Node {
            name,
            args,
            props,
            children: node.children().map(|children| self.nodes(children)),
            header,
        }
    }

    fn prop(&self, entry: &KdlEntry) -> Option<Prop> {
        let key = self.word(entry.name()?);
        let value = self.value(entry);
        let span = Span {
            start: key.span.start,
            ..value.span
        };
        Some(Prop { key, value, span })
    }

    fn value(&self, entry: &KdlEntry) -> Value {
        let end = entry.span().offset() + entry.span().len();
        let written = entry
            .format()
            .map_or("", |format| format.value_repr.as_str());
        let start = end.saturating_sub(written.len());
        let kind = match entry.value() {
            KdlValue::String(text) => ValueKind::String(text.clone()),
            KdlValue::Integer(number) => ValueKind::Number(decimal_text(written, *number)),
            KdlValue::Float(_) => ValueKind::Number(written.replace('_', "")),
            KdlValue::Bool(value) => ValueKind::Bool(*value),
            KdlValue::Null => ValueKind::Null,
        };
        let annotation = entry.ty().map(|ty| self.word(ty));
        Value {
            kind,
            annotation,
            span: Span::new(self.file, start, end),
        }
    }

    fn word(&self, name: &KdlIdentifier) -> Word {
        let span = name.span();
        let end = span.offset() + span.len();
        Spanned::new(
            name.value().to_owned(),
            Span::new(self.file, span.offset(), end),
        )
    }
}

/// Integers in another base are turned into decimal; others keep the digits that were written.
fn decimal_text(written: &str, number: i128) -> String {
    let plain = written.replace('_', "");
    if plain.is_empty() || plain.contains(['x', 'o', 'b']) {
        number.to_string()
    } else {
        plain
    }
}

fn explain(file: FileId, text: &str, problem: &KdlDiagnostic) -> Diagnostic {
    let (start, length) = one_line(text, problem.span.offset(), problem.span.len());
    if let Some(trip) = culprit(text, start, length) {
        let span = Span::new(file, trip.at, trip.at + trip.length);
        return Diagnostic::new(&rules::SYNTAX, span, trip.message).help(trip.help);
    }
    let span = Span::new(file, start, start + length);
    let message = problem.message.as_deref().unwrap_or("this cannot be read");
    let mut diagnostic = Diagnostic::new(&rules::SYNTAX, span, sentence(message));
    diagnostic.label = problem.label.as_deref().map(sentence);
    diagnostic.maybe_help(problem.help.as_deref().map(sentence))
}

/// The part of a problem's span to underline. A span over several lines starts where the parser
/// last knew where it was and ends where it failed: its last line counts.
fn one_line(text: &str, offset: usize, length: usize) -> (usize, usize) {
    let start = offset.min(text.len());
    let whole = text
        .get(start..(start + length).min(text.len()))
        .unwrap_or("")
        .trim_end();
    let line = whole.rfind(['\n', '\r']).map_or(0, |newline| newline + 1);
    let last = whole.get(line..).unwrap_or("");
    let indent = last.len() - last.trim_start().len();
    (start + line + indent, last.len() - indent)
}

/// A word that users of KDL trip over.
struct Trip {
    at: usize,
    length: usize,
    message: String,
    help: String,
}

/// The first unquoted word that users of KDL trip over, in or around the place where reading failed.
fn culprit(text: &str, at: usize, length: usize) -> Option<Trip> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '=' | '{' | '}' | ';' | '(' | ')');
    let before = text.get(..at)?;
    let start = before
        .rfind(ends)
        .map_or(0, |i| i + before.get(i..).map_or(1, first_len));
    let stop = at + length.max(1);
    let mut rest = text.get(start..)?.split(['\n', '\r']).next()?;
    let mut offset = start;
    while offset < stop && !rest.is_empty() {
        // A quoted string is passed over whole.
        let word_len = match rest.strip_prefix('"') {
            Some(inner) => inner.find('"').map_or(rest.len(), |i| i + 2),
            None => rest.find(ends).unwrap_or(rest.len()),
        };
        let word = rest.get(..word_len)?;
        if let Some((message, help)) = trip(word) {
            return Some(Trip {
                at: offset,
                length: word_len,
                message,
                help,
            });
        }
        let step = if word_len == 0 {
            first_len(rest)
        } else {
            word_len
        };
        offset += step;
        rest = rest.get(step..)?;
    }
    None
}

/// What is wrong with a word, and what to write instead.
fn trip(word: &str) -> Option<(String, String)> {
    let digit_first = word.starts_with(|c: char| c.is_ascii_digit());
    match word {
        "true" | "false" | "null" => Some((
            format!("`{word}` is written with a `#`"),
            format!("write `#{word}`"),
        )),
        _ if digit_first && word.parse::<f64>().is_err() && !word.contains('_') => Some((
            format!("`{word}` starts like a number and is none"),
            format!("write `\"{word}\"`"),
        )),
        _ if word.starts_with(['^', '[']) => Some((
            "a pattern stands in quotes".to_owned(),
            "best raw, where a backslash is a backslash: `#\"…\"#`".to_owned(),
        )),
        _ => None,
    }
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

/// The house style of messages: no capital at the start, no full stop at the end.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Tree {
        parse(FileId(0), text).expect("is KDL")
    }

    fn slice(text: &str, span: Span) -> &str {
        &text[span.start as usize..span.end as usize]
    }

    #[test]
    fn places_are_those_of_the_source_after_wide_characters() {
        let text = "é \"ü\" key=(param)\"wert\" 0x10 -1.50 #true {\n  ßchild\n}\n";
        let node = &tree(text).nodes[0];
        assert_eq!(slice(text, node.name.span), "é");
        assert_eq!(slice(text, node.args[0].span), "\"ü\"");
        assert_eq!(slice(text, node.props[0].value.span), "\"wert\"");
        assert_eq!(slice(text, node.props[0].span), "key=(param)\"wert\"");
        assert_eq!(
            node.props[0].value.annotation.as_ref().unwrap().value,
            "param"
        );
        assert_eq!(node.args[1].kind, ValueKind::Number("16".into()));
        assert_eq!(node.args[2].kind, ValueKind::Number("-1.50".into()));
        assert_eq!(slice(text, node.children()[0].name.span), "ßchild");
        assert_eq!(
            slice(text, node.header),
            "é \"ü\" key=(param)\"wert\" 0x10 -1.50 #true"
        );
    }

    #[test]
    fn what_users_trip_over_gets_its_own_help() {
        for (text, wanted) in [
            ("tool \"x\" a=true\n", "write `#true`"),
            ("limits timeout=10s\n", "write `\\\"10s\\\"`"),
            ("server \"x\" version=1.4.0\n", "write `\\\"1.4.0\\\"`"),
            (
                "f string pattern=^[0-9]{3}$\n",
                "a pattern stands in quotes",
            ),
        ] {
            let problems = parse(FileId(0), text).expect_err(text);
            let said = |p: &Diagnostic| format!("{} {:?}", p.message, p.help);
            assert!(
                problems.iter().any(|p| said(p).contains(wanted)),
                "{text}: {problems:#?}"
            );
        }
    }
}
