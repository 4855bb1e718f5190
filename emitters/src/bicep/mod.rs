//! Bicep: `main.bicep` for the manifest's own resource group, a module for every other place, and
//! one module that hosts an app.
//!
//! A file declares the parameters that its body refers to: the body is filled in first, and what
//! it printed is what the head declares and what a module is handed.

mod bootstrap;
mod environment;
mod place;

use crate::infrastructure::{self, Target, Writer};
use crate::template::{Language, Sources};
use crate::view::{self, Symbol, Text, View};
use crate::{Emitted, Options};
use grantc_core::Verified;
use minijinja::Error;
use place::Access;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

const TEMPLATES: Sources = &[
    ("main.head", include_str!("templates/main.head.bicep.j2")),
    ("main.body", include_str!("templates/main.body.bicep.j2")),
    (
        "access.head",
        include_str!("templates/access.head.bicep.j2"),
    ),
    ("identities", include_str!("templates/identities.bicep.j2")),
    ("principals", include_str!("templates/principals.bicep.j2")),
    (
        "environment",
        include_str!("templates/environment.bicepparam.j2"),
    ),
    (
        "bootstrap.main",
        include_str!("templates/bootstrap.main.bicep.j2"),
    ),
    (
        "bootstrap.body",
        include_str!("templates/bootstrap.body.bicep.j2"),
    ),
    (
        "bootstrap.deployers",
        include_str!("templates/bootstrap.deployers.bicep.j2"),
    ),
    (
        "bootstrap.outputs",
        include_str!("templates/bootstrap.outputs.bicep.j2"),
    ),
    ("place", include_str!("templates/place.bicep.j2")),
    ("module", include_str!("templates/module.bicep.j2")),
    ("cosmos", include_str!("templates/cosmos.bicep.j2")),
    ("directory", include_str!("templates/directory.bicep.j2")),
    ("outputs", include_str!("templates/outputs.bicep.j2")),
    ("app", include_str!("templates/app.bicep.j2")),
    (
        "create/azure.blob",
        include_str!("templates/create/azure.blob.bicep.j2"),
    ),
    (
        "create/azure.cosmos",
        include_str!("templates/create/azure.cosmos.bicep.j2"),
    ),
    (
        "create/azure.keyvault",
        include_str!("templates/create/azure.keyvault.bicep.j2"),
    ),
    (
        "create/azure.openai",
        include_str!("templates/create/azure.openai.bicep.j2"),
    ),
    (
        "create/azure.queue",
        include_str!("templates/create/azure.queue.bicep.j2"),
    ),
    (
        "create/azure.search",
        include_str!("templates/create/azure.search.bicep.j2"),
    ),
    (
        "create/azure.servicebus",
        include_str!("templates/create/azure.servicebus.bicep.j2"),
    ),
    (
        "create/azure.table",
        include_str!("templates/create/azure.table.bicep.j2"),
    ),
    (
        "create/storage-account",
        include_str!("templates/create/storage-account.bicep.j2"),
    ),
    (
        "create/storage-logs",
        include_str!("templates/create/storage-logs.bicep.j2"),
    ),
];

/// The Bicep of a program; nothing where it has no infrastructure.
pub fn bicep(program: &Verified, options: &Options) -> Emitted {
    let target = Target {
        language: Language::Bicep,
        sources: TEMPLATES,
        folder: "bicep",
        layout: str::to_owned,
        write,
    };
    let mut emitted = infrastructure::emit(&target, view::view(program, options), program);
    let before = Target {
        folder: "bootstrap/bicep",
        write: bootstrap::write,
        ..target
    };
    let bootstrap = view::bootstrap(program, options);
    emitted.merge(infrastructure::emit(&before, bootstrap, program));
    emitted
}

/// What tells the compiler of Bicep where the types of the directory are.
const CONFIG: &str = r#"{
  "extensions": {
    "microsoftGraphV1": "br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0"
  }
}
"#;

/// A parameter of a module.
#[derive(Clone, Debug, Serialize)]
struct Param {
    name: String,
    ty: &'static str,
    doc: String,
    /// What `main.bicep` hands over.
    value: Text,
}

fn write(view: &View, writer: &mut Writer) -> Result<(), Error> {
    let mut modules = Vec::new();
    for index in 1..view.places.len() {
        if let Some(access) = Access::of(view, index) {
            modules.extend(access.write(view, writer)?);
        }
    }
    main(view, &modules, writer)?;
    if !view.apps.is_empty() {
        let app = json!({
            "server": view.server,
            "host_roles": view.host_roles,
            "system_assigned": view.system_assigned(),
            "trusts_hosts": view.trusts_hosts(),
        });
        writer.write("modules/app.bicep", "app", app)?;
    }
    if view.uses_directory() {
        writer.add("bicepconfig.json", CONFIG);
    }
    Ok(())
}

fn main(view: &View, modules: &[place::Module], writer: &mut Writer) -> Result<(), Error> {
    let own = place::contents(view, 0);
    let body = writer.render(
        "main.body",
        json!({
            "modules": modules,
            "server": view.server,
            "azure": view.azure,
            "identities": view.identities,
            "apps": view.apps,
            "suffix": Text::suffix(),
            "tags": tags(view),
            "workspace": Text::code("logs.id", ""),
            "emitted_roles": view.emitted_roles,
            "system_assigned": view.system_assigned(),
            "principals": place::above(view),
            "place": own,
            "directory": view.directory,
            "app_roles": place::app_roles(view),
            "databases": view.databases,
        }),
    )?;
    let head = |printed: &BTreeSet<String>| {
        let params = view
            .params
            .iter()
            .filter(|param| printed.contains(&param.symbol.bicep));
        let params: Vec<_> = params.collect();
        let place = view.places.first();
        let required = params.iter().filter(|param| param.default.is_none());
        let all = json!({
            "server": view.server,
            "azure": view.azure,
            "place": place,
            "app_roles": !view.directory.roles.is_empty(),
            "params": params,
            "directory": view.uses_directory(),
            "required": required.collect::<Vec<_>>(),
        });
        writer.render("main.head", all)
    };
    // The tags stand in the head and may refer to parameters that nothing else does.
    let mut printed = head(&BTreeSet::new())?.params;
    printed.extend(body.params);
    let head = head(&printed)?;
    writer.add("main.bicep", &format!("{}\n{}", head.text, body.text));
    environment::write(view, &printed, false, writer)
}

/// The tags of everything created, in `main.bicep`.
fn tags(view: &View) -> Text {
    if view.azure.tags.is_empty() {
        return param("tags");
    }
    Text::code("allTags", "")
}

fn param(name: &str) -> Text {
    Text::param(&Symbol {
        bicep: name.to_owned(),
        hcl: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_template_quotes_an_expression() {
        crate::infrastructure::tests::no_template_quotes_an_expression(super::TEMPLATES);
    }

    #[test]
    fn what_the_table_says_is_made_has_a_template() {
        crate::infrastructure::tests::what_is_made_has_a_template(super::TEMPLATES);
    }
}
