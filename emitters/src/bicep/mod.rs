//! Bicep: `main.bicep` for the manifest's own resource group, a module for every other place, and
//! one module that hosts an app.
//!
//! A file declares the parameters that its body refers to: the body is filled in first, and what
//! it printed is what the head declares and what a module is handed.

mod place;

use crate::infrastructure::{self, Target, Writer};
use crate::template::{Language, Sources};
use crate::view::{Symbol, Text, View};
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
    ("place", include_str!("templates/place.bicep.j2")),
    ("app", include_str!("templates/app.bicep.j2")),
    (
        "create/azure.blob",
        include_str!("templates/create/azure.blob.bicep.j2"),
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
    infrastructure::emit(&target, program, options)
}

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
            modules.push(access.write(view, writer)?);
        }
    }
    main(view, &modules, writer)?;
    if !view.apps.is_empty() {
        let app = json!({ "server": view.server, "host_roles": view.host_roles });
        writer.write("modules/app.bicep", "app", app)?;
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
            "place": own,
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
            "params": params,
            "required": required.collect::<Vec<_>>(),
        });
        writer.render("main.head", all)
    };
    // The tags stand in the head and may refer to parameters that nothing else does.
    let mut printed = head(&BTreeSet::new())?.params;
    printed.extend(body.params);
    let head = head(&printed)?;
    writer.add("main.bicep", &format!("{}\n{}", head.text, body.text));
    Ok(())
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
