//! The compiled form of connectors: one fact a line, words apart by tabs.
//!
//! ```text
//! connector   azure.blob   azure-rbac   creates
//! endpoint    https://{account}.blob.core.windows.net/
//! field       container
//! level       container    Microsoft.Storage/…/containers   /subscriptions/{subscription}/…
//! verb        read         container   path   Get Blob: …
//! need        data         Microsoft.Storage/…/blobs/read
//! ```
//!
//! `need` belongs to the verb above it and names alternatives: plane and name, again and again.

use super::{
    Clause, Connector, ExposedKey, Field, Level, OpName, PlaneFamily, PrivateEndpoint, Switch, Verb,
};
use crate::Plane;

const COMMON: [&str; 2] = ["subscription", "resource-group"];

/// Reads the compiled form, or gives the number of the line that cannot be read.
pub(crate) fn parse(text: &str) -> Result<Vec<Connector>, usize> {
    let mut connectors: Vec<Connector> = Vec::new();
    for (line, number) in text.lines().zip(1usize..) {
        let words: Vec<&str> = line.split('\t').collect();
        if let ["connector", name, plane, creates] = words.as_slice() {
            connectors.push(Connector {
                name: (*name).to_owned(),
                plane: PlaneFamily::parse(plane).ok_or(number)?,
                endpoint: None,
                audience: None,
                creates: *creates == "creates",
                fields: Vec::new(),
                levels: Vec::new(),
                verbs: Vec::new(),
                support: Vec::new(),
                roles: Vec::new(),
                exposes_keys: Vec::new(),
                switches: Vec::new(),
                private_endpoint: None,
            });
        } else {
            let connector = connectors.last_mut().ok_or(number)?;
            fact(connector, &words).ok_or(number)?;
        }
    }
    connectors.iter_mut().for_each(place_fields);
    Ok(connectors)
}

fn fact(connector: &mut Connector, words: &[&str]) -> Option<()> {
    match *words {
        ["endpoint", template] => connector.endpoint = Some(template.to_owned()),
        ["audience", audience] => connector.audience = Some(audience.to_owned()),
        ["field", name] => connector.fields.push(field(name)),
        ["level", name, resource_type, id] => connector.levels.push(Level {
            name: name.to_owned(),
            resource_type: resource_type.to_owned(),
            id: id.to_owned(),
            fields: Vec::new(),
        }),
        ["verb", name, level, path, source] => connector.verbs.push(Verb {
            name: name.to_owned(),
            level: level.to_owned(),
            path: path == "path",
            needs: Vec::new(),
            source: source.to_owned(),
        }),
        ["need", ref alternatives @ ..] => {
            connector.verbs.last_mut()?.needs.push(Clause {
                any_of: operations(alternatives)?,
            });
        }
        ["support", ref alternatives @ ..] => connector.support.extend(operations(alternatives)?),
        ["role", name] => connector.roles.push(name.to_owned()),
        ["key", plane, name, off_when] => connector.exposes_keys.push(ExposedKey {
            operation: operation(plane, name)?,
            off_when: Some(off_when.to_owned()).filter(|text| !text.is_empty()),
        }),
        ["switch", name, ref on_when @ ..] => connector.switches.push(Switch {
            name: name.to_owned(),
            on_when: on_when.iter().map(|&text| text.to_owned()).collect(),
        }),
        ["private-endpoint", group, zone] => {
            connector.private_endpoint = Some(PrivateEndpoint {
                group: group.to_owned(),
                zone: zone.to_owned(),
            });
        }
        _ => return None,
    }
    Some(())
}

fn field(name: &str) -> Field {
    Field {
        name: name.to_owned(),
        level: String::new(),
        required: false,
    }
}

fn operations(words: &[&str]) -> Option<Vec<OpName>> {
    let (pairs, rest) = words.as_chunks::<2>();
    let list: Option<Vec<OpName>> = pairs
        .iter()
        .map(|[plane, name]| operation(plane, name))
        .collect();
    list.filter(|list| rest.is_empty() && !list.is_empty())
}

fn operation(plane: &str, name: &str) -> Option<OpName> {
    let planes = [
        Plane::Control,
        Plane::Data,
        Plane::CosmosSql,
        Plane::SqlDatabase,
        Plane::Graph,
        Plane::EntraApp,
    ];
    let plane = planes.into_iter().find(|known| known.word() == plane)?;
    Some(OpName {
        plane,
        name: name.to_owned(),
    })
}

/// The fields in braces of an id, in its order.
pub(super) fn placeholders(id: &str) -> impl Iterator<Item = &str> {
    id.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Reads off the ids which fields there are and which level needs them.
pub(super) fn place_fields(connector: &mut Connector) {
    let Connector { fields, levels, .. } = connector;
    for level in levels.iter() {
        for name in placeholders(&level.id) {
            if !COMMON.contains(&name) && !fields.iter().any(|field| field.name == name) {
                fields.push(field(name));
            }
        }
    }
    for level in levels.iter_mut() {
        let Level {
            id, fields: own, ..
        } = level;
        *own = placeholders(id)
            .filter(|name| fields.iter().any(|field| field.name == *name))
            .map(str::to_owned)
            .collect();
    }
    for field in fields.iter_mut() {
        let needs = |level: &&Level| level.fields.contains(&field.name);
        field.level = levels
            .iter()
            .find(needs)
            .map(|level| level.name.clone())
            .unwrap_or_default();
        field.required = levels.iter().all(|level| needs(&level));
    }
}

/// Writes the compiled form.
#[cfg(feature = "import")]
pub fn print(connectors: &[Connector]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = |words: &[&str]| lines.push(words.join("\t"));
    for connector in connectors {
        let creates = if connector.creates {
            "creates"
        } else {
            "refers"
        };
        line(&[
            "connector",
            &connector.name,
            connector.plane.word(),
            creates,
        ]);
        if let Some(endpoint) = &connector.endpoint {
            line(&["endpoint", endpoint]);
        }
        if let Some(audience) = &connector.audience {
            line(&["audience", audience]);
        }
        for field in &connector.fields {
            line(&["field", &field.name]);
        }
        for level in &connector.levels {
            line(&["level", &level.name, &level.resource_type, &level.id]);
        }
        for verb in &connector.verbs {
            let path = if verb.path { "path" } else { "whole" };
            line(&["verb", &verb.name, &verb.level, path, &verb.source]);
            for clause in &verb.needs {
                line(&named("need", &clause.any_of));
            }
        }
        if !connector.support.is_empty() {
            line(&named("support", &connector.support));
        }
        for role in &connector.roles {
            line(&["role", role]);
        }
        for key in &connector.exposes_keys {
            let off_when = key.off_when.as_deref().unwrap_or_default();
            line(&[
                "key",
                key.operation.plane.word(),
                &key.operation.name,
                off_when,
            ]);
        }
        for switch in &connector.switches {
            let mut words = vec!["switch", &switch.name];
            words.extend(switch.on_when.iter().map(String::as_str));
            line(&words);
        }
        if let Some(PrivateEndpoint { group, zone }) = &connector.private_endpoint {
            line(&["private-endpoint", group, zone]);
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

#[cfg(feature = "import")]
fn named<'c>(what: &'c str, operations: &'c [OpName]) -> Vec<&'c str> {
    let names = operations
        .iter()
        .flat_map(|op| [op.plane.word(), op.name.as_str()]);
    std::iter::once(what).chain(names).collect()
}
