//! The shapes of JSON that the importer understands.
//!
//! Each list has the shape that `az` prints and the flat shape of public data sets; both are read
//! by the same structs, every member being optional, and told apart by the members present.

mod graph;

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(super) use graph::graph;

use super::super::texts::{is_date, is_guid};
use super::super::{Block, Condition, Mark};
use super::{Facts, ImportError, OperationFact, RoleFact, Source, key};

fn parse<T: DeserializeOwned>(source: Source<'_>) -> Result<T, ImportError> {
    serde_json::from_str(source.text).map_err(|error| ImportError {
        source: source.name.to_owned(),
        at: (error.line() > 0).then(|| (error.line(), error.column())),
        message: {
            let text = error.to_string();
            text.split(" at line ").next().unwrap_or(&text).to_owned()
        },
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OperationJson {
    name: Option<String>,
    /// The flat shape.
    data_action: Option<bool>,
    inferred: Option<bool>,
    /// The shape of `az`: leaves of a tree of providers and resource types.
    is_data_action: Option<bool>,
    operations: Option<Vec<OperationJson>>,
    resource_types: Option<Vec<OperationJson>>,
}

pub(super) fn operations(
    source: Source<'_>,
    facts: &mut Facts,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let roots: Vec<OperationJson> = parse(source)?;
    let mut left_out = 0u32;
    let mut waiting: Vec<OperationJson> = roots.into_iter().rev().collect();
    while let Some(node) = waiting.pop() {
        if node.operations.is_some() || node.resource_types.is_some() {
            waiting.extend(node.resource_types.into_iter().flatten().rev());
            waiting.extend(node.operations.into_iter().flatten().rev());
            continue;
        }
        let name = node.name.unwrap_or_default();
        let name = name.trim();
        if !is_operation(name) {
            left_out += 1;
            continue;
        }
        let said = node.data_action.or(node.is_data_action);
        let fact = OperationFact {
            name: name.to_owned(),
            inferred: node.inferred.unwrap_or(false) || said.is_none(),
        };
        // The same operation twice: a plane that is known beats a guess, then the first spelling.
        let slot = facts.operations.entry(key(name, said.unwrap_or(false)));
        slot.and_modify(|known| {
            if (fact.inferred, &fact.name) < (known.inferred, &known.name) {
                *known = OperationFact {
                    name: fact.name.clone(),
                    inferred: fact.inferred,
                };
            }
        })
        .or_insert(fact);
    }
    if facts.operations.is_empty() {
        return Err(ImportError::new(source.name, "there is no operation in it"));
    }
    if left_out > 0 {
        notes.push(format!(
            "{left_out} entries of {} name no operation and are left out",
            source.name
        ));
    }
    Ok(())
}

/// Whether a text can be an operation: a provider, a slash, something after it.
fn is_operation(name: &str) -> bool {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'*');
    plain
        && !name.ends_with('/')
        && name
            .split_once('/')
            .is_some_and(|(provider, _)| provider.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleJson {
    name: Option<String>,
    id: Option<String>,
    description: Option<String>,
    #[serde(flatten)]
    first: BlockJson,
    extra_permissions: Option<Vec<BlockJson>>,
    /// The shape of `az`: here `name` is the GUID.
    role_name: Option<String>,
    role_type: Option<String>,
    permissions: Option<Vec<BlockJson>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlockJson {
    actions: Option<Vec<String>>,
    not_actions: Option<Vec<String>>,
    data_actions: Option<Vec<String>>,
    not_data_actions: Option<Vec<String>>,
    condition: Option<String>,
    condition_version: Option<String>,
}

pub(super) fn roles(
    source: Source<'_>,
    facts: &mut Facts,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let roles: Vec<RoleJson> = parse(source)?;
    let mut custom = 0u32;
    let mut guids = std::collections::BTreeMap::new();
    for (role, number) in roles.into_iter().zip(1u32..) {
        if role
            .role_type
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("CustomRole"))
        {
            custom += 1;
            continue;
        }
        let (name, id, blocks) = match role.role_name {
            Some(name) => (Some(name), role.name, role.permissions.unwrap_or_default()),
            None => {
                let extra = role.extra_permissions.unwrap_or_default();
                (
                    role.name,
                    role.id,
                    std::iter::once(role.first).chain(extra).collect(),
                )
            }
        };
        let bad =
            |message: String| ImportError::new(source.name, format!("role {number} {message}"));
        let name = name.map(|name| on_one_line(&name)).unwrap_or_default();
        if name.is_empty() {
            return Err(bad("has no name".to_owned()));
        }
        let id = id.unwrap_or_default().trim().to_ascii_lowercase();
        if !is_guid(&id) {
            return Err(bad(format!("(`{name}`) has no GUID")));
        }
        if let Some(other) = guids.insert(id.clone(), name.clone()) {
            return Err(bad(format!("(`{name}`) has the GUID of `{other}`")));
        }
        let mark = mark(&name, role.description.as_deref().unwrap_or_default());
        let mut blocks: Vec<Block> = blocks.into_iter().map(block).collect();
        blocks.sort();
        let fact = RoleFact {
            id,
            name: name.clone(),
            mark,
            blocks,
        };
        if facts
            .roles
            .insert(name.to_ascii_lowercase(), fact)
            .is_some()
        {
            return Err(bad(format!("(`{name}`) has the name of another role")));
        }
    }
    if facts.roles.is_empty() {
        return Err(ImportError::new(
            source.name,
            "there is no built-in role in it",
        ));
    }
    if custom > 0 {
        notes.push(format!(
            "{custom} custom roles of {} are left out",
            source.name
        ));
    }
    Ok(())
}

/// What name and description say about a role's standing.
fn mark(name: &str, description: &str) -> Mark {
    let (name, description) = (name.to_lowercase(), description.to_lowercase());
    let says = |word: &str| name.contains(word) || description.contains(word);
    if says("deprecat") || name.contains("(legacy)") || description.contains("legacy role") {
        Mark::Deprecated
    } else if says("preview") {
        Mark::Preview
    } else {
        Mark::Available
    }
}

fn block(json: BlockJson) -> Block {
    Block {
        condition: json
            .condition
            .map(|text| on_one_line(&text))
            .filter(|text| !text.is_empty())
            .map(|text| Condition {
                version: json.condition_version.unwrap_or_else(|| "2.0".to_owned()),
                text,
            }),
        actions: strings(json.actions),
        not_actions: strings(json.not_actions),
        data_actions: strings(json.data_actions),
        not_data_actions: strings(json.not_data_actions),
    }
}

/// Permission strings, trimmed, each once, in the order of the catalogue.
fn strings(list: Option<Vec<String>>) -> Vec<String> {
    let mut list: Vec<String> = list
        .into_iter()
        .flatten()
        .map(|text| on_one_line(&text))
        .filter(|text| !text.is_empty())
        .collect();
    list.sort_by_cached_key(|text| (text.to_ascii_lowercase(), text.clone()));
    list.dedup();
    list
}

/// Line breaks and the blanks around them become one blank.
fn on_one_line(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RetiredJson {
    name: String,
    data_action: bool,
    last_seen: String,
}

pub(super) fn retired(source: Source<'_>, facts: &mut Facts) -> Result<(), ImportError> {
    for RetiredJson {
        name,
        data_action,
        last_seen,
    } in parse::<Vec<RetiredJson>>(source)?
    {
        if !is_operation(&name) || !is_date(&last_seen) {
            return Err(ImportError::new(
                source.name,
                format!("`{name}` (`{last_seen}`) is no operation with a date"),
            ));
        }
        let known = facts
            .retired
            .entry(key(&name, data_action))
            .or_insert((name, last_seen.clone()));
        known.1 = known.1.clone().max(last_seen);
    }
    Ok(())
}

#[derive(Deserialize)]
struct RenamedJson {
    name: String,
    id: String,
}

pub(super) fn renamed(source: Source<'_>, facts: &mut Facts) -> Result<(), ImportError> {
    for RenamedJson { name, id } in parse::<Vec<RenamedJson>>(source)? {
        let (name, id) = (on_one_line(&name), id.to_ascii_lowercase());
        if name.is_empty() || !facts.roles.values().any(|role| role.id == id) {
            return Err(ImportError::new(
                source.name,
                format!("`{id}` is no role that `{name}` could have been"),
            ));
        }
        facts.renamed.insert(name.to_ascii_lowercase(), (name, id));
    }
    Ok(())
}

pub(super) fn credentials(source: Source<'_>, facts: &mut Facts) -> Result<(), ImportError> {
    for name in parse::<Vec<String>>(source)? {
        if !is_operation(&name) {
            return Err(ImportError::new(
                source.name,
                format!("`{name}` is no operation"),
            ));
        }
        facts.credentials.insert(key(&name, false), name);
    }
    Ok(())
}
