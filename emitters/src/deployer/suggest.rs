//! Roles that cover what a deployment asks for, scope by scope.
//!
//! Giving roles is delegated: Role Based Access Control Administrator, narrowed to the roles that
//! are emitted. The rest are a few built-in roles, where some that are about the services which are
//! deployed will do, and else one custom role of just the operations. A role that changes access is
//! never among them, for it would bring more than deploying. [`Suggestion::broad`] is the usual way
//! out, when it covers the rest too.

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
    /// The one role that may do nearly everything, where it would do instead of all but the
    /// delegation.
    pub broad: Option<RoleIx>,
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
                    broad: None,
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
        (suggestion.assigns, suggestion.broad) = assigns(catalogue, &suggestion.operations);
    }
    all
}

fn same(a: &Scope, b: &Scope) -> bool {
    a.covers(b) == Covers::Yes && b.covers(a) == Covers::Yes
}

/// The resource of the manifest that is a scope, or the reserved one.
fn named(program: &Program, at: &Scope) -> Option<String> {
    let mut resources = program.resources.values();
    let found = resources.find(|resource| same(&resource.scope, at))?;
    Some(found.name.value.clone())
}

fn shown(program: &Program, at: &Scope, need: &Need, resource: Option<&String>) -> String {
    let own = program.azure.as_ref();
    let own = own.and_then(|azure| program.resources.get(azure.resource));
    if own.is_some_and(|own| same(&own.scope, at)) {
        return need.place.clone();
    }
    if let Some(name) = resource {
        return name.clone();
    }
    // The account of something that is declared.
    let mut resources = program.resources.values();
    let within = resources.find(|resource| {
        resource.existing && at.covers(&resource.scope) == Covers::Yes && at.segments.len() > GROUP
    });
    match within {
        Some(resource) => format!("account of {}", resource.name),
        None => need.place.clone(),
    }
}

/// The segments of the id of a resource group.
const GROUP: usize = 4;

/// More roles than this are no simpler than a custom role, which is narrower.
const FEW: usize = 3;

/// Contributor.
const BROAD: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";

fn assigns(catalogue: &Catalogue, operations: &[(Plane, String)]) -> (Vec<Assign>, Option<RoleIx>) {
    let on = |wanted: Plane| {
        let of = operations.iter().filter(move |(plane, _)| *plane == wanted);
        of.map(|(_, name)| name.as_str())
    };
    let permissions = on(Plane::Graph).map(|name| Assign::Permission(name.to_owned()));
    let mut assigns: Vec<Assign> = permissions.collect();
    let mut wanted: Vec<&str> = on(Plane::Control).collect();
    let gives = wanted.iter().any(|name| name.eq_ignore_ascii_case(GIVES));
    if gives && let Some(delegates) = catalogue.role_by_id(DELEGATES) {
        wanted.retain(|name| !grants(catalogue, delegates, name));
        assigns.push(Assign::Delegation(delegates));
    }
    if wanted.is_empty() {
        return (assigns, None);
    }
    let broad = catalogue.role_by_id(BROAD);
    let broad = broad.filter(|ix| wanted.iter().all(|name| grants(catalogue, *ix, name)));
    let (built_in, left) = cover(catalogue, wanted.clone());
    let rest: Vec<Assign> = match left.is_empty() && built_in.len() <= FEW {
        true => built_in.into_iter().map(Assign::BuiltIn).collect(),
        false => vec![Assign::Custom(
            wanted.into_iter().map(str::to_owned).collect(),
        )],
    };
    assigns.splice(0..0, rest);
    (assigns, broad)
}

/// Built-in roles that grant what is wanted, as few as will do and of those the narrowest, and what
/// none of them grants.
fn cover<'w>(catalogue: &Catalogue, wanted: Vec<&'w str>) -> (Vec<RoleIx>, Vec<&'w str>) {
    let candidates: Vec<(RoleIx, BTreeSet<&str>)> = catalogue
        .roles()
        .filter(|ix| is_about(catalogue, *ix, &wanted))
        .filter_map(|ix| {
            let granted = wanted.iter().copied();
            let granted: BTreeSet<&str> =
                granted.filter(|name| grants(catalogue, ix, name)).collect();
            let own = granted.iter().any(|name| !is_besides(provider(name)));
            own.then_some((ix, granted))
        })
        .filter(|(ix, _)| !ACCESS.iter().any(|name| may(catalogue, *ix, name)))
        .collect();
    let (mut left, mut chosen) = (wanted, Vec::new());
    loop {
        let gains =
            |granted: &BTreeSet<&str>| left.iter().filter(|name| granted.contains(*name)).count();
        let best = candidates
            .iter()
            .map(|(ix, granted)| (gains(granted), *ix, granted))
            .filter(|(gains, ..)| *gains > 0)
            .min_by_key(|(gains, ix, _)| {
                let brings = catalogue.role(*ix).counts.total();
                (std::cmp::Reverse(*gains), brings, *ix)
            });
        let Some((_, ix, granted)) = best else { break };
        chosen.push(ix);
        left.retain(|name| !granted.contains(name));
    }
    // What a later choice brought may have made an earlier one idle.
    let mut needed = chosen.clone();
    for (ix, granted) in &candidates {
        let others = |name: &str| {
            let mut others = needed.iter().filter(|other| *other != ix);
            others.any(|other| grants(catalogue, *other, name))
        };
        if granted.iter().all(|name| others(name)) {
            needed.retain(|other| other != ix);
        }
    }
    needed.sort();
    (needed, left)
}

/// What roles of any service hold besides.
const BESIDES: [&str; 5] = [
    "Microsoft.Authorization",
    "Microsoft.Insights",
    "Microsoft.ResourceHealth",
    "Microsoft.Resources",
    "Microsoft.Support",
];

fn is_besides(provider: &str) -> bool {
    let mut besides = BESIDES.iter();
    besides.any(|known| known.eq_ignore_ascii_case(provider))
}

fn provider(name: &str) -> &str {
    name.split('/').next().unwrap_or_default()
}

/// Whether a role is generally available and about the services that are deployed, for those who
/// manage them: it names no other service, and opens no data.
fn is_about(catalogue: &Catalogue, ix: RoleIx, wanted: &[&str]) -> bool {
    let role = catalogue.role(ix);
    let known = |pattern: &String| {
        let own = provider(pattern);
        let mut wanted = wanted.iter().map(|name| provider(name));
        is_besides(own) || wanted.any(|known| known.eq_ignore_ascii_case(own))
    };
    role.mark == Mark::Available
        && role
            .blocks
            .iter()
            .all(|block| block.data_actions.is_empty() && block.actions.iter().all(known))
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
    /// The lines of a manifest that assign it, to be put into an identity, and the block of the
    /// custom role, of this name, where it takes one.
    pub fn lines(&self, catalogue: &Catalogue, custom: &str) -> (Vec<String>, Option<String>) {
        let mut role = None;
        let assign = |name: &str, tail: &str| {
            let on = self.resource.as_deref().unwrap_or("…");
            let note = match self.resource {
                Some(_) => String::new(),
                None => format!(" // {}, to be declared as a resource", self.shown),
            };
            format!("assign \"{name}\" on=\"{on}\"{tail}{note}")
        };
        let line = |one: &Assign| match one {
            Assign::BuiltIn(ix) => assign(catalogue.role(*ix).name, ""),
            Assign::Delegation(ix) => {
                assign(catalogue.role(*ix).name, " { where roles=\"emitted\" }")
            }
            Assign::Permission(name) => {
                format!("// \"{name}\" of Microsoft Graph, given by an administrator")
            }
            Assign::Custom(operations) => {
                let actions = operations.iter();
                let actions: String = actions
                    .map(|name| format!("    action \"{name}\"\n"))
                    .collect();
                role = Some(format!("role \"{custom}\" {{\n{actions}}}"));
                assign(custom, "")
            }
        };
        let lines = self.assigns.iter().map(line).collect();
        (lines, role)
    }

    /// What its custom role is called: the next of these names, where it takes one.
    pub fn custom_name(&self, names: &mut impl Iterator<Item = String>) -> String {
        let takes_one = self
            .assigns
            .iter()
            .any(|it| matches!(it, Assign::Custom(_)));
        let name = takes_one.then(|| names.next()).flatten();
        name.unwrap_or_default()
    }

    /// The same with the broad role instead of a long custom one.
    pub fn short(mut self) -> Suggestion {
        const LONG: usize = 6;
        let is_long = |one: &Assign| matches!(one, Assign::Custom(all) if all.len() > LONG);
        if let Some(broad) = self.broad
            && self.assigns.iter().any(is_long)
        {
            self.assigns.retain(|one| !is_long(one));
            self.assigns.insert(0, Assign::BuiltIn(broad));
        }
        self
    }
}

/// What custom roles of suggestions are called: no other role of the manifest may be.
pub fn names(program: &Program) -> impl Iterator<Item = String> + '_ {
    let taken = |name: &String| {
        let mut roles = program.roles.values();
        roles.any(|role| role.name.value.eq_ignore_ascii_case(name))
    };
    let numbered = (1u32..).map(|n| match n {
        1 => "Deployment".to_owned(),
        n => format!("Deployment {n}"),
    });
    numbered.filter(move |name| !taken(name))
}
