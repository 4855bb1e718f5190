//! From KDL to YAML: the same manifest in the other notation, along the same table of words; and
//! that table, as the language page prints it.
//!
//! Every text is quoted, so that nothing rests on what a plain scalar would be; flow style, so that
//! nothing rests on indentation. Nodes of one kind come together where the first of them stood.

use grantc_core::lower::words::{ALTERNATIVE, Body, CONNECTOR_FIELD, FIELD, FIELDS_KEY};
use grantc_core::lower::words::{PARAM_KEY, ROOT, Since, WORDS_KEY, Word, Yaml};
use grantc_core::syntax::{Node, Tree, Value, ValueKind};

/// A manifest without findings of the shape, as YAML.
pub fn render(tree: &Tree) -> String {
    let mut text = String::new();
    for (key, value) in children(ROOT, &tree.nodes) {
        text.push_str(&format!("{}: {value}\n", quoted(&key)));
    }
    text
}

/// The keys of known nodes with their values, in the order of their first nodes.
fn children(known: &[Word], nodes: &[Node]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for node in nodes {
        let name = node.name.value.as_str();
        let Some(word) = known.iter().find(|word| word.name == name) else {
            continue;
        };
        if done.contains(&name) {
            continue;
        }
        done.push(name);
        let same: Vec<&Node> = nodes
            .iter()
            .filter(|node| node.name.value == name)
            .collect();
        let value = match word.yaml {
            Yaml::Single => one(word, node, &node.args),
            Yaml::List(_) => {
                let items: Vec<_> = same
                    .iter()
                    .map(|node| one(word, node, &node.args))
                    .collect();
                format!("[{}]", items.join(", "))
            }
            Yaml::Map(_) => mapping(same.iter().filter_map(|node| {
                let (first, rest) = node.args.split_first()?;
                Some((text_of(first), one(word, node, rest)))
            })),
        };
        pairs.push((word.key().to_owned(), value));
    }
    pairs
}

/// One node without the name that is its key.
fn one(word: &Word, node: &Node, args: &[Value]) -> String {
    let keyed = word.keyed_args();
    let bare = node.props.is_empty() && node.children.is_none() && args.len() == 1;
    if let (true, Some(arg), [only]) = (bare, keyed.first(), args)
        && arg.rest.is_none()
    {
        return value(only);
    }
    let mut pairs = Vec::new();
    let mut rest = args;
    for arg in keyed {
        match (arg.rest, rest.split_first()) {
            (Some(_), Some(_)) => {
                let values: Vec<_> = std::mem::take(&mut rest).iter().map(value).collect();
                pairs.push((arg.key().to_owned(), format!("[{}]", values.join(", "))));
            }
            (None, Some((first, others))) => {
                pairs.push((arg.key().to_owned(), value(first)));
                rest = others;
            }
            (_, None) => {}
        }
    }
    let props = node.props.iter();
    pairs.extend(props.map(|prop| (prop.key.value.clone(), value(&prop.value))));
    let body = node.children();
    match word.body {
        Body::Nodes(known) => pairs.extend(children(known, body)),
        Body::Fields if node.children.is_some() => {
            let fields = body.iter();
            let fields = fields.map(|it| (it.name.value.clone(), one(&FIELD, it, &it.args)));
            pairs.push((FIELDS_KEY.to_owned(), mapping(fields)));
        }
        Body::Words => {
            let words: Vec<_> = body.iter().map(|word| quoted(&word.name.value)).collect();
            pairs.push((WORDS_KEY.to_owned(), format!("[{}]", words.join(", "))));
        }
        Body::Alternatives => pairs.extend(
            body.iter()
                .map(|it| (it.name.value.clone(), one(&ALTERNATIVE, it, &[]))),
        ),
        Body::ConnectorFields(known) => {
            pairs.extend(children(known, body));
            let is_field = |it: &&Node| known.iter().all(|word| word.name != it.name.value);
            pairs.extend(
                body.iter()
                    .filter(is_field)
                    .map(|it| (it.name.value.clone(), one(&CONNECTOR_FIELD, it, &it.args))),
            );
        }
        Body::Fields | Body::None | Body::Skip => {}
    }
    mapping(pairs)
}

fn mapping(pairs: impl IntoIterator<Item = (String, String)>) -> String {
    let pairs = pairs.into_iter();
    let pairs: Vec<_> = pairs
        .map(|(key, value)| format!("{}: {value}", quoted(&key)))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

fn value(value: &Value) -> String {
    let written = match &value.kind {
        ValueKind::String(text) => quoted(text),
        ValueKind::Number(digits) => digits.trim_start_matches('+').to_owned(),
        ValueKind::Bool(flag) => flag.to_string(),
        ValueKind::Null | ValueKind::List | ValueKind::Mapping => "null".to_owned(),
    };
    match value.annotation {
        Some(_) => format!("{{{PARAM_KEY}: {written}}}"),
        None => written,
    }
}

fn text_of(value: &Value) -> String {
    match &value.kind {
        ValueKind::String(text) => text.clone(),
        _ => String::new(),
    }
}

/// A double-quoted scalar: JSON's escapes are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The table of words as the language page prints it: one row for each node that is more than a
/// key with one value.
pub fn table() -> String {
    let mut rows = "| node | in YAML | a value alone is | keys |\n|---|---|---|---|\n".to_owned();
    section("", ROOT, &mut rows);
    let keys = listed(ALTERNATIVE.keys());
    rows.push_str(&format!(
        "| an alternative | in its variant, by name |  | {keys} |\n"
    ));
    let keys = listed(FIELD.keys());
    rows.push_str(&format!(
        "| a field | under `{FIELDS_KEY}`, by name | `type` | {keys} |\n"
    ));
    rows
}

fn section(above: &str, known: &[Word], rows: &mut String) {
    for word in known.iter().filter(|word| word.since == Since::Now) {
        let single = word.yaml == Yaml::Single;
        if single && word.is_bare() {
            continue;
        }
        let place = match word.yaml {
            Yaml::Single => format!("`{}`, a mapping", word.key()),
            Yaml::Map(key) => format!(
                "`{key}`, a map by {}",
                word.args.first().map_or("", |it| it.name)
            ),
            Yaml::List(key) => format!("`{key}`, a list"),
        };
        let alone = match (word.keyed_args().first(), word.body, word.short) {
            (Some(arg), _, _) => format!("`{}`", arg.name),
            (None, Body::Words, _) => format!("`{WORDS_KEY}`"),
            (None, _, Some(short)) => format!("`{short}`"),
            (None, _, None) => String::new(),
        };
        let mut keys = if word.is_bare() {
            String::new()
        } else {
            listed(carried_out(word))
        };
        if word.open_props.is_some() {
            keys.push_str("any");
        } else if matches!(word.body, Body::ConnectorFields(_)) {
            keys.push_str(" and the fields of its type");
        } else if matches!(word.body, Body::Alternatives) {
            keys.push_str("its alternatives");
        }
        rows.push_str(&format!(
            "| {above}`{}` | {place} | {alone} | {keys} |\n",
            word.name
        ));
        if let Body::Nodes(children) | Body::ConnectorFields(children) = word.body {
            section(&format!("{above}`{}` ", word.name), children, rows);
        }
    }
}

/// The keys of a word that this version carries out.
fn carried_out(word: &Word) -> Vec<&'static str> {
    let mut later: Vec<&str> = Vec::new();
    if let Body::Nodes(children) = word.body {
        later.extend(
            children
                .iter()
                .filter(|it| it.since != Since::Now)
                .map(Word::key),
        );
    }
    let mut keys = word.keys();
    keys.retain(|key| !later.contains(key));
    keys
}

fn listed(keys: Vec<&str>) -> String {
    keys.iter()
        .map(|key| format!("`{key}`"))
        .collect::<Vec<_>>()
        .join(" ")
}
