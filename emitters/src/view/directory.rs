//! App roles in Microsoft Graph and in APIs of one's own, which are kept in the directory.
//!
//! They are named by their id at the API, so that a name that is given away later grants nothing
//! else; the API itself is found by its client id.

use super::{Build, Symbol, Text};
use grantc_core::ir::{Assignment, RoleRef};
use grantc_spec::connectors::PlaneFamily;
use serde::Serialize;

/// The field of a resource that holds the client id of its API.
pub(super) const CLIENT_ID: &str = "client-id";

/// The client id of Microsoft Graph, the same in every tenant and cloud.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// What is held in the directory.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Directory {
    /// The APIs.
    pub apis: Vec<Api>,
    /// What is held.
    pub roles: Vec<AppRole>,
}

/// An API whose app roles are held.
#[derive(Clone, Debug, Serialize)]
pub struct Api {
    /// Path of the node of its resource.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Its client id.
    pub client_id: Text,
}

/// An app role that an identity holds.
#[derive(Clone, Debug, Serialize)]
pub struct AppRole {
    /// Path of its node.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Who holds it.
    pub identity: Symbol,
    /// The API.
    pub api: Symbol,
    /// Its name.
    pub name: String,
    /// Its id at the API.
    pub id: String,
}

impl Build<'_> {
    /// What is held in the directory, in manifest order.
    pub(super) fn directory(&mut self) -> Directory {
        let mut directory = Directory::default();
        let program = self.program;
        for held in program.assignments.values() {
            let family = self.family(held.role);
            if self.has(held.identity)
                && matches!(family, PlaneFamily::Graph | PlaneFamily::EntraApp)
            {
                self.app_role(held, family, &mut directory);
            }
        }
        directory
    }

    fn app_role(
        &mut self,
        held: &Assignment,
        family: PlaneFamily,
        directory: &mut Directory,
    ) -> Option<()> {
        let RoleRef::Permission(permission) = held.role else {
            return None;
        };
        let permission = self.program.permissions.get(permission)?;
        let resource = self.program.resources.get(held.on)?;
        let client_id = match family {
            PlaneFamily::Graph => Text::literal(GRAPH),
            _ => self.text(resource.field(CLIENT_ID)?),
        };
        let known = directory
            .apis
            .iter()
            .find(|api| api.client_id == client_id)
            .map(|api| api.symbol.clone());
        let api = known.unwrap_or_else(|| {
            let symbol = self.symbols.name("api", &resource.name.value);
            directory.apis.push(Api {
                path: format!("resource {}", resource.name),
                symbol: symbol.clone(),
                client_id,
            });
            symbol
        });
        let identity = self.identities.get(&held.identity)?.clone();
        let is_known = directory.roles.iter().any(|known| {
            known.identity == identity && known.api == api && known.id == permission.id
        });
        if is_known {
            return None;
        }
        let name = self.identity_name(held.identity).to_owned();
        let (role, on) = (&held.role_name, &resource.name);
        directory.roles.push(AppRole {
            path: self.path_of(held),
            symbol: self
                .symbols
                .name("assignment", &format!("{name} {role} on {on}")),
            identity,
            api,
            name: permission.name.clone(),
            id: permission.id.clone(),
        });
        Some(())
    }
}
