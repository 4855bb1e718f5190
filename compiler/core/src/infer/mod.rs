//! Inferring: what an identity with `roles="inferred"` holds, chosen from what its tools need.
//!
//! What the manifest writes comes first; only needs that it leaves open are chosen for, each at its
//! own scope: candidates of the connector, the narrowest, a few together where no single one will
//! do, else a custom role of exactly what is needed. A choice that the lock pins stays. What was
//! chosen stands in the program like what was written, so that every rule judges it and every
//! emitter writes it.
//!
//! - `open`: what is left open, in groups of which each is chosen for at once;
//! - `choose`: the narrowest roles for a group;
//! - `pin`: what the lock remembers of a choice;
//! - [`shown`]: what was chosen, and because of which needs.
//!
//! Nothing here depends on the order of tools: needs are sets, and ties go to the order in which a
//! connector lists its candidates.

mod choose;
mod open;
mod pin;
pub mod shown;

#[cfg(test)]
mod tests;

pub(crate) use open::{narrows, operation};
pub use pin::{Chosen, Pins, chosen};

use crate::arena::Arena;
use crate::check::Case;
use crate::graph::Graph;
use crate::ir::{
    Assignment, Condition, CustomRole, IdentityId, Inferred, PathPattern, Permission, Program,
    ResourceId, RoleOperation, RoleRef,
};
use crate::source::{Span, Word};
use choose::Custom;
use grantc_spec::catalogue::Catalogue;
use std::collections::BTreeSet;

/// Something that was chosen.
struct Choice {
    identity: IdentityId,
    role: Role,
    on: ResourceId,
    /// The names it is narrowed to; all where there is none.
    paths: Vec<PathPattern>,
    how: Inferred,
}

/// What was chosen.
enum Role {
    /// A candidate of the connector.
    Candidate(RoleRef),
    /// A role of exactly what is needed.
    Custom(Custom),
    /// A permission, which nothing narrower can replace.
    Permission(Permission),
}

/// Adds to a program what is inferred; says whether there was anything to add.
pub(crate) fn infer(
    program: &mut Program,
    graph: &Graph,
    catalogue: &Catalogue,
    pins: &Pins,
) -> bool {
    let asked = |program: &Program| program.identities.values().any(|it| it.inferred.is_some());
    if !asked(program) {
        return false;
    }
    let mut choices = choices(&Case::new(program, graph, catalogue), pins);
    // They were chosen from the top down; shown and written they stand in manifest order.
    choices.sort_by_key(|choice| (choice.identity, choice.on));
    let any = !choices.is_empty();
    for choice in choices {
        add(choice, program, catalogue);
    }
    if any {
        in_order(program);
    }
    any
}

fn choices(case: &Case<'_>, pins: &Pins) -> Vec<Choice> {
    let mut all = Vec::new();
    let places = open::Places::new(case);
    // Names of roles, in small letters.
    let roles = case.program.roles.values();
    let mut taken: BTreeSet<String> = roles.map(|it| it.name.value.to_ascii_lowercase()).collect();
    for (id, identity) in case.program.identities.iter() {
        // What could not be resolved may be what is open here.
        if identity.inferred.is_none() || identity.broken {
            continue;
        }
        let first = all.len();
        for group in open::groups(case, &places, id) {
            let mine = all.get(first..).unwrap_or_default();
            let rest = group.without(|need| meets(case, mine, need));
            let chosen = choose::choose(case, &rest, pins, &taken);
            for choice in &chosen {
                if let Role::Custom(custom) = &choice.role {
                    taken.insert(custom.name.to_ascii_lowercase());
                }
            }
            all.extend(chosen);
        }
    }
    all
}

/// Whether something that was chosen already meets a need.
fn meets(case: &Case<'_>, choices: &[Choice], need: crate::ir::NeedId) -> bool {
    use crate::graph::Plane as _;
    let rbac = case.graph.rbac();
    let place = rbac.places.of_need(need);
    let path = case.program.needs.at(need).path.as_ref();
    choices.iter().any(|choice| {
        let covers = rbac.covers(choice.on, place) == crate::ir::Covers::Yes;
        let whole = choice.paths.is_empty();
        let named = || path.is_some_and(|path| choice.paths.iter().any(|own| own.includes(path)));
        let grants = || match &choice.role {
            Role::Candidate(role) => case.meets(*role, need).is_some(),
            Role::Custom(custom) => custom.meets(case, need),
            Role::Permission(_) => false,
        };
        covers && (whole || named()) && grants()
    })
}

fn add(choice: Choice, program: &mut Program, catalogue: &Catalogue) {
    let Choice {
        identity,
        role,
        on,
        paths,
        how,
    } = choice;
    let holder = program.identities.at(identity);
    let span = holder.inferred.unwrap_or(holder.span);
    let consent = holder.kind == crate::ir::IdentityKind::Delegated;
    let (role, name) = match role {
        Role::Candidate(role) => (role, candidate_name(role, catalogue)),
        Role::Permission(permission) => {
            let name = permission.name.clone();
            (RoleRef::Permission(program.permission(permission)), name)
        }
        Role::Custom(custom) => {
            let name = custom.name.clone();
            let role = written(custom, identity, span);
            (RoleRef::Custom(program.roles.push(role)), name)
        }
    };
    program.assignments.push(Assignment {
        identity,
        role,
        role_name: Word::new(name, span),
        consent,
        on,
        on_span: span,
        condition: (!paths.is_empty()).then_some(Condition::Paths(paths)),
        inferred: Some(how),
        span,
        also: Vec::new(),
    });
}

fn candidate_name(role: RoleRef, catalogue: &Catalogue) -> String {
    match role {
        RoleRef::BuiltIn(ix) => catalogue.role(ix).name.to_owned(),
        role => role
            .plane_role()
            .map(|role| role.name.to_owned())
            .unwrap_or_default(),
    }
}

fn written(custom: Custom, identity: IdentityId, span: Span) -> CustomRole {
    let operation = |(plane, name)| RoleOperation {
        plane,
        pattern: Word::new(name, span),
        schema: None,
    };
    CustomRole {
        name: Word::new(custom.name, span),
        family: custom.family,
        operations: custom.operations.into_iter().map(operation).collect(),
        broken: false,
        inferred: Some(identity),
        span,
    }
}

/// Puts what each identity holds together again, what was written before what was chosen.
fn in_order(program: &mut Program) {
    let mut all: Vec<Assignment> = program.assignments.values().cloned().collect();
    all.sort_by_key(|held| held.identity);
    let mut ordered = Arena::default();
    for held in all {
        ordered.push(held);
    }
    program.assignments = ordered;
}
