//! Escalation: how power grows from what an identity holds, step by step.
//!
//! A directed graph of what can be reached: an identity leads to its [`Step`]s (a row of
//! `spec/escalation.txt` whose operations it holds, or keys that it may take), a step to what it
//! opens, an app to the identities attached to it, an identity to its own steps. A walk from an
//! identity through that graph is the closure; of all that it passes, [`gain`] says what the
//! identity does not hold already.
//!
//! Whoever runs code in an app can act as each identity attached to it; that an identity is a
//! neighbour in the same app takes no step, and is for other rules.
//!
//! Most manifests have nothing dangerous in them: then no graph is made.

mod gain;
mod limit;
mod steps;
mod witness;

#[cfg(test)]
mod tests;

pub use limit::emitted_roles;

pub(super) use limit::{Limit, limit};
pub(super) use steps::{Step, Use, Way};

use super::Case;
use crate::ir::{AppId, AssignmentId, IdentityId, ResourceId};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Bfs, NodeFiltered};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Something that can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Acting as an identity.
    Identity(IdentityId),
    /// A step, by number.
    Step(usize),
    /// Every identity that can be attached.
    Identities,
    /// Every app.
    Apps,
    /// The tools of every app.
    Tools,
    /// What runs in an app.
    App(AppId),
    /// Calling the tools of an app.
    Calls(AppId),
    /// Any role on a resource.
    AnyRole(ResourceId),
    /// The roles that an assignment lets its holder give, on its resource.
    SomeRoles(AssignmentId),
    /// The data of a resource, or what of it is not held.
    Data(ResourceId),
    /// The data of a resource, by a key.
    Keys(ResourceId),
    /// Every application of the tenant.
    Applications,
    /// The tenant, by a step of this number.
    Tenant(usize),
}

/// Everything that can be reached from everywhere.
pub(super) struct Closure<'c, 'a> {
    case: &'c Case<'a>,
    steps: Vec<Step>,
    graph: DiGraph<Mark, ()>,
    nodes: BTreeMap<Mark, NodeIndex>,
    known: RefCell<gain::Known>,
}

/// Something that an identity reaches and does not hold.
#[derive(Clone, Debug)]
pub(super) struct Gain {
    pub(super) mark: Mark,
    /// The way there, from the identity on.
    pub(super) path: Vec<Mark>,
    /// Whether each step on the way works for certain.
    pub(super) certain: bool,
}

impl<'c, 'a> Closure<'c, 'a> {
    /// The closure over a program; none when nothing in it makes power grow.
    pub(super) fn new(case: &'c Case<'a>) -> Option<Closure<'c, 'a>> {
        let steps = steps::all(case);
        if steps.is_empty() {
            return None;
        }
        let mut closure = Closure {
            case,
            steps: Vec::new(),
            graph: DiGraph::new(),
            nodes: BTreeMap::new(),
            known: RefCell::default(),
        };
        closure.groups();
        // The edges of a node are walked from the last to the first: what the table lists first
        // is to be met first.
        for (number, step) in steps.iter().enumerate().rev() {
            let node = closure.node(Mark::Step(number));
            let from = closure.node(Mark::Identity(step.from));
            closure.graph.add_edge(from, node, ());
            for mark in step.opens(number).into_iter().rev() {
                closure.edge(Mark::Step(number), mark);
            }
        }
        closure.steps = steps;
        Some(closure)
    }

    /// What stands for many: whoever reaches one of a kind reaches them all, since all are in the
    /// resource group of the manifest.
    fn groups(&mut self) {
        let program = self.case.program;
        for (id, identity) in program.identities.iter().rev() {
            match identity.kind {
                crate::ir::IdentityKind::UserAssigned => {
                    self.edge(Mark::Identities, Mark::Identity(id));
                }
                crate::ir::IdentityKind::ServicePrincipal => {
                    self.edge(Mark::Applications, Mark::Identity(id));
                }
                _ => {}
            }
        }
        for (id, app) in program.apps.iter().rev() {
            self.edge(Mark::Apps, Mark::App(id));
            self.edge(Mark::Tools, Mark::Calls(id));
            for identity in app.identities.iter().rev() {
                self.edge(Mark::App(id), Mark::Identity(*identity));
            }
        }
    }

    fn node(&mut self, mark: Mark) -> NodeIndex {
        let graph = &mut self.graph;
        *self
            .nodes
            .entry(mark)
            .or_insert_with(|| graph.add_node(mark))
    }

    fn edge(&mut self, from: Mark, to: Mark) {
        let (from, to) = (self.node(from), self.node(to));
        self.graph.add_edge(from, to, ());
    }

    pub(super) fn step(&self, number: usize) -> Option<&Step> {
        self.steps.get(number)
    }

    /// The steps that an identity can take.
    pub(super) fn steps_of(&self, identity: IdentityId) -> impl Iterator<Item = (usize, &Step)> {
        let steps = self.steps.iter().enumerate();
        steps.filter(move |(_, step)| step.from == identity)
    }

    /// What an identity reaches and does not hold: the surest and worst first, then the nearest.
    pub(super) fn gains(&self, identity: IdentityId) -> Vec<Gain> {
        let mut gains = self.walk(identity, true, &BTreeSet::new());
        if self.steps.iter().any(|step| !step.certain) {
            let known = gains.iter().map(|gain| gain.mark).collect();
            gains.extend(self.walk(identity, false, &known));
        }
        // Whoever runs code in an app need not call its tools.
        let apps: BTreeSet<Mark> = gains
            .iter()
            .map(|gain| gain.mark)
            .filter(|mark| matches!(mark, Mark::App(_)))
            .collect();
        gains.retain(|gain| match gain.mark {
            Mark::Calls(app) => !apps.contains(&Mark::App(app)),
            _ => true,
        });
        gains.sort_by_key(|gain| (!gain.certain, gain::rank(gain.mark), gain.path.len()));
        gains
    }

    /// The walk from an identity, along the steps that work for certain or along all of them; what
    /// is known already is passed by.
    fn walk(&self, identity: IdentityId, certain: bool, known: &BTreeSet<Mark>) -> Vec<Gain> {
        let Some(&start) = self.nodes.get(&Mark::Identity(identity)) else {
            return Vec::new();
        };
        let open = |at: NodeIndex| match self.graph.node_weight(at) {
            Some(Mark::Step(number)) => {
                !certain || self.step(*number).is_some_and(|step| step.certain)
            }
            _ => true,
        };
        let open = NodeFiltered::from_fn(&self.graph, open);
        let mut before: Vec<Option<NodeIndex>> = vec![None; self.graph.node_count()];
        let mut walk = Bfs::new(&open, start);
        let mut gains = Vec::new();
        while let Some(at) = walk.next(&open) {
            for next in petgraph::visit::IntoNeighbors::neighbors(&open, at) {
                if next != start
                    && let Some(slot) = before.get_mut(next.index())
                {
                    slot.get_or_insert(at);
                }
            }
            let Some(mark) = self.graph.node_weight(at) else {
                continue;
            };
            if at != start && !known.contains(mark) && self.is_gain(identity, *mark) {
                let path = self.path(&before, at);
                gains.push(Gain {
                    mark: *mark,
                    path,
                    certain,
                });
            }
        }
        gains
    }

    fn path(&self, before: &[Option<NodeIndex>], to: NodeIndex) -> Vec<Mark> {
        let back = std::iter::successors(Some(to), |at| before.get(at.index()).copied().flatten());
        let mut path: Vec<Mark> = back
            .filter_map(|at| self.graph.node_weight(at).copied())
            .collect();
        path.reverse();
        path
    }
}
