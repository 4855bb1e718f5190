//! The permission graph: tool → identity → assignment → scope → operation.
//!
//! [`build`] never fails and works on broken programs; what shows a graph to a person takes it as
//! it is. A graph answers, for each need, whether it is held ([`Graph::verdict`]) and by which
//! chain ([`Graph::witness`]); for each identity, what it holds beyond its tools' needs
//! ([`Graph::excess`]); for each tool, what it can reach through its neighbours in the same app
//! ([`Graph::reach`]).
//!
//! - `universe`: operations as numbers, those beyond the catalogue included;
//! - `place`: scopes as numbers;
//! - `power`: what roles grant, as sets;
//! - `plane`: what a world of permission decides in its own way;
//! - `kind`: which operations count on which resource;
//! - `net`: nodes, edges, chains;
//! - `decide`, `hold`: needs against grants, grants against needs;
//! - `platform`: what the host identity of an app holds.

mod decide;
mod hold;
mod kind;
mod net;
pub(crate) mod place;
mod plane;
mod platform;
mod power;
mod table;
mod universe;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

pub use decide::{State, Verdict};
pub use net::{Edge, Node};
pub use platform::{HostHeld, Platform};
pub use universe::Operation;

pub(crate) use hold::{ByResource, Yields, held_there, reaches};
pub(crate) use kind::{KindId, is_below, named_by};
pub(crate) use plane::{AzureRbac, DELEGATION, Plane, at_most, under};
pub(crate) use power::{Granted, Matched, Power, blocks_of, matched, matches_name};
pub(crate) use universe::{Standing, standing};

use crate::diagnostic::Step;
use crate::ir::{
    App, AppId, AssignmentId, Covers, Identity, IdentityId, Need, NeedId, Program, Resource,
    ResourceId, Tool, ToolId,
};
use decide::Decided;
use grantc_spec::catalogue::{Catalogue, OpId};
use hold::Holdings;
use kind::Kinds;
use net::{Below, Net};
use petgraph::graph::DiGraph;
use std::collections::BTreeSet;
use table::Table;
use universe::Universe;

/// What every tool needs, what every identity holds, and how the one follows from the other.
#[derive(Clone, Debug)]
pub struct Graph {
    universe: Universe,
    rbac: AzureRbac,
    kinds: Kinds,
    below: Below,
    net: Net,
    decided: Decided,
    holdings: Holdings,
    held_by: Table<Identity, Vec<AssignmentId>>,
    needs_of: Table<Identity, Vec<NeedId>>,
    needs_by: Table<Tool, Vec<NeedId>>,
    app_of: Table<Tool, Option<AppId>>,
    app_held: Table<App, ByResource>,
    app_size: Table<App, usize>,
}

/// An operation on a declared resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reach {
    /// Where.
    pub resource: ResourceId,
    /// What; [`Graph::operation`] names it.
    pub operation: OpId,
}

/// What an identity holds and none of its tools needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excess {
    /// Operations on declared resources, by resource, then in the order of names.
    pub operations: Vec<Reach>,
    /// Resources it can touch that none of its tools uses, in words.
    pub resources: Vec<String>,
    /// Assignments that no need passes through.
    pub idle: Vec<AssignmentId>,
}

/// Builds the graph of a program.
pub fn build(program: &Program, catalogue: &Catalogue) -> Graph {
    let universe = Universe::new(program, catalogue);
    let kinds = Kinds::new(program, catalogue, &universe);
    let rbac = AzureRbac::new(program, catalogue, &universe);
    let mut held_by = Table::of(&program.identities, |_, _| Vec::new());
    for (id, assignment) in program.assignments.iter() {
        held_by[assignment.identity].push(id);
    }
    let mut needs_of = Table::of(&program.identities, |_, _| Vec::new());
    let mut needs_by = Table::of(&program.tools, |_, _| Vec::new());
    for (id, need) in program.needs.iter() {
        needs_of[need.identity].push(id);
        needs_by[need.tool].push(id);
    }
    let decided = decide::decide(program, catalogue, &universe, &rbac, &held_by);
    let tree = rbac.places.tree(program);
    let below = net::below(program, &rbac, &tree);
    let net = Net::new(program, &below);
    let holdings = hold::holdings(program, &kinds, &rbac, &tree, &below, &decided, &needs_of);
    let mut app_of = Table::of(&program.tools, |_, _| None);
    let app_held = Table::of(&program.apps, |id, app| {
        for tool in app.tools.iter().copied() {
            app_of[tool] = Some(id);
        }
        hold::together(
            app.identities
                .iter()
                .map(|identity| &holdings.held[*identity]),
        )
    });
    let app_size = Table::of(&program.apps, |id, _| hold::size(&app_held[id]));
    Graph {
        universe,
        rbac,
        kinds,
        below,
        net,
        decided,
        holdings,
        held_by,
        needs_of,
        needs_by,
        app_of,
        app_held,
        app_size,
    }
}

impl Graph {
    /// What became of a need.
    pub fn verdict(&self, need: NeedId) -> &Verdict {
        &self.decided.verdicts[need]
    }

    /// Plane and name of an operation; none for a number of another graph.
    pub fn operation<'a>(&'a self, catalogue: &'a Catalogue, id: OpId) -> Option<Operation<'a>> {
        self.universe.operation(catalogue, id)
    }

    /// The operations of which one would meet a need, preferred first.
    pub fn clause(&self, need: NeedId) -> &[OpId] {
        &self.decided.clauses[need]
    }

    /// The needs of a tool, in manifest order.
    pub fn needs(&self, tool: ToolId) -> &[NeedId] {
        &self.needs_by[tool]
    }

    /// How many needs of a tool are not held for sure.
    pub fn missing(&self, tool: ToolId) -> usize {
        let proven = |need: &&NeedId| self.verdict(**need).state == State::Held;
        self.needs(tool).len() - self.needs(tool).iter().filter(proven).count()
    }

    /// The app that hosts a tool; none when the program is too broken to say.
    pub fn app(&self, tool: ToolId) -> Option<AppId> {
        self.app_of[tool]
    }

    /// The needs that pass through an assignment.
    pub fn through(&self, assignment: AssignmentId) -> &[NeedId] {
        &self.decided.through[assignment]
    }

    /// Nodes and edges, for pictures.
    pub fn net(&self) -> &DiGraph<Node, Edge> {
        self.net.graph()
    }

    /// The chain by which a need is held; empty when it is missing.
    pub fn witness(&self, program: &Program, catalogue: &Catalogue, need: NeedId) -> Vec<Step> {
        let &Need { tool, resource, .. } = program.needs.at(need);
        let Verdict {
            operation,
            by: Some(by),
            ..
        } = *self.verdict(need)
        else {
            return Vec::new();
        };
        self.chain(
            program,
            catalogue,
            Node::Tool(tool),
            by,
            resource,
            operation,
        )
    }

    /// The chain from a tool or an identity through an assignment to an operation on a resource.
    pub(crate) fn chain(
        &self,
        program: &Program,
        catalogue: &Catalogue,
        from: Node,
        through: AssignmentId,
        at: ResourceId,
        operation: OpId,
    ) -> Vec<Step> {
        let passes = |node: Node| match node {
            Node::Assignment(assignment) => assignment == through,
            Node::Tool(_) | Node::Identity(_) | Node::Resource(_) => true,
        };
        let nodes = self.net.chain(from, Node::Resource(at), passes);
        let mut steps: Vec<Step> = nodes.into_iter().map(|node| step(program, node)).collect();
        if let Some(operation) = self.operation(catalogue, operation) {
            steps.push(Step::new(operation.short()));
        }
        steps
    }

    /// What an identity holds beyond the needs of its tools.
    pub fn excess(&self, program: &Program, identity: IdentityId) -> Excess {
        let mut excess = Excess::default();
        for (at, held) in &self.holdings.held[identity] {
            let over = self.holdings.excess_at(identity, *at, held);
            excess.operations.extend(over.map(|operation| Reach {
                resource: *at,
                operation,
            }));
            let needed = self.holdings.needed_at(identity, *at);
            let used = self.needs_of[identity]
                .iter()
                .any(|need| program.needs.at(*need).resource == *at)
                || needed.iter().any(|operation| held.contains(operation));
            if !used {
                excess
                    .resources
                    .push(program.resources.at(*at).name.value.clone());
            }
        }
        let mut containers: Vec<ResourceId> = Vec::new();
        for assignment in &self.held_by[identity] {
            let on = program.assignments.at(*assignment).on;
            if is_container(program.resources.at(on)) && !containers.contains(&on) {
                containers.push(on);
            }
            if self.through(*assignment).is_empty() {
                excess.idle.push(*assignment);
            }
        }
        let everything = |on: &ResourceId| format!("everything else in {}", label(program, *on));
        excess.resources.extend(containers.iter().map(everything));
        excess
    }

    /// How many operations on declared resources a tool's identities hold and no tool of theirs
    /// needs: the number in the proof line.
    pub fn excess_of_tool(&self, program: &Program, tool: ToolId) -> usize {
        let identities = program.tools.at(tool).identities().into_iter();
        identities
            .map(|identity| self.excess_operations(identity))
            .sum()
    }

    /// How many operations on declared resources an identity holds and no tool of it needs.
    pub fn excess_operations(&self, identity: IdentityId) -> usize {
        self.holdings.excess[identity]
    }

    /// What a tool can reach that none of the identities it acts as holds.
    pub fn reach(&self, program: &Program, tool: ToolId) -> Vec<Reach> {
        let mut reach = Vec::new();
        let own = self.own(program, tool);
        for (at, all) in self
            .app(tool)
            .into_iter()
            .flat_map(|app| &self.app_held[app])
        {
            let mine = own.get(at).map_or(&[][..], |list| list);
            let more = hold::without(all, mine);
            reach.extend(more.map(|operation| Reach {
                resource: *at,
                operation,
            }));
        }
        reach
    }

    /// How much a tool can reach that none of the identities it acts as holds.
    pub fn reach_count(&self, program: &Program, tool: ToolId) -> usize {
        // What a tool's own identities hold is part of what its app holds.
        let all = self.app(tool).map_or(0, |app| self.app_size[app]);
        let own = match program.tools.at(tool).identities().as_slice() {
            [one] => hold::size(&self.holdings.held[*one]),
            _ => hold::size(&self.own(program, tool)),
        };
        all.saturating_sub(own)
    }

    fn own(&self, program: &Program, tool: ToolId) -> ByResource {
        self.held_as(&program.tools.at(tool).identities())
    }
}

/// What the rules ask besides.
impl Graph {
    pub(crate) fn rbac(&self) -> &AzureRbac {
        &self.rbac
    }

    pub(crate) fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    pub(crate) fn universe(&self) -> &Universe {
        &self.universe
    }

    /// What identities hold together.
    pub(crate) fn held_as(&self, identities: &[IdentityId]) -> ByResource {
        let held = identities.iter().map(|it| &self.holdings.held[*it]);
        hold::together(held)
    }

    /// How much tools would reach if they shared an app, all of them together.
    pub(crate) fn reach_among(&self, program: &Program, tools: &[ToolId]) -> usize {
        let identities = tools
            .iter()
            .flat_map(|it| program.tools.at(*it).identities());
        let identities: BTreeSet<IdentityId> = identities.collect();
        let all = hold::together(identities.iter().map(|it| &self.holdings.held[*it]));
        let all = hold::size(&all);
        let beyond = |tool: &ToolId| all.saturating_sub(hold::size(&self.own(program, *tool)));
        tools.iter().map(beyond).sum()
    }

    /// The assignments of an identity, in manifest order.
    pub(crate) fn held_by(&self, identity: IdentityId) -> &[AssignmentId] {
        &self.held_by[identity]
    }

    /// The needs of an identity's tools, in manifest order.
    pub(crate) fn needs_as(&self, identity: IdentityId) -> &[NeedId] {
        &self.needs_of[identity]
    }

    /// The declared resources that a resource with an assignment covers, or may.
    pub(crate) fn below(&self, on: ResourceId) -> &[(ResourceId, Covers)] {
        self.below.get(&on).map_or(&[], Vec::as_slice)
    }

    /// Whether a resource with an assignment covers another.
    pub(crate) fn covers(&self, on: ResourceId, at: ResourceId) -> Covers {
        let below = self.below(on);
        let found = below.binary_search_by_key(&at, |(at, _)| *at);
        let found = found.ok().and_then(|at| below.get(at));
        found.map_or(Covers::No, |(_, covers)| *covers)
    }

    /// What the tools of an identity need on a resource.
    pub(crate) fn needed_at(&self, identity: IdentityId, at: ResourceId) -> &[OpId] {
        self.holdings.needed_at(identity, at)
    }
}

fn step(program: &Program, node: Node) -> Step {
    match node {
        Node::Tool(id) => Step::new(&program.tools.at(id).name.value),
        Node::Identity(id) => Step::new(&program.identities.at(id).name.value),
        Node::Assignment(id) => {
            let held = program.assignments.at(id);
            let text = format!("{} \"{}\"", held.node_word(), held.role_name);
            Step::at(text, held.span)
        }
        Node::Resource(id) => Step::new(label(program, id)),
    }
}

/// What a chain calls a resource: its name, or for a container of resources the container's own.
pub(crate) fn label(program: &Program, id: ResourceId) -> &str {
    let resource = program.resources.at(id);
    let own = resource
        .scope
        .segments
        .last()
        .and_then(|last| last.literal());
    match own {
        Some(own) if is_container(resource) => own,
        _ => &resource.name.value,
    }
}

/// Whether a resource holds other resources: a resource group or wider.
pub(crate) fn is_container(resource: &Resource) -> bool {
    kind::is_container_type(resource.resource_type())
}
