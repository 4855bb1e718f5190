//! A model as the text of a manifest.

use crate::facts::facts;
use crate::model::{Held, Model, Resource, Use, Value, What};
use std::fmt::Write;

/// Ids of permissions of the API that models declare.
const IDS: [&str; 2] = [
    "2b1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d12",
    "3c1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d13",
];

/// The parameters of every manifest.
pub const PARAMS: [&str; 2] = ["group", "place"];

/// App roles of the API.
pub const APP_ROLES: [&str; 1] = ["Orders.Read"];
/// Delegated scopes of the API.
pub const DELEGATED: [&str; 1] = ["Orders.Read.Mine"];

/// The name of the file in which a model stands.
pub fn name(model: &Model) -> &'static str {
    if model.yaml {
        "tools.yaml"
    } else {
        "tools.kdl"
    }
}

/// The text of a model.
pub fn text(model: &Model) -> String {
    if model.yaml { yaml(model) } else { kdl(model) }
}

/// The fields of a resource, where it stands among them.
fn fields(resource: &Resource) -> Vec<(String, Value)> {
    let mut all = resource.fields.clone();
    all.push(("resource-group".to_owned(), resource.group.clone()));
    all.push(("subscription".to_owned(), resource.subscription.clone()));
    all.retain(|(_, value)| *value != Value::Default);
    all
}

fn is_delegated(model: &Model) -> bool {
    model.identities.iter().any(|one| one.kind == "delegated")
}

/// The operation word of a plane.
fn word(plane: &str) -> &'static str {
    match plane {
        "control" => "action",
        "sql-database" => "grant",
        _ => "data-action",
    }
}

fn kdl(model: &Model) -> String {
    let value = |value: &Value| match value {
        Value::Default => String::new(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Param(name) => format!("(param)\"{name}\""),
    };
    let mut out = String::from("grantc version=1\n");
    for param in PARAMS {
        writeln!(out, "param \"{param}\" doc=\"Where.\"").unwrap();
    }
    let auth = match is_delegated(model) {
        true => "; auth \"entra\" { scope \"Desk.Use\" \"Use the desk\" }",
        false => "",
    };
    writeln!(out, "server \"desk\" version=\"1.0.0\" {{ description \"A desk.\"; namespace \"com.example\"{auth} }}").unwrap();
    writeln!(out, "azure {{\n    resource-group \"rg-desk\"\n    location \"westeurope\"\n    isolation \"{}\"", model.isolation).unwrap();
    if model.subscription != Value::Default {
        writeln!(out, "    subscription {}", value(&model.subscription)).unwrap();
    }
    writeln!(out, "}}").unwrap();
    for resource in model.resources.iter().filter(|one| one.name != "azure") {
        let connector = &facts().connectors[resource.connector];
        let existing = if connector.creates {
            " existing=#true"
        } else {
            ""
        };
        writeln!(
            out,
            "resource \"{}\" type=\"{}\"{existing} {{",
            resource.name, connector.name
        )
        .unwrap();
        for (name, field) in fields(resource) {
            writeln!(out, "    {name} {}", value(&field)).unwrap();
        }
        for covered in &resource.covers {
            writeln!(out, "    covers subscription={}", value(covered)).unwrap();
        }
        if connector.name == "http" {
            writeln!(out, "    app-role \"{}\" id=\"{}\"", APP_ROLES[0], IDS[0]).unwrap();
            writeln!(
                out,
                "    delegated-scope \"{}\" id=\"{}\"",
                DELEGATED[0], IDS[1]
            )
            .unwrap();
        }
        writeln!(out, "}}").unwrap();
    }
    for role in &model.roles {
        writeln!(out, "role \"{}\" plane=\"{}\" {{", role.name, role.plane).unwrap();
        for (plane, pattern) in &role.grants {
            writeln!(out, "    {} \"{pattern}\"", word(plane)).unwrap();
        }
        writeln!(out, "}}").unwrap();
    }
    for identity in &model.identities {
        writeln!(
            out,
            "identity \"{}\" type=\"{}\" {{",
            identity.name, identity.kind
        )
        .unwrap();
        let verb = if identity.kind == "delegated" {
            "consent"
        } else {
            "assign"
        };
        for Held {
            spelled, on, paths, ..
        } in &identity.holds
        {
            let on = &model.resources[*on].name;
            if paths.is_empty() {
                writeln!(out, "    {verb} \"{spelled}\" on=\"{on}\"").unwrap();
            }
            for path in paths {
                writeln!(
                    out,
                    "    {verb} \"{spelled}\" on=\"{on}\" {{ where path=\"{path}\" }}"
                )
                .unwrap();
            }
        }
        writeln!(out, "}}").unwrap();
    }
    for tool in &model.tools {
        writeln!(
            out,
            "tool \"{}\" {{\n    description \"A tool.\"",
            tool.name
        )
        .unwrap();
        if !tool.uses.is_empty() {
            writeln!(out, "    as \"{}\"", model.identities[tool.identity].name).unwrap();
        }
        for Use {
            resource,
            identity,
            what,
            path,
        } in &tool.uses
        {
            write!(out, "    uses \"{}\"", model.resources[*resource].name).unwrap();
            match what {
                What::Verb(verb) => write!(out, " \"{verb}\"").unwrap(),
                What::Raw(plane, name) => write!(out, " {}=\"{name}\"", word(plane)).unwrap(),
            }
            if let Some(path) = path {
                write!(out, " path=\"{path}\"").unwrap();
            }
            if let Some(other) = identity {
                write!(out, " as=\"{}\"", model.identities[*other].name).unwrap();
            }
            writeln!(out).unwrap();
        }
        writeln!(out, "    output {{ done boolean }}\n}}").unwrap();
    }
    for (number, tools) in model.apps.iter().enumerate() {
        let names: Vec<_> = tools
            .iter()
            .map(|tool| format!("\"{}\"", model.tools[*tool].name))
            .collect();
        writeln!(out, "app \"hand{number}\" {{ tools {} }}", names.join(" ")).unwrap();
    }
    out
}

fn yaml(model: &Model) -> String {
    let value = |value: &Value| match value {
        Value::Default => String::new(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Param(name) => format!("{{ param: {name} }}"),
    };
    let mut out = String::from("grantc: 1\nparams:\n");
    for param in PARAMS {
        writeln!(out, "  {param}: {{ doc: Where. }}").unwrap();
    }
    writeln!(
        out,
        "server:\n  name: desk\n  version: 1.0.0\n  description: A desk.\n  namespace: com.example"
    )
    .unwrap();
    if is_delegated(model) {
        writeln!(
            out,
            "  auth: {{ kind: entra, scopes: {{ Desk.Use: Use the desk }} }}"
        )
        .unwrap();
    }
    writeln!(
        out,
        "azure:\n  resource-group: rg-desk\n  location: westeurope\n  isolation: {}",
        model.isolation
    )
    .unwrap();
    if model.subscription != Value::Default {
        writeln!(out, "  subscription: {}", value(&model.subscription)).unwrap();
    }
    let declared: Vec<_> = model
        .resources
        .iter()
        .filter(|one| one.name != "azure")
        .collect();
    if !declared.is_empty() {
        writeln!(out, "resources:").unwrap();
    }
    for resource in declared {
        let connector = &facts().connectors[resource.connector];
        writeln!(out, "  {}:\n    type: {}", resource.name, connector.name).unwrap();
        if connector.creates {
            writeln!(out, "    existing: true").unwrap();
        }
        for (name, field) in fields(resource) {
            writeln!(out, "    {name}: {}", value(&field)).unwrap();
        }
        if !resource.covers.is_empty() {
            let all: Vec<_> = resource
                .covers
                .iter()
                .map(|one| format!("{{ subscription: {} }}", value(one)))
                .collect();
            writeln!(out, "    covers: [{}]", all.join(", ")).unwrap();
        }
        if connector.name == "http" {
            writeln!(
                out,
                "    app-roles: {{ {}: {{ id: {} }} }}",
                APP_ROLES[0], IDS[0]
            )
            .unwrap();
            writeln!(
                out,
                "    delegated-scopes: {{ {}: {{ id: {} }} }}",
                DELEGATED[0], IDS[1]
            )
            .unwrap();
        }
    }
    if !model.roles.is_empty() {
        writeln!(out, "roles:").unwrap();
    }
    for role in &model.roles {
        writeln!(out, "  {}:\n    plane: {}", role.name, role.plane).unwrap();
        for listed in ["control", "data", "cosmos-sql", "sql-database"] {
            let own: Vec<_> = role
                .grants
                .iter()
                .filter(|(plane, _)| *plane == listed)
                .map(|(_, pattern)| format!("\"{pattern}\""))
                .collect();
            if !own.is_empty() {
                writeln!(out, "    {}s: [{}]", word(listed), own.join(", ")).unwrap();
            }
        }
    }
    if !model.identities.is_empty() {
        writeln!(out, "identities:").unwrap();
    }
    for identity in &model.identities {
        writeln!(out, "  {}:\n    type: {}", identity.name, identity.kind).unwrap();
        let (verb, role) = if identity.kind == "delegated" {
            ("consent", "permission")
        } else {
            ("assign", "role")
        };
        if !identity.holds.is_empty() {
            writeln!(out, "    {verb}:").unwrap();
        }
        for Held {
            spelled, on, paths, ..
        } in &identity.holds
        {
            let on = &model.resources[*on].name;
            if paths.is_empty() {
                writeln!(out, "      - {{ {role}: \"{spelled}\", on: {on} }}").unwrap();
            }
            for path in paths {
                writeln!(
                    out,
                    "      - {{ {role}: \"{spelled}\", on: {on}, where: {{ path: \"{path}\" }} }}"
                )
                .unwrap();
            }
        }
    }
    writeln!(out, "tools:").unwrap();
    for tool in &model.tools {
        writeln!(
            out,
            "  {}:\n    description: A tool.\n    output: {{ fields: {{ done: boolean }} }}",
            tool.name
        )
        .unwrap();
        if !tool.uses.is_empty() {
            writeln!(
                out,
                "    as: {}\n    uses:",
                model.identities[tool.identity].name
            )
            .unwrap();
        }
        for Use {
            resource,
            identity,
            what,
            path,
        } in &tool.uses
        {
            let mut parts = vec![format!("resource: {}", model.resources[*resource].name)];
            parts.push(match what {
                What::Verb(verb) => format!("verbs: [\"{verb}\"]"),
                What::Raw(plane, name) => format!("{}: \"{name}\"", word(plane)),
            });
            parts.extend(path.iter().map(|path| format!("path: \"{path}\"")));
            parts.extend(
                identity
                    .iter()
                    .map(|other| format!("as: {}", model.identities[*other].name)),
            );
            writeln!(out, "      - {{ {} }}", parts.join(", ")).unwrap();
        }
    }
    if !model.apps.is_empty() {
        writeln!(out, "apps:").unwrap();
    }
    for (number, tools) in model.apps.iter().enumerate() {
        let names: Vec<_> = tools
            .iter()
            .map(|tool| model.tools[*tool].name.as_str())
            .collect();
        writeln!(out, "  hand{number}: {{ tools: [{}] }}", names.join(", ")).unwrap();
    }
    out
}
