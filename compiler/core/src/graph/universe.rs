//! The universe: every operation of the catalogue, and those that only the manifest names.
//!
//! A catalogue lags behind Azure. An operation that a manifest names and the catalogue lacks gets
//! a number of its own above the catalogue's, and is taken at face value: a role grants it when
//! one of the role's strings matches its name on its plane. A rule notes it.

use super::kind::named_by;
use crate::ir::Program;
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, OpId};
use grantc_spec::plane_roles;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Plane and name of an operation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation<'a> {
    /// The world it belongs to.
    pub plane: Plane,
    /// Its name, as the catalogue or the manifest spells it.
    pub name: Cow<'a, str>,
}

impl Operation<'_> {
    /// How many segments are enough to know it by in most places.
    pub(crate) const SHORT: usize = 2;

    /// Its last two segments, as chains show it: `…/listKeys/action`.
    pub fn short(&self) -> String {
        self.last(Operation::SHORT)
    }

    /// Its last segments, or all of it when it has no more.
    pub(crate) fn last(&self, segments: usize) -> String {
        match self
            .name
            .rmatch_indices('/')
            .nth(segments.saturating_sub(1))
        {
            Some((at, _)) => format!("…{}", self.name.get(at..).unwrap_or_default()),
            None => self.name.to_string(),
        }
    }
}

/// What the catalogue knows of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is listed on this plane; `inferred` when the plane is a guess of the import.
    Listed { inferred: bool },
    /// It is listed on the other plane alone; `inferred` when that is a guess.
    OtherPlane { inferred: bool },
    /// It is not listed.
    Unknown,
}

/// What the catalogue knows of an operation, by plane and name.
pub(crate) fn standing(catalogue: &Catalogue, plane: Plane, name: &str) -> Standing {
    let inferred = |plane| {
        let id = catalogue.operation(plane, name)?;
        catalogue.op(id).map(|operation| operation.inferred)
    };
    if let Some(inferred) = inferred(plane) {
        return Standing::Listed { inferred };
    }
    match plane.other_rbac().and_then(inferred) {
        Some(inferred) => Standing::OtherPlane { inferred },
        None => Standing::Unknown,
    }
}

/// Operations by number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Universe {
    known: u32,
    extras: Vec<Extra>,
    by_name: BTreeMap<(Plane, String), OpId>,
}

/// An operation that the catalogue does not list on this plane.
#[derive(Clone, Debug)]
pub(crate) struct Extra {
    pub(crate) id: OpId,
    pub(crate) plane: Plane,
    pub(crate) name: String,
    /// Listed for certain on the other plane: then this one does not exist, and no role grants it.
    pub(crate) misplaced: bool,
}

impl Universe {
    /// The catalogue's operations and everything that needs, custom roles and connectors name.
    pub(crate) fn new(program: &Program, catalogue: &Catalogue) -> Universe {
        let known = catalogue.operation_count();
        let mut universe = Universe {
            known,
            extras: Vec::new(),
            by_name: BTreeMap::new(),
        };
        for need in program.needs.values() {
            for (plane, name) in &need.clause.any_of {
                universe.intern(catalogue, *plane, name);
            }
        }
        for permission in program.permissions.values() {
            universe.intern(catalogue, permission.plane, &permission.name);
        }
        for forbid in &program.forbids {
            for (plane, name) in &forbid.operations {
                universe.intern(catalogue, *plane, name);
            }
        }
        let mut seen = BTreeSet::new();
        for connector in program
            .resources
            .values()
            .map(|resource| &resource.connector)
        {
            if seen.insert(connector.name.as_str()) {
                for (plane, name) in named_by(connector) {
                    universe.intern(catalogue, plane, name);
                }
                if let Some(plane) = connector.plane.operation_plane() {
                    for name in plane_roles::plane_operations(plane) {
                        universe.intern(catalogue, plane, name);
                    }
                }
            }
        }
        for role in program.roles.values() {
            let exact = role.operations.iter();
            for one in exact.filter(|one| !one.pattern.value.contains('*')) {
                universe.intern(catalogue, one.plane, &one.pattern.value);
            }
        }
        universe
    }

    fn intern(&mut self, catalogue: &Catalogue, plane: Plane, name: &str) {
        if self.by_name.contains_key(&(plane, name.to_owned())) {
            return;
        }
        let folded = (plane, name.to_ascii_lowercase());
        let listed = catalogue.operation(plane, name);
        let id = match listed.or_else(|| self.by_name.get(&folded).copied()) {
            Some(id) => id,
            None => self.add(catalogue, plane, name),
        };
        self.by_name.insert(folded, id);
        self.by_name.insert((plane, name.to_owned()), id);
    }

    fn add(&mut self, catalogue: &Catalogue, plane: Plane, name: &str) -> OpId {
        let id = OpId::new(self.known + self.extras.len() as u32);
        let misplaced =
            standing(catalogue, plane, name) == Standing::OtherPlane { inferred: false };
        self.extras.push(Extra {
            id,
            plane,
            name: name.to_owned(),
            misplaced,
        });
        id
    }

    /// The number of an operation that the program names, or of any that the catalogue lists.
    pub(crate) fn find(&self, catalogue: &Catalogue, plane: Plane, name: &str) -> Option<OpId> {
        // By the manifest's own spelling first: that costs no walk through the catalogue.
        let named = self.by_name.get(&(plane, name.to_owned())).copied();
        named.or_else(|| catalogue.operation(plane, name))
    }

    /// The operations beyond the catalogue.
    pub(crate) fn extras(&self) -> &[Extra] {
        &self.extras
    }

    /// Plane and name of a number.
    pub(crate) fn operation<'a>(
        &'a self,
        catalogue: &'a Catalogue,
        id: OpId,
    ) -> Option<Operation<'a>> {
        match id.index().checked_sub(self.known) {
            None => {
                let operation = catalogue.op(id)?;
                Some(Operation {
                    plane: operation.plane,
                    name: operation.name.into(),
                })
            }
            Some(extra) => {
                let extra = self.extras.get(extra as usize)?;
                Some(Operation {
                    plane: extra.plane,
                    name: extra.name.as_str().into(),
                })
            }
        }
    }
}
