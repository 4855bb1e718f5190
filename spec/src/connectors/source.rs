//! From `connectors/*.kdl` to [`Connector`]s: strict, so that a slip of the pen is an error here
//! and not a wrong answer later.

use std::fmt;

use kdl::{KdlDocument, KdlEntry, KdlNode};

use super::text::{place_fields, placeholders};
use super::{
    Clause, Connector, ExposedKey, Level, OpName, PlaneFamily, PrivateEndpoint, Switch, Verb,
};
use crate::Plane;

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
        let mut connector = Connector {
            name: self.argument(node)?,
            plane,
            endpoint: self.maybe(node, "endpoint")?,
            audience: self.maybe(node, "audience")?,
            creates: self.flag(node, "creates", true)?,
            fields: Vec::new(),
            levels: Vec::new(),
            verbs: Vec::new(),
            support: Vec::new(),
            roles: Vec::new(),
            exposes_keys: Vec::new(),
            switches: Vec::new(),
            private_endpoint: None,
        };
        for child in children(node) {
            self.fact(child, &mut connector)?;
        }
        place_fields(&mut connector);
        self.complete(node, &connector)?;
        Ok(connector)
    }

    fn fact(&self, node: &KdlNode, connector: &mut Connector) -> Result<(), SourceError> {
        match node.name().value() {
            "field" => connector.fields.push(super::Field {
                name: self.argument(node)?,
                level: String::new(),
                required: false,
            }),
            "level" => {
                self.only(node, &["type", "id"])?;
                connector.levels.push(Level {
                    name: self.argument(node)?,
                    resource_type: self.property(node, "type")?,
                    id: self.property(node, "id")?,
                    fields: Vec::new(),
                });
            }
            "verb" => {
                self.only(node, &["level", "path", "source"])?;
                connector.verbs.push(Verb {
                    name: self.argument(node)?,
                    level: self.property(node, "level")?,
                    path: self.flag(node, "path", false)?,
                    needs: self.clauses(node, connector.plane)?,
                    source: self.property(node, "source")?,
                });
            }
            "support" => {
                let operations = children(node).map(|child| self.operation(child, connector.plane));
                connector
                    .support
                    .extend(operations.collect::<Result<Vec<_>, _>>()?);
            }
            "role" => connector.roles.extend(self.arguments(node)?),
            "exposes-keys" => {
                self.only(node, &["off-when"])?;
                let operation = OpName {
                    plane: Plane::Control,
                    name: self.argument(node)?,
                };
                connector.exposes_keys.push(ExposedKey {
                    operation,
                    off_when: self.maybe(node, "off-when")?,
                });
            }
            "switch" => {
                let on_when = children(node).map(|child| match child.name().value() {
                    "on-when" => self.argument(child),
                    other => Err(self.bad(child, format!("`{other}` says nothing in a switch"))),
                });
                let on_when = on_when.collect::<Result<Vec<_>, _>>()?;
                connector.switches.push(Switch {
                    name: self.argument(node)?,
                    on_when,
                });
            }
            "private-endpoint" => {
                self.only(node, &["group", "zone"])?;
                let (group, zone) = (self.property(node, "group")?, self.property(node, "zone")?);
                connector.private_endpoint = Some(PrivateEndpoint { group, zone });
            }
            other => return Err(self.bad(node, format!("`{other}` says nothing in a connector"))),
        }
        Ok(())
    }

    fn clauses(&self, verb: &KdlNode, family: PlaneFamily) -> Result<Vec<Clause>, SourceError> {
        let clauses = children(verb).map(|child| {
            let any_of = match child.name().value() {
                "any-of" => children(child)
                    .map(|alternative| self.operation(alternative, family))
                    .collect::<Result<Vec<_>, _>>()?,
                _ => vec![self.operation(child, family)?],
            };
            match any_of.as_slice() {
                [] => Err(self.bad(child, "`any-of` has no operation")),
                _ => Ok(Clause { any_of }),
            }
        });
        let clauses = clauses.collect::<Result<Vec<_>, _>>()?;
        match clauses.as_slice() {
            [] => Err(self.bad(verb, "a verb needs at least one operation")),
            _ => Ok(clauses),
        }
    }

    fn operation(&self, node: &KdlNode, family: PlaneFamily) -> Result<OpName, SourceError> {
        let plane = match (node.name().value(), family) {
            ("action", PlaneFamily::AzureRbac) => Some(Plane::Control),
            ("data-action", PlaneFamily::AzureRbac) => Some(Plane::Data),
            ("operation", other) => other.operation_plane(),
            _ => None,
        };
        let plane = plane.ok_or_else(|| {
            let word = node.name().value();
            self.bad(
                node,
                format!("`{word}` is no operation of `{}`", family.word()),
            )
        })?;
        self.only(node, &[])?;
        let name = self.argument(node)?;
        if name.contains('*') {
            return Err(self.bad(node, format!("`{name}` has a wildcard; needs are exact")));
        }
        Ok(OpName { plane, name })
    }

    /// What only shows once the whole connector is read.
    fn complete(&self, node: &KdlNode, connector: &Connector) -> Result<(), SourceError> {
        let bad = |message: String| Err(self.bad(node, message));
        if connector.levels.is_empty() && connector.plane == PlaneFamily::AzureRbac {
            return bad(format!("`{}` has no level", connector.name));
        }
        for verb in &connector.verbs {
            if connector.level(&verb.level).is_none() {
                return bad(format!(
                    "verb `{}` stands at level `{}`, which is none",
                    verb.name, verb.level
                ));
            }
            if connector
                .verbs
                .iter()
                .filter(|other| other.name == verb.name)
                .count()
                > 1
            {
                return bad(format!("verb `{}` stands twice", verb.name));
            }
        }
        for level in &connector.levels {
            let whole =
                |part: &str| !part.contains(['{', '}']) || placeholders(part).next().is_some();
            if !level.id.starts_with("/subscriptions/{subscription}/")
                || !level.id.split('/').all(whole)
            {
                return bad(format!(
                    "level `{}` has an id that is not from /subscriptions/{{subscription}}/ on, or a field that is not a whole segment",
                    level.name
                ));
            }
        }
        for field in &connector.fields {
            if field.level.is_empty() {
                return bad(format!("field `{}` is in no id", field.name));
            }
        }
        Ok(())
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
