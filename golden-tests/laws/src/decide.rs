//! What the rules say of a model, one operation at a time.

use crate::facts::{self, Connector, Op, facts, op, parts};
use crate::model::{CustomRole, Held, Model, Resource, Role, Tool, Use, Value, What};
use crate::text::{Sure, at_or_below, covers, of_plane, path_within, paths_apart, type_of};
use std::collections::BTreeSet;

/// An operation on a resource, by number.
pub type At = (usize, Op);

/// What is decided of a need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decided {
    /// The operation that decided it.
    pub op: Op,
    /// A resource by number.
    pub resource: usize,
    /// An identity by number.
    pub identity: usize,
    /// How sure it is held.
    pub sure: Sure,
}

/// What an identity holds beyond its needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excess {
    /// Operations on declared resources.
    pub operations: BTreeSet<At>,
    /// Resources that none of its tools uses.
    pub resources: Vec<String>,
    /// What no need passes through: the role as it is spelled, and where.
    pub idle: Vec<(String, String)>,
}

/// A need before it is decided.
struct Need {
    tool: usize,
    identity: usize,
    resource: usize,
    any_of: Vec<Op>,
    scope: Vec<String>,
    path: Option<Path>,
}

/// The names that a need is about; of a listing, what they begin with.
struct Path {
    text: String,
    listing: bool,
}

/// A model, with what its needs come to.
pub struct World<'m> {
    model: &'m Model,
    needs: Vec<(Need, Decided)>,
    /// What each identity holds, perhaps, on declared resources where it applies.
    held: Vec<BTreeSet<At>>,
    /// Operations that only the manifest names.
    extras: BTreeSet<Op>,
}

/// Decides every need of a model.
pub fn decide(model: &Model) -> World<'_> {
    let mut world = World {
        model,
        needs: Vec::new(),
        held: Vec::new(),
        extras: BTreeSet::new(),
    };
    for (number, tool) in model.tools.iter().enumerate() {
        for used in &tool.uses {
            for need in needs(model, number, tool, used) {
                let decided = world.decide(&need);
                world.needs.push((need, decided));
            }
        }
    }
    let needed = world.needs.iter().flat_map(|(need, _)| &need.any_of);
    let exact = model
        .roles
        .iter()
        .flat_map(|role| patterns(role).into_iter());
    let permissions = model.identities.iter().flat_map(|identity| &identity.holds);
    let permissions = permissions.filter_map(|held| match &held.role {
        Role::Permission(name) => Some(op(&connector(&model.resources[held.on]).plane, name)),
        _ => None,
    });
    let needed = needed.cloned().chain(permissions);
    let named = needed.chain(exact.filter(|pattern| !pattern.contains('*')));
    world.extras = named
        .filter(|op| !facts().operations.contains_key(op))
        .collect();
    let all = 0..model.identities.len();
    world.held = all.map(|identity| world.holds(identity)).collect();
    world
}

fn patterns(role: &CustomRole) -> Vec<Op> {
    role.grants
        .iter()
        .map(|(plane, pattern)| op(plane, pattern))
        .collect()
}

fn connector(resource: &Resource) -> &'static Connector {
    &facts().connectors[resource.connector]
}

/// The type of a resource, in small letters.
fn kind(resource: &Resource) -> &'static str {
    &connector(resource).levels[resource.level].kind
}

/// The needs of one use.
fn needs(model: &Model, number: usize, tool: &Tool, used: &Use) -> Vec<Need> {
    let resource = &model.resources[used.resource];
    let connector = connector(resource);
    let own = scope(model, resource, resource.level);
    let named = match &used.what {
        What::Verb(verb) => connector.verbs.iter().find(|known| known.name == *verb),
        What::Raw(..) => None,
    };
    let listing = named.is_some_and(|verb| verb.listing);
    let need = |any_of: Vec<Op>, scope: Vec<String>| Need {
        tool: number,
        identity: used.identity.unwrap_or(tool.identity),
        resource: used.resource,
        any_of,
        scope,
        path: used.path.clone().map(|text| Path { text, listing }),
    };
    match &used.what {
        What::Raw(plane, name) => vec![need(vec![op(plane, name)], own)],
        What::Verb(verb) => match named {
            None => vec![need(vec![op(&connector.plane, verb)], own)],
            Some(known) => {
                let level = connector.judged_at(known, resource.level);
                let at = scope(model, resource, level);
                known
                    .needs
                    .iter()
                    .map(|any_of| need(any_of.clone(), at.clone()))
                    .collect()
            }
        },
    }
}

/// The id of a resource: `=` before what is written out, `?` before a parameter, and `!` for the
/// subscription that is deployed to.
fn scope(model: &Model, resource: &Resource, level: usize) -> Vec<String> {
    let of = |value: &Value, otherwise: &str| match value {
        Value::Text(text) => format!("={}", text.to_lowercase()),
        Value::Param(name) => format!("?{name}"),
        Value::Default => otherwise.to_owned(),
    };
    let here = of(&model.subscription, "!");
    let segment = |segment: &String| match segment.as_str() {
        "{subscription}" => of(&resource.subscription, &here),
        "{resource-group}" => of(&resource.group, "=rg-desk"),
        field => match field
            .strip_prefix('{')
            .and_then(|field| field.strip_suffix('}'))
        {
            Some(field) => {
                let known = resource.fields.iter().find(|(name, _)| name == field);
                of(&known.unwrap().1, "")
            }
            None => format!("={}", field.to_lowercase()),
        },
    };
    connector(resource).levels[level]
        .id
        .iter()
        .map(segment)
        .collect()
}

fn same(one: &str, two: &str) -> Sure {
    match (one == two, one.starts_with('=') && two.starts_with('=')) {
        (true, _) => Sure::Yes,
        (false, true) => Sure::No,
        (false, false) => Sure::Perhaps,
    }
}

/// Whether what is assigned on one resource, by number, holds on another.
pub fn covers_resource(model: &Model, on: usize, at: usize) -> Sure {
    let there = &model.resources[at];
    reaches(
        model,
        &model.resources[on],
        &scope(model, there, there.level),
    )
}

/// Whether what is assigned on a resource holds at a scope: there, or anywhere below.
fn reaches(model: &Model, on: &Resource, at: &[String]) -> Sure {
    let from = scope(model, on, on.level);
    if connector(on).name == "azure.management-group"
        && at.first().is_some_and(|first| first == "=subscriptions")
    {
        // Which subscriptions are in it is not in its id.
        let listed = on.covers.iter().map(|value| match value {
            Value::Text(text) => same(&format!("={}", text.to_lowercase()), &at[1]),
            Value::Param(name) => same(&format!("?{name}"), &at[1]),
            Value::Default => Sure::No,
        });
        return listed.max().unwrap_or(Sure::No);
    }
    if from.len() > at.len() {
        return Sure::No;
    }
    let pairs = from.iter().zip(at);
    pairs
        .map(|(one, two)| same(one, two))
        .min()
        .unwrap_or(Sure::Yes)
}

/// What a role says of an operation, wherever it is assigned.
fn role_grants(model: &Model, role: &Role, wanted: &str) -> Sure {
    let facts = facts();
    let (plane, name) = parts(wanted);
    let best = |patterns: &mut dyn Iterator<Item = String>| {
        let each = patterns.map(|pattern| of_plane(&pattern.to_lowercase(), name));
        each.max().unwrap_or(Sure::No)
    };
    match role {
        _ if facts.is_elsewhere(wanted) => Sure::No,
        Role::BuiltIn(number) if facts.operations.contains_key(wanted) => facts
            .expansion(*number)
            .get(wanted)
            .copied()
            .unwrap_or(Sure::No),
        Role::BuiltIn(number) => facts::grants(&facts.roles[*number].blocks, wanted),
        Role::OfPlane(number) if facts.plane_roles[*number].plane == plane => {
            best(&mut facts.plane_roles[*number].grants.iter().cloned())
        }
        Role::OfPlane(_) => Sure::No,
        Role::Custom(number) if model.roles[*number].plane != "azure-rbac" => {
            let own = model.roles[*number].grants.iter();
            best(
                &mut own
                    .filter(|(of, _)| *of == plane)
                    .map(|(_, pattern)| pattern.clone()),
            )
        }
        Role::Custom(number) => {
            let patterns = patterns(&model.roles[*number]);
            if patterns.iter().any(|pattern| covers(pattern, wanted)) {
                Sure::Yes
            } else {
                Sure::No
            }
        }
        Role::Permission(held) => {
            let known = ["graph", "entra-app"].contains(&plane) && held.to_lowercase() == name;
            if known { Sure::Yes } else { Sure::No }
        }
    }
}

/// How an assignment meets a need of one path, or of any when there is none.
fn meets(model: &Model, held: &Held, wanted: &str, at: &[String], path: Option<&Path>) -> Sure {
    let on = &model.resources[held.on];
    let there = reaches(model, on, at);
    if there == Sure::No {
        return Sure::No;
    }
    let narrowed = !held.paths.is_empty() && connector(on).by_path().any(|op| op == wanted);
    let condition = match path {
        _ if !narrowed => Sure::Yes,
        None => Sure::Perhaps,
        Some(Path { text, listing }) => {
            // A listing under one whole name would show others that begin with it.
            let fitting = held
                .paths
                .iter()
                .filter(|outer| !listing || outer.ends_with('*'));
            let of = |outer: &String| match (path_within(outer, text), paths_apart(outer, text)) {
                (true, _) => Sure::Yes,
                (false, true) => Sure::No,
                (false, false) => Sure::Perhaps,
            };
            fitting.map(of).max().unwrap_or(Sure::No)
        }
    };
    there
        .min(condition)
        .min(role_grants(model, &held.role, wanted))
}

/// How surely an operation is denied at a scope, which only databases do.
fn denied(model: &Model, identity: usize, wanted: &str, at: &[String]) -> Sure {
    let (plane, name) = parts(wanted);
    let denies = |held: &&Held| match held.role {
        Role::OfPlane(number) => {
            let role = &facts().plane_roles[number];
            role.plane == plane && role.denies.iter().any(|one| one.to_lowercase() == name)
        }
        _ => false,
    };
    let holds = model.identities[identity].holds.iter();
    let there = holds
        .filter(denies)
        .map(|held| reaches(model, &model.resources[held.on], at));
    there.max().unwrap_or(Sure::No)
}

fn less_denied(sure: Sure, denied: Sure) -> Sure {
    match denied {
        Sure::Yes => Sure::No,
        Sure::Perhaps => sure.min(Sure::Perhaps),
        Sure::No => sure,
    }
}

impl World<'_> {
    fn decide(&self, need: &Need) -> Decided {
        let holds = &self.model.identities[need.identity].holds;
        let sure = |op: &Op| {
            let each = holds
                .iter()
                .map(|held| meets(self.model, held, op, &need.scope, need.path.as_ref()));
            less_denied(
                each.max().unwrap_or(Sure::No),
                denied(self.model, need.identity, op, &need.scope),
            )
        };
        let found = [Sure::Yes, Sure::Perhaps].into_iter().find_map(|wanted| {
            need.any_of
                .iter()
                .find(|op| sure(op) == wanted)
                .map(|op| (op, wanted))
        });
        let (op, sure) = found.unwrap_or((&need.any_of[0], Sure::No));
        Decided {
            op: op.clone(),
            resource: need.resource,
            identity: need.identity,
            sure,
        }
    }

    /// The needs of a tool, in order.
    pub fn needs(&self, tool: usize) -> Vec<Decided> {
        let own = self.needs.iter().filter(|(need, _)| need.tool == tool);
        own.map(|(_, decided)| decided.clone()).collect()
    }

    fn holds(&self, identity: usize) -> BTreeSet<At> {
        let mut held = BTreeSet::new();
        for (number, resource) in self.model.resources.iter().enumerate() {
            let connector = connector(resource);
            let at = scope(self.model, resource, resource.level);
            let near: Vec<&Held> = self.model.identities[identity]
                .holds
                .iter()
                .filter(|held| reaches(self.model, &self.model.resources[held.on], &at) != Sure::No)
                .collect();
            if near.is_empty() {
                continue;
            }
            let extras = self
                .extras
                .iter()
                .filter(|op| connector.applies(resource.level, op));
            let all = facts()
                .applying(resource.connector, resource.level)
                .iter()
                .chain(extras);
            for wanted in all.filter(|op| !connector.support.contains(op)) {
                let grants = |held: &&Held| {
                    let (plane, name) = parts(wanted);
                    let (own, on) = (type_of(name), kind(&self.model.resources[held.on]));
                    let is_group = ["microsoft.resources/", "microsoft.management/"]
                        .iter()
                        .any(|group| on.starts_with(group));
                    // What only the connector lists may act above or beside where the role is held.
                    let listed = !connector.applies_by_type(resource.level, name);
                    let beside = plane == "control" && !is_group && !at_or_below(own, on);
                    let inert = is_above(own, on) || (listed && beside);
                    !inert && meets(self.model, held, wanted, &at, None) != Sure::No
                };
                if near.iter().any(grants) && denied(self.model, identity, wanted, &at) != Sure::Yes
                {
                    held.insert((number, wanted.clone()));
                }
            }
        }
        held
    }

    /// What an identity holds beyond its needs.
    pub fn excess(&self, identity: usize) -> Excess {
        let model = self.model;
        let held = &self.held[identity];
        let own: Vec<_> = self
            .needs
            .iter()
            .filter(|(need, _)| need.identity == identity)
            .collect();
        let needed = |(at, op): &At| {
            let there = scope(model, &model.resources[*at], model.resources[*at].level);
            own.iter().any(|(need, decided)| {
                let below = need.scope.len() <= there.len()
                    && need
                        .scope
                        .iter()
                        .zip(&there)
                        .all(|(one, two)| same(one, two) == Sure::Yes);
                decided.op == *op && (need.resource == *at || below)
            })
        };
        let used = |number: usize| {
            own.iter().any(|(need, _)| need.resource == number)
                || held.iter().any(|at| at.0 == number && needed(at))
        };
        let touched: BTreeSet<usize> = held.iter().map(|(number, _)| *number).collect();
        let unused = touched.into_iter().filter(|number| !used(*number));
        let mut resources: Vec<String> = unused
            .map(|number| model.resources[number].name.clone())
            .collect();
        let mut containers: Vec<usize> = Vec::new();
        let mut idle = Vec::new();
        for assignment in &model.identities[identity].holds {
            let on = &model.resources[assignment.on];
            let holder = ["microsoft.resources", "microsoft.management"];
            if holder.contains(&kind(on).split('/').next().unwrap_or_default())
                && !containers.contains(&assignment.on)
            {
                containers.push(assignment.on);
            }
            let passes = own.iter().any(|(need, decided)| {
                meets(
                    model,
                    assignment,
                    &decided.op,
                    &need.scope,
                    need.path.as_ref(),
                ) != Sure::No
            });
            if !passes {
                idle.push((assignment.spelled.clone(), on.name.clone()));
            }
        }
        let label = |number: &usize| {
            let resource = &model.resources[*number];
            let last = scope(model, resource, resource.level)
                .pop()
                .unwrap_or_default();
            let written = match kind(resource) {
                "microsoft.management/managementgroups" => {
                    resource.fields.first().map(|(_, value)| value)
                }
                "microsoft.resources/subscriptions" => Some(match &resource.subscription {
                    Value::Default => &model.subscription,
                    own => own,
                }),
                _ => Some(&resource.group),
            };
            match written {
                Some(Value::Text(text)) if last.starts_with('=') => text.clone(),
                Some(Value::Default) if last.starts_with('=') => last[1..].to_owned(),
                _ => resource.name.clone(),
            }
        };
        resources.extend(
            containers
                .iter()
                .map(|on| format!("everything else in {}", label(on))),
        );
        Excess {
            operations: held.iter().filter(|at| !needed(at)).cloned().collect(),
            resources,
            idle,
        }
    }

    /// The app of a tool.
    pub fn app(&self, tool: usize) -> String {
        let model = self.model;
        if let Some(by_hand) = model.apps.iter().position(|tools| tools.contains(&tool)) {
            return format!("hand{by_hand}");
        }
        let identities = identities(&model.tools[tool]);
        let names: Vec<_> = identities
            .iter()
            .map(|one| model.identities[*one].name.as_str())
            .collect();
        match model.isolation {
            "per-tool" => model.tools[tool].name.clone(),
            "per-identity" if !names.is_empty() => names.join("-"),
            _ => "main".to_owned(),
        }
    }

    /// What a tool can do because of its neighbours in the app.
    pub fn reach(&self, tool: usize) -> BTreeSet<At> {
        let tools = 0..self.model.tools.len();
        let here = self.app(tool);
        let together = tools.filter(|other| self.app(*other) == here);
        let together: BTreeSet<usize> = together
            .flat_map(|other| identities(&self.model.tools[other]))
            .collect();
        let of = |all: &BTreeSet<usize>| -> BTreeSet<At> {
            all.iter()
                .flat_map(|one| &self.held[*one])
                .cloned()
                .collect()
        };
        let own = of(&identities(&self.model.tools[tool]));
        of(&together).difference(&own).cloned().collect()
    }
}

fn is_above(above: &str, below: &str) -> bool {
    above != below && at_or_below(below, above)
}

/// The identities a tool acts as, in the order of the manifest.
fn identities(tool: &Tool) -> BTreeSet<usize> {
    let uses = tool.uses.iter().filter_map(|used| used.identity);
    match tool.uses.is_empty() {
        true => BTreeSet::new(),
        false => uses.chain([tool.identity]).collect(),
    }
}
