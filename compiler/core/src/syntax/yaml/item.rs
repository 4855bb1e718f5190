//! From events to scalars, lists and mappings, each with its place.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span, Word};
use crate::syntax::guard::{MAX_DEPTH, MAX_NODES};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError};
use grantc_spec::rules::{self, Rule};
use std::collections::BTreeMap;

/// Anything that stands in a YAML file, with its place.
#[derive(Debug)]
pub(super) struct Item {
    pub content: Content,
    pub span: Span,
}

/// What it is.
#[derive(Debug)]
pub(super) enum Content {
    /// Text, and whether it was written without quotes; an absent value is plain and has no bytes.
    Scalar { text: String, plain: bool },
    /// A list.
    List(Vec<Item>),
    /// A mapping, in order, without the keys that were repeated.
    Mapping(Vec<(Word, Item)>),
}

/// A list or a mapping that is still open.
struct Open {
    items: Vec<Item>,
    mapping: bool,
    start: usize,
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    found: &'a mut Vec<Diagnostic>,
    open: Vec<Open>,
    root: Option<Item>,
    count: usize,
    refused: bool,
}

/// The one document of a file: `Some(None)` when it is empty, nothing when it cannot be read.
pub(super) fn read(file: FileId, text: &str, found: &mut Vec<Diagnostic>) -> Option<Option<Item>> {
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut reader = Reader {
        file,
        text,
        found,
        open: Vec::new(),
        root: None,
        count: 0,
        refused: false,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => reader.event(event, span),
            Err(error) => reader.scan_error(&error),
        }?;
    }
    (!reader.refused).then_some(reader.root)
}

impl Reader<'_> {
    /// Takes one event; nothing when reading must stop.
    fn event(&mut self, event: Event<'_>, place: granit_parser::Span) -> Option<()> {
        let start = offset(place.start);
        let span = self.span(start, offset(place.end));
        if let Some(tag) = place.tag_span() {
            let tag = self.span(offset(tag.start), offset(tag.end));
            let message = "a manifest has no tags";
            self.refuse(
                tag,
                message,
                "remove it: the language knows the type of every value",
            );
        }
        match event {
            Event::Anchor(..) => {
                self.refuse(
                    span,
                    "a manifest has no anchors",
                    "write it out where it is meant",
                );
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse(
                    span,
                    "a manifest has no aliases",
                    "write it out where it is meant",
                );
                self.push(absent(span))?;
            }
            Event::Scalar(text, style, ..) => {
                let scalar = self.scalar(&text, style, span);
                self.push(scalar)?;
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if self.open.len() == MAX_DEPTH {
                    return self.too_deep(span);
                }
                let mapping = matches!(event, Event::MappingStart(..));
                let items = Vec::new();
                self.open.push(Open {
                    items,
                    mapping,
                    start,
                });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(offset(place.end))?,
            Event::DocumentStart(..) if self.root.is_some() => {
                let message = "a manifest is one document";
                self.refuse(
                    span,
                    message,
                    "remove what follows, and the `---` before it",
                );
                return None;
            }
            _ => {}
        }
        Some(())
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span) -> Item {
        let plain = style == ScalarStyle::Plain;
        // The parser's text for an absent value is `~`.
        let text = match style {
            _ if plain && span.is_empty() => "",
            ScalarStyle::Literal | ScalarStyle::Folded => text.strip_suffix('\n').unwrap_or(text),
            _ => text,
        };
        let written = self.text.get(span.start as usize..span.end as usize);
        let length = written.map_or(0, |written| written.trim_end().len());
        Item {
            content: Content::Scalar {
                text: text.to_owned(),
                plain,
            },
            span: Span::new(self.file, span.start as usize, span.start as usize + length),
        }
    }

    fn push(&mut self, item: Item) -> Option<()> {
        self.count += 1;
        if self.count > MAX_NODES {
            let message = format!("a file has at most {MAX_NODES} nodes");
            self.report(
                &rules::TOO_LARGE,
                item.span,
                message,
                "is this the right file?",
            );
            return None;
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(item),
            None => self.root = Some(item),
        }
        Some(())
    }

    fn close(&mut self, end: usize) -> Option<()> {
        let open = self.open.pop()?;
        // A block's end is where the next token starts.
        let whole = self.text.get(open.start..end).unwrap_or("");
        let span = self.span(open.start, open.start + whole.trim_end().len());
        let content = if open.mapping {
            Content::Mapping(self.mapping(open.items))
        } else {
            Content::List(open.items)
        };
        self.push(Item { content, span })
    }

    /// Pairs keys with values. The second of two equal keys is reported and left out.
    fn mapping(&mut self, items: Vec<Item>) -> Vec<(Word, Item)> {
        let mut pairs: Vec<(Word, Item)> = Vec::new();
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            let Content::Scalar { text, .. } = key.content else {
                self.refuse(key.span, "a key is one word", "write the key as text");
                continue;
            };
            if let Some(first) = seen.get(&text) {
                self.found.push(
                    Diagnostic::new(&rules::REPEATED, key.span, format!("`{text}` stands twice"))
                        .also(*first, "it is already here"),
                );
                continue;
            }
            seen.insert(text.clone(), key.span);
            pairs.push((Word::new(text, key.span), value));
        }
        pairs
    }

    fn refuse(&mut self, span: Span, message: &str, help: &str) {
        self.refused = true;
        self.report(&rules::SYNTAX, span, message, help);
    }

    fn report(&mut self, rule: &'static Rule, span: Span, message: impl Into<String>, help: &str) {
        self.found
            .push(Diagnostic::new(rule, span, message).help(help));
    }

    fn too_deep(&mut self, span: Span) -> Option<()> {
        let message = format!("lists and mappings nest deeper than {MAX_DEPTH} levels");
        let help =
            "no manifest needs more than eight levels; is one not closed, or indented too far?";
        self.report(&rules::TOO_DEEP, span, message, help);
        None
    }

    /// What the parser could not read; nothing can follow.
    fn scan_error(&mut self, error: &ScanError) -> Option<()> {
        let at = offset(*error.marker()).min(self.text.len());
        let (before, after) = self.text.split_at_checked(at).unwrap_or((self.text, ""));
        let next = after.chars().next().filter(|c| !matches!(c, '\n' | '\r'));
        let mut span = self.span(at, at + next.map_or(0, char::len_utf8));
        let mut message = format!("this is not YAML: {}", error.kind()).replace('\'', "`");
        let help = match error.kind() {
            ErrorKind::RecursionLimitExceeded => return self.too_deep(span),
            ErrorKind::DirectiveDisallowed => {
                self.refuse(span, "a manifest has no directives", "remove the line");
                return None;
            }
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart => {
                // The parser may have passed the tab already.
                let tabs = before.len() - before.trim_end_matches('\t').len();
                if tabs > 0 {
                    span = self.span(at - tabs, at);
                }
                message = "a tab cannot indent".to_owned();
                Some("YAML is indented by spaces")
            }
            ErrorKind::UnexpectedCharacter { .. } => {
                message = "a value cannot start with this character".to_owned();
                Some("put the text in quotes: `\"…\"`")
            }
            ErrorKind::MappingValueNotAllowed => {
                Some("put text with `: ` in it in quotes: `\"…\"`")
            }
            ErrorKind::UnknownQuotedScalarEscape => {
                Some("between `'…'` a backslash is a backslash")
            }
            _ => None,
        };
        self.found.push(
            Diagnostic::new(&rules::SYNTAX, span, message).maybe_help(help.map(str::to_owned)),
        );
        None
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }
}

/// A value that was refused already.
fn absent(span: Span) -> Item {
    let content = Content::Scalar {
        text: String::new(),
        plain: true,
    };
    Item { content, span }
}

/// The parser gives byte offsets for every text that it holds whole, as here.
fn offset(marker: granit_parser::Marker) -> usize {
    marker.byte_offset().unwrap_or(0)
}
