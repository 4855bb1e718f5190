//! Lowering: known words become fields of [`ast::Manifest`].
//!
//! [`shape`] first reports everything that is not as the table of [`words`] says; the functions
//! here then take what is well-formed and pass over the rest, which has its finding already.

mod connector;
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
    lower_all(std::slice::from_ref(tree), diagnostics)
}

/// Turns the files of a manifest, the root first, into one, reporting every word that does not fit.
pub fn lower_all(trees: &[Tree], diagnostics: &mut Diagnostics) -> ast::Manifest {
    let mut manifest = ast::Manifest::default();
    for (index, tree) in trees.iter().enumerate() {
        if !version(tree, diagnostics) {
            continue;
        }
        match index {
            0 => shape::check(tree, diagnostics),
            _ => shape::check_imported(tree, diagnostics),
        }
        add(tree, index == 0, &mut manifest);
    }
    manifest
}

/// Whether this compiler reads the language of a file.
pub fn is_readable(tree: &Tree) -> bool {
    version(tree, &mut Diagnostics::default())
}

/// Adds the nodes of a file to a manifest. Those of the root alone are passed over elsewhere.
fn add(tree: &Tree, is_root: bool, manifest: &mut ast::Manifest) {
    let may_stand = |node: &&Node| is_root || words::IMPORTED.contains(&node.name.value.as_str());
    for node in tree.nodes.iter().filter(may_stand) {
        match node.name.value.as_str() {
            "param" => manifest.params.extend(param(node)),
            "server" if manifest.server.is_none() => manifest.server = server(node),
            "azure" if manifest.azure.is_none() => manifest.azure = azure(node),
            "resource" => manifest.resources.extend(resource(node)),
            "identity" => manifest.identities.extend(identity(node)),
            "role" => manifest.roles.extend(role(node)),
            "type" => manifest.types.extend(record_type(node)),
            "enum" => manifest.types.extend(enum_type(node)),
            "variant" => manifest.types.extend(variant_type(node)),
            "tool" => manifest.tools.extend(tool(node)),
            "environment" => manifest.environments.extend(environment(node)),
            "app" => manifest.apps.extend(app(node)),
            "forbid" => manifest.forbids.extend(forbid(node)),
            "accept" => manifest.accepts.extend(accept(node)),
            "connector" => manifest.connectors.extend(connector::connector(node)),
            _ => {}
        }
    }
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
        auth: child(node, "auth").and_then(auth),
        span: node.header,
    })
}

fn auth(node: &Node) -> Option<ast::Auth> {
    let scope = |node: &Node| {
        Some(ast::CallerScope {
            name: first_arg(node)?,
            description: node.args.get(1).and_then(text)?,
            app_role: prop(node, "app-role").and_then(flag).unwrap_or(false),
        })
    };
    let client = |node: &Node| Some((first_arg(node)?, prop_text(node, "id")));
    Some(ast::Auth {
        kind: first_arg(node)?,
        scopes: children(node, "scope").filter_map(scope).collect(),
        clients: children(node, "client").filter_map(client).collect(),
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
        plan: child_text(node, "plan"),
        hosting: child_text(node, "hosting"),
        isolation: child_text(node, "isolation"),
        network: child(node, "network").and_then(network),
        policies: children(node, "policy")
            .filter_map(|policy| deploy(policy.args.first()?))
            .collect(),
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

fn network(node: &Node) -> Option<ast::Network> {
    let dns = child(node, "dns");
    Some(ast::Network {
        kind: first_arg(node)?,
        subnet: child_deploy(node, "subnet"),
        private_endpoints_subnet: child_deploy(node, "private-endpoints-subnet"),
        dns: dns.and_then(first_arg),
        dns_resource_group: dns
            .and_then(|dns| prop(dns, "resource-group"))
            .and_then(deploy),
        span: node.header,
    })
}

fn environment(node: &Node) -> Option<ast::Environment> {
    let tags = child(node, "tags")
        .map(|tags| tags.props.as_slice())
        .unwrap_or_default();
    let param = |node: &Node| Some((first_arg(node)?, node.args.get(1).and_then(text)?));
    Some(ast::Environment {
        name: first_arg(node)?,
        subscription: child_text(node, "subscription"),
        resource_group: child_text(node, "resource-group"),
        location: child_text(node, "location"),
        tags: tags
            .iter()
            .filter_map(|tag| Some((tag.key.clone(), text(&tag.value)?)))
            .collect(),
        params: children(node, "param").filter_map(param).collect(),
        span: node.header,
    })
}

fn app(node: &Node) -> Option<ast::App> {
    let tools = children(node, "tools").flat_map(|tools| &tools.args);
    Some(ast::App {
        name: first_arg(node)?,
        tools: tools.filter_map(text).collect(),
        span: node.header,
    })
}

fn forbid(node: &Node) -> Option<ast::Forbid> {
    Some(ast::Forbid {
        verb: first_arg(node)?,
        on: prop_text(node, "on")?,
        tool: prop_text(node, "tool"),
        identity: prop_text(node, "identity"),
        span: node.header,
    })
}

fn accept(node: &Node) -> Option<ast::Accept> {
    Some(ast::Accept {
        code: first_arg(node)?,
        at: prop_text(node, "at")?,
        reason: prop_text(node, "reason")?,
        until: prop_text(node, "until"),
        span: node.header,
    })
}

/// The words that stand beside the fields of a resource's connector.
const BESIDE_FIELDS: [&str; 3] = ["covers", "app-role", "delegated-scope"];

fn resource(node: &Node) -> Option<ast::Resource> {
    let field = |child: &Node| match BESIDE_FIELDS.contains(&child.name.value.as_str()) {
        true => None,
        false => Some((child.name.clone(), deploy(child.args.first()?)?)),
    };
    let with_id = |child: &Node| Some((first_arg(child)?, prop_text(child, "id")?));
    Some(ast::Resource {
        name: first_arg(node)?,
        ty: prop_text(node, "type")?,
        existing: prop(node, "existing").and_then(|value| Some((flag(value)?, value.span))),
        sensitivity: prop_text(node, "sensitivity"),
        fields: node.children().iter().filter_map(field).collect(),
        covers: children(node, "covers")
            .filter_map(|covers| prop(covers, "subscription").and_then(deploy))
            .collect(),
        app_roles: children(node, "app-role").filter_map(with_id).collect(),
        delegated_scopes: children(node, "delegated-scope")
            .filter_map(with_id)
            .collect(),
        span: node.header,
    })
}

fn identity(node: &Node) -> Option<ast::Identity> {
    Some(ast::Identity {
        name: first_arg(node)?,
        ty: prop_text(node, "type")?,
        roles: prop_text(node, "roles"),
        deploys: prop(node, "deploys").and_then(|value| Some((flag(value)?, value.span))),
        assigns: children(node, "assign").filter_map(assign).collect(),
        consents: children(node, "consent").filter_map(assign).collect(),
        federated: children(node, "federated").filter_map(federated).collect(),
        client_id: child_deploy(node, "client-id"),
        span: node.header,
    })
}

fn assign(node: &Node) -> Option<ast::Assign> {
    let condition = |node: &Node| ast::Where {
        path: prop_text(node, "path"),
        roles: prop_text(node, "roles"),
        span: node.header,
    };
    Some(ast::Assign {
        role: first_arg(node)?,
        on: prop_text(node, "on")?,
        condition: child(node, "where").map(condition),
        span: node.header,
    })
}

fn federated(node: &Node) -> Option<ast::Federated> {
    let texts = node.props.iter();
    let numbers = node.props.iter();
    Some(ast::Federated {
        kind: first_arg(node)?,
        props: texts
            .filter_map(|prop| Some((prop.key.clone(), deploy(&prop.value)?)))
            .collect(),
        numbers: numbers
            .filter_map(|prop| Some((prop.key.clone(), count(&prop.value)?.0)))
            .collect(),
        pull_request: prop(node, "pull-request").and_then(|value| Some((flag(value)?, value.span))),
        span: node.header,
    })
}

fn role(node: &Node) -> Option<ast::Role> {
    Some(ast::Role {
        name: first_arg(node)?,
        plane: prop_text(node, "plane"),
        operations: operations(node).collect(),
        span: node.header,
    })
}

/// The operations that a node's body names one by one.
fn operations(node: &Node) -> impl Iterator<Item = ast::RoleOperation> + '_ {
    node.children().iter().filter_map(operation)
}

fn operation(node: &Node) -> Option<ast::RoleOperation> {
    let known = ["action", "data-action", "operation", "grant"];
    let name = first_arg(node).filter(|_| known.contains(&node.name.value.as_str()))?;
    Some(ast::RoleOperation {
        word: node.name.clone(),
        name,
        schema: prop_text(node, "schema"),
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

fn variant_type(node: &Node) -> Option<ast::Type> {
    let alternatives = node.children().iter().map(|child| ast::Alternative {
        name: child.name.clone(),
        fields: fields(child),
    });
    Some(ast::Type {
        name: first_arg(node)?,
        body: ast::TypeBody::Variant(alternatives.collect()),
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
        requires: children(node, "requires").filter_map(first_arg).collect(),
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
