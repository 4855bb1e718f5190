//! Kinds: which operations count on a resource, by its connector and level.
//!
//! An operation applies to a resource when its type is the resource's type or below it by name,
//! when its type attaches to any scope (locks, role assignments), or when the connector lists it.
//! What an SDK needs whatever the verb (`support`) applies too, but is never held against anyone.
//! Operations of types above an assignment's scope are inert there, listed or not; so are those of
//! the control plane on what stands beside it, such as a namespace's keys from one of its queues.

use super::power::Power;
use super::table::Table;
use super::universe::Universe;
use crate::ir::{Program, Resource, ResourceId};
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, OpId, OpSet};
use grantc_spec::connectors::{self, Connector};

/// The kinds of resource in a program.
#[derive(Clone, Debug)]
pub(crate) struct Kinds {
    of: Table<Resource, KindId>,
    all: Vec<Kind>,
}

/// A kind of resource, such as a blob container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KindId(usize);

#[derive(Clone, Debug)]
struct Kind {
    connector: String,
    resource_type: String,
    /// What applies, without `support`.
    counted: OpSet,
    /// What applies only because the connector lists it.
    listed: Vec<Listed>,
    /// What an SDK needs whatever the verb.
    support: Vec<Listed>,
}

/// An operation that a connector lists.
#[derive(Clone, Debug)]
struct Listed {
    operation: OpId,
    plane: Plane,
    /// The type it belongs to.
    resource_type: String,
}

impl Listed {
    fn new(operation: OpId, plane: Plane, name: &str) -> Listed {
        Listed {
            operation,
            plane,
            resource_type: connectors::resource_type_of_operation(name).to_owned(),
        }
    }
}

impl Kinds {
    pub(crate) fn new(program: &Program, catalogue: &Catalogue, universe: &Universe) -> Kinds {
        let anywhere = attaches_anywhere(catalogue, universe);
        let mut all: Vec<Kind> = Vec::new();
        let of = Table::of(&program.resources, |_, resource| {
            let (connector, resource_type) = (&resource.connector, resource.resource_type());
            let same = |kind: &Kind| {
                kind.connector == connector.name && kind.resource_type == resource_type
            };
            let known = all.iter().position(same);
            KindId(known.unwrap_or_else(|| {
                all.push(Kind::new(
                    connector,
                    resource_type,
                    &anywhere,
                    catalogue,
                    universe,
                ));
                all.len() - 1
            }))
        });
        Kinds { of, all }
    }

    pub(crate) fn of(&self, resource: ResourceId) -> KindId {
        self.of[resource]
    }

    /// Everything that whoever holds it all on one kind of resource can do on another below it,
    /// `support` aside.
    pub(crate) fn everything(&self, on: KindId, at: KindId) -> impl Iterator<Item = OpId> {
        let mut counted = OpSet::new();
        if let (Some(on), Some(at)) = (self.all.get(on.0), self.all.get(at.0)) {
            counted.union_with(&at.counted);
            at.take_inert(on, &mut counted);
        }
        counted.iter().collect::<Vec<_>>().into_iter()
    }

    /// What a role assigned on one kind of resource lets its holder do on another below it, in
    /// the order of numbers.
    pub(crate) fn counted(&self, power: &Power, on: KindId, at: KindId) -> Vec<OpId> {
        let (Some(on), Some(at)) = (self.all.get(on.0), self.all.get(at.0)) else {
            return Vec::new();
        };
        let mut counted = at.counted.clone();
        counted.intersect_with(power.any());
        at.take_inert(on, &mut counted);
        counted.iter().collect()
    }

    /// Everything that applies to a resource, `support` too, in the order of numbers.
    pub(crate) fn applying(&self, at: ResourceId) -> OpSet {
        let mut all = OpSet::new();
        if let Some(kind) = self.all.get(self.of(at).0) {
            all.union_with(&kind.counted);
            all.extend(kind.support.iter().map(|it| it.operation));
        }
        all
    }

    /// Whether an operation on one resource has an effect where a role is held on another: it is
    /// inert where it belongs to a type above, or beside.
    pub(crate) fn works(&self, operation: OpId, on: ResourceId, at: ResourceId) -> bool {
        let (Some(on), Some(at)) = (self.all.get(self.of(on).0), self.all.get(self.of(at).0))
        else {
            return false;
        };
        let mut by_type = at.listed.iter().chain(&at.support);
        match by_type.find(|listed| listed.operation == operation) {
            Some(listed) => !on.is_inert(listed),
            None => at.counted.contains(operation),
        }
    }
}

impl Kind {
    /// Takes away what a role that is assigned on another kind does not reach.
    fn take_inert(&self, on: &Kind, counted: &mut OpSet) {
        for listed in self.listed.iter().filter(|listed| on.is_inert(listed)) {
            counted.remove(listed.operation);
        }
    }

    /// Whether a role assigned here does not reach what an operation acts on. Operations of the
    /// data plane have types of their own, which say only what they are below of.
    fn is_inert(&self, listed: &Listed) -> bool {
        let (own, theirs) = (&self.resource_type, &listed.resource_type);
        let covered =
            is_container_type(own) || own.eq_ignore_ascii_case(theirs) || is_below(theirs, own);
        is_below(own, theirs) || (listed.plane == Plane::Control && !covered)
    }

    fn new(
        connector: &Connector,
        resource_type: &str,
        anywhere: &OpSet,
        catalogue: &Catalogue,
        universe: &Universe,
    ) -> Kind {
        let mut counted = below_type(resource_type, catalogue, universe);
        counted.union_with(anywhere);
        // Operations of a plane of its own have no type: they belong to what has that plane.
        let own = connector.plane.operation_plane();
        let of_plane = universe.extras().iter();
        counted.extend(
            of_plane
                .filter(|extra| Some(extra.plane) == own)
                .map(|extra| extra.id),
        );
        let mut listed = Vec::new();
        for (plane, name) in named_by(connector) {
            let Some(id) = universe.find(catalogue, plane, name) else {
                continue;
            };
            if counted.insert(id) {
                listed.push(Listed::new(id, plane, name));
            }
        }
        let mut support = Vec::new();
        for operation in &connector.support {
            if let Some(id) = universe.find(catalogue, operation.plane, &operation.name) {
                counted.remove(id);
                support.push(Listed::new(id, operation.plane, &operation.name));
            }
        }
        Kind {
            connector: connector.name.clone(),
            resource_type: resource_type.to_owned(),
            counted,
            listed,
            support,
        }
    }
}

/// Every operation that a connector's verbs, support and keys name.
pub(crate) fn named_by(connector: &Connector) -> impl Iterator<Item = (Plane, &str)> {
    let verbs = connector.verbs.iter().flat_map(|verb| &verb.needs);
    let needed = verbs.flat_map(|clause| &clause.any_of);
    let support = connector.support.iter();
    let keys = connector.exposes_keys.iter().map(|keys| &keys.operation);
    needed
        .chain(support)
        .chain(keys)
        .map(|operation| (operation.plane, operation.name.as_str()))
}

/// The operations of a resource type and of the types below it.
fn below_type(resource_type: &str, catalogue: &Catalogue, universe: &Universe) -> OpSet {
    let below = format!("{resource_type}/*");
    // `…/metrics/action` is the action `metrics` of the type above.
    let of_the_type_above = format!("{resource_type}/action");
    let mut set = OpSet::new();
    for plane in [Plane::Control, Plane::Data] {
        set.union_with(&catalogue.expand(plane, &below));
        set.subtract(&catalogue.expand(plane, &of_the_type_above));
    }
    let extras = universe.extras().iter().filter(|extra| {
        is_below(&extra.name, resource_type) && !extra.name.eq_ignore_ascii_case(&of_the_type_above)
    });
    set.extend(extras.map(|extra| extra.id));
    set
}

/// The operations of types that attach to any scope.
fn attaches_anywhere(catalogue: &Catalogue, universe: &Universe) -> OpSet {
    let mut set = OpSet::new();
    for resource_type in connectors::EXTENSION_TYPES {
        set.union_with(&below_type(resource_type, catalogue, universe));
    }
    set
}

/// Whether a resource type is a resource group or wider.
pub(crate) fn is_container_type(resource_type: &str) -> bool {
    let provider = resource_type.split('/').next().unwrap_or("");
    matches!(provider, "Microsoft.Resources" | "Microsoft.Management")
}

/// Whether a slashed name stands strictly below another, case ignored.
pub(crate) fn is_below(name: &str, above: &str) -> bool {
    let (name, above) = (name.as_bytes(), above.as_bytes());
    name.get(above.len()) == Some(&b'/')
        && name
            .get(..above.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(above))
}
