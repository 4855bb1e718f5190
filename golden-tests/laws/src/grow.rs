//! A model from random numbers.
//!
//! Every number chooses among what is possible there, so that any numbers give a manifest that can
//! be read, smaller numbers and shorter lists a simpler one: what a property test shrinks.

use crate::facts::{facts, parts};
use crate::model::{CustomRole, Held, Identity, Model, Resource, Role, Tool, Use, Value, What};
use crate::render::{APP_ROLES, DELEGATED};
use crate::text::Sure;
use std::sync::OnceLock;

/// A number that chooses.
pub type Gene = u16;

/// The numbers of one thing.
pub type Genes = [Gene; 8];

/// The numbers of a manifest.
#[derive(Clone, Debug)]
pub struct Seed {
    /// What holds for all of it.
    pub whole: Genes,
    /// Resources.
    pub resources: Vec<Genes>,
    /// Custom roles, each with its operations.
    pub roles: Vec<Vec<Genes>>,
    /// Identities, each with what it holds.
    pub identities: Vec<(Gene, Vec<Genes>)>,
    /// Tools, each with its uses.
    pub tools: Vec<(Gene, Vec<Genes>)>,
}

fn pick<T: Clone>(list: &[T], gene: Gene) -> T {
    list[usize::from(gene) % list.len()].clone()
}

const SUBSCRIPTIONS: [&str; 2] = [
    "11111111-1111-1111-1111-111111111111",
    "aaaaaaaa-AAAA-aaaa-aaaa-aaaaaaaaaaaa",
];

/// The types of resources, the likelier ones more than once.
const KINDS: [&str; 24] = [
    "azure.blob",
    "azure.resource-group",
    "azure.blob",
    "azure.search",
    "azure.blob",
    "azure.keyvault",
    "azure.queue",
    "azure.cosmos",
    "azure.servicebus",
    "microsoft.graph",
    "azure.sql",
    "azure.openai",
    "azure.table",
    "azure.subscription",
    "azure.management-group",
    "http",
    "azure.blob",
    "azure.blob",
    "azure.cosmos",
    "azure.sql",
    "azure.resource-group",
    "azure.servicebus",
    "azure.queue",
    "azure.keyvault",
];

fn subscription(gene: Gene) -> Value {
    match gene % 8 {
        0..=4 => Value::Default,
        5 => Value::Text(SUBSCRIPTIONS[0].to_owned()),
        6 => Value::Text(SUBSCRIPTIONS[1].to_lowercase()),
        _ => Value::Param("place"),
    }
}

fn group(gene: Gene) -> Value {
    let text = |text: &str| Value::Text(text.to_owned());
    match gene % 10 {
        0 | 1 => Value::Default,
        2..=4 => text("rg-data"),
        5 => text("RG-Data"),
        6 => text("rg-data2"),
        7 => text("RG-DESK"),
        _ => Value::Param("group"),
    }
}

/// A manifest from a seed.
pub fn grow(seed: &Seed) -> Model {
    let mut model = Model {
        yaml: seed.whole[0] % 4 == 3,
        isolation: pick(&["shared", "per-identity", "per-tool"], seed.whole[1]),
        subscription: subscription(seed.whole[2]),
        resources: Vec::new(),
        roles: Vec::new(),
        identities: Vec::new(),
        tools: Vec::new(),
        apps: Vec::new(),
    };
    for (number, genes) in seed.resources.iter().enumerate() {
        let one = resource(number, genes);
        model.resources.push(one);
    }
    // The resource group of the manifest itself is there whether or not anything names it.
    model.resources.push(Resource {
        name: "azure".to_owned(),
        connector: facts().connector("azure.resource-group"),
        level: 0,
        fields: Vec::new(),
        group: Value::Default,
        subscription: Value::Default,
        covers: Vec::new(),
    });
    for (number, operations) in seed.roles.iter().enumerate() {
        let one = custom(number, operations, &model);
        model.roles.push(one);
    }
    for (number, (gene, holds)) in seed.identities.iter().enumerate() {
        let kind = pick(
            &[
                "user-assigned",
                "user-assigned",
                "service-principal",
                "delegated",
            ],
            *gene,
        );
        let mut identity = Identity {
            name: format!("i{number}"),
            kind,
            holds: Vec::new(),
        };
        for genes in holds {
            if let Some(held) = hold(&model, kind, genes) {
                let known = identity
                    .holds
                    .iter()
                    .any(|other| other.role == held.role && other.on == held.on);
                if !known {
                    identity.holds.push(held);
                }
            }
        }
        model.identities.push(identity);
    }
    for (number, (gene, uses)) in seed.tools.iter().enumerate() {
        let one = tool(number, *gene, uses, &model);
        model.tools.push(one);
    }
    for number in 0..usize::from(seed.whole[3] % 3) {
        let placed: Vec<usize> = (0..model.tools.len())
            .filter(|tool| (tool + usize::from(seed.whole[4])) % 5 == number)
            .collect();
        if !placed.is_empty() {
            model.apps.push(placed);
        }
    }
    model
}

fn resource(number: usize, genes: &Genes) -> Resource {
    let connector = facts().connector(pick::<&str>(&KINDS, genes[0]));
    let known = &facts().connectors[connector];
    let level = usize::from(genes[1]) % known.levels.len();
    let names = ["desk", "Desk", "other"];
    let mut fields = Vec::new();
    let template = known.levels[level].id.iter();
    let braces = template.filter_map(|part| {
        part.strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
    });
    for (at, field) in braces.enumerate() {
        if field == "subscription" || field == "resource-group" {
            continue;
        }
        let gene = genes[2 + at % 4];
        let value = match gene % 8 {
            7 => Value::Param("place"),
            gene => Value::Text(format!(
                "{}{}",
                if at > 2 { "in" } else { "x" },
                pick(&names, gene)
            )),
        };
        fields.push((field.to_owned(), value));
    }
    if known.name == "http" {
        fields = vec![
            (
                "url".to_owned(),
                Value::Text("https://erp.example.com".to_owned()),
            ),
            (
                "client-id".to_owned(),
                Value::Text(SUBSCRIPTIONS[usize::from(genes[2]) % 2].to_lowercase()),
            ),
        ];
    }
    let within = |what: &str| known.levels[level].id.iter().any(|part| part == what);
    let covers = match known.name.as_str() {
        "azure.management-group" => SUBSCRIPTIONS[..1 + usize::from(genes[6]) % 2]
            .iter()
            .map(|one| Value::Text((*one).to_owned()))
            .collect(),
        _ => Vec::new(),
    };
    Resource {
        name: format!("r{number}"),
        connector,
        level,
        fields,
        group: if within("{resource-group}") {
            group(genes[6])
        } else {
            Value::Default
        },
        subscription: if within("{subscription}") {
            subscription(genes[7])
        } else {
            Value::Default
        },
        covers,
    }
}

/// An operation that may matter to a resource: `control` or `data`, and a name.
fn operation(model: &Model, genes: &[Gene]) -> (&'static str, String) {
    let all = all_operations();
    let rbac: Vec<&Resource> = model
        .resources
        .iter()
        .filter(|one| facts().connectors[one.connector].plane == "azure-rbac")
        .collect();
    let near = match rbac.as_slice() {
        [] => all,
        some => {
            let resource = pick::<&Resource>(some, genes[0]);
            facts().applying(resource.connector, resource.level)
        }
    };
    let op: String = match genes[1] % 8 {
        0 => pick(all, genes[2]),
        1 | 2 => pick(blobs(), genes[2]),
        _ => pick(near, genes[2]),
    };
    let (plane, name) = parts(&op);
    let (plane, name) = match genes[3] % 16 {
        14 => (
            if plane == "data" { "control" } else { "data" },
            name.to_owned(),
        ),
        15 => (
            plane,
            format!("{}/levitate/action", crate::text::type_of(name)),
        ),
        _ => (plane, name.to_owned()),
    };
    let name = match genes[3] / 16 % 3 {
        0 => name,
        1 => name.to_uppercase(),
        _ => name
            .split('/')
            .map(|part| part[..1].to_uppercase() + &part[1..])
            .collect::<Vec<_>>()
            .join("/"),
    };
    (if plane == "data" { "data" } else { "control" }, name)
}

fn all_operations() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    // A name with a placeholder in it is none that anybody could need.
    let real = |op: &&String| !op.contains('{');
    ALL.get_or_init(|| facts().operations.keys().filter(real).cloned().collect())
}

fn blobs() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| {
        let containers = "data microsoft.storage/storageaccounts/blobservices/containers/blobs/";
        let all = facts().operations.keys();
        all.filter(|op| op.starts_with(containers))
            .cloned()
            .collect()
    })
}

fn custom(number: usize, operations: &[Genes], model: &Model) -> CustomRole {
    let first = operations.first().map_or(0, |genes| genes[7]);
    let plane = pick(
        &[
            "azure-rbac",
            "azure-rbac",
            "azure-rbac",
            "cosmos-sql",
            "sql-database",
        ],
        first,
    );
    let mut grants: Vec<(&'static str, String)> = Vec::new();
    for genes in operations {
        let one = match plane {
            "azure-rbac" => {
                let (plane, name) = operation(model, genes);
                (plane, wild(&name, genes[5], genes[6]))
            }
            plane => {
                let all: Vec<_> = facts()
                    .plane_operations
                    .iter()
                    .filter(|op| parts(op).0 == plane)
                    .collect();
                let name = parts(pick::<&String>(&all, genes[0])).1.to_owned();
                (
                    plane,
                    match plane {
                        "sql-database" => name.to_uppercase(),
                        // In the middle of a name Cosmos DB has no wildcards.
                        _ => wild(&name, if genes[5] % 8 > 3 { 4 } else { 0 }, genes[6]),
                    },
                )
            }
        };
        if !grants
            .iter()
            .any(|(plane, known)| *plane == one.0 && known.eq_ignore_ascii_case(&one.1))
        {
            grants.push(one);
        }
    }
    CustomRole {
        name: format!("Own {number}"),
        plane,
        grants,
    }
}

/// A permission string that covers a name.
fn wild(name: &str, how: Gene, at: Gene) -> String {
    let parts: Vec<&str> = name.split('/').collect();
    let cut = 1 + usize::from(at) % (parts.len() - 1).max(1);
    match how % 8 {
        4 => format!("{}/*", parts[..cut].join("/")),
        5 => format!("*/{}", parts[cut.min(parts.len() - 1)..].join("/")),
        6 if parts.len() > 2 => {
            let cut = cut.min(parts.len() - 1);
            format!("{}/*/{}", parts[..cut].join("/"), parts[cut..].join("/"))
        }
        7 if parts.len() > 3 => format!(
            "{}/*/{}",
            parts[..cut.min(parts.len() - 2)].join("/"),
            parts[parts.len() - 1]
        ),
        _ => name.to_owned(),
    }
}

/// Built-in roles that say something about most resources, and those with conditions.
fn near_roles() -> &'static [usize] {
    static NEAR: OnceLock<Vec<usize>> = OnceLock::new();
    NEAR.get_or_init(|| {
        let words = [
            "Storage",
            "Search",
            "Key Vault",
            "Service Bus",
            "Cognitive Services",
            "Cosmos",
            "SQL",
        ];
        let exact = [
            "Owner",
            "Contributor",
            "Reader",
            "User Access Administrator",
            "Role Based Access Control Administrator",
        ];
        let near = |number: &usize| {
            let role = &facts().roles[*number];
            exact.contains(&role.name.as_str())
                || words.iter().any(|word| role.name.contains(word))
                || role.blocks.iter().any(|block| block.condition.is_some())
        };
        (0..facts().roles.len()).filter(near).collect()
    })
}

const PATHS: [&str; 7] = [
    "incoming/*",
    "incoming/2026/*",
    "index.json",
    "i*",
    "in*",
    "Incoming/*",
    "incoming/a",
];

/// Those that a listing can begin with.
const PREFIXES: [&str; 4] = ["incoming/*", "incoming/2026/*", "in*", "Incoming/*"];

/// An assignment, where something can be assigned.
fn hold(model: &Model, kind: &str, genes: &Genes) -> Option<Held> {
    let facts = facts();
    let plane_of = |number: &usize| {
        facts.connectors[model.resources[*number].connector]
            .plane
            .as_str()
    };
    let delegated = kind == "delegated";
    let all = 0..model.resources.len();
    let possible: Vec<usize> = all
        .filter(|at| !delegated || ["graph", "entra-app"].contains(&plane_of(at)))
        .collect();
    if possible.is_empty() {
        return None;
    }
    let on = pick(&possible, genes[0]);
    let plane = plane_of(&on);
    let custom = |plane: &str| -> Vec<usize> {
        (0..model.roles.len())
            .filter(|role| model.roles[*role].plane == plane)
            .collect()
    };
    let own = custom(plane);
    let role = match plane {
        "graph" | "entra-app" => Role::Permission(permission(plane, delegated, genes[1], genes[2])),
        _ if genes[1] % 4 == 3 && !own.is_empty() => Role::Custom(pick(&own, genes[2])),
        "azure-rbac" => Role::BuiltIn(match genes[1] % 4 {
            0 => usize::from(genes[2]) % facts.roles.len(),
            _ => pick(near_roles(), genes[2]),
        }),
        _ => {
            let all: Vec<usize> = (0..facts.plane_roles.len())
                .filter(|role| facts.plane_roles[*role].plane == plane)
                .collect();
            Role::OfPlane(pick(&all, genes[2]))
        }
    };
    let name = match &role {
        Role::BuiltIn(number) if genes[3] % 4 == 3 => facts.roles[*number].id.clone(),
        Role::BuiltIn(number) => facts.roles[*number].name.clone(),
        Role::OfPlane(number) => facts.plane_roles[*number].name.clone(),
        Role::Custom(number) => model.roles[*number].name.clone(),
        Role::Permission(name) => name.clone(),
    };
    let spelled = match (&role, genes[3] % 4) {
        (Role::BuiltIn(_), 1) => name.to_lowercase(),
        (Role::BuiltIn(_), 2) => name.to_uppercase(),
        _ => name,
    };
    let narrow = facts.connectors[model.resources[on].connector]
        .by_path()
        .next()
        .is_some();
    let mut paths = Vec::new();
    if narrow && genes[4] % 3 == 1 {
        paths.push((pick(&PATHS, genes[5])).to_owned());
        let second = (pick(&PATHS, genes[6])).to_owned();
        if genes[7] % 2 == 1 && !paths.contains(&second) {
            paths.push(second);
        }
    }
    Some(Held {
        spelled,
        role,
        on,
        paths,
    })
}

/// A permission of Microsoft Graph or of the API, in the form that fits.
fn permission(plane: &str, delegated: bool, how: Gene, which: Gene) -> String {
    let facts = facts();
    let all = match (plane, delegated) {
        ("graph", true) => &facts.delegated,
        ("graph", false) => &facts.application,
        (_, true) => return (pick(&DELEGATED, which)).to_owned(),
        (_, false) => return (pick(&APP_ROLES, which)).to_owned(),
    };
    let common: Vec<&String> = all
        .iter()
        .filter(|name| {
            ["Mail.Read", "User.Read", "Sites.Selected", "User.Read.All"].contains(&name.as_str())
        })
        .collect();
    match how % 4 {
        0 => pick(all, which).clone(),
        _ => (pick(&common, which)).clone(),
    }
}

fn tool(number: usize, gene: Gene, uses: &[Genes], model: &Model) -> Tool {
    let mut tool = Tool {
        name: format!("t{number}"),
        identity: usize::from(gene) % model.identities.len().max(1),
        uses: Vec::new(),
    };
    for genes in uses {
        if let Some(used) = used(model, tool.identity, genes) {
            let same = |other: &Use| other.resource == used.resource && other.what == used.what;
            if !tool.uses.iter().any(same) {
                tool.uses.push(used);
            }
        }
    }
    tool
}

fn used(model: &Model, own: usize, genes: &Genes) -> Option<Use> {
    let facts = facts();
    if model.identities.is_empty() || model.resources.is_empty() {
        return None;
    }
    let other = usize::from(genes[1]) / 4 % model.identities.len();
    let identity = (genes[1] % 4 == 3 && other != own).then_some(other);
    let delegated = model.identities[identity.unwrap_or(own)].kind == "delegated";
    let all = 0..model.resources.len();
    let fits = |at: &usize| {
        !delegated
            || ["graph", "entra-app"].contains(
                &facts.connectors[model.resources[*at].connector]
                    .plane
                    .as_str(),
            )
    };
    let possible: Vec<usize> = all.filter(fits).collect();
    if possible.is_empty() {
        return None;
    }
    let resource = pick(&possible, genes[0]);
    let connector = &facts.connectors[model.resources[resource].connector];
    let what = match connector.plane.as_str() {
        plane @ ("graph" | "entra-app") => {
            What::Verb(permission(plane, delegated, genes[2], genes[3]))
        }
        "azure-rbac" if connector.verbs.is_empty() || genes[2] % 3 == 2 => {
            // Often one that somebody holds.
            let (plane, name) = match genes[7] % 3 {
                0 => operation(model, &genes[3..]),
                _ => held_operation(model, identity.unwrap_or(own), resource, &genes[3..])
                    .unwrap_or_else(|| operation(model, &genes[3..])),
            };
            What::Raw(plane, name)
        }
        _ => What::Verb(pick(&connector.verbs, genes[3]).name.clone()),
    };
    let narrowed = match &what {
        What::Verb(verb) => connector
            .verbs
            .iter()
            .any(|known| known.name == *verb && known.path),
        What::Raw(plane, name) => {
            let verbs = connector.verbs.iter().filter(|verb| verb.path);
            let mut narrowed = verbs.flat_map(|verb| verb.needs.iter().flatten());
            narrowed.any(|op| *op == crate::facts::op(plane, name))
        }
    };
    let lists = |verb: &str| {
        connector
            .verbs
            .iter()
            .any(|known| known.name == verb && known.listing)
    };
    let paths = match &what {
        What::Verb(verb) if lists(verb) => &PREFIXES[..],
        _ => &PATHS[..],
    };
    let path = (narrowed && genes[5] % 3 == 1).then(|| pick(paths, genes[6]).to_owned());
    Some(Use {
        resource,
        identity,
        what,
        path,
    })
}

/// An operation that one of the identity's built-in roles grants and that applies to the resource.
fn held_operation(
    model: &Model,
    identity: usize,
    resource: usize,
    genes: &[Gene],
) -> Option<(&'static str, String)> {
    let holds = &model.identities[identity].holds;
    let roles: Vec<usize> = holds
        .iter()
        .filter_map(|held| match held.role {
            Role::BuiltIn(number) => Some(number),
            _ => None,
        })
        .collect();
    if roles.is_empty() {
        return None;
    }
    let expansion = facts().expansion(pick(&roles, genes[0]));
    let resource = &model.resources[resource];
    let all = facts().applying(resource.connector, resource.level).iter();
    let granted: Vec<&String> = all
        .filter(|op| expansion.get(*op).is_some_and(|sure| *sure != Sure::No))
        .collect();
    if granted.is_empty() {
        return None;
    }
    let (plane, name) = parts(pick::<&String>(&granted, genes[1]));
    Some((
        if plane == "data" { "data" } else { "control" },
        name.to_owned(),
    ))
}
