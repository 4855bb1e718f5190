//! Resources as scopes: chains of parents for Bicep, ids for Terraform.
//!
//! Two resources of the manifest may share a parent, such as two containers of one account: it is
//! declared once, with the first. A parent that an `existing` resource names exists, so nothing
//! creates or changes it.

use super::{Build, PlaceKind, Symbol, Text};
use crate::arm::{self, Typed};
use grantc_core::diagnostic::Diagnostic;
use grantc_core::ir::{self, ResourceId, RoleRef, Scope};
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::rules;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A resource that is created or that a role is held on.
#[derive(Clone, Debug, Serialize)]
pub struct Resource {
    /// Path of its node.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Its connector, which names the template that creates it.
    pub connector: String,
    /// Whether something of it is created.
    pub created: bool,
    /// Whether its id is needed and no earlier resource gives it.
    pub gives_id: bool,
    /// What has to be declared for it, outermost first; what an earlier resource declares is not
    /// among them.
    pub nodes: Vec<Node>,
    /// The place it is in, by index.
    pub place: usize,
    /// Its id.
    pub id: Text,
}

/// One link of a chain of parents.
#[derive(Clone, Debug, Serialize)]
pub struct Node {
    /// Its identifier.
    pub symbol: Symbol,
    /// Identifier of its diagnostic setting, where it is created and has one.
    pub logs: Symbol,
    /// Its type.
    pub ty: String,
    /// Its type with an api-version.
    pub versioned: String,
    /// The resource of azurerm that creates it.
    pub azurerm: Option<&'static str>,
    /// Whether the api-version knows the type.
    pub typed: Typed,
    /// Whether it is there already, or is at least not for the deployment to create.
    pub existing: bool,
    /// Whether the manifest wants it created and no template does.
    pub missing: bool,
    /// Its parent.
    pub parent: Option<Symbol>,
    /// Its id, or that of the azurerm resource which creates it.
    pub id: Text,
    /// The id of its parent, or its own.
    pub parent_id: Text,
    /// The id of the outermost of its parents, or its own.
    pub root_id: Text,
    /// Its name.
    pub name: Text,
    /// Names of its parents, outermost first; of one that is created, a reference to that.
    pub above: Vec<Text>,
}

impl Node {
    /// Its name; where the deployment creates it, a reference to that.
    pub(super) fn reference(&self) -> Text {
        match self.azurerm {
            Some(azurerm) => Text::code(
                format!("{}.name", self.symbol.bicep),
                format!("{azurerm}.{}.name", self.symbol.hcl),
            ),
            None => self.name.clone(),
        }
    }
}

/// What the rest of the view knows of a resource.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// The place it is in.
    pub(super) place: usize,
    /// Whether it is that place.
    pub(super) at_place: bool,
    /// It as the scope of something: a symbol in Bicep, an id in HCL.
    pub(super) scope: Text,
    /// Its id, known before it exists.
    pub(super) id: Text,
}

/// One pair of type and name in an id.
pub(super) struct Link {
    pub(super) ty: String,
    pub(super) name: ir::Text,
    /// The id up to here, case ignored.
    key: Vec<ir::Text>,
}

/// How much of a resource has to be declared for what is held on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Its outermost link: Cosmos DB keeps the roles of its data with the account.
    Account,
    /// All of it: it is the scope of a role of Azure RBAC.
    Whole,
}

/// What Cosmos DB calls its types in the scopes of its own roles, and how Azure Resource Manager
/// does.
const COSMOS: [(&str, &str); 2] = [("dbs", "sqlDatabases"), ("colls", "containers")];

/// The segments of a scope as Azure Resource Manager spells them.
pub(super) fn arm_segments(scope: &Scope) -> Vec<ir::Text> {
    let is_cosmos = scope
        .segments
        .iter()
        .any(|text| text.literal() == Some("Microsoft.DocumentDB"));
    let spelt = |(place, text): (usize, &ir::Text)| {
        let word = text.literal().filter(|_| is_cosmos && place % 2 == 0);
        match COSMOS.iter().find(|(own, _)| word == Some(own)) {
            Some((_, arm)) => ir::Text::Literal((*arm).to_owned()),
            None => text.clone(),
        }
    };
    scope.segments.iter().enumerate().map(spelt).collect()
}

/// The chain of parents that a scope spells out below its place.
pub(super) fn links(scope: &Scope) -> Vec<Link> {
    let segments = arm_segments(scope);
    let at = segments
        .iter()
        .position(|text| text.literal() == Some("providers"));
    let below = at.and_then(|at| segments.get(at + 1..)).unwrap_or_default();
    let Some((namespace, pairs)) = below.split_first() else {
        return Vec::new();
    };
    let mut ty = namespace.literal().unwrap_or_default().to_owned();
    let mut links = Vec::new();
    let mut upto = segments.len() - pairs.len();
    for pair in pairs.chunks_exact(2) {
        let [kind, name] = pair else { continue };
        upto += 2;
        ty = format!("{ty}/{}", kind.literal().unwrap_or_default());
        let key = segments.iter().take(upto).map(folded).collect();
        links.push(Link {
            ty: ty.clone(),
            name: name.clone(),
            key,
        });
    }
    links
}

fn folded(text: &ir::Text) -> ir::Text {
    match text {
        ir::Text::Literal(text) => ir::Text::Literal(text.to_ascii_lowercase()),
        other => other.clone(),
    }
}

/// What is always below a resource under a fixed name, on the way to its connector's deeper levels.
fn fixed_child(resource: &ir::Resource) -> Option<(&str, &str)> {
    let levels = &resource.connector.levels;
    let here = levels.get(resource.level)?;
    let mut below = levels
        .iter()
        .filter(|level| level.parent == Some(resource.level));
    below.find_map(|level| {
        let (kind, rest) = level
            .id
            .strip_prefix(&here.id)?
            .strip_prefix('/')?
            .split_once('/')?;
        let name = rest.split('/').next()?;
        (!name.starts_with('{')).then_some((kind, name))
    })
}

/// What was declared already, by id.
#[derive(Default)]
struct Known {
    nodes: BTreeMap<Vec<ir::Text>, Node>,
    /// Ids that `existing` resources name.
    existing: BTreeSet<Vec<ir::Text>>,
    /// Symbols whose ids were given.
    ids: BTreeSet<String>,
}

impl Build<'_> {
    /// The resources to declare, in manifest order.
    pub(super) fn resources(&mut self) -> Vec<Resource> {
        let program = self.program;
        let existing = program
            .resources
            .values()
            .filter(|resource| resource.existing);
        let existing = existing
            .flat_map(|r| links(&r.scope))
            .map(|link| link.key)
            .collect();
        let mut known = Known {
            existing,
            ..Known::default()
        };
        let mut reaches: BTreeMap<ResourceId, Reach> = BTreeMap::new();
        let held = program.assignments.values();
        for held in held.filter(|held| self.has(held.identity)) {
            if let Some(reach) = self.reach(held.role) {
                let known = reaches.entry(held.on).or_insert(reach);
                *known = reach.max(*known);
            }
        }
        let makes = !self.part.is_bootstrap();
        let mut resources = Vec::new();
        for (id, resource) in program.resources.iter() {
            let reach = reaches.get(&id).copied();
            if reach.is_some() || (makes && !resource.existing && !resource.implicit) {
                resources.extend(self.resource(id, resource, reach, &mut known));
            }
        }
        resources
    }

    /// What a role needs of the resource that it is held on.
    fn reach(&self, role: RoleRef) -> Option<Reach> {
        match self.family(role) {
            PlaneFamily::AzureRbac => Some(Reach::Whole),
            PlaneFamily::CosmosSql => Some(Reach::Account),
            PlaneFamily::SqlDatabase | PlaneFamily::Graph | PlaneFamily::EntraApp => None,
        }
    }

    /// Declares one resource; none where its place is all there is to it.
    fn resource(
        &mut self,
        id: ResourceId,
        resource: &ir::Resource,
        reach: Option<Reach>,
        known: &mut Known,
    ) -> Option<Resource> {
        let place = self.place_of(&resource.scope);
        // A management group is all there is to its place.
        let links = match self.places.get(place).map(|place| place.kind) {
            Some(PlaceKind::ManagementGroup) => Vec::new(),
            _ => links(&resource.scope),
        };
        let held = reach == Some(Reach::Whole);
        let depth = match reach {
            Some(Reach::Account) if resource.existing => 1,
            _ => links.len(),
        };
        let mut chain: Vec<Node> = Vec::new();
        let mut nodes = Vec::new();
        for (i, link) in links.iter().enumerate().take(depth) {
            let node = match known.nodes.get(&link.key) {
                Some(node) => node.clone(),
                None => {
                    let there = resource.existing || known.existing.contains(&link.key);
                    if there && !resource.existing && i + 1 == links.len() {
                        self.there_already(resource, &link.ty);
                    }
                    let words = if i + 1 == links.len() {
                        Some(&resource.name.value)
                    } else {
                        None
                    };
                    let node = self.node(resource, link, words, there, place, chain.last());
                    known.nodes.insert(link.key.clone(), node.clone());
                    nodes.push(node.clone());
                    node
                }
            };
            chain.push(node);
        }
        nodes.extend(self.logged(resource, &links, chain.last(), place, known));
        let Some(last) = chain.last() else {
            let declared = self.declared_place(place);
            self.scopes.insert(id, declared);
            return None;
        };
        self.chains.insert(id, chain.clone());
        let symbol = last.symbol.clone();
        let local = Text::code("", format!("local.{}_id", symbol.hcl));
        let declared = Declared {
            place,
            at_place: false,
            scope: Text::of(
                Text::code(&symbol.bicep, ""),
                if chain.iter().all(|node| node.existing) {
                    local.clone()
                } else {
                    last.id.clone()
                },
            ),
            id: Text::of(Text::code(format!("{}.id", symbol.bicep), ""), local),
        };
        self.scopes.insert(id, declared);
        Some(Resource {
            path: format!("resource {}", resource.name),
            connector: resource.connector.name.to_string(),
            created: nodes.iter().any(|node| !node.existing),
            gives_id: held && known.ids.insert(symbol.hcl.clone()),
            symbol,
            nodes,
            place,
            id: self.id(&resource.scope, place),
        })
    }

    /// The part of a created resource that keeps its logs, where nothing named leads there: the
    /// blob service of an account that stands alone.
    fn logged(
        &mut self,
        resource: &ir::Resource,
        links: &[Link],
        last: Option<&Node>,
        place: usize,
        known: &mut Known,
    ) -> Option<Node> {
        let (above, last) = (links.last()?, last.filter(|last| !last.existing)?);
        let (kind, name) = fixed_child(resource)?;
        let [kind, name] = [kind, name].map(|text| ir::Text::Literal(text.to_owned()));
        let key = above.key.iter().cloned().chain([&kind, &name].map(folded));
        let link = Link {
            ty: format!("{}/{}", above.ty, kind.literal()?),
            key: key.collect(),
            name,
        };
        if known.nodes.contains_key(&link.key) || known.existing.contains(&link.key) {
            return None;
        }
        let node = self.node(resource, &link, None, false, place, Some(last));
        known.nodes.insert(link.key, node.clone());
        Some(node)
    }

    fn declared_place(&self, place: usize) -> Declared {
        let (scope, id) = match self.places.get(place) {
            Some(place) => (place.here(), place.id.clone()),
            None => ("resourceGroup()", Text::default()),
        };
        let bicep_id = Text::code(format!("{scope}.id"), "");
        Declared {
            place,
            at_place: true,
            scope: Text::of(Text::code(scope, ""), id.clone()),
            id: Text::of(bicep_id, id),
        }
    }

    fn node(
        &mut self,
        resource: &ir::Resource,
        link: &Link,
        words: Option<&String>,
        there: bool,
        place: usize,
        parent: Option<&Node>,
    ) -> Node {
        let words = match (words, &link.name) {
            (Some(words), _) => words.clone(),
            // A name that stands for its parent says nothing alone.
            (None, ir::Text::Literal(name)) if name == "default" => {
                let kind = link.ty.rsplit('/').next().unwrap_or_default();
                let parent = parent
                    .map(|parent| parent.symbol.hcl.as_str())
                    .unwrap_or_default();
                format!("{parent} {}", kind.replace("Services", " services"))
            }
            (None, ir::Text::Literal(name)) => name.clone(),
            (None, ir::Text::Param(id)) => self.param_name(*id).to_owned(),
            (None, ir::Text::Ambient(_)) => resource.name.value.clone(),
        };
        let symbol = self.symbols.name("resource", &words);
        let logs = self.symbols.name("logs", &format!("{words} logs"));
        let (versioned, typed) = arm::as_scope(&link.ty);
        // What no template makes is made by someone else, and may still be a scope.
        let missing = !there && !arm::is_made(&link.ty);
        if missing && !parent.is_some_and(|parent| parent.missing) {
            self.not_created(resource, &link.ty);
        }
        let existing = there || missing;
        let name = self.text(&link.name);
        let azurerm = arm::azurerm(&link.ty).filter(|_| !existing);
        let itself = azurerm.filter(|_| !arm::comes_with_parent(&link.ty));
        let id = match (itself, parent) {
            (Some(azurerm), _) => Text::code("", format!("{azurerm}.{}.id", symbol.hcl)),
            (_, Some(parent)) => {
                let kind = link.ty.rsplit('/').next().unwrap_or_default();
                parent
                    .id
                    .clone()
                    .and(format!("/{kind}/"))
                    .then(name.clone())
            }
            (_, None) => {
                let at = self
                    .places
                    .get(place)
                    .map(|place| place.id.clone())
                    .unwrap_or_default();
                at.and(format!("/providers/{}/", link.ty))
                    .then(name.clone())
            }
        };
        Node {
            symbol,
            logs,
            ty: link.ty.clone(),
            versioned,
            azurerm,
            typed,
            existing,
            missing,
            parent: parent.map(|parent| parent.symbol.clone()),
            parent_id: parent.map_or_else(|| id.clone(), |parent| parent.id.clone()),
            root_id: parent.map_or_else(|| id.clone(), |parent| parent.root_id.clone()),
            id,
            name,
            above: parent.map_or_else(Vec::new, |parent| {
                let above = parent.above.iter().cloned();
                above.chain([parent.reference()]).collect()
            }),
        }
    }

    /// What one resource wants created and another says is there.
    fn there_already(&mut self, resource: &ir::Resource, ty: &str) {
        let message = format!(
            "the `{ty}` of `{}` is not created: another resource with `existing=#true` names it",
            resource.name
        );
        self.diagnostics.push(
            Diagnostic::new(&rules::NOT_CREATED, resource.span, message)
                .help("say `existing=#true` here too, or leave it out there")
                .at(format!("resource/{}", resource.name)),
        );
    }

    fn not_created(&mut self, resource: &ir::Resource, ty: &str) {
        let message = format!("the `{ty}` of `{}` is not created", resource.name);
        self.diagnostics.push(
            Diagnostic::new(&rules::NOT_CREATED, resource.span, message)
                .help("create it by other means once the rest is deployed, or say `existing=#true`")
                .note("roles on it are assigned all the same")
                .at(format!("resource/{}", resource.name)),
        );
    }

    /// The id of a scope, known before anything is created.
    fn id(&self, scope: &Scope, place: usize) -> Text {
        let id = self
            .places
            .get(place)
            .map(|place| place.id.clone())
            .unwrap_or_default();
        let segments = arm_segments(scope);
        let at = segments
            .iter()
            .position(|text| text.literal() == Some("providers"));
        let below = at.and_then(|at| segments.get(at..)).unwrap_or_default();
        below
            .iter()
            .fold(id, |id, segment| id.and("/").then(self.text(segment)))
    }
}
