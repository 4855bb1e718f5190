//! Steps: which rows of the table an identity holds, and on what.

use super::limit::{Limit, limit};
use super::{Case, Mark};
use crate::graph::{KindId, Plane as _, blocks_of, is_below, is_container};
use crate::ir::{
    Assignment, AssignmentId, Auth, Covers, IdentityId, Resource, ResourceId, RoleRef,
};
use grantc_spec::Plane;
use grantc_spec::catalogue::{OpId, OpSet, Verdict, verdict_of_blocks};
use grantc_spec::connectors::{PlaneFamily, resource_type_of_operation};
use grantc_spec::escalation::{Deed, Escalation, Target, Yield, escalations};
use std::collections::BTreeMap;

/// A step: something that an identity can do to reach more.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Who can do it.
    pub(crate) from: IdentityId,
    /// How.
    pub(crate) way: Way,
    /// What grants each operation, in the order of the row.
    pub(crate) uses: Vec<Use>,
    /// Whether it works however the service is set up, whatever parameters say.
    pub(crate) certain: bool,
    /// Whether a parameter decides that it works.
    pub(crate) undecided: bool,
    /// What it opens; of a row about the whole resource group nothing is listed.
    opened: Vec<Mark>,
}

/// How a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By a row of the table.
    Row(&'static Escalation),
    /// By a key that a connector says is handed out.
    Key,
}

/// An operation of a step and the assignment that grants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) by: AssignmentId,
    pub(crate) plane: Plane,
    pub(crate) name: String,
}

impl Step {
    /// What the step leads to.
    pub(in crate::check) fn opens(&self, number: usize) -> Vec<Mark> {
        let all = |mark| vec![mark];
        match self.way {
            Way::Key => self.opened.clone(),
            Way::Row(row) => match row.yields {
                Yield::ActAs => all(Mark::Identities),
                Yield::Code => all(Mark::Apps),
                Yield::Call => all(Mark::Tools),
                Yield::Applications => all(Mark::Applications),
                Yield::Tenant => all(Mark::Tenant(number)),
                Yield::AnyRole | Yield::OwnRole | Yield::Data | Yield::OwnData => {
                    self.opened.clone()
                }
            },
        }
    }
}

/// The steps of every identity, in the order of identities, then of the table.
pub(super) fn all(case: &Case<'_>) -> Vec<Step> {
    let mut roles = Roles::default();
    let mut key_uses = KeyUses::new();
    let mut steps = Vec::new();
    for id in case.program.identities.ids() {
        let held: Vec<Held> = case
            .graph
            .held_by(id)
            .iter()
            .map(|by| Held {
                by: *by,
                deeds: roles.deeds(case, case.program.assignments.at(*by).role),
            })
            .collect();
        if held.iter().any(|held| !held.deeds.is_empty()) {
            let of = Of { case, id, held };
            steps.extend(of.rows());
        }
        steps.extend(keys(case, id, &mut key_uses));
    }
    steps
}

/// Which operations of the table each role grants, by their place in [`deeds`].
#[derive(Default)]
struct Roles {
    known: BTreeMap<RoleRef, OpSet>,
}

/// Every operation of the table, row by row.
fn deeds() -> impl Iterator<Item = (OpId, &'static Deed)> {
    let all = escalations().iter().flat_map(|row| &row.operations);
    (0..).map(OpId::new).zip(all)
}

impl Roles {
    fn deeds(&mut self, case: &Case<'_>, role: RoleRef) -> OpSet {
        if let Some(known) = self.known.get(&role) {
            return known.clone();
        }
        let mut found = OpSet::new();
        match role {
            RoleRef::Permission(id) => {
                let permission = case.program.permissions.at(id);
                let same = |deed: &Deed| {
                    // What a user consents to is bounded by what the user holds.
                    deed.plane == permission.plane
                        && deed.name == permission.name
                        && !permission.delegated
                };
                found.extend(deeds().filter(|(_, deed)| same(deed)).map(|(id, _)| id));
            }
            RoleRef::BuiltIn(_) | RoleRef::Custom(_) => {
                let blocks = blocks_of(case.program, case.catalogue, role);
                let grants =
                    |deed: &Deed| verdict_of_blocks(&blocks, deed.plane, deed.name) != Verdict::No;
                found.extend(deeds().filter(|(_, deed)| grants(deed)).map(|(id, _)| id));
            }
            RoleRef::OfPlane(..) => {}
        }
        self.known.insert(role, found.clone());
        found
    }
}

/// An assignment and what of the table it grants.
struct Held {
    by: AssignmentId,
    deeds: OpSet,
}

/// One identity with what it holds of the table.
struct Of<'c, 'a> {
    case: &'c Case<'a>,
    id: IdentityId,
    held: Vec<Held>,
}

impl Of<'_, '_> {
    fn rows(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut first = 0u32;
        for row in escalations() {
            let here = self.row(row, first);
            first += row.operations.len() as u32;
            for step in here {
                // What works as well is told once: by the first row for it.
                let same = |known: &Step| {
                    let (Way::Row(known_row), Way::Row(row)) = (known.way, step.way) else {
                        return false;
                    };
                    known.certain >= step.certain
                        && known_row.yields == row.yields
                        && row.on != Target::Directory
                        && known.opened == step.opened
                };
                if !steps.iter().any(same) {
                    steps.push(step);
                }
            }
        }
        steps
    }

    /// The steps by one row, whose operations are numbered from `first`.
    fn row(&self, row: &'static Escalation, first: u32) -> Vec<Step> {
        match row.on {
            Target::Scope => self.at_scopes(row, first),
            Target::Identity | Target::Site | Target::AppStorage => {
                let azure = self.case.program.azure.as_ref();
                let Some(group) = azure.map(|azure| azure.resource) else {
                    return Vec::new();
                };
                let no_keys = !matches!(self.case.program.server.auth, Auth::Key);
                if row.yields == Yield::Call && no_keys {
                    return Vec::new();
                }
                let step = self.on(row, first, group, None);
                step.into_iter().collect()
            }
            Target::Resource(resource_type) => self.on_resources(row, first, resource_type),
            Target::Directory => {
                let by = self.first(first, |_| Covers::Yes);
                let step = by.map(|by| self.step(row, vec![by], Vec::new()));
                step.into_iter().collect()
            }
        }
    }

    /// Operations that attach to whatever they are held on.
    fn at_scopes(&self, row: &'static Escalation, first: u32) -> Vec<Step> {
        let (case, program) = (self.case, self.case.program);
        let name = row.operations.first().map_or("", |deed| deed.name);
        let mut steps = Vec::new();
        for held in self
            .held
            .iter()
            .filter(|held| held.deeds.contains(OpId::new(first)))
        {
            let assignment = program.assignments.at(held.by);
            let opened = match row.yields {
                Yield::OwnRole => self.own_roles(assignment.on),
                _ => match limit(case.catalogue, case.emitted(), assignment, name) {
                    Limit::Any => vec![Mark::AnyRole(assignment.on)],
                    Limit::Only(_) => vec![Mark::SomeRoles(held.by)],
                },
            };
            if !opened.is_empty() || program.identities.at(self.id).deploys {
                steps.push(self.step(row, vec![(held.by, Covers::Yes)], opened));
            }
        }
        steps
    }

    /// What the custom roles that are held can be widened on, by whoever may change them there:
    /// wherever a role can be assigned.
    fn own_roles(&self, on: ResourceId) -> Vec<Mark> {
        let program = self.case.program;
        if !is_container(program.resources.at(on)) {
            return Vec::new();
        }
        let mut opened = Vec::new();
        for held in &self.held {
            let own = program.assignments.at(held.by);
            let RoleRef::Custom(role) = own.role else {
                continue;
            };
            if program.roles.at(role).family != PlaneFamily::AzureRbac {
                continue;
            }
            let mut everywhere = program
                .assignments
                .values()
                .filter(|other| other.role == own.role);
            let mark = Mark::AnyRole(own.on);
            if everywhere.all(|other| self.case.graph.covers(on, other.on) == Covers::Yes)
                && !opened.contains(&mark)
            {
                opened.push(mark);
            }
        }
        opened
    }

    fn on_resources(
        &self,
        row: &'static Escalation,
        first: u32,
        resource_type: &'static str,
    ) -> Vec<Step> {
        let program = self.case.program;
        let mut by_uses: Vec<Step> = Vec::new();
        for (at, resource) in program.resources.iter() {
            let root = resource.connector.levels.first();
            let root = root.map_or("", |level| level.resource_type.as_str());
            // What grantc creates is set up so that this does not work.
            if !root.eq_ignore_ascii_case(resource_type) || (!row.certain && !resource.existing) {
                continue;
            }
            let Some(mut step) = self.on(row, first, at, Some(resource_type)) else {
                continue;
            };
            step.opened = match row.yields {
                Yield::OwnData if !self.holds_own_data(at) => continue,
                _ => vec![Mark::Data(at)],
            };
            match by_uses
                .iter_mut()
                .find(|known| known.uses == step.uses && known.certain == step.certain)
            {
                Some(known) => known.opened.extend(step.opened),
                None => by_uses.push(step),
            }
        }
        by_uses
    }

    /// Whether a role of the data that the manifest defines is held on a resource.
    fn holds_own_data(&self, at: ResourceId) -> bool {
        let program = self.case.program;
        let own = |held: &Held| {
            let held = program.assignments.at(held.by);
            let RoleRef::Custom(role) = held.role else {
                return false;
            };
            program.roles.at(role).family == PlaneFamily::CosmosSql
                && self.case.graph.covers(held.on, at) != Covers::No
        };
        self.held.iter().any(own)
    }

    /// A row whose operations act on something at or below a resource, when all are held: those
    /// that are bound to it there, at its type or wider, the others anywhere.
    fn on(
        &self,
        row: &'static Escalation,
        first: u32,
        at: ResourceId,
        resource_type: Option<&str>,
    ) -> Option<Step> {
        let program = self.case.program;
        let mut uses = Vec::new();
        for (number, deed) in (first..).zip(&row.operations) {
            let by = self.first(number, |held| {
                let on = program.resources.at(held.on);
                if deed.anywhere {
                    let of = resource_type_of_operation(deed.name);
                    return Covers::from(is_container(on) || is_at(of, on.resource_type()));
                }
                let inert = |of: &str| is_below(on.resource_type(), of);
                match resource_type.is_some_and(inert) {
                    true => Covers::No,
                    false => self.case.graph.covers(held.on, at),
                }
            })?;
            uses.push(by);
        }
        Some(self.step(row, uses, Vec::new()))
    }

    /// The first assignment that surely grants an operation where it is wanted, else the first that
    /// may.
    fn first(
        &self,
        deed: u32,
        wanted: impl Fn(&Assignment) -> Covers,
    ) -> Option<(AssignmentId, Covers)> {
        let mut best: Option<(AssignmentId, Covers)> = None;
        for held in &self.held {
            if !held.deeds.contains(OpId::new(deed)) {
                continue;
            }
            let covers = wanted(self.case.program.assignments.at(held.by));
            if covers > best.map_or(Covers::No, |(_, covers)| covers) {
                best = Some((held.by, covers));
            }
        }
        best
    }

    fn step(
        &self,
        row: &'static Escalation,
        uses: Vec<(AssignmentId, Covers)>,
        opened: Vec<Mark>,
    ) -> Step {
        let undecided = uses.iter().any(|(_, covers)| *covers == Covers::Unknown);
        let named = uses.iter().zip(&row.operations);
        Step {
            from: self.id,
            way: Way::Row(row),
            uses: named
                .map(|((by, _), deed)| Use {
                    by: *by,
                    plane: deed.plane,
                    name: deed.name.to_owned(),
                })
                .collect(),
            certain: row.certain && !undecided,
            undecided,
            opened,
        }
    }
}

/// What a role assigned on one kind of resource yields of another's keys: worked out once.
type KeyUses = BTreeMap<(RoleRef, KindId, KindId), Option<Vec<(Plane, String)>>>;

/// The keys that an identity can take: of resources whose connector says what hands them out.
fn keys(case: &Case<'_>, id: IdentityId, known: &mut KeyUses) -> Vec<Step> {
    let (program, kinds) = (case.program, case.graph.kinds());
    let mut steps: Vec<Step> = Vec::new();
    for by in case.graph.held_by(id) {
        let held = program.assignments.at(*by);
        for (at, covers) in case.graph.below(held.on) {
            let resource = program.resources.at(*at);
            if resource.connector.exposes_keys.is_empty() {
                continue;
            }
            let key = (held.role, kinds.of(held.on), kinds.of(*at));
            let created = !resource.existing;
            let operations = known
                .entry(key)
                .or_insert_with(|| key_operations(case, held, resource));
            let Some(operations) = operations else {
                continue;
            };
            // Keys of what grantc creates are off: whoever takes one turns them on first.
            let takes = match (operations.as_slice(), created) {
                ([_, takes], false) => std::slice::from_ref(takes),
                (all, _) => all,
            };
            let switched = switched(resource);
            if created && switched && takes.len() < 2 {
                continue;
            }
            let uses: Vec<Use> = takes
                .iter()
                .map(|(plane, name)| Use {
                    by: *by,
                    plane: *plane,
                    name: name.clone(),
                })
                .collect();
            let undecided = *covers == Covers::Unknown;
            let certain = !undecided && (created || !switched);
            let mark = Mark::Keys(*at);
            match steps
                .iter_mut()
                .find(|known| known.uses == uses && known.certain == certain)
            {
                Some(known) => known.opened.push(mark),
                None => steps.push(Step {
                    from: id,
                    way: Way::Key,
                    uses,
                    certain,
                    undecided,
                    opened: vec![mark],
                }),
            }
        }
    }
    steps
}

/// Whether the keys of a resource can be turned off.
fn switched(resource: &Resource) -> bool {
    let mut keys = resource.connector.exposes_keys.iter();
    keys.all(|key| key.off_when.is_some())
}

/// The operations by which a role hands out keys of a resource: the one that turns keys on, where
/// the role has it too, then the one that takes one.
fn key_operations(
    case: &Case<'_>,
    held: &Assignment,
    resource: &Resource,
) -> Option<Vec<(Plane, String)>> {
    let on = case.program.resources.at(held.on).resource_type();
    let power = case.graph.rbac().power(held.role);
    let grants = |plane: Plane, name: &str| {
        let id = case.graph.universe().find(case.catalogue, plane, name);
        id.is_some_and(|id| power.any().contains(id))
    };
    let key = resource.connector.exposes_keys.iter().find(|key| {
        let of = resource_type_of_operation(&key.operation.name);
        !is_below(on, of) && grants(key.operation.plane, &key.operation.name)
    })?;
    let root = resource.connector.levels.first()?.resource_type.as_str();
    let turns_on = format!("{root}/write");
    let mut operations = Vec::new();
    if !is_below(on, root) && grants(Plane::Control, &turns_on) {
        operations.push((Plane::Control, turns_on));
    }
    operations.push((key.operation.plane, key.operation.name.clone()));
    Some(operations)
}

/// Whether a type is another or below it.
fn is_at(resource_type: &str, above: &str) -> bool {
    resource_type.eq_ignore_ascii_case(above) || is_below(resource_type, above)
}
