//! A second implementation, word by word from the definitions: names and strings, no sets, no
//! numbers, nothing shared with the graph.

use grantc_core::graph::State;
use grantc_core::ir::{Covers, IdentityId, Need, Program, Resource, ResourceId, RoleRef};
use grantc_spec::Plane;
use grantc_spec::catalogue::{Block, Catalogue, Verdict, verdict_of_blocks};
use grantc_spec::connectors::is_extension_type;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// An operation: plane and name in small letters.
pub(crate) type Op = (Plane, String);

fn folded(plane: Plane, name: &str) -> Op {
    (plane, name.to_lowercase())
}

/// Every operation of the catalogue, and whether its plane is a guess.
fn listed() -> &'static BTreeMap<Op, bool> {
    static ALL: OnceLock<BTreeMap<Op, bool>> = OnceLock::new();
    ALL.get_or_init(|| {
        let all = Catalogue::embedded().operations();
        all.map(|operation| (folded(operation.plane, &operation.name), operation.inferred))
            .collect()
    })
}

/// Whether an operation is known for certain on the other plane only.
fn misplaced(op: &Op) -> bool {
    let other = (op.0.other_rbac().unwrap(), op.1.clone());
    !listed().contains_key(op) && listed().get(&other) == Some(&false)
}

fn blocks(program: &Program, role: RoleRef) -> Vec<Block> {
    match role {
        RoleRef::BuiltIn(ix) => Catalogue::embedded().role(ix).blocks.to_vec(),
        RoleRef::Custom(id) => {
            let of = |plane| {
                let own = program
                    .roles
                    .at(id)
                    .operations
                    .iter()
                    .filter(|one| one.plane == plane);
                own.map(|one| one.pattern.value.clone()).collect()
            };
            let (actions, data_actions) = (of(Plane::Control), of(Plane::Data));
            vec![Block {
                actions,
                data_actions,
                ..Block::default()
            }]
        }
        RoleRef::OfPlane(..) | RoleRef::Permission(_) => {
            unreachable!("random worlds are of Azure RBAC")
        }
    }
}

fn granted(blocks: &[Block], op: &Op) -> Verdict {
    if misplaced(op) {
        Verdict::No
    } else {
        verdict_of_blocks(blocks, op.0, &op.1)
    }
}

/// holds(i, o, s).
fn holds(program: &Program, need: &Need, op: &Op) -> State {
    let own = program
        .assignments
        .values()
        .filter(|held| held.identity == need.identity);
    own.map(|held| {
        let covers = program.resources.at(held.on).scope.covers(&need.scope);
        match (covers, granted(&blocks(program, held.role), op)) {
            (Covers::No, _) | (_, Verdict::No) => State::Missing,
            (Covers::Yes, Verdict::Sure) => State::Held,
            _ => State::Conditional,
        }
    })
    .max()
    .unwrap_or(State::Missing)
}

/// How far a need is met, and by which operation.
pub(crate) fn verdict(program: &Program, need: &Need) -> (State, Op) {
    let ops: Vec<Op> = need
        .clause
        .any_of
        .iter()
        .map(|(p, n)| folded(*p, n))
        .collect();
    for wanted in [State::Held, State::Conditional] {
        if let Some(op) = ops.iter().find(|op| holds(program, need, op) == wanted) {
            return (wanted, op.clone());
        }
    }
    (State::Missing, ops[0].clone())
}

fn type_of(resource: &Resource) -> String {
    resource.resource_type().to_lowercase()
}

/// The type of an operation: its name without the verb, `x/action` being one.
fn type_of_operation(name: &str) -> &str {
    let name = name.strip_suffix("/action").unwrap_or(name);
    name.rsplit_once('/').map_or(name, |(before, _)| before)
}

fn at_or_below(name: &str, above: &str) -> bool {
    name == above || name.starts_with(&format!("{above}/"))
}

fn named_by(resource: &Resource) -> BTreeSet<Op> {
    let connector = &resource.connector;
    let verbs = connector
        .verbs
        .iter()
        .flat_map(|verb| &verb.needs)
        .flat_map(|clause| &clause.any_of);
    let keys = connector.exposes_keys.iter().map(|key| &key.operation);
    verbs
        .chain(&connector.support)
        .chain(keys)
        .map(|op| folded(op.plane, &op.name))
        .collect()
}

/// The operations of the catalogue that might apply to anything here, and those of the manifest.
fn universe(program: &Program) -> BTreeSet<Op> {
    static NEAR: OnceLock<BTreeSet<Op>> = OnceLock::new();
    let near = NEAR.get_or_init(|| {
        let near = |op: &&Op| {
            let types = [
                "microsoft.storage/",
                "microsoft.search/",
                "microsoft.resources/subscriptions/",
            ];
            types.iter().any(|t| op.1.starts_with(t)) || is_extension_type(type_of_operation(&op.1))
        };
        listed().keys().filter(near).cloned().collect()
    });
    let needed = program.needs.values().flat_map(|need| &need.clause.any_of);
    let exact = program.roles.values().flat_map(|role| &role.operations);
    let exact = exact.filter(|one| !one.pattern.value.contains('*'));
    needed
        .map(|(plane, name)| folded(*plane, name))
        .chain(exact.map(|one| folded(one.plane, &one.pattern.value)))
        .chain(near.iter().cloned())
        .collect()
}

/// What an identity holds, on each declared resource, and none of its tools needs there.
pub(crate) fn excess(program: &Program, identity: IdentityId) -> BTreeSet<(ResourceId, Op)> {
    let mut excess = BTreeSet::new();
    let universe = universe(program);
    let needs: Vec<_> = program
        .needs
        .values()
        .filter(|need| need.identity == identity)
        .collect();
    let decided: Vec<_> = needs.iter().map(|need| verdict(program, need).1).collect();
    let own = program
        .assignments
        .values()
        .filter(|held| held.identity == identity);
    let own: Vec<_> = own
        .map(|held| (program.resources.at(held.on), blocks(program, held.role)))
        .collect();
    for (at, resource) in program.resources.iter() {
        let named = named_by(resource);
        let support: Vec<Op> = resource
            .connector
            .support
            .iter()
            .map(|op| folded(op.plane, &op.name))
            .collect();
        for op in &universe {
            let its_type = type_of_operation(&op.1);
            let by_name = at_or_below(its_type, &type_of(resource)) || is_extension_type(its_type);
            if support.contains(op) || !(by_name || named.contains(op)) {
                continue;
            }
            let held = own.iter().any(|(on, blocks)| {
                let above = type_of(on) != its_type && at_or_below(&type_of(on), its_type);
                let group = ["microsoft.resources/", "microsoft.management/"];
                let covered = at_or_below(its_type, &type_of(on))
                    || group
                        .iter()
                        .any(|it| type_of(on).to_lowercase().starts_with(it));
                let beside = op.0 == Plane::Control && !covered;
                let inert = !by_name && (above || beside);
                !inert
                    && on.scope.covers(&resource.scope) != Covers::No
                    && granted(blocks, op) != Verdict::No
            });
            let needed = needs.iter().zip(&decided).any(|(need, by)| {
                by == op
                    && (need.resource == at || need.scope.covers(&resource.scope) == Covers::Yes)
            });
            if held && !needed {
                excess.insert((at, op.clone()));
            }
        }
    }
    excess
}
