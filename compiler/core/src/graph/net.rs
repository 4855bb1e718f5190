//! The net: tools, identities, assignments and resources, and the edges power flows along.
//!
//! Operations are no nodes: a role grants thousands, and sets hold them. A chain for an operation
//! is a shortest path through the nodes that let the operation pass.

use super::place::Tree;
use super::plane::AzureRbac;
use super::table::Table;
use crate::ir::{
    Assignment, AssignmentId, Covers, Identity, IdentityId, Program, Resource, ResourceId, Tool,
    ToolId,
};
use petgraph::algo::astar;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::NodeFiltered;
use std::collections::BTreeMap;

/// What a chain leads through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// A tool.
    Tool(ToolId),
    /// An identity that a tool acts as.
    Identity(IdentityId),
    /// An assignment that an identity holds.
    Assignment(AssignmentId),
    /// A resource that an assignment is on, or that lies below it.
    Resource(ResourceId),
}

/// Why power flows from one node to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// A tool acts as an identity.
    ActsAs,
    /// An identity holds an assignment.
    Holds,
    /// An assignment is on a resource.
    On,
    /// A resource's scope covers another's, or may.
    Covers(Covers),
}

/// Declared resources that a resource covers, itself included, in manifest order.
pub(crate) type Below = BTreeMap<ResourceId, Vec<(ResourceId, Covers)>>;

/// What lies below each resource that something is assigned on.
pub(crate) fn below(program: &Program, rbac: &AzureRbac, tree: &Tree<ResourceId>) -> Below {
    let mut below = Below::new();
    for on in program.assignments.values().map(|assignment| assignment.on) {
        below
            .entry(on)
            .or_insert_with(|| rbac.places.below(tree, on));
    }
    below
}

/// The net of a program.
#[derive(Clone, Debug)]
pub(crate) struct Net {
    graph: DiGraph<Node, Edge>,
    tools: Table<Tool, NodeIndex>,
    identities: Table<Identity, NodeIndex>,
    assignments: Table<Assignment, NodeIndex>,
    resources: Table<Resource, NodeIndex>,
}

impl Net {
    pub(crate) fn new(program: &Program, below: &Below) -> Net {
        let mut graph = DiGraph::new();
        let tools = Table::of(&program.tools, |id, _| graph.add_node(Node::Tool(id)));
        let identities = Table::of(&program.identities, |id, _| {
            graph.add_node(Node::Identity(id))
        });
        let assignments = Table::of(&program.assignments, |id, _| {
            graph.add_node(Node::Assignment(id))
        });
        let resources = Table::of(&program.resources, |id, _| {
            graph.add_node(Node::Resource(id))
        });
        for (id, tool) in program.tools.iter() {
            for identity in tool.identities() {
                graph.add_edge(tools[id], identities[identity], Edge::ActsAs);
            }
        }
        for (id, assignment) in program.assignments.iter() {
            graph.add_edge(
                identities[assignment.identity],
                assignments[id],
                Edge::Holds,
            );
            graph.add_edge(assignments[id], resources[assignment.on], Edge::On);
        }
        for (on, covered) in below {
            for (resource, covers) in covered.iter().filter(|(resource, _)| resource != on) {
                graph.add_edge(resources[*on], resources[*resource], Edge::Covers(*covers));
            }
        }
        Net {
            graph,
            tools,
            identities,
            assignments,
            resources,
        }
    }

    /// The nodes and edges, for pictures.
    pub(crate) fn graph(&self) -> &DiGraph<Node, Edge> {
        &self.graph
    }

    /// The shortest chain from one node to another through nodes that let it pass; else nothing.
    pub(crate) fn chain(&self, from: Node, to: Node, passes: impl Fn(Node) -> bool) -> Vec<Node> {
        let goal = self.place(to);
        let open = |at: NodeIndex| self.graph.node_weight(at).is_some_and(|node| passes(*node));
        let open = NodeFiltered::from_fn(&self.graph, open);
        let found = astar(&open, self.place(from), |at| at == goal, |_| 1u32, |_| 0);
        let (_, path) = found.unwrap_or_default();
        path.into_iter()
            .filter_map(|at| self.graph.node_weight(at).copied())
            .collect()
    }

    fn place(&self, node: Node) -> NodeIndex {
        match node {
            Node::Tool(id) => self.tools[id],
            Node::Identity(id) => self.identities[id],
            Node::Assignment(id) => self.assignments[id],
            Node::Resource(id) => self.resources[id],
        }
    }
}
