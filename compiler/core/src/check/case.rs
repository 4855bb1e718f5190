//! What a rule is asked about, and the words that rules share.

use super::escalation::emitted_roles;
use super::leftover::Dangers;
use crate::diagnostic::Step;
use crate::graph::place::Tree;
use crate::graph::{Graph, Node, Operation, Plane as _, Power, State, Yields, is_container, label};
use crate::ir::{
    Assignment, AssignmentId, Covers, IdentityId, IdentityKind, Need, NeedId, NeedOrigin, Program,
    ResourceId, RoleRef,
};
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, OpId};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A program, its graph and the catalogue, with what rules work out on the way.
pub(crate) struct Case<'a> {
    pub(crate) program: &'a Program,
    pub(crate) graph: &'a Graph,
    pub(crate) catalogue: &'a Catalogue,
    powers: RefCell<BTreeMap<RoleRef, Rc<Power>>>,
    pub(super) candidates: RefCell<BTreeMap<String, Rc<[RoleRef]>>>,
    pub(super) yields: RefCell<Yields>,
    pub(super) dangers: RefCell<Dangers>,
    tree: OnceCell<Tree<ResourceId>>,
    emitted: OnceCell<Vec<RoleRef>>,
    pub(super) denying: OnceCell<BTreeMap<IdentityId, Vec<AssignmentId>>>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(
        program: &'a Program,
        graph: &'a Graph,
        catalogue: &'a Catalogue,
    ) -> Case<'a> {
        Case {
            program,
            graph,
            catalogue,
            powers: RefCell::default(),
            candidates: RefCell::default(),
            yields: RefCell::default(),
            dangers: RefCell::default(),
            tree: OnceCell::new(),
            emitted: OnceCell::new(),
            denying: OnceCell::new(),
        }
    }

    /// The roles that the deployment assigns, looked up once.
    pub(super) fn emitted(&self) -> &[RoleRef] {
        self.emitted
            .get_or_init(|| emitted_roles(self.program, self.catalogue))
    }

    /// The power of any role, assigned or not.
    pub(crate) fn power(&self, role: RoleRef) -> Rc<Power> {
        let mut powers = self.powers.borrow_mut();
        let power = powers.entry(role).or_insert_with(|| {
            let universe = self.graph.universe();
            Rc::new(Power::of(self.program, self.catalogue, universe, role))
        });
        Rc::clone(power)
    }

    /// The declared resources that a resource covers, or may, whether or not anything is assigned
    /// on it yet.
    pub(crate) fn below(&self, on: ResourceId) -> Cow<'a, [(ResourceId, Covers)]> {
        match self.graph.below(on) {
            [] => {
                let places = &self.graph.rbac().places;
                let tree = self.tree.get_or_init(|| places.tree(self.program));
                Cow::Owned(places.below(tree, on))
            }
            known => Cow::Borrowed(known),
        }
    }

    /// Plane and name of an operation.
    pub(crate) fn operation(&self, id: OpId) -> Operation<'a> {
        let nothing = Operation {
            plane: Plane::Control,
            name: Cow::Borrowed(""),
        };
        self.graph.operation(self.catalogue, id).unwrap_or(nothing)
    }

    /// The operation that decided a need.
    pub(crate) fn decisive(&self, need: NeedId) -> Operation<'a> {
        self.operation(self.graph.verdict(need).operation)
    }

    /// What a chain calls a resource.
    pub(crate) fn label(&self, id: ResourceId) -> &'a str {
        label(self.program, id)
    }

    /// Whether what an identity holds is held against the needs of tools: what deploys is judged
    /// by what is deployed, and an identity whose delegation is told already by that.
    pub(crate) fn is_judged(&self, assignment: &Assignment) -> bool {
        let identity = self.program.identities.at(assignment.identity);
        let own_form = assignment.consent == (identity.kind == IdentityKind::Delegated);
        !identity.deploys && own_form
    }

    /// Whether an app has an identity attached, so that its tools run with it.
    pub(crate) fn is_attached(&self, id: IdentityId) -> bool {
        let mut apps = self.program.apps.values();
        // They are in the manifest's order, which is that of ids.
        apps.any(|app| app.identities.binary_search(&id).is_ok())
    }

    /// Whether a resource is a resource group or wider.
    pub(crate) fn is_wide(&self, id: ResourceId) -> bool {
        is_container(self.program.resources.at(id))
    }

    /// Whether a proven need passes through an assignment.
    ///
    /// With none, what the assignment is good for is not known: G0303 says so, and whether it is
    /// too wide can be asked once that is mended.
    pub(crate) fn carries(&self, id: AssignmentId) -> bool {
        let held = self.program.assignments.at(id);
        let rbac = self.graph.rbac();
        let proven = |need: &NeedId| {
            let path = self.program.needs.at(*need).path.as_ref();
            let granted = rbac.grants(held, self.graph.verdict(*need).operation, path);
            rbac.decide(rbac.covers(held.on, rbac.places.of_need(*need)), granted) == State::Held
        };
        self.graph.through(id).iter().any(proven)
    }

    /// `tool/NAME/RESOURCE`.
    pub(crate) fn path_of_need(&self, need: &Need) -> String {
        let tool = &self.program.tools.at(need.tool).name;
        format!(
            "tool/{tool}/{}",
            self.program.resources.at(need.resource).name
        )
    }

    /// `identity/NAME/RESOURCE`.
    pub(crate) fn path_of_assignment(&self, id: AssignmentId) -> String {
        let assignment = self.program.assignments.at(id);
        let identity = &self.program.identities.at(assignment.identity).name;
        format!(
            "identity/{identity}/{}",
            self.program.resources.at(assignment.on).name
        )
    }

    /// The chain from a tool of the assignment's identity, or from the identity when it has none,
    /// to an operation on a resource that the assignment covers.
    pub(crate) fn chain(&self, id: AssignmentId, at: ResourceId, operation: OpId) -> Vec<Step> {
        let identity = self.program.assignments.at(id).identity;
        let through = self.graph.through(id).first();
        let need = through.or_else(|| self.graph.needs_as(identity).first());
        let tool = need.map(|need| Node::Tool(self.program.needs.at(*need).tool));
        let from = tool.unwrap_or(Node::Identity(identity));
        self.graph
            .chain(self.program, self.catalogue, from, id, at, operation)
    }

    /// The chain of a need that nothing grants.
    pub(crate) fn broken_chain(&self, need: &Need, operation: &Operation<'_>) -> Vec<Step> {
        vec![
            Step::new(&self.program.tools.at(need.tool).name.value),
            Step::new(&self.program.identities.at(need.identity).name.value),
            Step::new("no assignment"),
            Step::new(self.label(need.resource)),
            Step::new(operation.short()),
        ]
    }
}

/// The manifest's word for an Azure RBAC operation of a plane, as a node and as a property.
pub(crate) fn word(plane: Plane) -> &'static str {
    match plane {
        Plane::Control => "action",
        Plane::SqlDatabase => "grant",
        _ => "data-action",
    }
}

/// The user's word for what a need does: its verb, or the operation in short.
pub(crate) fn deed(need: &Need, operation: &Operation<'_>) -> String {
    match &need.origin {
        NeedOrigin::Verb(verb) => verb.name.clone(),
        NeedOrigin::Raw => operation.short(),
    }
}

/// `a`, `b`, `c` and how many more there are.
pub fn few(all: &[String], most: usize) -> String {
    let mut shown: Vec<String> = all.iter().take(most).cloned().collect();
    if let more @ 1.. = all.len().saturating_sub(most) {
        shown.push(format!("{more} more"));
    }
    list(&shown)
}

/// `1 thing`, `2 things`.
pub fn count(n: usize, thing: &str) -> String {
    if n == 1 {
        format!("1 {thing}")
    } else {
        format!("{n} {thing}s")
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::word;
    use crate::graph::fixture::desk;
    use grantc_spec::Plane;

    #[test]
    fn what_deploys_and_what_is_told_by_another_rule_is_not_judged() {
        let desk = desk(
            r#"resource "graph" type="microsoft.graph"
            identity "reader" type="user-assigned" { assign "Storage Blob Data Reader" on="archive" }
            identity "pipeline" type="user-assigned" deploys=#true { assign "Contributor" on="data" }
            identity "caller" type="delegated" { consent "Mail.Read" on="graph"; assign "Storage Blob Data Reader" on="archive" }
            identity "robot" type="user-assigned" { consent "Mail.Read" on="graph" }"#,
        );
        let case = desk.case();
        let judged = |name: &str| {
            let held = desk.graph.held_by(desk.identity(name)).iter();
            let judged = held.map(|id| case.is_judged(desk.program.assignments.at(*id)));
            judged.collect::<Vec<_>>()
        };
        assert_eq!(judged("reader"), [true]);
        assert_eq!(judged("pipeline"), [false]);
        assert_eq!(judged("caller"), [false, true]);
        assert_eq!(judged("robot"), [false]);
    }

    #[test]
    fn a_resource_group_is_wide_and_an_account_is_not() {
        let desk = desk(r#"tool "ping" { description "Ping."; output { ok boolean } }"#);
        let wide = |name| desk.case().is_wide(desk.resource(name));
        assert!(wide("data") && wide("somewhere"));
        assert!(!wide("account") && !wide("archive"));
    }

    #[test]
    fn each_plane_has_its_word() {
        let words = [
            Plane::Control,
            Plane::Data,
            Plane::CosmosSql,
            Plane::SqlDatabase,
        ]
        .map(word);
        assert_eq!(words, ["action", "data-action", "data-action", "grant"]);
    }
}
