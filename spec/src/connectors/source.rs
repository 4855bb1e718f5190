//! From `connectors/*.kdl` to [`Connector`]s, by way of [`Draft`]s: strict, so that a slip of the
//! pen is an error here and not a wrong answer later.

use std::collections::BTreeMap;
use std::fmt;

use kdl::{KdlDocument, KdlEntry, KdlNode};

use super::draft::{Draft, DraftKey, DraftLevel, DraftOperation, DraftVerb, Origin, Part};
use super::{Connector, OpenVerbs, PlaneFamily, PrivateEndpoint, Switch};

/// What is wrong with a connector file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    /// The file, by the name it was given.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// One sentence.
    pub message: String,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for SourceError {}

/// Reads connector files, given as (name, text), into connectors in the order of names.
///
/// # Errors
///
/// The first thing that is wrong in the order of the files.
pub fn read(files: &[(String, String)]) -> Result<Vec<Connector>, SourceError> {
    let mut connectors: Vec<Connector> = Vec::new();
    for (file, text) in files {
        let reader = Reader { file, text };
        let document: KdlDocument = text.parse().map_err(|error: kdl::KdlError| {
            let first = error.diagnostics.first();
            let offset = first.map_or(0, |problem| problem.span.offset());
            let message = first.and_then(|problem| problem.message.clone());
            reader.at(
                offset,
                message.unwrap_or_else(|| "this is not KDL".to_owned()),
            )
        })?;
        for node in document.nodes() {
            let connector = reader.connector(node)?;
            if connectors.iter().any(|known| known.name == connector.name) {
                return Err(reader.bad(
                    node,
                    format!("there are two connectors `{}`", connector.name),
                ));
            }
            connectors.push(connector);
        }
    }
    connectors.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(connectors)
}

/// Where each part of a draft stands.
#[derive(Default)]
struct Places(BTreeMap<Part, usize>);

impl Places {
    fn note(&mut self, part: Part, node: &KdlNode) {
        self.0.insert(part, node.name().span().offset());
    }
}

struct Reader<'f> {
    file: &'f str,
    text: &'f str,
}

impl Reader<'_> {
    fn at(&self, offset: usize, message: String) -> SourceError {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        SourceError {
            file: self.file.to_owned(),
            line,
            message,
        }
    }

    fn bad(&self, node: &KdlNode, message: impl Into<String>) -> SourceError {
        self.at(node.name().span().offset(), message.into())
    }

    fn connector(&self, node: &KdlNode) -> Result<Connector, SourceError> {
        if node.name().value() != "connector" {
            return Err(self.bad(node, format!("`{}` is no connector", node.name().value())));
        }
        self.only(node, &["plane", "endpoint", "audience", "creates"])?;
        let plane = self.property(node, "plane")?;
        let plane = PlaneFamily::parse(&plane)
            .ok_or_else(|| self.bad(node, format!("`{plane}` is no plane")))?;
        let mut draft = Draft::new(Origin::Program, self.argument(node)?, plane);
        draft.endpoint = self.maybe(node, "endpoint")?;
        draft.audience = self.maybe(node, "audience")?;
        draft.creates = self.flag(node, "creates", true)?;
        let mut places = Places::default();
        for child in children(node) {
            self.fact(child, &mut draft, &mut places)?;
        }
        draft.finish().map_err(|problems| {
            let first = problems.into_iter().next();
            let place = first
                .as_ref()
                .and_then(|problem| places.0.get(&problem.part))
                .copied()
                .unwrap_or(node.name().span().offset());
            let message = first.map(|problem| problem.message);
            self.at(place, message.unwrap_or_default())
        })
    }

    fn fact(
        &self,
        node: &KdlNode,
        draft: &mut Draft,
        places: &mut Places,
    ) -> Result<(), SourceError> {
        match node.name().value() {
            "field" => {
                places.note(Part::Field(draft.fields.len()), node);
                draft.fields.push(self.argument(node)?);
            }
            "level" => {
                self.only(node, &["type", "id", "parent"])?;
                places.note(Part::Level(draft.levels.len()), node);
                draft.levels.push(DraftLevel {
                    name: self.argument(node)?,
                    resource_type: self.property(node, "type")?,
                    id: self.property(node, "id")?,
                    parent: self.maybe(node, "parent")?,
                });
            }
            "verb" => {
                let verb = self.verb(node, draft.verbs.len(), places)?;
                draft.verbs.push(verb);
            }
            "verbs" => {
                self.only(node, &["from"])?;
                places.note(Part::OpenVerbs, node);
                let from = self.property(node, "from")?;
                draft.open_verbs = OpenVerbs::parse(&from)
                    .ok_or_else(|| self.bad(node, format!("verbs do not come from `{from}`")))?;
            }
            "support" => {
                for child in children(node) {
                    places.note(Part::Support(draft.support.len()), child);
                    draft.support.push(self.operation(child)?);
                }
            }
            "narrowed" => {
                for child in children(node) {
                    places.note(Part::Narrowed(draft.narrowed.len()), child);
                    draft.narrowed.push(self.operation(child)?);
                }
            }
            "role" => {
                for role in self.arguments(node)? {
                    places.note(Part::Role(draft.roles.len()), node);
                    draft.roles.push(role);
                }
            }
            "exposes-keys" => {
                self.only(node, &["off-when"])?;
                places.note(Part::Key(draft.exposes_keys.len()), node);
                draft.exposes_keys.push(DraftKey {
                    operation: self.argument(node)?,
                    off_when: self.maybe(node, "off-when")?,
                });
            }
            "switch" => {
                let on_when = children(node).map(|child| match child.name().value() {
                    "on-when" => self.argument(child),
                    other => Err(self.bad(child, format!("`{other}` says nothing in a switch"))),
                });
                let on_when = on_when.collect::<Result<Vec<_>, _>>()?;
                places.note(Part::Switch(draft.switches.len()), node);
                draft.switches.push(Switch {
                    name: self.argument(node)?,
                    on_when,
                });
            }
            "private-endpoint" => {
                self.only(node, &["group", "zone"])?;
                places.note(Part::PrivateEndpoint, node);
                let (group, zone) = (self.property(node, "group")?, self.property(node, "zone")?);
                draft.private_endpoint = Some(PrivateEndpoint { group, zone });
            }
            other => return Err(self.bad(node, format!("`{other}` says nothing in a connector"))),
        }
        Ok(())
    }

    /// A verb: `level=` names its level, a child `levels` several.
    fn verb(
        &self,
        node: &KdlNode,
        at: usize,
        places: &mut Places,
    ) -> Result<DraftVerb, SourceError> {
        self.only(node, &["level", "path", "listing", "source"])?;
        places.note(Part::Verb(at), node);
        let mut verb = DraftVerb {
            name: self.argument(node)?,
            levels: self.maybe(node, "level")?.into_iter().collect(),
            path: self.flag(node, "path", false)?,
            listing: self.flag(node, "listing", false)?,
            needs: Vec::new(),
            source: self.maybe(node, "source")?,
        };
        for child in children(node) {
            let any_of: Vec<&KdlNode> = match child.name().value() {
                "levels" => {
                    verb.levels.extend(self.arguments(child)?);
                    continue;
                }
                "any-of" => children(child).collect(),
                _ => vec![child],
            };
            let clause = verb.needs.len();
            for (alternative, node) in any_of.iter().enumerate() {
                let part = Part::Need {
                    verb: at,
                    clause,
                    alternative,
                };
                places.note(part, node);
            }
            let any_of = any_of.into_iter().map(|node| self.operation(node));
            verb.needs.push(any_of.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(verb)
    }

    fn operation(&self, node: &KdlNode) -> Result<DraftOperation, SourceError> {
        self.only(node, &[])?;
        Ok(DraftOperation {
            word: node.name().value().to_owned(),
            name: self.argument(node)?,
        })
    }

    fn only(&self, node: &KdlNode, known: &[&str]) -> Result<(), SourceError> {
        let mut seen: Vec<&str> = Vec::new();
        for name in node.entries().iter().filter_map(KdlEntry::name) {
            if !known.contains(&name.value()) || seen.contains(&name.value()) {
                let message = format!("`{}` says nothing here, or stands twice", name.value());
                return Err(self.bad(node, message));
            }
            seen.push(name.value());
        }
        Ok(())
    }

    fn arguments(&self, node: &KdlNode) -> Result<Vec<String>, SourceError> {
        let plain = node.entries().iter().filter(|entry| entry.name().is_none());
        plain.map(|entry| self.string(node, entry)).collect()
    }

    /// The only argument.
    fn argument(&self, node: &KdlNode) -> Result<String, SourceError> {
        match self.arguments(node)?.as_slice() {
            [one] => Ok(one.clone()),
            _ => Err(self.bad(
                node,
                format!("`{}` takes one argument", node.name().value()),
            )),
        }
    }

    fn maybe(&self, node: &KdlNode, name: &str) -> Result<Option<String>, SourceError> {
        node.entry(name)
            .map(|entry| self.string(node, entry))
            .transpose()
    }

    fn property(&self, node: &KdlNode, name: &str) -> Result<String, SourceError> {
        let missing = || self.bad(node, format!("`{}` needs `{name}=`", node.name().value()));
        self.maybe(node, name)?.ok_or_else(missing)
    }

    fn flag(&self, node: &KdlNode, name: &str, default: bool) -> Result<bool, SourceError> {
        match node.entry(name) {
            None => Ok(default),
            Some(entry) => entry
                .value()
                .as_bool()
                .ok_or_else(|| self.bad(node, format!("`{name}` is #true or #false"))),
        }
    }

    fn string(&self, node: &KdlNode, entry: &KdlEntry) -> Result<String, SourceError> {
        let text = entry
            .value()
            .as_string()
            .filter(|text| !text.contains(['\t', '\n', '\r']));
        let bad = || {
            self.bad(
                node,
                format!("`{}` takes strings of one line", node.name().value()),
            )
        };
        text.map(str::to_owned).ok_or_else(bad)
    }
}

fn children(node: &KdlNode) -> impl Iterator<Item = &KdlNode> {
    node.children().into_iter().flat_map(KdlDocument::nodes)
}
