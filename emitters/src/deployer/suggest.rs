//! Roles that cover what a deployment asks for, scope by scope.
//!
//! Giving roles is delegated: Role Based Access Control Administrator, narrowed to the roles that
//! are emitted. For the rest the narrowest set of built-in roles is sought, the one that brings the
//! fewest operations for each that is wanted first; what no such role grants goes into a custom
//! role. A role that changes access is never among them, for it would bring more than deploying.

use super::Need;
use grantc_core::ir::{Covers, Program, Scope};
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, Mark, RoleIx, Verdict, verdict_of_blocks};
use std::collections::BTreeSet;

/// What to assign in one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Where.
    pub at: Scope,
    /// What a person calls it.
    pub shown: String,
    /// The resource of the manifest that stands for it, where there is one.
    pub resource: Option<String>,
    /// The operations that are asked for there, in the order of names.
    pub operations: Vec<(Plane, String)>,
    /// What to assign.
    pub assigns: Vec<Assign>,
}

/// A role to assign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assign {
    /// A built-in role.
    BuiltIn(RoleIx),
    /// Giving the roles that are emitted, and no others.
    Delegation(RoleIx),
    /// A custom role of these operations, all of the control plane.
    Custom(Vec<String>),
    /// A permission of Microsoft Graph.
    Permission(String),
}

/// The role that delegates.
const DELEGATES: &str = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";

const GIVES: &str = "Microsoft.Authorization/roleAssignments/write";

/// What changes who holds what: a role with any of it is never suggested as it is.
const ACCESS: [&str; 3] = [
    GIVES,
    "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Authorization/elevateAccess/action",
];

/// What to assign so that needs are covered, in the order of their scopes.
pub fn suggest(program: &Program, catalogue: &Catalogue, needs: &[Need]) -> Vec<Suggestion> {
    let mut all: Vec<Suggestion> = Vec::new();
    for need in needs {
        let at = &need.demand.at;
        let Some(operation) = need.demand.any_of.first() else {
            continue;
        };
        let known = all.iter_mut().find(|known| same(&known.at, at));
        let suggestion = match known {
            Some(known) => known,
            None => {
                let resource = named(program, at);
                all.push(Suggestion {
                    at: at.clone(),
                    shown: shown(program, at, need, resource.as_ref()),
                    resource,
                    operations: Vec::new(),
                    assigns: Vec::new(),
                });
                let Some(last) = all.last_mut() else { continue };
                last
            }
        };
        if !suggestion.operations.contains(operation) {
            suggestion.operations.push(operation.clone());
        }
    }
    for suggestion in &mut all {
        suggestion.operations.sort();
        suggestion.assigns = assigns(catalogue, &suggestion.operations);
    }
    all
}

fn same(a: &Scope, b: &Scope) -> bool {
    a.covers(b) == Covers::Yes && b.covers(a) == Covers::Yes
}

/// The resource of the manifest that is a scope.
fn named(program: &Program, at: &Scope) -> Option<String> {
    let mut resources = program.resources.values();
    let found = resources.find(|resource| same(&resource.scope, at))?;
    Some(found.name.value.clone())
}

fn shown(program: &Program, at: &Scope, need: &Need, resource: Option<&String>) -> String {
    let own = program.azure.as_ref();
    let own = own.and_then(|azure| program.resources.get(azure.resource));
    match resource {
        // The manifest's own group is better known by its name.
        Some(name) if !own.is_some_and(|own| same(&own.scope, at)) => name.clone(),
        _ => need.place.clone(),
    }
}

fn assigns(catalogue: &Catalogue, operations: &[(Plane, String)]) -> Vec<Assign> {
    let mut assigns: Vec<Assign> = operations
        .iter()
        .filter(|(plane, _)| *plane == Plane::Graph)
        .map(|(_, name)| Assign::Permission(name.clone()))
        .collect();
    let mut wanted: Vec<&str> = operations
        .iter()
        .filter(|(plane, _)| *plane == Plane::Control)
        .map(|(_, name)| name.as_str())
        .collect();
    if wanted.iter().any(|name| name.eq_ignore_ascii_case(GIVES))
        && let Some(delegates) = catalogue.role_by_id(DELEGATES)
    {
        wanted.retain(|name| !grants(catalogue, delegates, name));
        assigns.push(Assign::Delegation(delegates));
    }
    let (built_in, left) = cover(catalogue, wanted);
    assigns.splice(0..0, built_in.into_iter().map(Assign::BuiltIn));
    if !left.is_empty() {
        let left = left.into_iter().map(str::to_owned);
        assigns.push(Assign::Custom(left.collect()));
    }
    assigns
}

/// Built-in roles that grant what is wanted, and what none of them does.
fn cover<'w>(catalogue: &Catalogue, wanted: Vec<&'w str>) -> (Vec<RoleIx>, Vec<&'w str>) {
    let candidates: Vec<(RoleIx, u32, BTreeSet<&str>)> = catalogue
        .roles()
        .filter(|ix| catalogue.role(*ix).mark == Mark::Available)
        .filter(|ix| !ACCESS.iter().any(|name| may(catalogue, *ix, name)))
        .filter_map(|ix| {
            let granted = wanted.iter().copied();
            let granted: BTreeSet<&str> =
                granted.filter(|name| grants(catalogue, ix, name)).collect();
            let brings = catalogue.role(ix).counts.total();
            (!granted.is_empty()).then_some((ix, brings, granted))
        })
        .collect();
    let (mut left, mut chosen) = (wanted, Vec::new());
    loop {
        let gains = |granted: &BTreeSet<&str>| {
            left.iter().filter(|name| granted.contains(*name)).count() as u64
        };
        // The fewest operations for each that is gained, without dividing.
        let better = |a: &(u64, u64), b: &(u64, u64)| (a.0 * b.1).cmp(&(b.0 * a.1));
        let best = candidates
            .iter()
            .map(|(ix, brings, granted)| (*ix, (u64::from(*brings), gains(granted)), granted))
            .filter(|(_, (_, gains), _)| *gains > 0)
            .min_by(|a, b| better(&a.1, &b.1).then(a.0.cmp(&b.0)));
        let Some((ix, _, granted)) = best else { break };
        chosen.push(ix);
        left.retain(|name| !granted.contains(name));
    }
    // What a later choice brought may have made an earlier one idle.
    let mut needed = chosen.clone();
    for ix in &chosen {
        let others = |name: &str| {
            let mut others = needed.iter().filter(|other| *other != ix);
            others.any(|other| grants(catalogue, *other, name))
        };
        let own = candidates.iter().find(|(own, ..)| own == ix);
        if own.is_some_and(|(.., granted)| granted.iter().all(|name| others(name))) {
            needed.retain(|other| other != ix);
        }
    }
    needed.sort();
    (needed, left)
}

fn verdict(catalogue: &Catalogue, ix: RoleIx, name: &str) -> Verdict {
    verdict_of_blocks(catalogue.role(ix).blocks, Plane::Control, name)
}

fn grants(catalogue: &Catalogue, ix: RoleIx, name: &str) -> bool {
    verdict(catalogue, ix, name) == Verdict::Sure
}

fn may(catalogue: &Catalogue, ix: RoleIx, name: &str) -> bool {
    verdict(catalogue, ix, name) != Verdict::No
}

impl Suggestion {
    /// The lines of a manifest that assign it, to be put into an identity, with custom roles of
    /// this name; each custom role as a block of its own.
    pub fn lines(&self, catalogue: &Catalogue, custom: &str) -> (Vec<String>, Option<String>) {
        let on = self.resource.as_deref().unwrap_or("…");
        let mut role = None;
        let line = |assign: &Assign| match assign {
            Assign::BuiltIn(ix) => {
                format!("assign \"{}\" on=\"{on}\"", catalogue.role(*ix).name)
            }
            Assign::Delegation(ix) => format!(
                "assign \"{}\" on=\"{on}\" {{ where roles=\"emitted\" }}",
                catalogue.role(*ix).name
            ),
            Assign::Permission(name) => format!("assign \"{name}\" on=\"{on}\""),
            Assign::Custom(operations) => {
                let actions = operations.iter();
                let actions: String = actions
                    .map(|name| format!("    action \"{name}\"\n"))
                    .collect();
                role = Some(format!("role \"{custom}\" {{\n{actions}}}"));
                format!("assign \"{custom}\" on=\"{on}\"")
            }
        };
        let lines = self.assigns.iter().map(line).collect();
        (lines, role)
    }
}
