//! From parts as they were written to a [`Connector`]: the one door, for the data files of the
//! program and for `connector` nodes of manifests alike.
//!
//! A [`Draft`] holds words; [`Draft::finish`] proves them a connector, or says everything that is
//! wrong, each with the [`Part`] it is about, which the caller maps to a place in a file.

mod check;

use std::sync::Arc;

use super::ids::{COMMON, braced, placeholders};
use super::{
    Clause, Connector, ExposedKey, Field, Level, OpName, OpenVerbs, PlaneFamily, PrivateEndpoint,
    Switch, Verb,
};
use crate::Plane;

/// Beginnings of names that only connectors of the program have, and the one name without a dot.
pub const RESERVED: [&str; 5] = ["azure.", "microsoft.", "aws.", "gcp.", "http"];

/// Where a connector comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A data file of the program: each verb names its source.
    Program,
    /// A manifest: some names are reserved.
    Manifest,
}

/// A connector as it was written.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Where it comes from.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// Where its permissions live.
    pub plane: PlaneFamily,
    /// Where a client finds it.
    pub endpoint: Option<String>,
    /// What a token for it is asked for.
    pub audience: Option<String>,
    /// Whether grantc can create it.
    pub creates: bool,
    /// Fields that are listed by name: those of ids need not be.
    pub fields: Vec<String>,
    /// Its levels, a level after the one it lies below.
    pub levels: Vec<DraftLevel>,
    /// Its verbs.
    pub verbs: Vec<DraftVerb>,
    /// Verbs that are not a list.
    pub open_verbs: OpenVerbs,
    /// Operations that an SDK needs whatever the verb.
    pub support: Vec<DraftOperation>,
    /// Operations that a condition on paths narrows, beside those of verbs that take a path.
    pub narrowed: Vec<DraftOperation>,
    /// Candidate roles, narrowest first.
    pub roles: Vec<String>,
    /// Operations of the control plane that hand out keys.
    pub exposes_keys: Vec<DraftKey>,
    /// Settings of the service.
    pub switches: Vec<Switch>,
    /// How it is reached in a private network.
    pub private_endpoint: Option<PrivateEndpoint>,
}

/// A level as it was written.
#[derive(Clone, Debug)]
pub struct DraftLevel {
    /// Its name.
    pub name: String,
    /// Its resource type.
    pub resource_type: String,
    /// Its whole id.
    pub id: String,
    /// The level that it lies below; the one before it when nothing is said.
    pub parent: Option<String>,
}

/// A verb as it was written.
#[derive(Clone, Debug)]
pub struct DraftVerb {
    /// Its name.
    pub name: String,
    /// The levels at which it is done.
    pub levels: Vec<String>,
    /// Whether it can be narrowed to a path.
    pub path: bool,
    /// Whether it looks at all names that begin with something.
    pub listing: bool,
    /// What it needs: of each list one.
    pub needs: Vec<Vec<DraftOperation>>,
    /// Where it is documented.
    pub source: Option<String>,
}

/// An operation as it was written.
#[derive(Clone, Debug)]
pub struct DraftOperation {
    /// `action`, `data-action` or `operation`: which of the planes of the connector is meant.
    pub word: String,
    /// Its name.
    pub name: String,
}

/// An operation that hands out keys, as it was written.
#[derive(Clone, Debug)]
pub struct DraftKey {
    /// Its name.
    pub operation: String,
    /// The property of the resource that turns keys off, as `name=value`.
    pub off_when: Option<String>,
}

/// Which part of a draft is wrong; the numbers are indexes in its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The connector itself.
    Connector,
    /// Its name.
    Name,
    /// Its endpoint.
    Endpoint,
    /// Its audience.
    Audience,
    /// Where its open verbs come from.
    OpenVerbs,
    /// A field that it lists.
    Field(usize),
    /// A level.
    Level(usize),
    /// A verb.
    Verb(usize),
    /// An operation that a verb needs.
    Need {
        /// The verb.
        verb: usize,
        /// The list of alternatives.
        clause: usize,
        /// The alternative.
        alternative: usize,
    },
    /// A support operation.
    Support(usize),
    /// An operation that a condition on paths narrows.
    Narrowed(usize),
    /// A candidate role.
    Role(usize),
    /// An operation that hands out keys.
    Key(usize),
    /// A switch.
    Switch(usize),
    /// The private endpoint.
    PrivateEndpoint,
}

/// Something that is wrong with a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which part.
    pub part: Part,
    /// One lowercase sentence.
    pub message: String,
    /// What to write instead, where that is not obvious.
    pub help: Option<String>,
}

impl Draft {
    /// A draft without any of the lists.
    pub fn new(origin: Origin, name: impl Into<String>, plane: PlaneFamily) -> Draft {
        Draft {
            origin,
            name: name.into(),
            plane,
            endpoint: None,
            audience: None,
            creates: false,
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
        }
    }

    /// The connector.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, in the order of the parts.
    pub fn finish(self) -> Result<Connector, Vec<Problem>> {
        let problems = check::problems(&self);
        if !problems.is_empty() {
            return Err(problems);
        }
        let family = self.plane;
        let operation = |written: DraftOperation| {
            let plane = plane_of(family, &written.word)?;
            Some(OpName {
                plane,
                name: written.name,
            })
        };
        let verb = |verb: DraftVerb| {
            let clause = |any_of: Vec<DraftOperation>| Clause {
                any_of: any_of.into_iter().filter_map(operation).collect(),
            };
            Arc::new(Verb {
                name: verb.name,
                levels: verb.levels,
                path: verb.path,
                listing: verb.listing,
                needs: verb.needs.into_iter().map(clause).collect(),
                source: verb
                    .source
                    .unwrap_or_else(|| "declared in the manifest".to_owned()),
            })
        };
        let key = |key: DraftKey| ExposedKey {
            operation: OpName {
                plane: Plane::Control,
                name: key.operation,
            },
            off_when: key.off_when,
        };
        let mut connector = Connector {
            levels: levels(&self.levels),
            name: self.name,
            plane: family,
            endpoint: self.endpoint,
            audience: self.audience,
            creates: self.creates,
            declared: self.origin == Origin::Manifest,
            fields: self.fields.into_iter().map(field).collect(),
            verbs: self.verbs.into_iter().map(verb).collect(),
            open_verbs: self.open_verbs,
            support: self.support.into_iter().filter_map(operation).collect(),
            narrowed: self.narrowed.into_iter().filter_map(operation).collect(),
            roles: self.roles,
            exposes_keys: self.exposes_keys.into_iter().map(key).collect(),
            switches: self.switches,
            private_endpoint: self.private_endpoint,
        };
        place_fields(&mut connector);
        Ok(connector)
    }
}

/// The plane that a word means in a connector of a family.
pub(super) fn plane_of(family: PlaneFamily, word: &str) -> Option<Plane> {
    match (word, family) {
        ("action", PlaneFamily::AzureRbac) => Some(Plane::Control),
        ("data-action", PlaneFamily::AzureRbac) => Some(Plane::Data),
        ("operation", other) => other.operation_plane(),
        _ => None,
    }
}

fn levels(written: &[DraftLevel]) -> Vec<Level> {
    let parents = (0..written.len()).map(|at| parent(written, at));
    written
        .iter()
        .zip(parents)
        .map(|(level, parent)| Level {
            name: level.name.clone(),
            resource_type: level.resource_type.clone(),
            id: level.id.clone(),
            fields: Vec::new(),
            parent,
        })
        .collect()
}

/// The index of the level that one lies below: the one it names, or else the one before it.
fn parent(levels: &[DraftLevel], at: usize) -> Option<usize> {
    match levels.get(at)?.parent.as_deref() {
        None => at.checked_sub(1),
        Some(name) => levels.iter().take(at).position(|level| level.name == name),
    }
}

pub(super) fn field(name: impl Into<String>) -> Field {
    Field {
        name: name.into(),
        level: String::new(),
        required: false,
        in_id: false,
    }
}

/// Reads off the ids which fields there are and which level needs them. A field that is in no id
/// says where the resource is found, and so belongs to its widest level.
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
        let widest = levels.iter().find(needs);
        field.in_id = widest.is_some();
        field.level = widest
            .or(levels.first())
            .map(|level| level.name.clone())
            .unwrap_or_default();
        field.required = !field.in_id || levels.iter().all(|level| needs(&level));
    }
}

/// The fields that an endpoint or an audience names; none when its braces do not match.
fn named_in(template: &Option<String>) -> Option<Vec<&str>> {
    template.as_deref().map_or(Some(Vec::new()), braced)
}
