//! Facts to text: the other half of `names`, `roles` and `graph`.

use std::collections::BTreeMap;

use super::super::{Block, Catalogue, Counts, OpSet, grant_of_blocks};
use super::{Facts, Key};
use crate::Plane;

pub(super) fn operations(facts: &Facts) -> String {
    names(facts.operations.iter().map(|(key, fact)| {
        let tail = match (key.1, fact.inferred) {
            (false, false) => "",
            (true, false) => " d",
            (false, true) => " ?",
            (true, true) => " d?",
        };
        (key, fact.name.as_str(), tail.to_owned())
    }))
}

pub(super) fn retired(facts: &Facts) -> String {
    names(facts.retired.iter().map(|(key, (name, last_seen))| {
        let plane = if key.1 { " d" } else { "" };
        (key, name.as_str(), format!("{plane} {last_seen}"))
    }))
}

pub(super) fn credentials(facts: &Facts) -> String {
    names(
        facts
            .credentials
            .iter()
            .map(|(key, name)| (key, name.as_str(), String::new())),
    )
}

pub(super) fn renamed(facts: &Facts) -> String {
    facts
        .renamed
        .values()
        .map(|(name, id)| format!("{id} {name}\n"))
        .collect()
}

pub(super) fn graph(facts: &Facts) -> String {
    let mut text = String::new();
    for ((_, kind), fact) in &facts.graph {
        let admin = if fact.admin_consent { " admin" } else { "" };
        let disabled = if fact.disabled { " disabled" } else { "" };
        text.push_str(&format!(
            "{} {kind} {}{admin}{disabled}\n",
            fact.value, fact.id
        ));
    }
    text
}

/// A table of names in sections. The keys come in the order of the file: a provider's names stand
/// together, since they share what is before the slash.
fn names<'f>(entries: impl Iterator<Item = (&'f Key, &'f str, String)>) -> String {
    let mut text = String::new();
    let mut open: Option<(&str, Vec<(&str, String)>)> = None;
    for (key, name, tail) in entries {
        let provider = key.0.split('/').next().unwrap_or_default();
        match &mut open {
            Some((section, lines)) if *section == provider => lines.push((name, tail)),
            other => {
                if let Some((_, lines)) = other.take() {
                    section(&lines, &mut text);
                }
                *other = Some((provider, vec![(name, tail)]));
            }
        }
    }
    if let Some((_, lines)) = open {
        section(&lines, &mut text);
    }
    text
}

fn section(lines: &[(&str, String)], text: &mut String) {
    let mut spellings: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in lines {
        *spellings
            .entry(name.split('/').next().unwrap_or_default())
            .or_default() += 1;
    }
    // The most frequent spelling; of equally frequent ones the first.
    let provider = spellings
        .iter()
        .max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))
        .map(|(provider, _)| *provider)
        .unwrap_or_default();
    let mut body = String::new();
    for (name, tail) in lines {
        match name
            .strip_prefix(provider)
            .and_then(|rest| rest.strip_prefix('/'))
        {
            Some(rest) => body.push_str(rest),
            None => {
                body.push('=');
                body.push_str(name);
            }
        }
        body.push_str(tail);
        body.push('\n');
    }
    text.push_str(&format!(
        "@{provider} {} {}\n{body}",
        lines.len(),
        body.len()
    ));
}

/// Roles, with what they grant counted over the operations of `catalogue`.
pub(super) fn roles(facts: &Facts, catalogue: &Catalogue) -> String {
    let data = catalogue.expand(Plane::Data, "*");
    let mut text = String::new();
    for role in facts.roles.values() {
        let counts = counts(catalogue, &role.blocks, &data);
        let body = role
            .blocks
            .iter()
            .map(block)
            .collect::<Vec<_>>()
            .join("and\n");
        text.push_str(&format!(
            "@{} {} {} {} {} {} {}\n{body}",
            role.id,
            body.len(),
            counts.control,
            counts.data,
            counts.conditional,
            role.mark.word(),
            role.name
        ));
    }
    text
}

pub(super) fn counts(catalogue: &Catalogue, blocks: &[Block], data: &OpSet) -> Counts {
    let grant = grant_of_blocks(catalogue, blocks);
    let all = grant.all();
    let on_data = all.clone().intersection(data).len();
    Counts {
        control: all.len() - on_data,
        data: on_data,
        conditional: grant.conditional.len(),
    }
}

fn block(block: &Block) -> String {
    let mut text = String::new();
    let lists = [
        ("+c", &block.actions),
        ("-c", &block.not_actions),
        ("+d", &block.data_actions),
        ("-d", &block.not_data_actions),
    ];
    for (sign, list) in lists {
        strings(sign, list, &mut text);
    }
    if let Some(condition) = &block.condition {
        text.push_str(&format!("if {} {}\n", condition.version, condition.text));
    }
    text
}

/// One list, its strings grouped by provider as spelt.
fn strings(sign: &str, list: &[String], text: &mut String) {
    let mut groups: BTreeMap<(String, &str), Vec<&str>> = BTreeMap::new();
    for string in list {
        let provider = string.split_once('/').map_or("", |(provider, _)| provider);
        groups
            .entry((provider.to_ascii_lowercase(), provider))
            .or_default()
            .push(string);
    }
    for ((_, provider), members) in groups {
        text.push_str(sign);
        if !provider.is_empty() {
            text.push(' ');
            text.push_str(provider);
        }
        text.push('\n');
        for member in members {
            match member.split_once('/') {
                Some((_, rest)) => text.push_str(&format!(" {rest}\n")),
                None => text.push_str(&format!("={member}\n")),
            }
        }
    }
}
