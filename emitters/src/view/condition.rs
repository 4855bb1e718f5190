//! Conditions of assignments, in the syntax of Azure's attribute-based access control, version 2.0.
//!
//! A clause has the form `((!(ActionMatches{'…'})) OR (…))`: it lets every other action be and asks
//! something of this one. Clauses are joined by AND, so each can only narrow.
//!
//! Reading and listing blobs is one action. Listing has a prefix and no path, so each gets a clause
//! of its own, told apart by the suboperation `Blob.List`.

use super::Text;
use grantc_core::ir::PathPattern;
use grantc_spec::Plane;
use grantc_spec::catalogue::{Block, Verdict, verdict_of_blocks};

/// The version of the syntax.
pub(super) const VERSION: &str = "2.0";

/// What all actions on blobs begin with; only these have a path.
const BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/";

/// The action of reading a blob, which is also that of listing.
const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";

const PATH: &str =
    "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]";
const PREFIX: &str =
    "@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix]";

/// Narrows what a role grants of these actions to names of these patterns; none where it grants
/// none of them, or one that has no path.
pub(super) fn paths<'a>(
    patterns: &[PathPattern],
    actions: impl Iterator<Item = &'a str>,
    blocks: &[Block],
) -> Option<Text> {
    let granted = |action: &&str| verdict_of_blocks(blocks, Plane::Data, action) != Verdict::No;
    let named = either(patterns.iter().map(of_path).collect());
    let mut clauses: Vec<String> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for action in actions.filter(granted) {
        let head = action.get(..BLOBS.len());
        if !head.is_some_and(|head| head.eq_ignore_ascii_case(BLOBS)) {
            return None;
        }
        let matches = format!("ActionMatches{{'{action}'}}");
        if !action.eq_ignore_ascii_case(READ) {
            let other = format!("!({matches})");
            if !others.contains(&other) {
                others.push(other);
            }
        } else if clauses.is_empty() {
            let listing = "SubOperationMatches{'Blob.List'}";
            let read = format!("!({matches} AND NOT {listing})");
            clauses.push(clause(&read, named.clone()));
            let prefixes = either(patterns.iter().filter_map(of_prefix).collect());
            clauses.push(clause(&format!("!({matches} AND {listing})"), prefixes));
        }
    }
    if !others.is_empty() {
        clauses.push(clause(&others.join(" AND "), named));
    }
    (!clauses.is_empty()).then(|| Text::literal(clauses.join(" AND ")))
}

/// A name as a whole, or all that begin with it.
fn of_path(pattern: &PathPattern) -> String {
    match pattern.parts() {
        (prefix, true) => format!("{PATH} StringLike '{}*'", literal(prefix)),
        (name, false) => format!("{PATH} StringEquals '{}'", literal(name)),
    }
}

/// Listing what begins with a prefix. A list under the name of one blob could show others that go
/// on after it, so one name allows no listing.
fn of_prefix(pattern: &PathPattern) -> Option<String> {
    match pattern.parts() {
        (prefix, true) => Some(format!("{PREFIX} StringLike '{}*'", literal(prefix))),
        (_, false) => None,
    }
}

/// What stands between the quotes. `resolve` lets none of these through; should one come all the
/// same, it must not end the string or match anything else.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '\\' | '\'') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Lets roles be assigned and taken away only if they are among these, and only to service
/// principals. `any` says whether there are any; `guids` prints them, with `, ` between.
pub(super) fn roles(any: bool, guids: &Text) -> Text {
    let on = |verb: &str, source: &str| {
        let of = |attribute: &str| {
            format!("{source}[Microsoft.Authorization/roleAssignments:{attribute}]")
        };
        let action = format!("ActionMatches{{'Microsoft.Authorization/roleAssignments/{verb}'}}");
        if !any {
            return Text::literal(clause(&format!("!({action})"), None));
        }
        Text::literal(format!(
            "((!({action})) OR ({} ForAnyOfAnyValues:GuidEquals {{",
            of("RoleDefinitionId")
        ))
        .then(guids.clone())
        .and(format!(
            "}} AND {} ForAnyOfAnyValues:StringEqualsIgnoreCase {{'ServicePrincipal'}}))",
            of("PrincipalType")
        ))
    };
    on("write", "@Request")
        .and(" AND ")
        .then(on("delete", "@Resource"))
}

/// Expressions joined by OR, two at a time, as Azure wants it of three and more.
fn either(all: Vec<String>) -> Option<String> {
    all.into_iter()
        .reduce(|before, next| format!("({before}) OR ({next})"))
}

/// What is asked unless it is about something else; nothing allows it where there is no expression.
fn clause(unless: &str, expression: Option<String>) -> String {
    match expression {
        Some(expression) => format!("(({unless}) OR ({expression}))"),
        None => format!("({unless})"),
    }
}

#[cfg(test)]
mod tests;
