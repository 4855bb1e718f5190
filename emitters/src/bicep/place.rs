//! What happens in one place: resources, roles and assignments, and for places other than the
//! manifest's own the module that holds them.

use super::{Param, param, tags};
use crate::infrastructure::Writer;
use crate::view::{Assignment, Place, Resource, Role, Symbol, Text, View};
use minijinja::Error;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

/// What happens in one place.
#[derive(Debug, Serialize)]
pub(super) struct Contents<'a> {
    resources: Vec<&'a Resource>,
    roles: Vec<&'a Role>,
    assignments: Vec<Held<'a>>,
}

/// An assignment as a file of its place says it.
#[derive(Debug, Serialize)]
struct Held<'a> {
    #[serde(flatten)]
    held: &'a Assignment,
    /// The principal's id.
    principal: Text,
    /// The GUID of the role, where this file knows it.
    role_guid: Option<Text>,
    /// The custom role, where another file defines it.
    elsewhere: Option<&'a str>,
}

/// The contents of a place.
pub(super) fn contents(view: &View, index: usize) -> Contents<'_> {
    let held = view.assignments.iter().filter(|held| held.place == index);
    Contents {
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
    }
}

fn held<'a>(view: &'a View, index: usize, held: &'a Assignment) -> Held<'a> {
    let member = if index == 0 {
        ".properties.principalId"
    } else {
        ".principalId"
    };
    let custom = held.custom.and_then(|role| view.roles.get(role));
    let here = custom.filter(|role| role.place == index);
    let role_guid = match here {
        Some(role) => Some(Text::code(format!("{}.name", role.symbol.bicep), "")),
        None => held.guid.as_ref().map(Text::literal),
    };
    Held {
        held,
        principal: Text::code(format!("{}{member}", held.identity.bicep), ""),
        role_guid,
        elsewhere: custom
            .filter(|role| role.place != index)
            .map(|role| role.name.as_str()),
    }
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
    principals: Vec<Symbol>,
    after: Vec<Symbol>,
}

impl<'a> Access<'a> {
    /// The module of a place that something happens in.
    pub(super) fn of(view: &'a View, index: usize) -> Option<Access<'a>> {
        let contents = contents(view, index);
        if contents.resources.is_empty() && contents.assignments.is_empty() {
            return None;
        }
        Some(Access {
            place: view.places.get(index)?,
            contents,
            index,
        })
    }

    /// Writes the module and says how it is called.
    pub(super) fn write(&self, view: &View, writer: &mut Writer) -> Result<Module, Error> {
        let body = writer.render(
            "place",
            json!({
                "server": view.server,
                "azure": view.azure,
                "suffix": Text::suffix(),
                "tags": param("tags"),
                "workspace": param("workspaceId"),
                "place": self.contents,
            }),
        )?;
        let params = self.params(view, &body.params);
        let principals = self.principals(view);
        let described: Vec<_> = principals
            .iter()
            .map(|(symbol, path)| json!({ "symbol": symbol, "doc": format!("The {path}.") }))
            .collect();
        let head = writer.render(
            "access.head",
            json!({
                "server": view.server,
                "place": self.place,
                "scope": if self.place.group.is_some() { "resourceGroup" } else { "subscription" },
                "params": params,
                "principals": described,
            }),
        )?;
        let path = format!("modules/{}.bicep", self.place.file);
        writer.add(&path, &format!("{}\n{}", head.text, body.text));
        Ok(Module {
            symbol: self.place.symbol.clone(),
            path,
            shown: self.place.shown.clone(),
            deployment: self.place.deployment.clone(),
            subscription: self.place.subscription.clone(),
            group: self.place.group.clone(),
            params,
            principals: principals
                .into_iter()
                .map(|(symbol, _)| symbol.clone())
                .collect(),
            after: self.after(view),
        })
    }

    /// The parameters that the body refers to.
    fn params(&self, view: &View, printed: &BTreeSet<String>) -> Vec<Param> {
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

    /// The identities that hold something here, in manifest order.
    fn principals(&self, view: &'a View) -> Vec<(&'a Symbol, &'a str)> {
        let holds = |symbol: &Symbol| {
            self.contents
                .assignments
                .iter()
                .any(|held| held.held.identity == *symbol)
        };
        let identities = view
            .identities
            .iter()
            .filter(|identity| holds(&identity.symbol));
        identities
            .map(|identity| (&identity.symbol, identity.path.as_str()))
            .collect()
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
