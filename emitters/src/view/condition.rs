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

/// The action of reading a blob, which is also that of listing.
const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";

/// The actions on blobs that know the path of what they are about, reading first. From "Actions and
/// attributes for Azure role assignment conditions for Azure Blob Storage".
const WITH_PATH: [&str; 9] = [
    READ,
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/deleteBlobVersion/action",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/permanentDelete/action",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/write",
];

const PATH: &str =
    "@Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path]";
const PREFIX: &str =
    "@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix]";

/// Narrows what a role grants on blobs to names of these patterns; none where the role grants
/// nothing that has a path.
pub(super) fn paths(patterns: &[PathPattern], blocks: &[Block]) -> Option<Text> {
    let granted =
        |action: &&str| verdict_of_blocks(blocks, Plane::Data, action) != Verdict::No;
    let mut clauses = Vec::new();
    for action in WITH_PATH.into_iter().filter(granted) {
        let named = either(patterns.iter().map(of_path).collect());
        if action == READ {
            let read = format!("ActionMatches{{'{READ}'}}");
            let listing = "SubOperationMatches{'Blob.List'}";
            clauses.push(clause(&format!("{read} AND NOT {listing}"), named));
            let prefixes = either(patterns.iter().filter_map(of_prefix).collect());
            clauses.push(clause(&format!("{read} AND {listing}"), prefixes));
        } else {
            clauses.push(clause(&format!("ActionMatches{{'{action}'}}"), named));
        }
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
            return Text::literal(clause(&action, None));
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
    on("write", "@Request").and(" AND ").then(on("delete", "@Resource"))
}

/// Expressions joined by OR, two at a time, as Azure wants it of three and more.
fn either(all: Vec<String>) -> Option<String> {
    all.into_iter()
        .reduce(|before, next| format!("({before}) OR ({next})"))
}

/// What is asked of an action; nothing allows it where there is no expression.
fn clause(action: &str, expression: Option<String>) -> String {
    match expression {
        Some(expression) => format!("((!({action})) OR ({expression}))"),
        None => format!("(!({action}))"),
    }
}

#[cfg(test)]
mod tests;
