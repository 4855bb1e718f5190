//! What a new catalogue takes over from the previous one.

use super::super::{Block, Catalogue};
use super::{Facts, GraphFact, OperationFact, RoleFact, key};
use crate::Plane;

pub(super) fn keep_operations(previous: &Catalogue, facts: &mut Facts) {
    for operation in previous.operations() {
        let fact = OperationFact {
            name: operation.name,
            inferred: operation.inferred,
        };
        facts
            .operations
            .insert(key(&fact.name, operation.plane == Plane::Data), fact);
    }
}

pub(super) fn keep_roles(previous: &Catalogue, facts: &mut Facts) {
    for ix in previous.roles() {
        let role = previous.role(ix);
        let blocks: Vec<Block> = role.blocks.to_vec();
        let fact = RoleFact {
            id: role.id.to_owned(),
            name: role.name.to_owned(),
            mark: role.mark,
            blocks,
        };
        facts.roles.insert(role.name.to_ascii_lowercase(), fact);
    }
}

pub(super) fn keep_graph(previous: &Catalogue, facts: &mut Facts) {
    for permission in previous.graph_permissions() {
        let fact = GraphFact {
            value: permission.value.to_owned(),
            id: permission.id.to_owned(),
            admin_consent: permission.admin_consent,
            disabled: permission.disabled,
        };
        facts.graph.insert(
            (permission.value.to_ascii_lowercase(), permission.kind),
            fact,
        );
    }
}

pub(super) fn keep_credentials(previous: &Catalogue, facts: &mut Facts) {
    facts.credentials.extend(
        previous
            .credential_names()
            .map(|name| (key(&name, false), name)),
    );
}

/// What the previous catalogue had and the new one has not was last seen on the previous day.
///
/// A plane that was only inferred and turns out to be the other one is a guess corrected, not an
/// operation gone.
pub(super) fn retire(previous: &Catalogue, facts: &mut Facts, notes: &mut Vec<String>) {
    for (plane, name, last_seen) in previous.retired_operations() {
        facts.retired.insert(
            key(&name, plane == Plane::Data),
            (name, last_seen.to_owned()),
        );
    }
    let mut gone = 0u32;
    for operation in previous.operations() {
        let data = operation.plane == Plane::Data;
        let corrected =
            operation.inferred && facts.operations.contains_key(&key(&operation.name, !data));
        if corrected || facts.operations.contains_key(&key(&operation.name, data)) {
            continue;
        }
        gone += 1;
        facts.retired.insert(
            key(&operation.name, data),
            (operation.name, previous.date().to_owned()),
        );
    }
    if gone > 0 {
        notes.push(format!(
            "{gone} operations of {} are gone and kept as retired",
            previous.date()
        ));
    }
}

/// A GUID under another name is a role renamed.
pub(super) fn rename(previous: &Catalogue, facts: &mut Facts, notes: &mut Vec<String>) {
    for (name, id) in previous.renamed_roles() {
        facts
            .renamed
            .insert(name.to_ascii_lowercase(), (name.to_owned(), id.to_owned()));
    }
    for ix in previous.roles() {
        let old = previous.role(ix);
        match facts
            .roles
            .values()
            .find(|role| role.id.eq_ignore_ascii_case(old.id))
        {
            None => notes.push(format!("role `{}` ({}) is gone", old.name, old.id)),
            Some(new) if new.name.eq_ignore_ascii_case(old.name) => {}
            Some(new) => {
                notes.push(format!("role `{}` is now called `{}`", old.name, new.name));
                let fact = (old.name.to_owned(), new.id.clone());
                facts.renamed.insert(old.name.to_ascii_lowercase(), fact);
            }
        }
    }
}

/// What exists is neither retired nor a former name.
pub(super) fn drop_current(facts: &mut Facts) {
    let Facts {
        operations,
        roles,
        retired,
        renamed,
        ..
    } = facts;
    retired.retain(|key, _| !operations.contains_key(key));
    renamed.retain(|name, (_, id)| {
        !roles.contains_key(name) && roles.values().any(|role| role.id == *id)
    });
}
