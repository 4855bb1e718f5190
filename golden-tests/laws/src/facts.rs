//! The files of facts, read as plainly as they are written.

use crate::text::{Sure, covers, under_condition};
use grantc_spec::resource_types::EXTENSION_TYPES;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// An operation as one text: its plane, a blank, its name in small letters.
pub type Op = String;

/// An operation on a plane.
pub fn op(plane: &str, name: &str) -> Op {
    format!("{plane} {}", name.to_lowercase())
}

/// Plane and name of an operation.
pub fn parts(op: &str) -> (&str, &str) {
    op.split_once(' ').unwrap()
}

/// What is known of Azure.
pub struct Facts {
    /// Every operation, and whether its plane is a guess.
    pub operations: BTreeMap<Op, bool>,
    /// The built-in roles of Azure RBAC, in the order of the file.
    pub roles: Vec<Role>,
    /// The roles that other planes bring.
    pub plane_roles: Vec<PlaneRole>,
    /// The operations of those planes.
    pub plane_operations: Vec<Op>,
    /// Permissions of Microsoft Graph for callers without a user.
    pub application: Vec<String>,
    /// Permissions of Microsoft Graph for callers with one.
    pub delegated: Vec<String>,
    /// Resource types of manifests.
    pub connectors: Vec<Connector>,
    expansions: Vec<OnceLock<HashMap<Op, Sure>>>,
    applying: Vec<Vec<OnceLock<Vec<Op>>>>,
}

/// A built-in role.
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its GUID.
    pub id: String,
    /// Each is subtracted for itself.
    pub blocks: Vec<Block>,
}

/// A permission block: patterns as `control microsoft.storage/*`.
#[derive(Default)]
pub struct Block {
    /// What it adds.
    pub plus: Vec<Op>,
    /// What it takes away.
    pub minus: Vec<Op>,
    /// What narrows it.
    pub condition: Option<String>,
}

/// A role of another plane.
pub struct PlaneRole {
    /// The plane.
    pub plane: String,
    /// Its name.
    pub name: String,
    /// What it grants.
    pub grants: Vec<String>,
    /// What it denies, whatever else grants it.
    pub denies: Vec<String>,
}

/// A resource type of manifests.
#[derive(Default)]
pub struct Connector {
    /// Its name.
    pub name: String,
    /// The plane that its roles are of.
    pub plane: String,
    /// Whether grantc could create one.
    pub creates: bool,
    /// Levels, as they stand in the file.
    pub levels: Vec<Level>,
    /// Verbs.
    pub verbs: Vec<Verb>,
    /// Operations that are always needed, and never counted.
    pub support: Vec<Op>,
    /// Operations narrowed by paths, beside those of verbs.
    pub narrowed: Vec<Op>,
    /// Operations that hand out keys.
    pub keys: Vec<Op>,
}

/// A level of a connector.
pub struct Level {
    /// Its name.
    pub name: String,
    /// The type in small letters.
    pub kind: String,
    /// Segments of the id, with fields in braces.
    pub id: Vec<String>,
}

/// A verb of a connector.
#[derive(Clone, Default)]
pub struct Verb {
    /// Its name.
    pub name: String,
    /// Levels at which it may be judged.
    pub levels: Vec<String>,
    /// Whether it takes a path.
    pub path: bool,
    /// Whether that path is what a listing begins with.
    pub listing: bool,
    /// Needs, each a list of which one is enough.
    pub needs: Vec<Vec<Op>>,
}

/// The facts under `spec/`.
pub fn facts() -> &'static Facts {
    static FACTS: OnceLock<Facts> = OnceLock::new();
    FACTS.get_or_init(|| {
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
        let read = |path: &str| {
            let path = spec.join(path);
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let roles = roles(&read("catalogue/roles.txt"));
        let graph = |form: &str| {
            let text = read("catalogue/graph.txt");
            let lines = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
            let right = lines.filter(|words| words[1] == form && !words.contains(&"disabled"));
            right.map(|words| words[0].to_owned()).collect()
        };
        let mut files: Vec<_> = fs::read_dir(spec.join("connectors")).unwrap().collect();
        files.sort_by_key(|file| file.as_ref().unwrap().path());
        let files = files.into_iter().map(|file| file.unwrap().path());
        let files = files.filter(|path| path.extension().is_some_and(|end| end == "kdl"));
        let connectors: Vec<_> = files
            .map(|path| connector(&fs::read_to_string(path).unwrap()))
            .collect();
        Facts {
            operations: operations(&read("catalogue/operations.txt")),
            expansions: roles.iter().map(|_| OnceLock::new()).collect(),
            roles,
            plane_roles: plane_roles(&read("plane-roles.txt")),
            plane_operations: plane_operations(&read("plane-roles.txt")),
            application: graph("application"),
            delegated: graph("delegated"),
            applying: connectors
                .iter()
                .map(|one| one.levels.iter().map(|_| OnceLock::new()).collect())
                .collect(),
            connectors,
        }
    })
}

/// The types that attach to any scope, in small letters.
fn extensions() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| {
        EXTENSION_TYPES
            .iter()
            .map(|one| one.to_lowercase())
            .collect()
    })
}

impl Facts {
    /// The number of the connector with this name.
    pub fn connector(&self, name: &str) -> usize {
        let mut all = self.connectors.iter();
        all.position(|one| one.name == name).unwrap()
    }

    /// What a role grants of the catalogue.
    pub fn expansion(&self, role: usize) -> &HashMap<Op, Sure> {
        self.expansions[role].get_or_init(|| {
            let blocks = &self.roles[role].blocks;
            let named = blocks.iter().flat_map(|block| &block.plus);
            let named: BTreeSet<&Op> = named.flat_map(|pattern| self.matching(pattern)).collect();
            let sure = named.into_iter().map(|op| (op.clone(), grants(blocks, op)));
            sure.filter(|(_, sure)| *sure != Sure::No).collect()
        })
    }

    /// The operations of the catalogue that a permission string covers: all begin as it does.
    fn matching<'f>(&'f self, pattern: &'f str) -> impl Iterator<Item = &'f Op> {
        let head = pattern.split('*').next().unwrap_or(pattern);
        let all = self.operations.range(head.to_owned()..).map(|(op, _)| op);
        let near = all.take_while(move |op| op.starts_with(head));
        near.filter(move |op| covers(pattern, op))
    }

    /// Whether an operation is known to be on the other plane only.
    pub fn is_elsewhere(&self, op: &str) -> bool {
        let (plane, name) = parts(op);
        let other = match plane {
            "control" => format!("data {name}"),
            "data" => format!("control {name}"),
            _ => return false,
        };
        !self.operations.contains_key(op) && self.operations.get(&other) == Some(&false)
    }

    /// The operations of the catalogue and of other planes that apply at a level of a connector.
    pub fn applying(&self, connector: usize, level: usize) -> &[Op] {
        self.applying[connector][level].get_or_init(|| {
            let listed = &self.connectors[connector];
            let others = listed.all_listed();
            let all = self.operations.keys().chain(others);
            let of_planes = self.plane_operations(&listed.plane);
            let all = all.cloned().chain(of_planes);
            let mut all: Vec<Op> = all.filter(|op| listed.applies(level, op)).collect();
            all.sort();
            all.dedup();
            all
        })
    }

    /// The operations of a plane other than Azure RBAC's, but for those that resources list.
    fn plane_operations(&self, plane: &str) -> Vec<Op> {
        let listed = self.plane_operations.iter();
        let mut all: Vec<Op> = listed.filter(|op| parts(op).0 == plane).cloned().collect();
        if plane == "graph" {
            let forms = self.application.iter().chain(&self.delegated);
            all.extend(forms.map(|name| op(plane, name)));
        }
        all
    }
}

impl Connector {
    /// Operations that verbs, keys and support name.
    pub fn all_listed(&self) -> impl Iterator<Item = &Op> {
        let verbs = self
            .verbs
            .iter()
            .flat_map(|verb| verb.needs.iter().flatten());
        verbs.chain(&self.keys).chain(&self.support)
    }

    /// Operations that a condition on paths narrows.
    pub fn by_path(&self) -> impl Iterator<Item = &Op> {
        let verbs = self.verbs.iter().filter(|verb| verb.path);
        verbs
            .flat_map(|verb| verb.needs.iter().flatten())
            .chain(&self.narrowed)
    }

    /// Whether an operation counts on a resource of this level.
    pub fn applies(&self, level: usize, op: &str) -> bool {
        let (plane, name) = parts(op);
        if plane == self.plane && ["graph", "entra-app", "sql-database"].contains(&plane) {
            return true;
        }
        self.applies_by_type(level, name) || self.all_listed().any(|listed| listed == op)
    }

    /// Whether it counts by its type: that of the level, one below it, or one that attaches anywhere.
    pub fn applies_by_type(&self, level: usize, name: &str) -> bool {
        let kind = crate::text::type_of(name);
        let mut anywhere = extensions().iter();
        crate::text::at_or_below(kind, &self.levels[level].kind)
            || anywhere.any(|one| crate::text::at_or_below(kind, one))
    }

    /// The level at which a verb is judged for a resource of a level.
    pub fn judged_at(&self, verb: &Verb, own: usize) -> usize {
        let above = |level: &&usize| self.levels[own].id.starts_with(&self.levels[**level].id);
        let named = |level: &&usize| verb.levels.contains(&self.levels[**level].name);
        let levels: Vec<usize> = (0..self.levels.len()).collect();
        let fitting = levels.iter().filter(above).filter(named);
        let deepest = fitting.max_by_key(|level| self.levels[**level].id.len());
        deepest.copied().unwrap_or(own)
    }
}

/// Whether blocks grant an operation: each for itself what it adds without what it takes away.
pub fn grants(blocks: &[Block], op: &str) -> Sure {
    let of_block = |block: &Block| {
        let any = |list: &[Op]| list.iter().any(|pattern| covers(pattern, op));
        match (any(&block.plus) && !any(&block.minus), &block.condition) {
            (false, _) => Sure::No,
            (true, None) => Sure::Yes,
            (true, Some(condition)) => under_condition(condition, parts(op).1),
        }
    };
    blocks.iter().map(of_block).max().unwrap_or(Sure::No)
}

/// Sections of a provider's names; a name in full begins with `=`.
fn operations(text: &str) -> BTreeMap<Op, bool> {
    let mut all = BTreeMap::new();
    let mut provider = "";
    for line in text.lines() {
        if let Some(section) = line.strip_prefix('@') {
            provider = section.split(' ').next().unwrap();
            continue;
        }
        let (name, marks) = line.split_once(' ').unwrap_or((line, ""));
        let name = match name.strip_prefix('=') {
            Some(whole) => whole.to_owned(),
            None => format!("{provider}/{name}"),
        };
        let plane = if marks.contains('d') {
            "data"
        } else {
            "control"
        };
        all.insert(op(plane, &name), marks.contains('?'));
    }
    all
}

fn roles(text: &str) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    let (mut sign, mut plane, mut provider) = ('+', "control", "");
    for line in text.lines() {
        if let Some(head) = line.strip_prefix('@') {
            let words: Vec<&str> = head.splitn(7, ' ').collect();
            roles.push(Role {
                name: words[6].to_owned(),
                id: words[0].to_owned(),
                blocks: vec![Block::default()],
            });
            continue;
        }
        let blocks = &mut roles.last_mut().unwrap().blocks;
        if line == "and" {
            blocks.push(Block::default());
            continue;
        }
        let block = blocks.last_mut().unwrap();
        if let Some(condition) = line.strip_prefix("if ") {
            block.condition = Some(condition.split_once(' ').unwrap().1.to_owned());
        } else if line.starts_with(['+', '-']) {
            let (what, of) = line.split_once(' ').unwrap_or((line, ""));
            sign = what.chars().next().unwrap();
            plane = if what.ends_with('d') {
                "data"
            } else {
                "control"
            };
            provider = of;
        } else {
            let pattern = match (line.strip_prefix(' '), line.strip_prefix('=')) {
                (Some(rest), _) => format!("{provider}/{rest}"),
                (None, Some(whole)) => whole.to_owned(),
                (None, None) => panic!("{line}"),
            };
            let list = if sign == '+' {
                &mut block.plus
            } else {
                &mut block.minus
            };
            list.push(op(plane, &pattern));
        }
    }
    roles
}

fn plane_roles(text: &str) -> Vec<PlaneRole> {
    let rows = text.lines().filter(|line| line.starts_with("role\t"));
    let list = |words: &str| match words {
        "-" => Vec::new(),
        words => words.split(' ').map(str::to_owned).collect(),
    };
    rows.map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        PlaneRole {
            plane: cells[1].to_owned(),
            name: cells[2].to_owned(),
            grants: list(cells[4]),
            denies: list(cells[5]),
        }
    })
    .collect()
}

fn plane_operations(text: &str) -> Vec<Op> {
    let rows = text
        .lines()
        .filter_map(|line| line.strip_prefix("operation\t"));
    let cells = rows.map(|row| row.split_once('\t').unwrap());
    cells.map(|(plane, name)| op(plane, name)).collect()
}

/// The texts between quotes.
fn quoted(line: &str) -> Vec<&str> {
    line.split('"').skip(1).step_by(2).collect()
}

fn property<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (_, rest) = line.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// A connector's file, line by line.
fn connector(text: &str) -> Connector {
    let mut made = Connector {
        creates: true,
        ..Connector::default()
    };
    let mut within: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        let word = line.split(' ').next().unwrap_or(line);
        let first = quoted(line).first().map_or("", |text| *text);
        let operation = match word {
            "action" => Some(op("control", first)),
            "data-action" => Some(op("data", first)),
            "operation" => Some(op(&made.plane, first)),
            _ => None,
        };
        match (word, operation) {
            ("connector", _) => {
                made.name = first.to_owned();
                made.plane = property(line, "plane").unwrap().to_owned();
                made.creates = !line.contains("creates=#false");
            }
            ("level", _) => made.levels.push(Level {
                name: first.to_owned(),
                kind: property(line, "type").unwrap().to_lowercase(),
                id: property(line, "id")
                    .unwrap()
                    .split('/')
                    .skip(1)
                    .map(str::to_owned)
                    .collect(),
            }),
            ("verb", _) => made.verbs.push(Verb {
                name: first.to_owned(),
                levels: property(line, "level")
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
                path: line.contains(" path=#true"),
                listing: line.contains(" listing=#true"),
                needs: Vec::new(),
            }),
            ("levels", _) => {
                let levels = quoted(line).into_iter().map(str::to_owned);
                made.verbs.last_mut().unwrap().levels = levels.collect();
            }
            ("any-of", _) => made.verbs.last_mut().unwrap().needs.push(Vec::new()),
            ("exposes-keys", _) => made.keys.push(op("control", first)),
            (_, Some(operation)) => match within.last().map_or("", String::as_str) {
                "support" => made.support.push(operation),
                "narrowed" => made.narrowed.push(operation),
                "any-of" => made
                    .verbs
                    .last_mut()
                    .unwrap()
                    .needs
                    .last_mut()
                    .unwrap()
                    .push(operation),
                _ => made.verbs.last_mut().unwrap().needs.push(vec![operation]),
            },
            _ => {}
        }
        if line.ends_with('{') {
            within.push(word.to_owned());
        } else if line == "}" {
            within.pop();
        }
    }
    made
}
