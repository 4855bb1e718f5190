//! Accounts: what keys and switches belong to, whichever part of it a resource names.

use super::Case;
use crate::ir::{Program, Resource, ResourceId, Text};
use std::collections::{BTreeMap, BTreeSet};

/// An account, and the declared resources that are in it or are it, in manifest order.
pub(crate) struct Account {
    pub(crate) members: Vec<ResourceId>,
    /// Whether it is there already: what exists is never modified, and how it is set is not seen.
    pub(crate) existing: bool,
}

/// The accounts of resources with keys or switches, each by its place.
pub(crate) fn accounts(program: &Program) -> BTreeMap<Vec<Text>, Account> {
    let mut accounts: BTreeMap<Vec<Text>, Account> = BTreeMap::new();
    for (id, resource) in program.resources.iter() {
        let connector = &resource.connector;
        if connector.exposes_keys.is_empty() && connector.switches.is_empty() {
            continue;
        }
        let account = accounts.entry(place(resource)).or_insert(Account {
            members: Vec::new(),
            existing: false,
        });
        account.members.push(id);
        account.existing |= resource.existing;
    }
    accounts
}

/// The place of a resource's account, in lower case: where its outermost level stands.
fn place(resource: &Resource) -> Vec<Text> {
    let levels = &resource.connector.levels;
    let mut level = levels.get(resource.level);
    while let Some(outer) = level.and_then(|level| level.parent) {
        level = levels.get(outer);
    }
    let id = level.map_or("", |level| level.id.as_str());
    let depth = id.split('/').filter(|segment| !segment.is_empty()).count();
    let fold = |segment: &Text| match segment {
        Text::Literal(text) => Text::Literal(text.to_ascii_lowercase()),
        other => other.clone(),
    };
    resource
        .scope
        .segments
        .iter()
        .take(depth)
        .map(fold)
        .collect()
}

/// What people call an account: its own name, or where that is a parameter, its resource's.
pub(crate) fn account_name(program: &Program, place: &[Text], account: &Account) -> String {
    let own = place.last().and_then(|last| last.literal());
    let member = account.members.first();
    let member = member.map_or("", |id| program.resources.at(*id).name.value.as_str());
    own.unwrap_or(member).to_owned()
}

impl Case<'_> {
    /// The resources that some tool uses.
    pub(crate) fn used(&self) -> BTreeSet<ResourceId> {
        let needs = self.program.needs.values();
        needs.map(|need| need.resource).collect()
    }
}
