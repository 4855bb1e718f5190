//! From scalars, lists and mappings to nodes, along the table of words.
//!
//! A key that the table does not know, and a list, mapping or value where another of them belongs,
//! are reported here, because the tree has no place for them. Everything else is left to the shape
//! check, which both notations share.

use super::item::{Content, Item};
use super::scalar::{sample_kind, value};
use crate::diagnostic::Diagnostic;
use crate::lower::words::{
    ALTERNATIVE, Arg, Body, CONNECTOR_FIELD, ENUM_WORD, FIELD, FIELDS_KEY, Kind, PARAM_KEY, ROOT,
    Since, WORDS_KEY, Word, Yaml,
};
use crate::names::did_you_mean;
use crate::source::{self, Span};
use crate::syntax::tree::{Node, Prop, Value, ValueKind};
use grantc_spec::rules::{self, Rule};

/// The nodes of a file; an empty file has none, and one that is no mapping cannot be read.
pub(super) fn root(
    root: Option<&Item>,
    text: &str,
    found: &mut Vec<Diagnostic>,
) -> Option<Vec<Node>> {
    let mut builder = Builder { text, found };
    let mut nodes = Vec::new();
    match root.map(|root| (&root.content, root)) {
        Some((Content::Mapping(pairs), _)) => {
            for (key, item) in pairs {
                if !builder.child(ROOT, key, item, &mut nodes) {
                    let keys: Vec<_> = ROOT.iter().map(Word::key).collect();
                    builder.unknown(&rules::UNKNOWN_NODE, key, "the top level", &keys, ROOT);
                }
            }
        }
        Some((Content::Scalar { text, .. }, _)) if text.is_empty() => {}
        Some((_, root)) => {
            builder.misfit(root, "a manifest", "a mapping", "start with `grantc: 1`");
            return None;
        }
        None => {}
    }
    Some(nodes)
}

struct Builder<'a> {
    text: &'a str,
    found: &'a mut Vec<Diagnostic>,
}

/// Where a node stands: what names it, and what is underlined when it is meant.
struct Place {
    /// Its name: the key, or in a list the whole item.
    name: source::Word,
    header: Span,
    /// The first argument, where the key of a map's entry is one.
    first: Option<Value>,
}

impl Builder<'_> {
    /// Adds the nodes under a key of `known`; false when the table has no such key.
    fn child(
        &mut self,
        known: &'static [Word],
        key: &source::Word,
        item: &Item,
        nodes: &mut Vec<Node>,
    ) -> bool {
        let later = |word: &Word| word.since != Since::Now && word.name == key.value;
        let Some(word) = known
            .iter()
            .find(|word| word.key() == key.value || later(word))
        else {
            return false;
        };
        let name = |span| source::Word::new(word.name.to_owned(), span);
        if word.since != Since::Now {
            nodes.push(empty(name(key.span)));
            return true;
        }
        match (word.yaml, &item.content) {
            (Yaml::Single, _) => {
                let place = Place {
                    name: name(key.span),
                    header: key.span,
                    first: None,
                };
                nodes.extend(self.node(word, place, item));
            }
            (Yaml::Map(_), Content::Mapping(pairs)) => {
                for (key, item) in pairs {
                    let kind = ValueKind::String(key.value.clone());
                    let place = Place {
                        name: name(key.span),
                        header: key.span,
                        first: Some(plain_value(kind, key.span)),
                    };
                    nodes.extend(self.node(word, place, item));
                }
            }
            (Yaml::List(_), Content::List(items)) => {
                for item in items {
                    let header = self.first_line(item.span);
                    let place = Place {
                        name: name(header),
                        header,
                        first: None,
                    };
                    nodes.extend(self.node(word, place, item));
                }
            }
            (Yaml::Map(_), _) => {
                let help = format!("write `{}: {{ name: … }}`", key.value);
                self.misfit(item, &quoted(&key.value), "a mapping, by name", &help);
            }
            (Yaml::List(_), _) => {
                let help = format!(
                    "write `{}: [ … ]`, or each on a line after a `-`",
                    key.value
                );
                self.misfit(item, &quoted(&key.value), "a list", &help);
            }
        }
        true
    }

    /// One node; nothing when its value is of no use.
    fn node(&mut self, word: &'static Word, place: Place, item: &Item) -> Option<Node> {
        let Place {
            name,
            header,
            first,
        } = place;
        let mut node = Node {
            args: first.into_iter().collect(),
            header,
            ..empty(name)
        };
        match &item.content {
            Content::Mapping(pairs) if !word.is_bare() && !is_param(word, pairs) => {
                self.mapping(word, &mut node, pairs);
                return Some(node);
            }
            Content::List(words) if matches!(word.body, Body::Words) => {
                node.children = Some(self.words(words));
                return Some(node);
            }
            _ => {}
        }
        match (word.keyed_args().first(), &item.content) {
            (Some(arg), Content::List(items)) if arg.rest.is_some() => {
                node.args
                    .extend(items.iter().map(|item| value(item, arg.kind)));
                return Some(node);
            }
            (Some(arg), _) => {
                node.args.push(value(item, arg.kind));
                return Some(node);
            }
            (None, _) => {}
        }
        let short = word.props.iter().find(|prop| Some(prop.name) == word.short);
        if let (Some(prop), Content::Scalar { .. }) = (short, &item.content) {
            let key = source::Word::new(prop.name.to_owned(), item.span);
            node.props.push(property(key, value(item, prop.kind)));
            return Some(node);
        }
        let wanted = match word.body {
            Body::Words => "a list",
            _ => "a mapping",
        };
        let keys: Vec<_> = word.keys().into_iter().map(quoted).collect();
        let help = match (word.body, keys.is_empty()) {
            (Body::Alternatives, _) => "write `name: { fields: { … } }` under it".to_owned(),
            (Body::Words, _) => "write `[ first, second ]`".to_owned(),
            (_, true) => "write `key: value` under it".to_owned(),
            (_, false) => format!("it takes {}", keys.join(", ")),
        };
        self.misfit(item, &title(word, &node), wanted, &help);
        None
    }

    /// Hands every key of a node's mapping to the argument, property or children that it means.
    fn mapping(&mut self, word: &'static Word, node: &mut Node, pairs: &[(source::Word, Item)]) {
        let args = word.keyed_args();
        // Arguments have an order in the tree, and keys have none.
        for arg in args {
            let Some((_, item)) = pairs.iter().find(|(key, _)| key.value == arg.key()) else {
                if arg.required {
                    break;
                }
                continue;
            };
            match (&item.content, arg.rest) {
                (Content::List(items), Some(_)) => {
                    node.args
                        .extend(items.iter().map(|item| value(item, arg.kind)));
                }
                _ => node.args.push(value(item, arg.kind)),
            }
        }
        let mut children = Vec::new();
        for (key, item) in pairs {
            let text = key.value.as_str();
            if args.iter().map(Arg::key).any(|known| known == text) {
                continue;
            }
            let prop = word.props.iter().find(|prop| prop.name == text);
            if let Some(kind) = prop.map(|prop| prop.kind).or(word.open_props) {
                let kind = match kind {
                    Kind::Scalar if !matches!(text, "min" | "max") => self.sample_kind(pairs),
                    kind => kind,
                };
                node.props.push(property(key.clone(), value(item, kind)));
                continue;
            }
            let known = match (word.body, text) {
                (Body::Nodes(words), _) => self.child(words, key, item, &mut children),
                (Body::Fields, FIELDS_KEY) => {
                    children.extend(self.fields(item));
                    true
                }
                (Body::Words, WORDS_KEY) => {
                    match &item.content {
                        Content::List(words) => children.extend(self.words(words)),
                        _ => {
                            self.misfit(item, &quoted(text), "a list", "write `[ first, second ]`")
                        }
                    }
                    true
                }
                (Body::ConnectorFields(words), _) => {
                    if !self.child(words, key, item, &mut children) {
                        children.extend(self.named(&CONNECTOR_FIELD, key, item));
                    }
                    true
                }
                (Body::Alternatives, _) => {
                    children.extend(self.named(&ALTERNATIVE, key, item));
                    true
                }
                _ => false,
            };
            if !known {
                let words = match word.body {
                    Body::Nodes(words) | Body::ConnectorFields(words) => words,
                    _ => &[],
                };
                let place = title(word, node);
                self.unknown(&rules::UNKNOWN_PROPERTY, key, &place, &word.keys(), words);
            }
        }
        // `input: {}` has no fields; `output: Invoice` has a type instead.
        let has_body = match word.body {
            Body::None | Body::Skip => false,
            Body::Fields => {
                node.args.is_empty() || pairs.iter().any(|(key, _)| key.value == FIELDS_KEY)
            }
            _ => true,
        };
        node.children = has_body.then_some(children);
    }

    /// The fields of a record.
    fn fields(&mut self, item: &Item) -> Vec<Node> {
        let Content::Mapping(pairs) = &item.content else {
            let help = "write `fields: { number: string }`";
            self.misfit(item, &quoted(FIELDS_KEY), "a mapping, by name", help);
            return Vec::new();
        };
        let fields = pairs.iter();
        fields
            .filter_map(|(key, item)| self.named(&FIELD, key, item))
            .collect()
    }

    /// A node that is named by its key.
    fn named(&mut self, word: &'static Word, key: &source::Word, item: &Item) -> Option<Node> {
        let place = Place {
            name: key.clone(),
            header: key.span,
            first: None,
        };
        self.node(word, place, item)
    }

    fn words(&mut self, items: &[Item]) -> Vec<Node> {
        let mut nodes = Vec::new();
        for item in items {
            match &item.content {
                Content::Scalar { text, .. } => {
                    nodes.push(empty(source::Word::new(text.clone(), item.span)));
                }
                _ => self.misfit(item, ENUM_WORD.name, "text", "write one word"),
            }
        }
        nodes
    }

    fn sample_kind(&self, pairs: &[(source::Word, Item)]) -> Kind {
        let ty = pairs.iter().find(|(key, _)| key.value == "type");
        match ty.map(|(_, item)| &item.content) {
            Some(Content::Scalar { text, .. }) => sample_kind(text),
            _ => Kind::Text,
        }
    }

    fn unknown(
        &mut self,
        rule: &'static Rule,
        key: &source::Word,
        place: &str,
        keys: &[&str],
        words: &[Word],
    ) {
        let singular = words.iter().find(|word| word.name == key.value);
        let help = singular
            .map(|word| format!("did you mean `{}`?", word.key()))
            .or_else(|| did_you_mean(&key.value, keys.iter().copied()))
            .unwrap_or_else(|| {
                let list: Vec<_> = keys.iter().copied().map(quoted).collect();
                match list.is_empty() {
                    true => "it takes no keys".to_owned(),
                    false => format!("here may stand {}", list.join(", ")),
                }
            });
        let message = format!("`{}` is not a key of {place}", key.value);
        self.found
            .push(Diagnostic::new(rule, key.span, message).help(help));
    }

    fn misfit(&mut self, item: &Item, what: &str, wanted: &str, help: &str) {
        let got = match &item.content {
            Content::Scalar { text, plain } if text.is_empty() && *plain => "empty",
            Content::Scalar { .. } => "one value",
            Content::List(_) => "a list",
            Content::Mapping(_) => "a mapping",
        };
        let message = format!("{what} is {wanted}, not {got}");
        let span = self.first_line(item.span);
        self.found
            .push(Diagnostic::new(&rules::WRONG_KIND, span, message).help(help));
    }

    /// What of a span stands on its first line.
    fn first_line(&self, span: Span) -> Span {
        let text = self.text.get(span.start as usize..span.end as usize);
        let line = text.and_then(|text| text.lines().next()).unwrap_or("");
        Span {
            end: span.start + line.trim_end().len() as u32,
            ..span
        }
    }
}

/// `{param: name}` stands for a value, unless the word has a key of that name.
fn is_param(word: &Word, pairs: &[(source::Word, Item)]) -> bool {
    let alone = matches!(pairs, [(key, _)] if key.value == PARAM_KEY);
    alone && !word.keyed_args().is_empty() && !word.keys().contains(&PARAM_KEY)
}

fn empty(name: source::Word) -> Node {
    Node {
        header: name.span,
        name,
        args: Vec::new(),
        props: Vec::new(),
        children: None,
    }
}

fn plain_value(kind: ValueKind, span: Span) -> Value {
    Value {
        kind,
        annotation: None,
        span,
    }
}

fn property(key: source::Word, value: Value) -> Prop {
    let span = Span {
        end: value.span.end.max(key.span.end),
        ..key.span
    };
    Prop { key, value, span }
}

/// How messages call a node.
fn title(word: &Word, node: &Node) -> String {
    match (word.yaml, node.args.first().map(|value| &value.kind)) {
        (Yaml::Map(key), Some(ValueKind::String(name))) => format!("`{key}.{name}`"),
        _ => quoted(&node.name.value),
    }
}

fn quoted(text: &str) -> String {
    format!("`{text}`")
}
