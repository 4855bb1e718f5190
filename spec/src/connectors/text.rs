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
//! A level that does not lie below the one before it names the one that it does as a last word.
//! The levels of a verb are apart by spaces. `need` belongs to the verb above it and names
//! alternatives: plane and name, again and again.

use std::sync::Arc;

use super::draft::{field, place_fields};
use super::{
    Clause, Connector, ExposedKey, Level, OpName, OpenVerbs, PlaneFamily, PrivateEndpoint, Switch,
    Verb,
};
use crate::Plane;

/// Reads the compiled form.
///
/// # Errors
///
/// The number of the line that cannot be read.
pub fn parse(text: &str) -> Result<Vec<Connector>, usize> {
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
                declared: false,
                fields: Vec::new(),
                levels: Vec::new(),
                verbs: Vec::new(),
                open_verbs: OpenVerbs::None,
                support: Vec::new(),
                narrowed: Vec::new(),
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
        ["level", name, resource_type, id, ref parent @ ..] => {
            let levels = &mut connector.levels;
            let parent = match *parent {
                [] => levels.len().checked_sub(1),
                [parent] => Some(levels.iter().position(|level| level.name == parent)?),
                _ => return None,
            };
            levels.push(Level {
                name: name.to_owned(),
                resource_type: resource_type.to_owned(),
                id: id.to_owned(),
                fields: Vec::new(),
                parent,
            });
        }
        ["verb", name, levels, path, source] => connector.verbs.push(Arc::new(Verb {
            name: name.to_owned(),
            levels: levels.split_whitespace().map(str::to_owned).collect(),
            path: path != "whole",
            listing: path == "prefix",
            needs: Vec::new(),
            source: source.to_owned(),
        })),
        ["need", ref alternatives @ ..] => {
            let verb = Arc::get_mut(connector.verbs.last_mut()?)?;
            verb.needs.push(Clause {
                any_of: operations(alternatives)?,
            });
        }
        ["verbs", from] => connector.open_verbs = OpenVerbs::parse(from)?,
        ["support", ref alternatives @ ..] => connector.support.extend(operations(alternatives)?),
        ["narrowed", ref alternatives @ ..] => connector.narrowed.extend(operations(alternatives)?),
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
        for (at, level) in connector.levels.iter().enumerate() {
            let mut words = vec!["level", &level.name, &level.resource_type, &level.id];
            let aside = level.parent.filter(|parent| parent + 1 != at);
            words.extend(
                aside
                    .and_then(|parent| connector.levels.get(parent))
                    .map(|parent| parent.name.as_str()),
            );
            line(&words);
        }
        if let Some(from) = connector.open_verbs.word() {
            line(&["verbs", from]);
        }
        for verb in &connector.verbs {
            let path = match (verb.path, verb.listing) {
                (false, _) => "whole",
                (true, false) => "path",
                (true, true) => "prefix",
            };
            let levels = verb.levels.join(" ");
            line(&["verb", &verb.name, &levels, path, &verb.source]);
            for clause in &verb.needs {
                line(&named("need", &clause.any_of));
            }
        }
        if !connector.support.is_empty() {
            line(&named("support", &connector.support));
        }
        if !connector.narrowed.is_empty() {
            line(&named("narrowed", &connector.narrowed));
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
