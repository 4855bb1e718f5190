//! Lowering a `connector` that the manifest declares.

use super::{children, first_arg, flag, operation, operations, prop, prop_text, text};
use crate::ast;
use crate::syntax::Node;

pub(super) fn connector(node: &Node) -> Option<ast::Connector> {
    let keys = |node: &Node| Some((first_arg(node)?, prop_text(node, "off-when")));
    let endpoint = |node: &Node| Some((prop_text(node, "group")?, prop_text(node, "zone")?));
    Some(ast::Connector {
        name: first_arg(node)?,
        plane: prop_text(node, "plane")?,
        endpoint: prop_text(node, "endpoint"),
        audience: prop_text(node, "audience"),
        levels: children(node, "level").filter_map(level).collect(),
        verbs: children(node, "verb").filter_map(verb).collect(),
        roles: children(node, "role")
            .flat_map(|role| &role.args)
            .filter_map(text)
            .collect(),
        support: children(node, "support").flat_map(operations).collect(),
        exposes_keys: children(node, "exposes-keys").filter_map(keys).collect(),
        private_endpoint: children(node, "private-endpoint").find_map(endpoint),
        span: node.header,
    })
}

fn level(node: &Node) -> Option<ast::Level> {
    Some(ast::Level {
        name: first_arg(node)?,
        resource_type: prop_text(node, "type")?,
        id: prop_text(node, "id")?,
    })
}

fn verb(node: &Node) -> Option<ast::Verb> {
    let need = |child: &Node| match child.name.value.as_str() {
        "any-of" => Some(operations(child).collect()),
        _ => operation(child).map(|one| vec![one]),
    };
    Some(ast::Verb {
        name: first_arg(node)?,
        level: prop_text(node, "level")?,
        path: prop(node, "path").and_then(flag).unwrap_or(false),
        listing: prop(node, "listing").and_then(flag).unwrap_or(false),
        source: prop_text(node, "source"),
        needs: node.children().iter().filter_map(need).collect(),
        span: node.header,
    })
}
