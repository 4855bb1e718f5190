//! Lowering: known words become fields of [`ast::Manifest`].
//!
//! [`shape`] first reports everything that is not as the table of [`words`] says; the functions
//! here then take what is well-formed and pass over the rest, which has its finding already.

mod phrase;
mod shape;
pub mod words;

use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Span, Spanned, Word};
use crate::syntax::{Node, Tree, Value, ValueKind};
use grantc_spec::rules;

/// The version of the language that this compiler reads.
pub const LANGUAGE_VERSION: u32 = 1;

/// Turns a file's tree into a manifest, reporting every word that does not fit.
pub fn lower(tree: &Tree, diagnostics: &mut Diagnostics) -> ast::Manifest {
    if !version(tree, diagnostics) {
        return ast::Manifest::default();
    }
    shape::check(tree, diagnostics);
    let mut manifest = ast::Manifest::default();
    for node in &tree.nodes {
        match node.name.value.as_str() {
            "param" => manifest.params.extend(param(node)),
            "server" if manifest.server.is_none() => manifest.server = server(node),
            "azure" if manifest.azure.is_none() => manifest.azure = azure(node),
            "resource" => manifest.resources.extend(resource(node)),
            "identity" => manifest.identities.extend(identity(node)),
            "role" => manifest.roles.extend(role(node)),
            "type" => manifest.types.extend(record_type(node)),
            "enum" => manifest.types.extend(enum_type(node)),
            "tool" => manifest.tools.extend(tool(node)),
            _ => {}
        }
    }
    manifest
}

/// `grantc version=1` stands first; another version is not read at all.
fn version(tree: &Tree, diagnostics: &mut Diagnostics) -> bool {
    let line = phrase::first_line(LANGUAGE_VERSION, tree.notation);
    let help = format!("the first line is `{line}`");
    let Some(first) = tree.nodes.first() else {
        let span = Span::new(tree.file, 0, 0);
        diagnostics.push(
            Diagnostic::new(&rules::LANGUAGE_VERSION, span, "the manifest is empty").help(help),
        );
        return false;
    };
    if first.name.value != "grantc" {
        let message = "a manifest starts with its language version";
        diagnostics
            .push(Diagnostic::new(&rules::LANGUAGE_VERSION, first.name.span, message).help(help));
        return true;
    }
    match prop(first, "version").map(|value| (&value.kind, value.span)) {
        Some((ValueKind::Number(digits), span)) if *digits != LANGUAGE_VERSION.to_string() => {
            let message = format!("this grantc reads version {LANGUAGE_VERSION}, not {digits}");
            diagnostics.push(Diagnostic::new(&rules::LANGUAGE_VERSION, span, message).help(help));
            false
        }
        _ => true,
    }
}

fn prop<'a>(node: &'a Node, key: &str) -> Option<&'a Value> {
    node.props
        .iter()
        .find(|prop| prop.key.value == key)
        .map(|prop| &prop.value)
}

fn text(value: &Value) -> Option<Word> {
    match &value.kind {
        ValueKind::String(text) => Some(Spanned::new(text.clone(), value.span)),
        _ => None,
    }
}

fn flag(value: &Value) -> Option<bool> {
    match value.kind {
        ValueKind::Bool(flag) => Some(flag),
        _ => None,
    }
}

fn count(value: &Value) -> Option<(u32, Span)> {
    match &value.kind {
        ValueKind::Number(digits) => digits.parse().ok().map(|number| (number, value.span)),
        _ => None,
    }
}

fn prop_text(node: &Node, key: &str) -> Option<Word> {
    prop(node, key).and_then(text)
}

fn first_arg(node: &Node) -> Option<Word> {
    node.args.first().and_then(text)
}

fn child<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    node.children()
        .iter()
        .find(|child| child.name.value == name)
}

fn children<'a>(node: &'a Node, name: &str) -> impl Iterator<Item = &'a Node> {
    node.children()
        .iter()
        .filter(move |child| child.name.value == name)
}

fn child_text(node: &Node, name: &str) -> Option<Word> {
    child(node, name).and_then(first_arg)
}

fn deploy(value: &Value) -> Option<ast::Deploy> {
    let is_param = value
        .annotation
        .as_ref()
        .is_some_and(|word| word.value == "param");
    text(value).map(|word| ast::Deploy { word, is_param })
}

fn child_deploy(node: &Node, name: &str) -> Option<ast::Deploy> {
    child(node, name)
        .and_then(|child| child.args.first())
        .and_then(deploy)
}

fn param(node: &Node) -> Option<ast::Param> {
    Some(ast::Param {
        name: first_arg(node)?,
        default: prop_text(node, "default"),
        doc: prop_text(node, "doc"),
    })
}

fn server(node: &Node) -> Option<ast::Server> {
    Some(ast::Server {
        name: first_arg(node)?,
        version: prop_text(node, "version")?,
        title: child_text(node, "title"),
        description: child_text(node, "description"),
        instructions: child_text(node, "instructions"),
        namespace: child_text(node, "namespace"),
        website: child_text(node, "website"),
        url: child_text(node, "url"),
        auth: child_text(node, "auth"),
        span: node.header,
    })
}

fn azure(node: &Node) -> Option<ast::Azure> {
    let tags = child(node, "tags")
        .map(|tags| tags.props.as_slice())
        .unwrap_or_default();
    Some(ast::Azure {
        subscription: child_deploy(node, "subscription"),
        resource_group: child_deploy(node, "resource-group")?,
        location: child_deploy(node, "location")?,
        isolation: child_text(node, "isolation"),
        log_retention_days: child(node, "logs")
            .and_then(|logs| prop(logs, "retention-days"))
            .and_then(count),
        tags: tags
            .iter()
            .filter_map(|tag| Some((tag.key.clone(), deploy(&tag.value)?)))
            .collect(),
        span: node.header,
    })
}

fn resource(node: &Node) -> Option<ast::Resource> {
    let field = |child: &Node| Some((child.name.clone(), deploy(child.args.first()?)?));
    Some(ast::Resource {
        name: first_arg(node)?,
        ty: prop_text(node, "type")?,
        existing: prop(node, "existing").and_then(|value| Some((flag(value)?, value.span))),
        sensitivity: prop_text(node, "sensitivity"),
        fields: node.children().iter().filter_map(field).collect(),
        span: node.header,
    })
}

fn identity(node: &Node) -> Option<ast::Identity> {
    let assign = |node: &Node| {
        Some(ast::Assign {
            role: first_arg(node)?,
            on: prop_text(node, "on")?,
            span: node.header,
        })
    };
    Some(ast::Identity {
        name: first_arg(node)?,
        assigns: children(node, "assign").filter_map(assign).collect(),
        span: node.header,
    })
}

fn role(node: &Node) -> Option<ast::Role> {
    let operation = |child: &Node| match child.name.value.as_str() {
        "action" => Some((false, first_arg(child)?)),
        "data-action" => Some((true, first_arg(child)?)),
        _ => None,
    };
    Some(ast::Role {
        name: first_arg(node)?,
        operations: node.children().iter().filter_map(operation).collect(),
        span: node.header,
    })
}

fn record_type(node: &Node) -> Option<ast::Type> {
    let body = ast::TypeBody::Record(fields(node));
    Some(ast::Type {
        name: first_arg(node)?,
        body,
        span: node.header,
    })
}

fn enum_type(node: &Node) -> Option<ast::Type> {
    let words = node
        .children()
        .iter()
        .map(|child| child.name.clone())
        .collect();
    Some(ast::Type {
        name: first_arg(node)?,
        body: ast::TypeBody::Enum(words),
        span: node.header,
    })
}

fn fields(node: &Node) -> Vec<ast::Field> {
    let field = |child: &Node| {
        let props = child
            .props
            .iter()
            .map(|prop| (prop.key.clone(), prop.value.clone()));
        Some(ast::Field {
            name: child.name.clone(),
            ty: first_arg(child)?,
            props: props.collect(),
            span: child.header,
        })
    };
    node.children().iter().filter_map(field).collect()
}

fn tool(node: &Node) -> Option<ast::Tool> {
    let hints = child(node, "hints")
        .map(|hints| hints.props.as_slice())
        .unwrap_or_default();
    let limits = child(node, "limits")
        .map(|limits| limits.props.as_slice())
        .unwrap_or_default();
    Some(ast::Tool {
        name: first_arg(node)?,
        title: child_text(node, "title"),
        description: child_text(node, "description")?,
        identity: child_text(node, "as"),
        uses: children(node, "uses").filter_map(used).collect(),
        input: child(node, "input").map(fields).unwrap_or_default(),
        output: child(node, "output").map(|output| ast::Output {
            ty: first_arg(output),
            fields: output.children.as_ref().map(|_| fields(output)),
            span: output.header,
        }),
        hints: hints
            .iter()
            .filter_map(|hint| Some((hint.key.clone(), flag(&hint.value)?)))
            .collect(),
        limits: limits
            .iter()
            .map(|limit| (limit.key.clone(), limit.value.clone()))
            .collect(),
        span: node.header,
    })
}

fn used(node: &Node) -> Option<ast::Use> {
    Some(ast::Use {
        resource: first_arg(node)?,
        verbs: node.args.iter().skip(1).filter_map(text).collect(),
        action: prop_text(node, "action"),
        data_action: prop_text(node, "data-action"),
        path: prop_text(node, "path"),
        identity: prop_text(node, "as"),
        span: node.header,
    })
}
