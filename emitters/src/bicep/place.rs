//! What happens in one place: resources, roles and assignments, and for places other than the
//! manifest's own the module that holds them.

use super::{Param, param, tags};
use crate::infrastructure::Writer;
use crate::view::{
    AppRole, Assignment, CosmosAccount, CosmosAssignment, CosmosRole, Identity, Place, PlaceKind,
    Resource, Role, Symbol, Text, View,
};
use minijinja::Error;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What happens in one place.
#[derive(Debug, Serialize)]
pub(super) struct Contents<'a> {
    resources: Vec<&'a Resource>,
    roles: Vec<&'a Role>,
    assignments: Vec<Held<'a>>,
    cosmos_roles: Vec<CosmosDefined<'a>>,
    cosmos_assignments: Vec<CosmosHeld<'a>>,
    /// Whether a condition names the roles that the deployment assigns.
    delegates: bool,
    /// Whether the place is above subscriptions.
    above: bool,
}

/// A custom role of a Cosmos DB account, with that.
#[derive(Debug, Serialize)]
struct CosmosDefined<'a> {
    #[serde(flatten)]
    role: &'a CosmosRole,
    home: &'a CosmosAccount,
}

/// An assignment in a Cosmos DB account, with that.
#[derive(Debug, Serialize)]
struct CosmosHeld<'a> {
    #[serde(flatten)]
    held: &'a CosmosAssignment,
    home: &'a CosmosAccount,
    /// The principal's id.
    principal: Text,
    /// What tells the identity apart in names.
    identity_id: Text,
    /// The symbol of the custom role.
    defined: Option<&'a Symbol>,
}

/// An assignment as a file of its place says it.
#[derive(Debug, Serialize)]
struct Held<'a> {
    #[serde(flatten)]
    held: &'a Assignment,
    /// The principal's id.
    principal: Text,
    /// What tells the identity apart in names.
    identity_id: Text,
    /// The GUID of the role, where this file knows it.
    role_guid: Option<Text>,
    /// The custom role, where another file defines it.
    elsewhere: Option<&'a str>,
}

/// The contents of a place.
pub(super) fn contents(view: &View, index: usize) -> Contents<'_> {
    let held = view.assignments.iter().filter(|held| held.place == index);
    let place = view.places.get(index);
    Contents {
        delegates: held.clone().any(|held| held.delegates),
        above: place.is_some_and(|place| place.kind == PlaceKind::ManagementGroup),
        resources: view
            .resources
            .iter()
            .filter(|resource| resource.place == index)
            .collect(),
        roles: view
            .roles
            .iter()
            .filter(|role| role.place == index)
            .collect(),
        assignments: held.map(|held| self::held(view, index, held)).collect(),
        cosmos_roles: cosmos_roles(view, index),
        cosmos_assignments: cosmos_assignments(view, index),
    }
}

fn cosmos_roles(view: &View, index: usize) -> Vec<CosmosDefined<'_>> {
    let here = view.cosmos.roles.iter().filter(|role| role.place == index);
    here.filter_map(|role| {
        let home = view.cosmos.accounts.get(role.account)?;
        Some(CosmosDefined { role, home })
    })
    .collect()
}

fn cosmos_assignments(view: &View, index: usize) -> Vec<CosmosHeld<'_>> {
    let cosmos = &view.cosmos;
    let here = cosmos.assignments.iter().filter(|held| held.place == index);
    here.filter_map(|held| {
        let role = held.custom.and_then(|role| cosmos.roles.get(role));
        let (identity_id, principal) = ids(view, index, &held.identity);
        Some(CosmosHeld {
            held,
            home: cosmos.accounts.get(held.account)?,
            principal,
            identity_id,
            defined: role.map(|role| &role.symbol),
        })
    })
    .collect()
}

/// The app roles, each with the id of its principal.
pub(super) fn app_roles(view: &View) -> Vec<Value> {
    let roles = view.directory.roles.iter();
    let of = |held: &AppRole| {
        let (_, principal) = ids(view, 0, &held.identity);
        json!({
            "path": held.path,
            "symbol": held.symbol,
            "api": held.api,
            "name": held.name,
            "id": held.id,
            "principal": principal,
        })
    };
    roles.map(of).collect()
}

/// What tells an identity apart in names, and the id of its principal, as a file of a place says
/// them.
fn ids(view: &View, index: usize, symbol: &Symbol) -> (Text, Text) {
    let member = |name: &str| Text::code(format!("{}.{name}", symbol.bicep), "");
    match identity(view, symbol).filter(|_| index == 0) {
        Some(identity) => (identity.id.clone(), identity.principal.clone()),
        None => (member("id"), member("principalId")),
    }
}

fn held<'a>(view: &'a View, index: usize, held: &'a Assignment) -> Held<'a> {
    let (identity_id, principal) = ids(view, index, &held.identity);
    let custom = held.custom.and_then(|role| view.roles.get(role));
    let here = custom.filter(|role| role.place == index);
    let role_guid = match here {
        Some(role) => Some(Text::code(format!("{}.name", role.symbol.bicep), "")),
        None => held.guid.as_ref().map(Text::literal),
    };
    Held {
        held,
        principal,
        identity_id,
        role_guid,
        elsewhere: custom
            .filter(|role| role.place != index)
            .map(|role| role.name.as_str()),
    }
}

fn identity<'a>(view: &'a View, symbol: &Symbol) -> Option<&'a Identity> {
    view.identities.iter().find(|it| it.symbol == *symbol)
}

/// The identities that hold something above subscriptions, in manifest order.
pub(super) fn above(view: &View) -> Vec<&Identity> {
    let above = |index: usize| {
        let place = view.places.get(index);
        place.is_some_and(|place| place.kind == PlaceKind::ManagementGroup)
    };
    let holds = |identity: &&Identity| {
        let mut held = view.assignments.iter();
        held.any(|held| held.identity == identity.symbol && above(held.place))
    };
    view.identities.iter().filter(holds).collect()
}

/// The module of a place.
pub(super) struct Access<'a> {
    place: &'a Place,
    contents: Contents<'a>,
    index: usize,
}

/// How `main.bicep` calls the module of a place.
#[derive(Debug, Serialize)]
pub(super) struct Module {
    symbol: Symbol,
    path: String,
    shown: String,
    deployment: Text,
    subscription: Option<Text>,
    group: Option<Text>,
    params: Vec<Param>,
    principals: Vec<Identity>,
    after: Vec<Symbol>,
}

impl<'a> Access<'a> {
    /// The module of a place that something happens in.
    pub(super) fn of(view: &'a View, index: usize) -> Option<Access<'a>> {
        let contents = contents(view, index);
        let holds = !contents.assignments.is_empty() || !contents.cosmos_assignments.is_empty();
        if contents.resources.is_empty() && !holds {
            return None;
        }
        Some(Access {
            place: view.places.get(index)?,
            contents,
            index,
        })
    }

    /// Writes the module and says how it is called; what is above subscriptions is a file of its
    /// own, which nothing calls.
    pub(super) fn write(&self, view: &View, writer: &mut Writer) -> Result<Option<Module>, Error> {
        let body = writer.render(
            "module",
            json!({
                "server": view.server,
                "azure": view.azure,
                "suffix": Text::suffix(),
                "tags": param("tags"),
                "workspace": param("workspaceId"),
                "emitted_roles": view.emitted_roles,
                "place": self.contents,
            }),
        )?;
        let params = params(view, &body.params);
        let principals = self.principals(view);
        let described: Vec<_> = principals
            .iter()
            .map(|it| json!({ "symbol": it.symbol, "doc": format!("The {}.", it.path) }))
            .collect();
        let apart = self.contents.above;
        let path = match apart {
            true => format!("{}.bicep", self.place.file),
            false => format!("modules/{}.bicep", self.place.file),
        };
        let scope = match (self.place.kind, &self.place.group) {
            (PlaceKind::ManagementGroup, _) => "managementGroup",
            (_, Some(_)) => "resourceGroup",
            (_, None) => "subscription",
        };
        let head = writer.render(
            "access.head",
            json!({
                "server": view.server,
                "azure": view.azure,
                "place": self.place,
                "apart": apart,
                "file": path,
                "scope": scope,
                "params": params,
                "principals": described,
            }),
        )?;
        writer.add(&path, &format!("{}\n{}", head.text, body.text));
        let module = Module {
            symbol: self.place.symbol.clone(),
            path,
            shown: self.place.shown.clone(),
            deployment: self.place.deployment.clone(),
            subscription: self.place.subscription.clone(),
            group: self.place.group.clone(),
            params,
            principals: principals.into_iter().cloned().collect(),
            after: self.after(view),
        };
        Ok((!apart).then_some(module))
    }

    /// The identities that hold something here, in manifest order.
    fn principals(&self, view: &'a View) -> Vec<&'a Identity> {
        let holds = |symbol: &Symbol| {
            let mut held = self.contents.assignments.iter();
            let mut cosmos = self.contents.cosmos_assignments.iter();
            held.any(|held| held.held.identity == *symbol)
                || cosmos.any(|held| held.held.identity == *symbol)
        };
        let identities = view.identities.iter();
        identities.filter(|it| holds(&it.symbol)).collect()
    }

    /// What must be there before: the custom roles that other files define.
    fn after(&self, view: &View) -> Vec<Symbol> {
        let mut after = Vec::new();
        for held in &self.contents.assignments {
            let role = held.held.custom.and_then(|role| view.roles.get(role));
            let Some(role) = role.filter(|role| role.place != self.index) else {
                continue;
            };
            let symbol = match view.places.get(role.place) {
                Some(place) if role.place != 0 => place.symbol.clone(),
                _ => role.symbol.clone(),
            };
            if !after.contains(&symbol) {
                after.push(symbol);
            }
        }
        after
    }
}

/// The parameters that a module's body refers to.
pub(super) fn params(view: &View, printed: &BTreeSet<String>) -> Vec<Param> {
    let one = |name: &String| {
        let manifest = view.params.iter().find(|param| param.symbol.bicep == *name);
        let (ty, doc, value) = match (name.as_str(), manifest) {
            (_, Some(param)) => ("string", param.doc.as_str(), self::param(name)),
            ("tags", _) => ("object", "Tags of everything that is created.", tags(view)),
            ("workspaceId", _) => (
                "string",
                "Resource id of the Log Analytics workspace.",
                Text::code("logs.id", ""),
            ),
            _ => (
                "string",
                "Ends every name, so that no two deployments collide.",
                self::param(name),
            ),
        };
        Param {
            name: name.clone(),
            ty,
            doc: doc.to_owned(),
            value,
        }
    };
    printed.iter().map(one).collect()
}
