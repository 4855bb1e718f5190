//! The shape check: walks a tree along the table of [`super::words`] and reports every word that is
//! unknown, missing, repeated, or of the wrong kind.

use super::phrase;
use super::words::{
    ALTERNATIVE, Arg, Body, CONNECTOR_FIELD, ENUM_WORD, FIELD, IMPORTED, Kind, ROOT, Since, Times,
    Word,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::names::{did_you_mean, is_field_name, is_name, is_type_name, nearest};
use crate::source::Span;
use crate::syntax::{Node, Notation, Tree, Value, ValueKind};
use grantc_spec::rules;
use std::collections::BTreeMap;

/// Where findings go, and the notation that help is written in.
struct Report<'a> {
    notation: Notation,
    found: &'a mut Diagnostics,
}

/// Checks the root manifest.
pub(super) fn check(tree: &Tree, diagnostics: &mut Diagnostics) {
    let span = Span::new(tree.file, 0, 0);
    let report = &mut Report {
        notation: tree.notation,
        found: diagnostics,
    };
    nodes(&tree.nodes, ROOT, "the top level", span, report);
}

/// Checks a file that another one imports: what there is once for the whole stays in the root.
pub(super) fn check_imported(tree: &Tree, diagnostics: &mut Diagnostics) {
    let imported = |name: &str| IMPORTED.contains(&name);
    let of_the_root = |name: &str| ROOT.iter().any(|it| it.name == name) && !imported(name);
    let known: Vec<Word> = ROOT
        .iter()
        .copied()
        .filter(|it| imported(it.name))
        .collect();
    let (stray, rest): (Vec<&Node>, Vec<&Node>) = tree
        .nodes
        .iter()
        .partition(|node| of_the_root(&node.name.value));
    for node in stray {
        let message = format!("`{}` cannot stand in an imported file", node.name.value);
        let list: Vec<_> = match tree.notation {
            Notation::Kdl => known.iter().map(|it| format!("`{}`", it.name)).collect(),
            Notation::Yaml => known.iter().map(|it| format!("`{}`", it.key())).collect(),
        };
        let help = format!(
            "move it to the root manifest; here may stand {}",
            list.join(", ")
        );
        diagnostics.push(Diagnostic::new(&rules::BAD_IMPORT, node.name.span, message).help(help));
    }
    let report = &mut Report {
        notation: tree.notation,
        found: diagnostics,
    };
    nodes(
        rest,
        &known,
        "an imported file",
        Span::new(tree.file, 0, 0),
        report,
    );
}

fn nodes<'a>(
    found: impl IntoIterator<Item = &'a Node>,
    known: &[Word],
    place: &str,
    span: Span,
    report: &mut Report,
) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut meant: Vec<&str> = Vec::new();
    for node in found {
        let name = node.name.value.as_str();
        let Some(word) = known.iter().find(|word| word.name == name) else {
            meant.extend(nearest(name, known.iter().map(|word| word.name)));
            report.found.push(unknown_node(node, known, place));
            continue;
        };
        match word.since {
            Since::Now => {}
            Since::Reserved => {
                let message = format!("`{name}` is reserved for another cloud");
                report.found.push(
                    Diagnostic::new(&rules::UNKNOWN_NODE, node.name.span, message)
                        .help("this version deploys to `azure`"),
                );
                continue;
            }
        }
        let first = *seen.entry(word.name).or_insert(node.name.span);
        if word.times != Times::Many && first != node.name.span {
            report.found.push(
                Diagnostic::new(
                    &rules::REPEATED,
                    node.name.span,
                    format!("`{name}` stands twice in {place}"),
                )
                .also(first, "it is already here"),
            );
        }
        one(node, word, report);
    }
    for word in known.iter().filter(|word| word.times == Times::Once) {
        // A misspelt word is not missing as well.
        if !seen.contains_key(word.name) && !meant.contains(&word.name) {
            let message = format!("`{}` is missing in {place}", word.name);
            let help = format!("add `{}`", phrase::example(word, report.notation));
            report
                .found
                .push(Diagnostic::new(&rules::MISSING, span, message).help(help));
        }
    }
}

fn unknown_node(node: &Node, known: &[Word], place: &str) -> Diagnostic {
    let name = &node.name.value;
    let names = || known.iter().map(|word| word.name);
    let help = did_you_mean(name, names()).unwrap_or_else(|| {
        let list: Vec<_> = names().map(|name| format!("`{name}`")).collect();
        format!("here may stand {}", list.join(", "))
    });
    let message = format!("`{name}` is not a word of {place}");
    Diagnostic::new(&rules::UNKNOWN_NODE, node.name.span, message).help(help)
}

fn one(node: &Node, word: &Word, report: &mut Report) {
    args(node, word, report);
    props(node, word, report);
    body(node, word, report);
}

fn args(node: &Node, word: &Word, report: &mut Report) {
    let mut expected = word.args.iter();
    let mut rest: Option<&Arg> = None;
    for value in &node.args {
        let arg = rest.or_else(|| expected.next());
        let Some(arg) = arg else {
            let message = format!("`{}` takes no such argument", node.name.value);
            report.found.push(
                Diagnostic::new(&rules::UNEXPECTED, value.span, message).help(stray_help(word)),
            );
            continue;
        };
        if arg.rest.is_some() {
            rest = Some(arg);
        }
        let name = match arg.name {
            "name" => format!("the name of `{}`", node.name.value),
            _ if report.notation == Notation::Yaml && word.is_bare() => {
                format!("`{}`", node.name.value)
            }
            other => other.to_owned(),
        };
        kind(value, arg.kind, &name, report);
    }
    for arg in expected.filter(|arg| arg.required) {
        let message = format!("`{}` needs its {}", node.name.value, arg.name);
        let help = phrase::argument(word, node, report.notation);
        report
            .found
            .push(Diagnostic::new(&rules::MISSING, node.name.span, message).help(help));
    }
}

fn stray_help(word: &Word) -> String {
    let props: Vec<_> = word
        .props
        .iter()
        .map(|prop| format!("`{}=`", prop.name))
        .collect();
    match (word.args.is_empty(), props.is_empty()) {
        (_, false) => format!("did you mean a property? it takes {}", props.join(", ")),
        (true, true) => "remove it".to_owned(),
        (false, true) => format!(
            "text with blanks stands in quotes; a second value is a second `{}` on a line of its own",
            word.name
        ),
    }
}

fn props(node: &Node, word: &Word, report: &mut Report) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut meant: Vec<&str> = Vec::new();
    for prop in &node.props {
        let key = prop.key.value.as_str();
        let first = *seen.entry(key).or_insert(prop.key.span);
        if first != prop.key.span {
            let message = format!("property `{key}` stands twice");
            report.found.push(
                Diagnostic::new(&rules::REPEATED, prop.key.span, message)
                    .also(first, "it is already here"),
            );
            continue;
        }
        let known = word.props.iter().find(|known| known.name == key);
        match (known, word.open_props) {
            (Some(known), _) => kind(&prop.value, known.kind, key, report),
            (None, Some(open)) => kind(&prop.value, open, key, report),
            (None, None) => {
                meant.extend(nearest(key, word.props.iter().map(|prop| prop.name)));
                report.found.push(unknown_prop(node, word, &prop.key));
            }
        }
    }
    // A misspelt property is not missing as well.
    let there = |name: &str| seen.contains_key(name) || meant.contains(&name);
    for prop in word
        .props
        .iter()
        .filter(|prop| prop.required && !there(prop.name))
    {
        let what = phrase::property_word(report.notation);
        let message = format!("`{}` needs the {what} `{}`", node.name.value, prop.name);
        let help = format!("add `{}`", phrase::property(prop, report.notation));
        report
            .found
            .push(Diagnostic::new(&rules::MISSING, node.name.span, message).help(help));
    }
}

fn unknown_prop(node: &Node, word: &Word, key: &crate::source::Word) -> Diagnostic {
    let names: Vec<_> = word.props.iter().map(|prop| prop.name).collect();
    let child = match word.body {
        Body::Nodes(children) => children.iter().find(|child| child.name == key.value),
        _ => None,
    };
    let help = match child {
        Some(child) => format!("`{}` is a node: write it between the braces", child.name),
        None => did_you_mean(&key.value, names.iter().copied()).unwrap_or_else(|| {
            if names.is_empty() {
                "it takes no properties".to_owned()
            } else {
                let list: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("it takes {}", list.join(", "))
            }
        }),
    };
    let message = format!("`{}` has no property `{}`", node.name.value, key.value);
    Diagnostic::new(&rules::UNKNOWN_PROPERTY, key.span, message).help(help)
}

fn body(node: &Node, word: &Word, report: &mut Report) {
    let place = phrase::place(word, node, report.notation);
    match word.body {
        Body::Skip => {}
        Body::None => {
            if let Some(first) = node.children().first() {
                let message = format!("`{}` has no children", node.name.value);
                report.found.push(Diagnostic::new(
                    &rules::UNEXPECTED,
                    first.name.span,
                    message,
                ));
            }
        }
        Body::Nodes(known) => nodes(node.children(), known, &place, node.header, report),
        Body::Fields => {
            for field in node.children() {
                field_name(&field.name, "the name of a field", report);
                one(field, &FIELD, report);
            }
        }
        Body::Alternatives => {
            for alternative in node.children() {
                field_name(&alternative.name, "the name of an alternative", report);
                one(alternative, &ALTERNATIVE, report);
            }
        }
        Body::ConnectorFields(known) => {
            for child in node.children() {
                let word = known.iter().find(|word| word.name == child.name.value);
                one(child, word.unwrap_or(&CONNECTOR_FIELD), report);
            }
        }
        Body::Words => {
            for entry in node.children() {
                field_name(&entry.name, "a word of an enum", report);
                one(entry, &ENUM_WORD, report);
            }
        }
    }
}

fn field_name(name: &crate::source::Word, what: &str, report: &mut Report) {
    if !is_field_name(&name.value) {
        report.found.push(bad_name(
            name.span,
            &name.value,
            what,
            "[A-Za-z_][A-Za-z0-9_-]*",
        ));
    }
}

fn bad_name(span: Span, name: &str, what: &str, form: &str) -> Diagnostic {
    Diagnostic::new(&rules::BAD_NAME, span, format!("`{name}` cannot be {what}"))
        .help(format!("it must match `^{form}$`"))
}

fn kind(value: &Value, wanted: Kind, name: &str, report: &mut Report) {
    if let Some(annotation) = &value.annotation {
        let ok = wanted == Kind::Deploy && annotation.value == "param";
        if !ok {
            let (message, help) = phrase::annotation(
                &annotation.value,
                name,
                wanted == Kind::Deploy,
                report.notation,
            );
            report
                .found
                .push(Diagnostic::new(&rules::UNEXPECTED, annotation.span, message).help(help));
        }
    }
    match (wanted, &value.kind) {
        (Kind::Bool, ValueKind::Bool(_)) => {}
        (Kind::Count, ValueKind::Number(digits)) => {
            if digits.parse::<u32>().is_err() {
                let message = format!("{name} is a whole number from 0 to {}", u32::MAX);
                report
                    .found
                    .push(Diagnostic::new(&rules::BAD_VALUE, value.span, message));
            }
        }
        (Kind::Scalar, ValueKind::String(_) | ValueKind::Number(_) | ValueKind::Bool(_)) => {}
        (Kind::Bool | Kind::Count | Kind::Scalar, other) => {
            wrong_kind(value, other, wanted, name, report);
        }
        (_, ValueKind::String(text)) => self::text(value.span, text, wanted, name, report),
        (_, other) => wrong_kind(value, other, wanted, name, report),
    }
}

fn wrong_kind(value: &Value, found: &ValueKind, wanted: Kind, name: &str, report: &mut Report) {
    let flags = phrase::flags(report.notation);
    let expected = match wanted {
        Kind::Bool => flags.to_owned(),
        Kind::Count => "a whole number".to_owned(),
        Kind::Scalar => format!("text, a number, {flags}"),
        _ => "text".to_owned(),
    };
    let help = match (wanted, found) {
        (Kind::Bool, _) => Some(format!("write {flags}")),
        (Kind::Count, ValueKind::String(_)) => phrase::number(report.notation),
        (Kind::Count | Kind::Scalar, _) => None,
        (_, ValueKind::Number(digits)) => Some(format!("write `\"{digits}\"`")),
        (_, ValueKind::Bool(flag)) => Some(format!("write `\"{flag}\"`")),
        (_, ValueKind::Null) => phrase::text(report.notation),
        (_, _) => None,
    };
    let message = format!("{name} is {expected}, not {}", found.describe());
    report
        .found
        .push(Diagnostic::new(&rules::WRONG_KIND, value.span, message).maybe_help(help));
}

fn text(span: Span, text: &str, wanted: Kind, name: &str, report: &mut Report) {
    match wanted {
        Kind::Name if !is_name(text) => {
            report
                .found
                .push(bad_name(span, text, name, "[a-z][a-z0-9_-]{0,63}"));
        }
        Kind::TypeName if !is_type_name(text) => {
            report
                .found
                .push(bad_name(span, text, name, "[A-Z][A-Za-z0-9]*"));
        }
        Kind::OneOf(words) if !words.contains(&text) => {
            let all = words.iter().copied();
            let list: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            let help =
                did_you_mean(text, all).unwrap_or_else(|| format!("it may be {}", list.join(", ")));
            let message = format!("`{text}` is not a known {name}");
            report
                .found
                .push(Diagnostic::new(&rules::BAD_VALUE, span, message).help(help));
        }
        _ if text.trim().is_empty() => {
            let message = format!("{name} is empty");
            report
                .found
                .push(Diagnostic::new(&rules::BAD_VALUE, span, message));
        }
        _ => {}
    }
}
