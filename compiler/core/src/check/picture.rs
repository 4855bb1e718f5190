//! The permission graph of a program, broken or not: what `graph` prints.
//!
//! [`picture`] gives a view for machines, whose members are a contract. [`Picture::svg`] and
//! [`Picture::mermaid`] draw it for pull requests, from left to right: tools in their apps,
//! identities, roles, resources; what is many of a kind is folded and counted. [`Picture::dot`]
//! draws every node, for Graphviz.
//!
//! - `sheet`: what is drawn: cards, frames, links;
//! - `fold`: which of many things share a card;
//! - `text`: how wide text is, and where it breaks;
//! - `layout`: where everything stands.

mod dot;
mod fold;
mod layout;
mod mermaid;
mod sheet;
mod svg;
mod text;

use super::Case;
use super::report::{CatalogueView, IdentityView, ToolView, View, scope};
use crate::check::leftover::Leftover;
use crate::graph::{Edge, Graph, Node, State};
use crate::ir::{Covers, NeedId, Program, RoleRef};
use crate::source::Sources;
use grantc_spec::catalogue::Catalogue;
use petgraph::visit::{EdgeRef, IntoEdgeReferences};
use serde::Serialize;

/// A permission graph, to be shown.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    schema: u32,
    catalogue: CatalogueView,
    server: String,
    apps: Vec<AppView>,
    tools: Vec<ToolNode>,
    identities: Vec<IdentityNode>,
    assignments: Vec<AssignmentNode>,
    resources: Vec<ResourceNode>,
    edges: Vec<EdgeView>,
}

#[derive(Clone, Debug, Serialize)]
struct AppView {
    name: String,
    tools: Vec<String>,
    identities: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct ToolNode {
    id: String,
    #[serde(flatten)]
    tool: ToolView,
}

#[derive(Clone, Debug, Serialize)]
struct IdentityNode {
    id: String,
    r#type: &'static str,
    /// Whether it deploys; then no tool acts as it, and its excess is not judged.
    deploys: bool,
    #[serde(flatten)]
    identity: IdentityView,
}

#[derive(Clone, Debug, Serialize)]
struct AssignmentNode {
    id: String,
    identity: String,
    role: String,
    custom: bool,
    on: String,
    /// Whether it was chosen, and no node writes it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    inferred: bool,
    /// Where it was written, as `file:line`.
    place: String,
    /// How many needs pass through it.
    needs: usize,
    /// How many of those are not held for sure.
    unproven: usize,
    /// How many operations on declared resources it gives that no tool of its identity needs.
    excess: usize,
    /// The worst that those do.
    #[serde(skip_serializing_if = "Option::is_none")]
    danger: Option<&'static str>,
    /// Whether its identity deploys; then nobody has to use it.
    #[serde(skip)]
    deploys: bool,
}

#[derive(Clone, Debug, Serialize)]
struct ResourceNode {
    id: String,
    name: String,
    r#type: String,
    scope: String,
    existing: bool,
    /// Whether it is the resource group of the manifest, which no node declares.
    implicit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitivity: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct EdgeView {
    from: String,
    to: String,
    kind: &'static str,
}

/// The graph of a program.
pub fn picture(
    program: &Program,
    graph: &Graph,
    catalogue: &Catalogue,
    sources: &Sources,
) -> Picture {
    let view = View {
        program,
        graph,
        catalogue,
        sources,
    };
    Picture {
        schema: 1,
        catalogue: CatalogueView::of(catalogue),
        server: program.server.name.value.clone(),
        apps: apps(program),
        tools: tools(&view),
        identities: identities(&view),
        assignments: assignments(&view),
        resources: resources(program),
        edges: edges(program, graph),
    }
}

fn apps(program: &Program) -> Vec<AppView> {
    let view = |app: &crate::ir::App| {
        let tools = app.tools.iter().map(|id| program.tools.at(*id));
        let identities = app.identities.iter().map(|id| program.identities.at(*id));
        AppView {
            name: app.name.clone(),
            tools: tools.map(|tool| tool.name.value.clone()).collect(),
            identities: identities.map(|it| it.name.value.clone()).collect(),
        }
    };
    program.apps.values().map(view).collect()
}

fn tools(view: &View<'_>) -> Vec<ToolNode> {
    let node = |id| ToolNode {
        id: node_id(view.program, Node::Tool(id)),
        tool: view.tool(id),
    };
    view.program.tools.ids().map(node).collect()
}

fn identities(view: &View<'_>) -> Vec<IdentityNode> {
    let pairs = view.program.identities.iter().zip(view.identities());
    let node = |((id, identity), shown): ((_, &crate::ir::Identity), _)| IdentityNode {
        id: node_id(view.program, Node::Identity(id)),
        r#type: identity.kind.word(),
        deploys: identity.deploys,
        identity: shown,
    };
    pairs.map(node).collect()
}

fn assignments(view: &View<'_>) -> Vec<AssignmentNode> {
    let program = view.program;
    let case = Case::new(program, view.graph, view.catalogue);
    let unproven = |id| {
        let through = view.graph.through(id).iter();
        let by = |need: &&NeedId| {
            let verdict = view.graph.verdict(**need);
            verdict.state == State::Conditional && verdict.by == Some(id)
        };
        through.filter(by).count()
    };
    let leftover = |id, assignment: &crate::ir::Assignment| match case.is_judged(assignment) {
        true => case.leftover(id),
        false => Leftover::default(),
    };
    let node = |(id, assignment): (_, &crate::ir::Assignment)| {
        let left = leftover(id, assignment);
        AssignmentNode {
            id: node_id(program, Node::Assignment(id)),
            identity: program
                .identities
                .at(assignment.identity)
                .name
                .value
                .clone(),
            role: assignment.role_name.value.clone(),
            custom: matches!(assignment.role, RoleRef::Custom(_)),
            on: program.resources.at(assignment.on).name.value.clone(),
            inferred: assignment.inferred.is_some(),
            place: view.sources.place(assignment.span),
            needs: view.graph.through(id).len(),
            unproven: unproven(id),
            excess: left.weight.iter().sum(),
            deploys: program.identities.at(assignment.identity).deploys,
            danger: left.worst().map(|worst| worst.danger.word()),
        }
    };
    program.assignments.iter().map(node).collect()
}

fn resources(program: &Program) -> Vec<ResourceNode> {
    let node = |(id, resource): (_, &crate::ir::Resource)| ResourceNode {
        id: node_id(program, Node::Resource(id)),
        name: resource.name.value.clone(),
        r#type: resource.connector.name.clone(),
        scope: scope(program, &resource.scope),
        existing: resource.existing,
        implicit: resource.implicit,
        sensitivity: resource.sensitivity.as_ref().map(|it| it.value.clone()),
    };
    program.resources.iter().map(node).collect()
}

fn edges(program: &Program, graph: &Graph) -> Vec<EdgeView> {
    let net = graph.net();
    let name = |at| net.node_weight(at).map(|node| node_id(program, *node));
    let edge = |edge: <&petgraph::graph::DiGraph<Node, Edge> as IntoEdgeReferences>::EdgeRef| {
        Some(EdgeView {
            from: name(edge.source())?,
            to: name(edge.target())?,
            kind: match edge.weight() {
                Edge::ActsAs => "acts-as",
                Edge::Holds => "holds",
                Edge::On => "on",
                Edge::Covers(Covers::Yes) => "covers",
                Edge::Covers(_) => "may-cover",
            },
        })
    };
    net.edge_references().filter_map(edge).collect()
}

/// What edges call a node: its kind and its name, or for an assignment its number.
fn node_id(program: &Program, node: Node) -> String {
    match node {
        Node::Tool(id) => format!("tool/{}", program.tools.at(id).name),
        Node::Identity(id) => format!("identity/{}", program.identities.at(id).name),
        Node::Assignment(id) => format!("assignment/{}", id.index()),
        Node::Resource(id) => format!("resource/{}", program.resources.at(id).name),
    }
}

#[cfg(test)]
mod tests;
