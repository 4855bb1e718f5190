//! Terraform: a root with the providers, the module `server` with everything the manifest asks
//! for, and the module `app` that hosts an app.
//!
//! The site is made with azapi, whose body is that of the Bicep site; a test holds the two equal.
//! Ids and names are composed of what is known beforehand, so that a plan shows them.

mod environment;
mod layout;

use crate::infrastructure::{self, Target, Writer};
use crate::template::{Language, Sources};
use crate::view::{
    self, Assignment, CosmosAssignment, CosmosRole, EmittedRole, HostRole, Param, Place, Role,
    Symbol, Text, View,
};
use crate::{Emitted, Options};
use grantc_core::Verified;
use minijinja::Error;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TEMPLATES: Sources = &[
    (
        "root/terraform",
        include_str!("templates/root.terraform.tf.j2"),
    ),
    (
        "root/variables",
        include_str!("templates/root.variables.tf.j2"),
    ),
    ("root/main", include_str!("templates/root.main.tf.j2")),
    ("root/outputs", include_str!("templates/root.outputs.tf.j2")),
    (
        "server/terraform",
        include_str!("templates/server.terraform.tf.j2"),
    ),
    (
        "server/variables",
        include_str!("templates/server.variables.tf.j2"),
    ),
    (
        "server/locals",
        include_str!("templates/server.locals.tf.j2"),
    ),
    (
        "server/identities",
        include_str!("templates/server.identities.tf.j2"),
    ),
    (
        "server/resources",
        include_str!("templates/server.resources.tf.j2"),
    ),
    ("server/roles", include_str!("templates/server.roles.tf.j2")),
    (
        "server/assignments",
        include_str!("templates/server.assignments.tf.j2"),
    ),
    (
        "server/cosmos",
        include_str!("templates/server.cosmos.tf.j2"),
    ),
    (
        "server/directory",
        include_str!("templates/server.directory.tf.j2"),
    ),
    ("server/apps", include_str!("templates/server.apps.tf.j2")),
    (
        "server/outputs",
        include_str!("templates/server.outputs.tf.j2"),
    ),
    (
        "app/variables",
        include_str!("templates/app.variables.tf.j2"),
    ),
    ("app/main", include_str!("templates/app.main.tf.j2")),
    ("app/outputs", include_str!("templates/app.outputs.tf.j2")),
    (
        "environment",
        include_str!("templates/environment.tfvars.j2"),
    ),
    (
        "bootstrap/main",
        include_str!("templates/bootstrap.main.tf.j2"),
    ),
    (
        "bootstrap/root-outputs",
        include_str!("templates/bootstrap.root-outputs.tf.j2"),
    ),
    (
        "bootstrap/outputs",
        include_str!("templates/bootstrap.outputs.tf.j2"),
    ),
    (
        "create/azure.blob",
        include_str!("templates/create/azure.blob.tf.j2"),
    ),
    (
        "create/azure.cosmos",
        include_str!("templates/create/azure.cosmos.tf.j2"),
    ),
    (
        "create/azure.keyvault",
        include_str!("templates/create/azure.keyvault.tf.j2"),
    ),
    (
        "create/azure.openai",
        include_str!("templates/create/azure.openai.tf.j2"),
    ),
    (
        "create/azure.queue",
        include_str!("templates/create/azure.queue.tf.j2"),
    ),
    (
        "create/azure.search",
        include_str!("templates/create/azure.search.tf.j2"),
    ),
    (
        "create/azure.servicebus",
        include_str!("templates/create/azure.servicebus.tf.j2"),
    ),
    (
        "create/azure.table",
        include_str!("templates/create/azure.table.tf.j2"),
    ),
    (
        "create/storage-account",
        include_str!("templates/create/storage-account.tf.j2"),
    ),
    (
        "create/storage-logs",
        include_str!("templates/create/storage-logs.tf.j2"),
    ),
];

/// Resource providers that every deployment needs registered.
const PROVIDERS: [&str; 6] = [
    "Microsoft.App",
    "Microsoft.Insights",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
    "Microsoft.Storage",
    "Microsoft.Web",
];

/// The Terraform of a program; nothing where it has no infrastructure.
pub fn terraform(program: &Verified, options: &Options) -> Emitted {
    let target = Target {
        language: Language::Hcl,
        sources: TEMPLATES,
        folder: "terraform",
        layout: layout::align,
        write,
    };
    let mut emitted = infrastructure::emit(&target, view::view(program, options), program);
    let before = Target {
        folder: "bootstrap/terraform",
        write: write_bootstrap,
        ..target
    };
    let bootstrap = view::bootstrap(program, options);
    emitted.merge(infrastructure::emit(&before, bootstrap, program));
    emitted
}

fn write(view: &View, writer: &mut Writer) -> Result<(), Error> {
    let used = server(view, &MAIN, writer)?;
    app(view, writer)?;
    root(view, &MAIN, &used, writer)
}

fn write_bootstrap(view: &View, writer: &mut Writer) -> Result<(), Error> {
    let used = server(view, &BOOTSTRAP, writer)?;
    root(view, &BOOTSTRAP, &used, writer)
}

/// What tells the deployment from what is made once before it.
struct Form {
    /// The module with everything the manifest asks for.
    module: &'static str,
    /// The template of what the module gives back.
    outputs: &'static str,
    /// The template of the root's main file.
    main: &'static str,
    /// The template of what the root gives back.
    root_outputs: &'static str,
    /// Whether apps are hosted, for which azapi is needed.
    hosts: bool,
}

const MAIN: Form = Form {
    module: "server",
    outputs: "server/outputs",
    main: "root/main",
    root_outputs: "root/outputs",
    hosts: true,
};

const BOOTSTRAP: Form = Form {
    module: "deployers",
    outputs: "bootstrap/outputs",
    main: "bootstrap/main",
    root_outputs: "bootstrap/root-outputs",
    hosts: false,
};

/// Writes the module of everything the manifest asks for and says which parameters it refers to.
fn server(view: &View, form: &Form, writer: &mut Writer) -> Result<BTreeSet<String>, Error> {
    let resource_group_id = Text::literal("/subscriptions/")
        .then(view.azure.subscription.clone())
        .and("/resourceGroups/")
        .then(view.azure.resource_group.clone());
    let roles: Vec<_> = view.roles.iter().map(|role| role_of(view, role)).collect();
    let assignments: Vec<_> = view
        .assignments
        .iter()
        .map(|held| held_of(view, held))
        .collect();
    let holders: Vec<_> = view
        .identities
        .iter()
        .filter(|identity| identity.holds)
        .collect();
    let all = json!({
        "server": view.server,
        "azure": view.azure,
        "identities": view.identities,
        "holders": holders,
        "places": view.places,
        "resources": view.resources,
        "roles": roles,
        "assignments": assignments,
        "cosmos": view.cosmos,
        "cosmos_roles": cosmos_roles(view),
        "cosmos_assignments": cosmos_assignments(view),
        "app_roles": app_roles(view),
        "apis": view.directory.apis,
        "databases": view.databases,
        "suffix": Text::suffix(),
        "apps": view.apps,
        "system_assigned": view.system_assigned(),
        "trusts_hosts": view.trusts_hosts(),
        "delegates": view.delegates(),
        "emitted_roles": view.emitted_roles.iter().map(|role| emitted_of(view, role)).collect::<Vec<_>>(),
        "resource_group_id": resource_group_id,
        "named": !view.roles.is_empty()
            || !view.assignments.is_empty()
            || !view.cosmos.assignments.is_empty(),
    });
    let created = |resource: &crate::view::Resource| resource.created || resource.gives_id;
    let parts = [
        ("locals", "server/locals", true),
        (
            "identities",
            "server/identities",
            !view.identities.is_empty(),
        ),
        (
            "resources",
            "server/resources",
            view.resources.iter().any(created),
        ),
        ("roles", "server/roles", !view.roles.is_empty()),
        (
            "assignments",
            "server/assignments",
            !view.assignments.is_empty(),
        ),
        (
            "cosmos",
            "server/cosmos",
            !view.cosmos.assignments.is_empty(),
        ),
        (
            "directory",
            "server/directory",
            !view.directory.roles.is_empty(),
        ),
        ("apps", "server/apps", form.hosts),
        ("outputs", form.outputs, true),
    ];
    let folder = format!("modules/{}", form.module);
    let mut used = BTreeSet::new();
    for (part, template, _) in parts.into_iter().filter(|(_, _, wanted)| *wanted) {
        let rendered = writer.render(template, &all)?;
        used.extend(rendered.params);
        writer.add(&format!("{folder}/{part}.tf"), &rendered.text);
    }
    let versions = json!({
        "server": view.server,
        "aliases": aliases(view),
        "azapi": form.hosts,
        "directory": view.uses_directory(),
    });
    writer.write(
        &format!("{folder}/terraform.tf"),
        "server/terraform",
        versions,
    )?;
    let variables = json!({
        "server": view.server,
        "azure": view.azure,
        "params": variables(view, &used),
    });
    writer.write(
        &format!("{folder}/variables.tf"),
        "server/variables",
        variables,
    )?;
    Ok(used)
}

/// Writes the module `app`.
fn app(view: &View, writer: &mut Writer) -> Result<(), Error> {
    if view.apps.is_empty() {
        return Ok(());
    }
    let host_roles: Vec<_> = view.host_roles.iter().map(host_role_of).collect();
    let all = json!({
        "server": view.server,
        "host_roles": host_roles,
        "system_assigned": view.system_assigned(),
        "trusts_hosts": view.trusts_hosts(),
    });
    for part in ["variables", "main", "outputs"] {
        writer.write(
            &format!("modules/app/{part}.tf"),
            &format!("app/{part}"),
            &all,
        )?;
    }
    let versions =
        json!({ "server": view.server, "aliases": [], "azapi": true, "directory": false });
    writer.write("modules/app/terraform.tf", "server/terraform", versions)
}

/// Writes the root, which hands to the module what that refers to.
fn root(
    view: &View,
    form: &Form,
    used: &BTreeSet<String>,
    writer: &mut Writer,
) -> Result<(), Error> {
    let group = view.azure.resource_group.hcl_param().unwrap_or_default();
    let mut arguments: Vec<_> = variables(view, used)
        .into_iter()
        .map(|param| {
            let value = match param.symbol.hcl.as_str() {
                "subscription" if view.azure.ambient => {
                    Text::code("", "data.azurerm_client_config.current.subscription_id")
                }
                // What is made in the resource group waits for it.
                name if !form.hosts && name == group => {
                    Text::code("", "azurerm_resource_group.own.name")
                }
                _ => Text::param(&param.symbol),
            };
            json!({ "name": param.symbol.hcl, "value": value })
        })
        .collect();
    arguments.push(json!({ "name": "suffix", "value": Text::code("", "var.suffix") }));
    let aliases = aliases(view);
    let mut providers: BTreeSet<&str> = PROVIDERS.into();
    let nodes = view.resources.iter().flat_map(|resource| &resource.nodes);
    providers.extend(
        nodes
            .filter(|n| !n.existing)
            .filter_map(|n| n.ty.split('/').next()),
    );
    let all = json!({
        "server": view.server,
        "azure": view.azure,
        "arguments": arguments,
        "aliases": aliases,
        "providers": providers,
        "azapi": form.hosts,
        "directory": view.uses_directory(),
        "databases": view.databases,
    });
    let mut printed = BTreeSet::new();
    let parts = [
        ("terraform", "root/terraform"),
        ("main", form.main),
        ("outputs", form.root_outputs),
    ];
    for (part, template) in parts {
        let rendered = writer.render(template, &all)?;
        printed.extend(rendered.params);
        writer.add(&format!("{part}.tf"), &rendered.text);
    }
    let params = view
        .params
        .iter()
        .filter(|param| printed.contains(&param.symbol.hcl));
    let params: Vec<_> = params.collect();
    writer.write(
        "variables.tf",
        "root/variables",
        json!({ "server": view.server, "params": params }),
    )?;
    environment::write(view, &printed, writer)
}

/// The variables of the module: the parameters it refers to, and the subscription where the
/// deployment's own is meant.
fn variables(view: &View, used: &BTreeSet<String>) -> Vec<Param> {
    let params = view
        .params
        .iter()
        .filter(|param| used.contains(&param.symbol.hcl));
    let mut params: Vec<_> = params.cloned().collect();
    if view.azure.ambient {
        params.push(Param {
            symbol: Symbol {
                bicep: String::new(),
                hcl: "subscription".to_owned(),
            },
            doc: "Subscription that is deployed into.".to_owned(),
            default: None,
        });
        params.sort_by(|a, b| a.symbol.hcl.cmp(&b.symbol.hcl));
    }
    params
}

/// A provider of another subscription, in which something is created or kept with an account.
#[derive(Clone, Debug, Serialize)]
struct Alias {
    name: Symbol,
    subscription: Text,
}

fn aliases(view: &View) -> Vec<Alias> {
    let creates = |index: usize| {
        view.resources
            .iter()
            .any(|resource| resource.created && resource.place == index)
            || view
                .cosmos
                .assignments
                .iter()
                .any(|held| held.place == index)
    };
    let mut aliases: Vec<Alias> = Vec::new();
    for (_, place) in view
        .places
        .iter()
        .enumerate()
        .filter(|(index, _)| creates(*index))
    {
        if let (Some(name), Some(subscription)) = (&place.alias, &place.subscription)
            && !aliases.iter().any(|known| known.name == *name)
        {
            aliases.push(Alias {
                name: name.clone(),
                subscription: subscription.clone(),
            });
        }
    }
    aliases
}

/// A custom role with what Terraform needs beside.
fn role_of(view: &View, role: &Role) -> Value {
    let seed = format!("{}-{}-", view.server, role.name);
    json!({
        "of": role,
        "seed": Text::literal(seed).then(Text::suffix()),
        "scope": role.assignable.first(),
    })
}

/// An assignment with what Terraform needs beside.
fn held_of(view: &View, held: &Assignment) -> Value {
    let place = view.places.get(held.place);
    let custom = held.custom.and_then(|role| view.roles.get(role));
    let home = custom.and_then(|role| view.places.get(role.place));
    let of_role = |member: &str| match custom {
        Some(role) => Text::code(
            "",
            format!("azurerm_role_definition.{}.{member}", role.symbol.hcl),
        ),
        None => Text::literal(held.guid.clone().unwrap_or_default()),
    };
    let subscription = |place: Option<&Place>| place.map(|place| place.subscription_id.clone());
    let role_guid = of_role("role_definition_id");
    let role_definition_id = if custom.is_some() && subscription(home) == subscription(place) {
        of_role("role_definition_resource_id")
    } else {
        definition(subscription(place).unwrap_or_default(), role_guid.clone())
    };
    json!({
        "of": held,
        "role_guid": role_guid,
        "role_definition_id": role_definition_id,
        "principal": principal_of(view, &held.identity),
    })
}

/// The id of the principal of an identity.
fn principal_of(view: &View, symbol: &Symbol) -> Text {
    let identity = view.identities.iter().find(|it| it.symbol == *symbol);
    identity.map_or_else(Text::default, |it| it.principal.clone())
}

/// The app roles with what Terraform needs beside.
fn app_roles(view: &View) -> Vec<Value> {
    let roles = view.directory.roles.iter();
    roles
        .map(|held| json!({ "of": held, "principal": principal_of(view, &held.identity) }))
        .collect()
}

/// A role that the deployment assigns, with what the GUID of one of the manifest's is made of.
fn emitted_of(view: &View, role: &EmittedRole) -> Value {
    let seed = format!("{}-{}-", view.server, role.role);
    json!({ "of": role, "seed": Text::literal(seed).then(Text::suffix()) })
}

/// The custom roles of Cosmos DB accounts with what Terraform needs beside.
fn cosmos_roles(view: &View) -> Vec<Value> {
    let of = |role: &CosmosRole| {
        let home = view.cosmos.accounts.get(role.account)?;
        Some(json!({ "of": role, "home": home, "place": view.places.get(role.place) }))
    };
    view.cosmos.roles.iter().filter_map(of).collect()
}

/// The assignments of Cosmos DB accounts with what Terraform needs beside.
fn cosmos_assignments(view: &View) -> Vec<Value> {
    let of = |held: &CosmosAssignment| {
        let home = view.cosmos.accounts.get(held.account)?;
        let custom = held.custom.and_then(|role| view.cosmos.roles.get(role));
        let (role_guid, role_definition_id) = match (custom, held.guid) {
            (Some(role), _) => {
                let member = |member| {
                    let address = "azurerm_cosmosdb_sql_role_definition";
                    Text::code("", format!("{address}.{}.{member}", role.symbol.hcl))
                };
                (member("role_definition_id"), member("id"))
            }
            (None, guid) => {
                let guid = Text::literal(guid.unwrap_or_default());
                let account = format!("local.{}_cosmos_account", home.symbol.hcl);
                let definitions = Text::code("", account).and("/sqlRoleDefinitions/");
                (guid.clone(), definitions.then(guid))
            }
        };
        Some(json!({
            "of": held,
            "home": home,
            "place": view.places.get(held.place),
            "role_guid": role_guid,
            "role_definition_id": role_definition_id,
            "principal": principal_of(view, &held.identity),
        }))
    };
    view.cosmos.assignments.iter().filter_map(of).collect()
}

fn host_role_of(role: &HostRole) -> Value {
    let subscription = Text::literal("/subscriptions/").then(Text::code("", "var.subscription"));
    let role_definition_id = definition(subscription, Text::literal(role.guid));
    json!({ "of": role, "role_definition_id": role_definition_id })
}

/// The id of a role definition, as Azure spells it in this subscription.
fn definition(subscription: Text, guid: Text) -> Text {
    subscription
        .and("/providers/Microsoft.Authorization/roleDefinitions/")
        .then(guid)
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
