//! Custom roles and what is held.

use super::later::not_yet;
use super::{Build, PlaceKind, Symbol, Text, condition};
use grantc_core::ir::{
    Assignment as IrAssignment, Condition, CustomRole, CustomRoleId, ResourceId, RoleRef,
};
use grantc_spec::Plane;
use grantc_spec::catalogue::Block;
use grantc_spec::connectors::PlaneFamily;
use serde::Serialize;

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
    /// Those places, by index.
    #[serde(skip)]
    pub places: Vec<usize>,
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
    /// What narrows it.
    pub condition: Option<Text>,
    /// The version of the condition's syntax.
    pub condition_version: &'static str,
    /// Whether the condition names the roles that the deployment assigns.
    pub delegates: bool,
    /// What it is held on, in the program.
    #[serde(skip)]
    pub on: ResourceId,
    /// The role, in the program.
    #[serde(skip)]
    pub held: RoleRef,
}

/// A role that the deployment assigns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EmittedRole {
    /// Its name.
    pub role: String,
    /// Its GUID, where the manifest does not define it.
    pub guid: Option<String>,
}

impl Build<'_> {
    /// Path of the node of something held; of what no node writes, what asks for it.
    pub(super) fn path_of(&self, held: &IrAssignment) -> String {
        let identity = self.identity_name(held.identity);
        let on = self.program.resources.get(held.on);
        let on = on.map_or("", |on| on.name.value.as_str());
        let word = match held.inferred {
            Some(_) => "inferred",
            None => "assign",
        };
        format!(
            "identity {identity} › {word} \"{}\" on {on}",
            held.role_name
        )
    }

    /// Path of the node of a custom role.
    pub(super) fn path_of_role(&self, role: &CustomRole) -> String {
        match role.inferred {
            Some(identity) => format!(
                "identity {} › inferred role \"{}\"",
                self.identity_name(identity),
                role.name
            ),
            None => format!("role \"{}\"", role.name),
        }
    }

    /// The custom roles, each defined in one of the places that it is assigned in.
    pub(super) fn roles(&mut self) -> Vec<Role> {
        let mut roles = Vec::new();
        for (id, role) in self.program.roles.iter() {
            if role.family != PlaneFamily::AzureRbac || !self.defines(id) {
                continue;
            }
            let symbol = self.symbols.kinded("role", &role.name.value);
            let server = &self.program.server.name.value;
            let of = |wanted: Plane| {
                let operations = role.operations.iter().filter(|one| one.plane == wanted);
                operations.map(|one| one.pattern.value.clone()).collect()
            };
            let places = self.places_of(id);
            roles.push(Role {
                path: self.path_of_role(role),
                symbol,
                name: role.name.value.clone(),
                display: Text::literal(format!("{} ({server}-", role.name))
                    .then(Text::suffix())
                    .and(")"),
                description: format!("Role {} of server {server}.", role.name),
                place: places.first().copied().unwrap_or_default(),
                assignable: self.assignable(&places),
                places: places.clone(),
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
        let held =
            held.filter(|held| held.role == RoleRef::Custom(role) && self.has(held.identity));
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
        let all = self.program.assignments.values();
        let all: Vec<&IrAssignment> = all.filter(|held| self.has(held.identity)).collect();
        all.into_iter()
            .filter_map(|held| self.assignment(held, roles))
            .collect()
    }

    fn assignment(&mut self, held: &IrAssignment, roles: &[Role]) -> Option<Assignment> {
        if self.family(held.role) != PlaneFamily::AzureRbac {
            return None;
        }
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
        let delegates = matches!(held.condition, Some(Condition::RolesEmitted { .. }));
        let condition = held
            .condition
            .as_ref()
            .and_then(|it| self.condition(held, it));
        if held.condition.is_some() && condition.is_none() {
            let what = "a condition on paths of what has none in Azure";
            let help = "assign the role without a condition on a narrower resource";
            self.diagnostics.push(not_yet(held.span, what, help));
        }
        Some(Assignment {
            path: self.path_of(held),
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
            condition,
            condition_version: condition::VERSION,
            delegates,
            on: held.on,
            held: held.role,
        })
    }

    /// What narrows a role, in Azure's syntax.
    fn condition(&self, held: &IrAssignment, condition: &Condition) -> Option<Text> {
        match condition {
            Condition::Paths(patterns) => {
                let connector = &self.program.resources.get(held.on)?.connector;
                let actions = connector.narrowed_by_path().map(|one| one.name.as_str());
                condition::paths(patterns, actions, &self.blocks(held.role))
            }
            Condition::RolesEmitted { .. } => {
                let guids = Text::code(
                    "join(emittedRoles, ', ')",
                    "join(\", \", local.emitted_roles)",
                );
                Some(condition::roles(!self.emitted_roles().is_empty(), &guids))
            }
        }
    }

    /// The permission strings of a role of Azure RBAC.
    fn blocks(&self, role: RoleRef) -> Vec<Block> {
        match role {
            RoleRef::BuiltIn(ix) => self.catalogue.role(ix).blocks.to_vec(),
            RoleRef::Custom(id) => {
                let role = self.program.roles.get(id);
                let operations = role.map_or(&[][..], |role| role.operations.as_slice());
                let of = |plane| {
                    let operations = operations.iter().filter(|one| one.plane == plane);
                    operations.map(|one| one.pattern.value.clone()).collect()
                };
                vec![Block {
                    actions: of(Plane::Control),
                    data_actions: of(Plane::Data),
                    ..Block::default()
                }]
            }
            RoleRef::OfPlane(..) | RoleRef::Permission(_) => Vec::new(),
        }
    }

    /// Every role of Azure RBAC that the deployment assigns, to hosts too; not what those hold who
    /// deploy, for they could give it on.
    pub(super) fn emitted_roles(&self) -> Vec<EmittedRole> {
        let roles = grantc_core::check::emitted_roles(self.program, self.catalogue);
        let emitted = roles.into_iter().filter_map(|role| match role {
            RoleRef::BuiltIn(ix) => {
                let role = self.catalogue.role(ix);
                Some(EmittedRole {
                    role: role.name.to_owned(),
                    guid: Some(role.id.to_owned()),
                })
            }
            RoleRef::Custom(id) => Some(EmittedRole {
                role: self.program.roles.get(id)?.name.value.clone(),
                guid: None,
            }),
            RoleRef::OfPlane(..) | RoleRef::Permission(_) => None,
        });
        emitted.collect()
    }

    /// Whether this part defines a custom role: the part whose identities hold it, the deployment
    /// where none does.
    fn defines(&self, role: CustomRoleId) -> bool {
        let held = self.program.assignments.values();
        let mut held = held
            .filter(|held| held.role == RoleRef::Custom(role))
            .peekable();
        match held.peek() {
            Some(_) => held.any(|held| self.has(held.identity)),
            None => !self.part.is_bootstrap(),
        }
    }
}
