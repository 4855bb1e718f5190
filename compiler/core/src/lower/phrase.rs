//! How help shows what to write, in the notation of the file.

use super::words::{Body, FIELDS_KEY, Kind, Prop, Word, Yaml};
use crate::syntax::{Node, Notation, ValueKind};

/// How a missing node is written.
pub(super) fn example(word: &Word, notation: Notation) -> String {
    match notation {
        Notation::Kdl => kdl(word),
        Notation::Yaml => yaml(word),
    }
}

/// How a missing argument of a node is written.
pub(super) fn argument(word: &Word, node: &Node, notation: Notation) -> String {
    match notation {
        Notation::Kdl => {
            let whole = kdl(word).replacen(word.name, &node.name.value, 1);
            format!("write `{whole}`")
        }
        Notation::Yaml => {
            let missing = word.args.iter().filter(|arg| arg.required);
            let key = missing.map(|arg| arg.key()).nth(node.args.len());
            match key {
                Some(key) if !word.is_bare() => format!("add `{key}: …`"),
                _ => format!("write `{}: …`", node.name.value),
            }
        }
    }
}

/// How a missing property is written.
pub(super) fn property(prop: &Prop, notation: Notation) -> String {
    match (prop.kind, notation) {
        (Kind::Count, Notation::Kdl) => format!("{}=1", prop.name),
        (Kind::OneOf([first, ..]), Notation::Kdl) => format!("{}=\"{first}\"", prop.name),
        (_, Notation::Kdl) => format!("{}=\"…\"", prop.name),
        (Kind::Count, Notation::Yaml) => format!("{}: 1", prop.name),
        (Kind::OneOf([first, ..]), Notation::Yaml) => format!("{}: {first}", prop.name),
        (_, Notation::Yaml) => format!("{}: …", prop.name),
    }
}

/// What a property is called.
pub(super) fn property_word(notation: Notation) -> &'static str {
    match notation {
        Notation::Kdl => "property",
        Notation::Yaml => "key",
    }
}

/// How a message calls a node as a place.
pub(super) fn place(word: &Word, node: &Node, notation: Notation) -> String {
    let first = match node.args.first().map(|value| &value.kind) {
        Some(ValueKind::String(name)) => Some(name),
        _ => None,
    };
    match (first, notation, word.yaml) {
        (Some(name), Notation::Kdl, _) => format!("`{} \"{name}\"`", node.name.value),
        (Some(name), Notation::Yaml, Yaml::Map(key)) => format!("`{key}.{name}`"),
        _ => format!("`{}`", node.name.value),
    }
}

/// True and false.
pub(super) fn flags(notation: Notation) -> &'static str {
    match notation {
        Notation::Kdl => "`#true` or `#false`",
        Notation::Yaml => "`true` or `false`",
    }
}

/// What to write where a number was meant and text was found.
pub(super) fn number(notation: Notation) -> Option<String> {
    let help = "digits only, without quotes, `_` or a leading zero";
    (notation == Notation::Yaml).then(|| help.to_owned())
}

/// What to write where text was meant and null was found.
pub(super) fn text(notation: Notation) -> Option<String> {
    let help = "put the text in quotes, or remove the key";
    (notation == Notation::Yaml).then(|| help.to_owned())
}

/// An annotation that cannot stand before `name`, and what to know about it; `known` says that a
/// parameter could.
pub(super) fn annotation(
    word: &str,
    name: &str,
    known: bool,
    notation: Notation,
) -> (String, &'static str) {
    match (notation, known) {
        (Notation::Kdl, true) => (
            format!("`({word})` is not known here"),
            "the only annotation is `(param)`",
        ),
        (Notation::Kdl, false) => (
            format!("`({word})` cannot stand before {name}"),
            "`(param)` may stand in `azure` and for the fields of a resource",
        ),
        (Notation::Yaml, _) => (
            format!("a parameter cannot stand for {name}"),
            "parameters may stand in `azure` and for the fields of a resource",
        ),
    }
}

/// The first line of a manifest of this version.
pub(super) fn first_line(version: u32, notation: Notation) -> String {
    match notation {
        Notation::Kdl => format!("grantc version={version}"),
        Notation::Yaml => format!("grantc: {version}"),
    }
}

fn kdl(word: &Word) -> String {
    let args = word
        .args
        .iter()
        .filter(|arg| arg.required)
        .map(|arg| match arg.kind {
            Kind::OneOf([first, ..]) => format!(" \"{first}\""),
            _ => " \"…\"".to_owned(),
        });
    let props = word.props.iter().filter(|prop| prop.required);
    let props = props.map(|prop| match prop.kind {
        Kind::Count => format!(" {}=1", prop.name),
        _ => format!(" {}=\"…\"", prop.name),
    });
    let body = match word.body {
        Body::None => "",
        _ => " { … }",
    };
    let start = word.name.to_owned();
    start + &args.chain(props).collect::<String>() + body
}

fn yaml(word: &Word) -> String {
    let args = word.keyed_args().iter().filter(|arg| arg.required);
    let props = word.props.iter().filter(|prop| prop.required);
    let mut parts: Vec<String> = args.map(|arg| format!("{}: …", arg.key())).collect();
    parts.extend(props.map(|prop| property(prop, Notation::Yaml)));
    match word.body {
        Body::Nodes(words) => {
            let once = words
                .iter()
                .filter(|word| word.times == super::words::Times::Once);
            parts.extend(once.map(|word| format!("{}: …", word.key())));
        }
        Body::Fields => parts.push(format!("{FIELDS_KEY}: {{ … }}")),
        Body::Alternatives => parts.push(format!("one: {{ {FIELDS_KEY}: {{ … }} }}")),
        _ => {}
    }
    let value = match parts.join(", ") {
        parts if parts.is_empty() || word.is_bare() => "…".to_owned(),
        parts => format!("{{ {parts} }}"),
    };
    match word.yaml {
        Yaml::Single => format!("{}: {value}", word.name),
        Yaml::Map(key) => format!("{key}: {{ name: {value} }}"),
        Yaml::List(key) => format!("{key}: [ {value} ]"),
    }
}
