//! Identities, custom roles and what is held.

use super::{Build, PlaceKind, Symbol, Text, names};
use grantc_core::ir::{Assignment as IrAssignment, CustomRoleId, RoleRef};
use grantc_spec::Plane;
use grantc_spec::naming::NameKind;
use serde::Serialize;

/// An identity that tools act as.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    /// Path of its node.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Its name in Azure.
    pub name: Text,
    /// Whether it holds anything, so that its id is needed in names.
    pub holds: bool,
}

/// A custom role.
#[derive(Clone, Debug, Serialize)]
pub struct Role {
    /// Path of its node.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Its name in the manifest.
    pub name: String,
    /// Its name in the tenant.
    pub display: Text,
    /// What a portal says of it.
    pub description: String,
    /// The place it is defined in, by index.
    pub place: usize,
    /// Ids of the places it can be assigned in.
    pub assignable: Vec<Text>,
    /// Operations on the control plane.
    pub actions: Vec<String>,
    /// Operations on the data plane.
    pub data_actions: Vec<String>,
    #[serde(skip)]
    id: Option<CustomRoleId>,
}

/// A role that an identity holds.
#[derive(Clone, Debug, Serialize)]
pub struct Assignment {
    /// Path of its node.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Who holds it.
    pub identity: Symbol,
    /// Name of the role.
    pub role: String,
    /// GUID of a built-in role.
    pub guid: Option<String>,
    /// A custom role, by index.
    pub custom: Option<usize>,
    /// What it is held on: a symbol in Bicep, an id in HCL.
    pub scope: Text,
    /// Whether that is a whole place.
    pub at_place: bool,
    /// The id of that, known before it exists.
    pub scope_id: Text,
    /// The place it is in, by index.
    pub place: usize,
    /// What a portal says of it.
    pub description: String,
}

impl Build<'_> {
    pub(super) fn identities(&mut self) -> Vec<Identity> {
        let mut identities = Vec::new();
        for (id, identity) in self.program.identities.iter() {
            let symbol = self.symbols.name("identity", &identity.name.value);
            self.identities.insert(id, symbol.clone());
            let server = &self.program.server.name.value;
            identities.push(Identity {
                path: format!("identity {}", identity.name),
                symbol,
                name: names::name(NameKind::ManagedIdentity, server, &[&identity.name.value]),
                holds: self
                    .program
                    .assignments
                    .values()
                    .any(|held| held.identity == id),
            });
        }
        identities
    }

    /// The custom roles, each defined in one of the places that it is assigned in.
    pub(super) fn roles(&mut self) -> Vec<Role> {
        let mut roles = Vec::new();
        for (id, role) in self.program.roles.iter() {
            let symbol = self.symbols.kinded("role", &role.name.value);
            let server = &self.program.server.name.value;
            let of = |wanted: Plane| {
                let operations = role.operations.iter().filter(|one| one.plane == wanted);
                operations.map(|one| one.pattern.value.clone()).collect()
            };
            let places = self.places_of(id);
            roles.push(Role {
                path: format!("role \"{}\"", role.name),
                symbol,
                name: role.name.value.clone(),
                display: Text::literal(format!("{} ({server}-", role.name))
                    .then(Text::suffix())
                    .and(")"),
                description: format!("Role {} of server {server}.", role.name),
                place: places.first().copied().unwrap_or_default(),
                assignable: self.assignable(&places),
                actions: of(Plane::Control),
                data_actions: of(Plane::Data),
                id: Some(id),
            });
        }
        roles
    }

    /// Ids of the places that a role can be assigned in, as the first of them sees them.
    fn assignable(&self, places: &[usize]) -> Vec<Text> {
        let places = places.iter().filter_map(|place| self.places.get(*place));
        let ids = places.enumerate().map(|(i, place)| match i {
            0 => Text::of(
                Text::code(format!("{}.id", place.here()), ""),
                place.id.clone(),
            ),
            _ => place.id.clone(),
        });
        ids.collect()
    }

    /// The places that a role is assigned in, without those that another covers. The first is where
    /// it is defined: the nearest to the deployment, since only from there the others can be named.
    fn places_of(&self, role: CustomRoleId) -> Vec<usize> {
        let held = self.program.assignments.values();
        let held = held.filter(|held| held.role == RoleRef::Custom(role));
        let mut all: Vec<usize> = Vec::new();
        for place in held
            .filter_map(|held| self.scopes.get(&held.on))
            .map(|scope| scope.place)
        {
            if !all.contains(&place) {
                all.push(place);
            }
        }
        let covered = |place: &usize| {
            all.iter()
                .any(|other| other != place && self.covers(*other, *place))
        };
        let mut places: Vec<_> = all
            .iter()
            .copied()
            .filter(|place| !covered(place))
            .collect();
        if places.is_empty() {
            places.push(0);
        }
        let distance = |place: &usize| match self.places.get(*place) {
            Some(place) => (place.subscription.is_some(), place.kind != PlaceKind::Own),
            None => (true, true),
        };
        places.sort_by_key(distance);
        places
    }

    pub(super) fn assignments(&mut self, roles: &[Role]) -> Vec<Assignment> {
        let all: Vec<&IrAssignment> = self.program.assignments.values().collect();
        all.into_iter()
            .filter_map(|held| self.assignment(held, roles))
            .collect()
    }

    fn assignment(&mut self, held: &IrAssignment, roles: &[Role]) -> Option<Assignment> {
        let identity = self.identity_name(held.identity).to_owned();
        let on = &self.program.resources.get(held.on)?.name.value;
        let role = &held.role_name.value;
        let symbol = self
            .symbols
            .name("assignment", &format!("{identity} {role} on {on}"));
        let scope = self.scopes.get(&held.on)?.clone();
        let (guid, custom) = match held.role {
            RoleRef::BuiltIn(ix) => (Some(self.catalogue.role(ix).id.to_owned()), None),
            RoleRef::Custom(id) => (None, roles.iter().position(|role| role.id == Some(id))),
            RoleRef::OfPlane(..) | RoleRef::Permission(_) => return None,
        };
        Some(Assignment {
            path: format!("identity {identity} › assign \"{role}\" on {on}"),
            symbol,
            identity: self.identities.get(&held.identity)?.clone(),
            role: role.clone(),
            guid,
            custom,
            scope: scope.scope,
            at_place: scope.at_place,
            scope_id: scope.id,
            place: scope.place,
            description: format!(
                "Server {}: identity {identity} on {on}.",
                self.program.server.name
            ),
        })
    }
}
