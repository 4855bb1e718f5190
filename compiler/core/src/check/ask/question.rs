//! What the words of a question mean: tools, identities, resources, operations in full or short.

use crate::check::Case;
use crate::check::case::few;
use crate::graph::{Operation, is_container};
use crate::ir::{IdentityId, NeedOrigin, Program, ResourceId, ToolId};
use crate::names::did_you_mean;
use grantc_spec::Plane;
use grantc_spec::catalogue::{GraphKind, OpId};
use grantc_spec::connectors::{Connector, OpenVerbs};
use std::collections::BTreeSet;
use std::fmt;

/// A word of a question that stands for nothing, or for several things: a sentence that says what
/// to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear(String);

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unclear {}

/// Whose power is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Tool(ToolId),
    Identity(IdentityId),
}

/// What operations a word stands for, on every plane that has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operations {
    /// The word, when it is a verb.
    pub(super) verb: Option<String>,
    pub(super) ids: Vec<OpId>,
    /// Plane and name of each; one that nothing in the program can hold has no number.
    pub(super) names: Vec<(Plane, String)>,
}

const PLANES: [Plane; 6] = [
    Plane::Control,
    Plane::Data,
    Plane::CosmosSql,
    Plane::SqlDatabase,
    Plane::Graph,
    Plane::EntraApp,
];

/// How many possibilities a refusal lists.
const SHOWN: usize = 6;

/// The tool or identity of a word; `tool/NAME` and `identity/NAME`, as findings print them, say
/// which where both have the name.
pub(super) fn subject(program: &Program, word: &str) -> Result<Subject, Unclear> {
    let (tools, identities, name) = match word.split_once('/') {
        Some(("tool", name)) => (true, false, name),
        Some(("identity", name)) => (false, true, name),
        _ => (true, true, word),
    };
    let mut all_tools = program.tools.iter();
    let tool = all_tools.find(|(_, tool)| tools && tool.name.value == name);
    let mut all_identities = program.identities.iter();
    let identity = all_identities.find(|(_, it)| identities && it.name.value == name);
    match (tool, identity) {
        (Some((tool, _)), None) => Ok(Subject::Tool(tool)),
        (None, Some((identity, _))) => Ok(Subject::Identity(identity)),
        (Some(_), Some(_)) => Err(Unclear(format!(
            "`{name}` is a tool and an identity; write `tool/{name}` or `identity/{name}`"
        ))),
        (None, None) => {
            let known = program.tools.values().map(|it| it.name.value.as_str());
            let more = program.identities.values();
            let known = known.chain(more.map(|it| it.name.value.as_str()));
            let help = did_you_mean(name, known)
                .unwrap_or_else(|| "`grantc check` lists the tools".to_owned());
            Err(Unclear(format!(
                "there is no tool or identity `{name}`; {help}"
            )))
        }
    }
}

pub(super) fn resource(program: &Program, name: &str) -> Result<ResourceId, Unclear> {
    let known = || program.resources.values().map(|it| it.name.value.as_str());
    let mut all = program.resources.iter();
    if let Some((id, _)) = all.find(|(_, it)| it.name.value == name) {
        return Ok(id);
    }
    let help = did_you_mean(name, known()).unwrap_or_else(|| {
        let names: Vec<_> = known().map(|name| format!("`{name}`")).collect();
        match names.len() {
            0 => "the manifest declares none".to_owned(),
            _ => format!("there is {}", few(&names, SHOWN)),
        }
    });
    Err(Unclear(format!("there is no resource `{name}`; {help}")))
}

/// The operations of a word: a verb of a resource, a name in full, or the end of one.
pub(super) fn operations(
    case: &Case<'_>,
    word: &str,
    at: Option<ResourceId>,
) -> Result<Operations, Unclear> {
    // What is done to a container is mostly done to what is in it.
    let container = |id: &ResourceId| is_container(case.program.resources.at(*id));
    let resources: Vec<ResourceId> = match at.filter(|id| !container(id)) {
        Some(one) => vec![one],
        None => case.program.resources.ids().collect(),
    };
    if let Some(found) = verb(case, word, &resources) {
        return Ok(found);
    }
    let short = word
        .strip_prefix("…/")
        .or_else(|| word.strip_prefix(".../"))
        .unwrap_or(word);
    if short == word {
        let ids = everywhere(case, word);
        if !ids.is_empty() {
            return Ok(of_ids(case, ids));
        }
    }
    let candidates = candidates(case, &resources);
    let ending = ends(case, &candidates, short);
    // What connectors speak of comes before what merely exists, unless the word is too short to
    // tell: many things end in `/write`.
    let mut named = BTreeSet::new();
    for connector in connectors(case, &resources) {
        let all = crate::graph::named_by(connector);
        named.extend(
            all.filter_map(|(plane, name)| case.graph.universe().find(case.catalogue, plane, name)),
        );
    }
    let telling = |id: &OpId| named.contains(id) && short.contains('/');
    let spoken: Vec<OpId> = ending.iter().copied().filter(telling).collect();
    for ids in [spoken, ending.clone()] {
        if let [only] = names(case, &ids).as_slice() {
            return Ok(of_ids(case, everywhere(case, only)));
        }
    }
    if !ending.is_empty() {
        let all: Vec<_> = names(case, &ending)
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        return Err(Unclear(format!(
            "`{word}` could be {}; write more of it",
            few(&all, SHOWN)
        )));
    }
    if let Some(found) = permission(case, word, &resources) {
        return Ok(found);
    }
    Err(unknown(case, word, short, at, &resources, &candidates))
}

fn connectors<'a>(case: &Case<'a>, resources: &[ResourceId]) -> Vec<&'a Connector> {
    let mut all: Vec<&Connector> = Vec::new();
    for resource in resources {
        let connector = &*case.program.resources.at(*resource).connector;
        if !all.iter().any(|known| known.name == connector.name) {
            all.push(connector);
        }
    }
    all
}

/// What a verb needs, be it listed by a connector or by a resource.
fn verb(case: &Case<'_>, word: &str, resources: &[ResourceId]) -> Option<Operations> {
    let mut ids = Vec::new();
    for connector in connectors(case, resources) {
        let clauses = connector
            .verb(word)
            .into_iter()
            .flat_map(|verb| &verb.needs);
        ids.extend(clauses.flat_map(|clause| &clause.any_of).filter_map(|it| {
            case.graph
                .universe()
                .find(case.catalogue, it.plane, &it.name)
        }));
    }
    for (id, need) in case.program.needs.iter() {
        let named = matches!(&need.origin, NeedOrigin::Verb(verb) if verb.name == word);
        if named && resources.contains(&need.resource) {
            ids.extend(case.graph.clause(id));
        }
    }
    ids.sort();
    ids.dedup();
    (!ids.is_empty()).then(|| Operations {
        verb: Some(word.to_owned()),
        ..of_ids(case, ids)
    })
}

/// The operations with exactly this name.
fn everywhere(case: &Case<'_>, name: &str) -> Vec<OpId> {
    let folded = name.to_ascii_lowercase();
    let universe = case.graph.universe();
    let find = |plane| {
        let exact = universe.find(case.catalogue, plane, name);
        exact.or_else(|| universe.find(case.catalogue, plane, &folded))
    };
    let misplaced = |id: &OpId| {
        let mut extras = universe.extras().iter();
        extras.any(|extra| extra.id == *id && extra.misplaced)
    };
    let found = PLANES.into_iter().filter_map(find);
    found.filter(|id| !misplaced(id)).collect()
}

/// Everything that applies to one of some resources, or is needed there.
fn candidates(case: &Case<'_>, resources: &[ResourceId]) -> Vec<OpId> {
    let mut all = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for resource in resources {
        if seen.insert(case.graph.kinds().of(*resource)) {
            all.extend(case.graph.kinds().applying(*resource).iter());
        }
    }
    for (id, need) in case.program.needs.iter() {
        if resources.contains(&need.resource) {
            all.extend(case.graph.clause(id));
        }
    }
    all.into_iter().collect()
}

/// Those whose names end in whole segments of a word.
fn ends(case: &Case<'_>, all: &[OpId], short: &str) -> Vec<OpId> {
    let short = short.to_ascii_lowercase();
    let tail = format!("/{short}");
    let fits = |id: &&OpId| {
        let name = case.operation(**id).name.to_ascii_lowercase();
        name == short || name.ends_with(&tail)
    };
    all.iter().filter(fits).copied().collect()
}

/// Names, each once, in their order.
fn names(case: &Case<'_>, ids: &[OpId]) -> Vec<String> {
    let all: BTreeSet<String> = ids
        .iter()
        .map(|id| case.operation(*id).name.into())
        .collect();
    all.into_iter().collect()
}

fn of_ids(case: &Case<'_>, ids: Vec<OpId>) -> Operations {
    let name = |id: &OpId| {
        let Operation { plane, name } = case.operation(*id);
        (plane, name.into_owned())
    };
    Operations {
        verb: None,
        names: ids.iter().map(name).collect(),
        ids,
    }
}

/// A permission that the catalogue or a resource knows and nothing in the program names.
fn permission(case: &Case<'_>, word: &str, resources: &[ResourceId]) -> Option<Operations> {
    let found = |plane| Operations {
        verb: None,
        ids: Vec::new(),
        names: vec![(plane, word.to_owned())],
    };
    for resource in resources.iter().map(|id| case.program.resources.at(*id)) {
        let mut listed = resource.app_roles.iter().chain(&resource.delegated_scopes);
        if listed.any(|it| it.name.value == word) {
            return Some(found(Plane::EntraApp));
        }
        let kinds = [GraphKind::Delegated, GraphKind::Application];
        let known = |kind| case.catalogue.graph_permission(kind, word).is_some();
        let of_graph = resource.connector.open_verbs == OpenVerbs::GraphPermissions;
        if of_graph && kinds.into_iter().any(known) {
            return Some(found(Plane::Graph));
        }
    }
    None
}

fn unknown(
    case: &Case<'_>,
    word: &str,
    short: &str,
    at: Option<ResourceId>,
    resources: &[ResourceId],
    candidates: &[OpId],
) -> Unclear {
    let place = match at {
        Some(id) => format!("of `{}`", case.program.resources.at(id).name),
        None => "of any declared resource".to_owned(),
    };
    let verbs = connectors(case, resources)
        .into_iter()
        .flat_map(|connector| connector.verbs.iter().map(|verb| verb.name.clone()));
    let verbs: BTreeSet<String> = verbs.collect();
    // A name that is short is compared with ends of names that are as long.
    let segments = short.split('/').count();
    let ends = candidates.iter().map(|id| {
        let last = case.operation(*id).last(segments);
        last.trim_start_matches("…/").to_owned()
    });
    let known: Vec<String> = verbs.iter().cloned().chain(ends).collect();
    let help = did_you_mean(short, known.iter().map(String::as_str)).unwrap_or_else(|| {
        let verbs: Vec<_> = verbs.iter().map(|verb| format!("`{verb}`")).collect();
        match verbs.len() {
            0 => "write its name in full".to_owned(),
            _ => format!("write its name in full, or a verb: {}", few(&verbs, SHOWN)),
        }
    });
    Unclear(format!("`{word}` is no verb or operation {place}; {help}"))
}
