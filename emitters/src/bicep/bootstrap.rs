//! What an administrator makes once: the resource group and those who deploy into it.

use super::place::{self, Access};
use super::{CONFIG, environment, param, tags};
use crate::infrastructure::Writer;
use crate::view::{PlaceKind, Text, View};
use minijinja::Error;
use serde_json::json;
use std::collections::BTreeSet;

/// Writes `bootstrap/bicep/`.
pub(super) fn write(view: &View, writer: &mut Writer) -> Result<(), Error> {
    let (params, mut printed) = deployers(view, writer)?;
    let group_id = Text::code("subscription().id", "")
        .and("/resourceGroups/")
        .then(view.azure.group_name.clone());
    let mut modules = Vec::new();
    for index in 1..view.places.len() {
        if let Some(access) = Access::of(view, index) {
            modules.extend(access.write(view, writer)?);
        }
    }
    let above = view
        .places
        .iter()
        .any(|it| it.kind == PlaceKind::ManagementGroup);
    let body = writer.render(
        "bootstrap.body",
        json!({
            "azure": view.azure,
            "group": view.azure.group_name,
            "deployment": view.deployment,
            "tags": tags(view),
            "params": params,
            "modules": modules,
            "apart": above,
        }),
    )?;
    printed.extend(body.params);
    let head = |printed: &BTreeSet<String>| {
        let params = view
            .params
            .iter()
            .filter(|it| printed.contains(&it.symbol.bicep));
        let params: Vec<_> = params.collect();
        let required = params.iter().filter(|param| param.default.is_none());
        let all = json!({
            "server": view.server,
            "azure": view.azure,
            "group_id": group_id,
            "required": required.collect::<Vec<_>>(),
            "params": params,
        });
        writer.render("bootstrap.main", all)
    };
    printed.extend(head(&BTreeSet::new())?.params);
    let head = head(&printed)?;
    writer.add("main.bicep", &format!("{}\n{}", head.text, body.text));
    if view.uses_directory() {
        writer.add("bicepconfig.json", CONFIG);
    }
    environment::write(view, &printed, true, writer)
}

/// Writes the module of those who deploy; its parameters, and those that `main.bicep` hands over.
fn deployers(
    view: &View,
    writer: &mut Writer,
) -> Result<(Vec<super::Param>, BTreeSet<String>), Error> {
    let all = json!({
        "server": view.server,
        "azure": view.azure,
        "suffix": Text::suffix(),
        "tags": param("tags"),
        "workspace": param("workspaceId"),
        "identities": view.identities,
        "emitted_roles": view.emitted_roles,
        "place": place::contents(view, 0),
    });
    let mut text = String::new();
    let mut printed = BTreeSet::new();
    for part in ["identities", "place", "bootstrap.outputs"] {
        let rendered = writer.render(part, &all)?;
        text.push_str(&rendered.text);
        printed.extend(rendered.params);
    }
    let params = place::params(view, &printed);
    let head = writer.render(
        "bootstrap.deployers",
        json!({
            "server": view.server,
            "azure": view.azure,
            "place": view.places.first(),
            "directory": view.uses_directory(),
            "params": params,
        }),
    )?;
    writer.add(
        "modules/deployers.bicep",
        &format!("{}\n\n{text}", head.text),
    );
    Ok((params, printed))
}
