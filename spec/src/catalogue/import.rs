//! From the JSON of `az` to the texts of the catalogue.
//!
//! Read are the lists that anyone signed in can print, and the shapes in which public data sets
//! publish the same facts:
//!
//! - roles: `az role definition list -o json`; custom roles are left out;
//! - operations: `az provider operation list -o json`;
//! - Graph: `az ad sp show --id 00000003-0000-0000-c000-000000000000`.
//!
//! What is not given is taken from the previous catalogue. An operation that vanished since then
//! is kept as retired, a role that changed its name as renamed. Names, GUIDs, permission strings
//! and planes go in; of descriptions only whether they say preview or deprecated. The same input
//! gives the same bytes.

mod json;
mod lists;
mod write;

use std::collections::BTreeMap;
use std::fmt;

use super::texts::{Header, HeaderCounts, is_date};
use super::{Block, Catalogue, CatalogueTexts, GraphKind, Mark};
use crate::Plane;
use crate::danger::{Danger, danger_by_name};

/// A JSON text and the name by which messages call it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// Usually its path.
    pub name: &'s str,
    /// JSON.
    pub text: &'s str,
}

/// What to import. A source left out is taken from the previous catalogue.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources<'s> {
    /// Role definitions.
    pub roles: Option<Source<'s>>,
    /// Operations of every resource provider.
    pub operations: Option<Source<'s>>,
    /// Permissions of Microsoft Graph.
    pub graph: Option<Source<'s>>,
    /// Former operations: `[{"name", "dataAction", "lastSeen"}]`; added to those known.
    pub retired: Option<Source<'s>>,
    /// Former names of roles: `[{"name", "id"}]`; added to those known.
    pub renamed: Option<Source<'s>>,
    /// Names of control-plane operations that hand out credentials. Without it new operations are
    /// judged by their names, and known ones stay what they are.
    pub credentials: Option<Source<'s>>,
}

/// A catalogue and what is worth saying about how it came about.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What to write into the folder of the catalogue.
    pub texts: CatalogueTexts,
    /// One sentence each: what was left out, vanished or changed its name.
    pub notes: Vec<String>,
}

/// Why nothing was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The source, by the name it was given.
    pub source: String,
    /// Line and column in the source, counted from 1, when the JSON cannot be read.
    pub at: Option<(usize, usize)>,
    /// One sentence.
    pub message: String,
}

impl ImportError {
    fn new(source: &str, message: impl Into<String>) -> ImportError {
        ImportError {
            source: source.to_owned(),
            at: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.source, self.message),
            None => write!(f, "{}: {}", self.source, self.message),
        }
    }
}

impl std::error::Error for ImportError {}

/// Where an operation stands in a table: small letters, then the plane.
pub(crate) type Key = (String, bool);

pub(crate) fn key(name: &str, data: bool) -> Key {
    (name.to_ascii_lowercase(), data)
}

/// The facts between reading and writing. Maps are keyed so that their order is the file's order.
#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) operations: BTreeMap<Key, OperationFact>,
    /// By name in small letters.
    pub(crate) roles: BTreeMap<String, RoleFact>,
    /// By value in small letters and kind.
    pub(crate) graph: BTreeMap<(String, GraphKind), GraphFact>,
    /// Name as spelt, last seen.
    pub(crate) retired: BTreeMap<Key, (String, String)>,
    /// Former name in small letters: former name, GUID.
    pub(crate) renamed: BTreeMap<String, (String, String)>,
    /// Name as spelt.
    pub(crate) credentials: BTreeMap<Key, String>,
}

pub(crate) struct OperationFact {
    pub(crate) name: String,
    pub(crate) inferred: bool,
}

pub(crate) struct RoleFact {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) mark: Mark,
    pub(crate) blocks: Vec<Block>,
}

pub(crate) struct GraphFact {
    pub(crate) value: String,
    pub(crate) id: String,
    pub(crate) admin_consent: bool,
    pub(crate) disabled: bool,
}

/// Makes the texts of a catalogue.
///
/// `date` is the day of the facts, `YYYY-MM-DD`.
///
/// # Errors
///
/// A source that is no JSON of a known shape, a fact that contradicts another of its source, a
/// source that neither is given nor has a previous catalogue behind it, or a malformed date.
pub fn import(
    sources: &Sources<'_>,
    date: &str,
    previous: Option<&Catalogue>,
) -> Result<Imported, ImportError> {
    if !is_date(date) {
        return Err(ImportError::new(
            "--date",
            format!("`{date}` is no date like 2026-08-22"),
        ));
    }
    let mut notes = Vec::new();
    let mut facts = Facts::default();
    match (sources.operations, previous) {
        (Some(source), _) => json::operations(source, &mut facts, &mut notes)?,
        (None, Some(previous)) => lists::keep_operations(previous, &mut facts),
        (None, None) => return Err(missing("operations")),
    }
    match (sources.roles, previous) {
        (Some(source), _) => json::roles(source, &mut facts, &mut notes)?,
        (None, Some(previous)) => lists::keep_roles(previous, &mut facts),
        (None, None) => return Err(missing("roles")),
    }
    match (sources.graph, previous) {
        (Some(source), _) => json::graph(source, &mut facts, &mut notes)?,
        (None, Some(previous)) => lists::keep_graph(previous, &mut facts),
        (None, None) => return Err(missing("Graph permissions")),
    }
    if let Some(previous) = previous {
        lists::retire(previous, &mut facts, &mut notes);
        lists::rename(previous, &mut facts, &mut notes);
        lists::keep_credentials(previous, &mut facts);
    }
    if let Some(source) = sources.retired {
        json::retired(source, &mut facts)?;
    }
    if let Some(source) = sources.renamed {
        json::renamed(source, &mut facts)?;
    }
    match sources.credentials {
        Some(source) => json::credentials(source, &mut facts)?,
        None => judge_credentials(previous, &mut facts, &mut notes),
    }
    lists::drop_current(&mut facts);
    let texts = print(&facts, date);
    // What was written has to be what the reader accepts, whatever the source held.
    Catalogue::from_texts(texts.clone()).map_err(|error| {
        ImportError::new("the catalogue that would be written", error.to_string())
    })?;
    Ok(Imported { texts, notes })
}

fn missing(what: &str) -> ImportError {
    ImportError::new(
        "import",
        format!("no {what} are given and there is no previous catalogue"),
    )
}

/// Operations that the previous catalogue did not have are judged by their names.
fn judge_credentials(previous: Option<&Catalogue>, facts: &mut Facts, notes: &mut Vec<String>) {
    let mut found = Vec::new();
    for ((lower, data), operation) in &facts.operations {
        let known =
            previous.is_some_and(|p| p.operation(Plane::Control, &operation.name).is_some());
        if !data && !known && danger_by_name(Plane::Control, lower) == Danger::Credentials {
            found.push(operation.name.clone());
        }
    }
    if !found.is_empty() && previous.is_some() {
        notes.push(format!(
            "new operations that hand out credentials, by their names: {}",
            found.join(", ")
        ));
    }
    facts
        .credentials
        .extend(found.into_iter().map(|name| (key(&name, false), name)));
}

fn print(facts: &Facts, date: &str) -> CatalogueTexts {
    let operations = write::operations(facts);
    let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    let counts = HeaderCounts {
        operations: count(facts.operations.len()),
        roles: count(facts.roles.len()),
        graph: count(facts.graph.len()),
        retired: count(facts.retired.len()),
        renamed: count(facts.renamed.len()),
        credentials: count(facts.credentials.len()),
    };
    let mut texts = CatalogueTexts {
        header: "".into(),
        operations: operations.into(),
        roles: "".into(),
        graph: write::graph(facts).into(),
        retired: write::retired(facts).into(),
        renamed: write::renamed(facts).into(),
        credentials: write::credentials(facts).into(),
    };
    let header = |digest: String| Header {
        date: date.to_owned(),
        digest,
        counts,
    };
    // Roles carry how much they grant, which only a catalogue of the operations can tell.
    let counting = Catalogue::assemble(header(String::new()), texts.clone());
    texts.roles = write::roles(facts, &counting).into();
    texts.header = header(texts.digest()).print().into();
    texts
}

#[cfg(test)]
mod tests;
