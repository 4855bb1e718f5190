//! What is left open: needs that nothing written surely grants, in groups.
//!
//! A group is chosen for at once: needs of one identity at one scope, of one world of permission,
//! and all of them narrowed to paths or none. So a role is narrowed to paths exactly where every
//! need that it is chosen for is, and one need of all names widens no other.

use crate::check::Case;
use crate::graph::{Standing, State, place, standing};
use crate::ir::{Covers, IdentityId, IdentityKind, NeedId, ResourceId};
use grantc_spec::Plane;
use grantc_spec::connectors::{Connector, PlaneFamily};
use std::collections::BTreeMap;

/// Needs that are chosen for at once.
pub(crate) struct Open {
    pub(crate) identity: IdentityId,
    /// Where: the declared resource whose scope is that of the needs.
    pub(crate) on: ResourceId,
    pub(crate) family: PlaneFamily,
    /// Whether each is narrowed to names that a condition can narrow to.
    pub(crate) narrowed: bool,
    /// What is needed; never twice the same.
    pub(crate) needs: Vec<NeedId>,
}

impl Open {
    /// The group without the needs that are met already.
    pub(super) fn without(self, met: impl Fn(NeedId) -> bool) -> Open {
        let needs = self.needs.iter().copied().filter(|need| !met(*need));
        Open {
            needs: needs.collect(),
            ..self
        }
    }
}

/// The declared resources by scope.
pub(super) struct Places<'g> {
    /// The first of each connector.
    own: BTreeMap<(&'g place::Place, &'g str), ResourceId>,
    /// The first of any.
    any: BTreeMap<&'g place::Place, ResourceId>,
}

impl<'g> Places<'g> {
    pub(super) fn new(case: &Case<'g>) -> Places<'g> {
        let places = &case.graph.rbac().places;
        let (mut own, mut any) = (BTreeMap::new(), BTreeMap::new());
        for (id, resource) in case.program.resources.iter() {
            let at = places.of_resource(id);
            own.entry((at, resource.connector.name.as_str()))
                .or_insert(id);
            any.entry(at).or_insert(id);
        }
        Places { own, any }
    }

    /// The declared resource whose scope is that of a need, one of its own connector first.
    fn of(&self, case: &Case<'g>, need: NeedId) -> Option<ResourceId> {
        let wanted = case.graph.rbac().places.of_need(need);
        let resource = case.program.needs.at(need).resource;
        let connector = case.program.resources.at(resource).connector.name.as_str();
        let own = self.own.get(&(wanted, connector));
        own.or_else(|| self.any.get(wanted)).copied()
    }
}

/// What is left open for an identity, what stands higher first: a grant there meets what is below.
pub(super) fn groups(case: &Case<'_>, places: &Places<'_>, identity: IdentityId) -> Vec<Open> {
    let mut groups: BTreeMap<_, Vec<NeedId>> = BTreeMap::new();
    let rbac = case.graph.rbac();
    for need in case.graph.needs_as(identity) {
        if case.graph.verdict(*need).state == State::Held {
            continue;
        }
        let Some(on) = places.of(case, *need) else {
            continue;
        };
        let Some(family) = family(case, *need) else {
            continue;
        };
        if !can_be_held(case, identity, *need, on, family) {
            continue;
        }
        let depth = rbac.places.of_resource(on).depth();
        let narrowed = family == PlaneFamily::AzureRbac && is_narrowed(case, *need, on);
        let needs = groups.entry((depth, on, family, narrowed)).or_default();
        // The same need of two tools is one.
        if !needs.iter().any(|known| is_same(case, *known, *need)) {
            needs.push(*need);
        }
    }
    let group = |((_, on, family, narrowed), needs)| Open {
        identity,
        on,
        family,
        narrowed,
        needs,
    };
    groups.into_iter().map(group).collect()
}

fn is_same(case: &Case<'_>, a: NeedId, b: NeedId) -> bool {
    let (a, b) = (case.program.needs.at(a), case.program.needs.at(b));
    let text = |need: &crate::ir::Need| need.path.as_ref().map(|path| path.text.value.clone());
    a.clause == b.clause && a.resource == b.resource && text(a) == text(b)
}

/// The world that a need is of; none where its operations are of several.
fn family(case: &Case<'_>, need: NeedId) -> Option<PlaneFamily> {
    let of = |plane: Plane| match plane {
        Plane::Control | Plane::Data => PlaneFamily::AzureRbac,
        Plane::CosmosSql => PlaneFamily::CosmosSql,
        Plane::SqlDatabase => PlaneFamily::SqlDatabase,
        Plane::Graph => PlaneFamily::Graph,
        Plane::EntraApp => PlaneFamily::EntraApp,
    };
    let mut families = case.program.needs.at(need).clause.any_of.iter();
    let first = of(families.next()?.0);
    families
        .all(|(plane, _)| of(*plane) == first)
        .then_some(first)
}

/// Whether the identity can hold anything there that would meet the need; where not, another rule
/// says why.
fn can_be_held(
    case: &Case<'_>,
    identity: IdentityId,
    need: NeedId,
    on: ResourceId,
    family: PlaneFamily,
) -> bool {
    let delegated = case.program.identities.at(identity).kind == IdentityKind::Delegated;
    let for_users = matches!(family, PlaneFamily::Graph | PlaneFamily::EntraApp);
    let resource = case.program.resources.at(on);
    let in_database = family != PlaneFamily::SqlDatabase || resource.field("database").is_some();
    (for_users || !delegated) && in_database && operation(case, need).is_some()
}

/// The operation that a custom role would list for a need: the first that a role can grant.
pub(crate) fn operation<'p>(case: &Case<'p>, need: NeedId) -> Option<&'p (Plane, String)> {
    let program = case.program;
    let (holder, rbac) = (program.needs.at(need).identity, case.graph.rbac());
    let place = rbac.places.of_need(need);
    let denied = |(plane, name): &(Plane, String)| {
        let Some(id) = case.graph.universe().find(case.catalogue, *plane, name) else {
            return true;
        };
        let held = case.graph.held_by(holder).iter();
        rbac.denied(held.map(|held| program.assignments.at(*held)), id, place) != Covers::No
    };
    let misplaced = |(plane, name): &(Plane, String)| {
        standing(case.catalogue, *plane, name) == Standing::OtherPlane { inferred: false }
    };
    let mut clause = program.needs.at(need).clause.any_of.iter();
    clause.find(|operation| !misplaced(operation) && !denied(operation))
}

/// Whether a need is narrowed to names, and a condition can narrow a role to them.
fn is_narrowed(case: &Case<'_>, need: NeedId, on: ResourceId) -> bool {
    let connector = &case.program.resources.at(on).connector;
    let need = case.program.needs.at(need);
    let mut clause = need.clause.any_of.iter();
    let mut support = connector.support.iter();
    need.path.is_some()
        && clause.all(|(plane, name)| narrows(connector, *plane, name))
        && support.all(|one| one.plane != Plane::Data)
}

/// Whether a condition on paths narrows an operation of a connector.
pub(crate) fn narrows(connector: &Connector, plane: Plane, name: &str) -> bool {
    let mut narrowed = connector.narrowed_by_path();
    narrowed.any(|one| one.plane == plane && one.name.eq_ignore_ascii_case(name))
}
