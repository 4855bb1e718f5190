//! `grantc.lock`: what was reviewed, one fact a line, so that a pull request shows what it changes.
//!
//! ```text
//! grantc-lock 1
//! accept G0304 identity/invoice-filer/archive sha256:…
//! catalogue 2026-08-22 sha256:…
//! need find_invoice data Microsoft.Storage/…/blobs/read archive incoming/*
//! tool find_invoice sha256:… as invoice-reader
//! ```
//!
//! Lines are sorted, so that neither the order of the manifest nor its notation shows. Fields stand
//! apart by one space; in them blanks, `%`, control characters and what is not ASCII are written as
//! in URLs (`%20`).
//!
//! - [`lock()`]: the lock of a program;
//! - [`Lock::keeping`]: the same, with what only a person may change left as it was;
//! - `parse`: a lock as it was written.

mod parse;

pub use parse::{LockError, parse};

use crate::Options;
use crate::mcp::{digest, tool};
use grantc_core::check::Digests;
use grantc_core::{Verified, infer};
use grantc_spec::catalogue::Catalogue;
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::plane_roles;
use percent_encoding::{AsciiSet, CONTROLS, PercentEncode, utf8_percent_encode};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a lock is called; it stands beside the manifest.
pub const FILE: &str = "grantc.lock";

/// The first word of a lock.
const HEADER: &str = "grantc-lock";

/// The version of locks that is read and written.
const VERSION: &str = "1";

/// What would end a field.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

/// What a lock says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// Accepted findings, by code and path.
    pub accepts: Digests,
    /// Roles that were chosen, by identity, role and scope.
    pub assigns: BTreeMap<(String, String, String), Grant>,
    /// Date and digest of the catalogue.
    pub catalogue: Option<(String, String)>,
    /// What the tools need.
    pub needs: BTreeSet<Need>,
    /// The tools, by name.
    pub tools: BTreeMap<String, Tool>,
}

/// What a chosen role grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// How many operations.
    pub operations: usize,
    /// Their digest.
    pub digest: String,
}

/// An operation that a tool needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The tool.
    pub tool: String,
    /// The operation's plane.
    pub plane: String,
    /// The operation.
    pub operation: String,
    /// The resource.
    pub resource: String,
    /// The names it is narrowed to.
    pub path: Option<String>,
}

/// A tool as clients see it, and as whom it acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The digest of the whole MCP tool.
    pub digest: String,
    /// The identities it acts as; none when it uses nothing.
    pub identities: BTreeSet<String>,
}

/// The lock of a program, with every finding accepted as it is now.
pub fn lock(program: &Verified, options: &Options) -> Lock {
    let catalogue = options.catalogue;
    let (ir, graph) = (program.program(), program.graph());
    let need = |id| {
        let need = ir.needs.at(id);
        let operation = graph.operation(catalogue, graph.verdict(id).operation)?;
        Some(Need {
            tool: ir.tools.at(need.tool).name.value.clone(),
            plane: operation.plane.word().to_owned(),
            operation: operation.name.into_owned(),
            resource: ir.resources.at(need.resource).name.value.clone(),
            path: need.path.as_ref().map(|path| path.text.value.clone()),
        })
    };
    let name = |id| ir.identities.at(id).name.value.clone();
    let tools = ir.tools.iter().map(|(id, it)| {
        let tool = Tool {
            digest: digest::of(&tool::tool(ir, id)),
            identities: it.identities().into_iter().map(name).collect(),
        };
        (it.name.value.clone(), tool)
    });
    Lock {
        accepts: program.accepted().clone(),
        assigns: assigns(program, catalogue),
        catalogue: Some((catalogue.date().to_owned(), catalogue.digest().to_owned())),
        needs: ir.needs.ids().filter_map(need).collect(),
        tools: tools.collect(),
    }
}

/// The roles that were chosen.
fn assigns(program: &Verified, catalogue: &Catalogue) -> BTreeMap<(String, String, String), Grant> {
    let chosen = infer::chosen(program.program(), program.graph(), catalogue);
    let line = |it: infer::Chosen| {
        let grant = Grant {
            operations: it.operations,
            digest: it.digest,
        };
        ((it.identity, it.role, it.scope), grant)
    };
    chosen.into_iter().map(line).collect()
}

/// Whether a role was written for what is needed. Its line follows the `need` lines, which nothing
/// pins; that of a role which others define is what was reviewed.
fn follows_needs(role: &str) -> bool {
    let is_guid = role.len() == 36 && role.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    !is_guid && plane_roles::by_name(PlaneFamily::SqlDatabase, role).is_none()
}

impl Lock {
    /// This lock with what `old` pins, unless it is an `update`: findings that were accepted stay
    /// as they were accepted, and roles that were chosen grant what they granted then. Which roles
    /// are chosen is decided before, from the same pins.
    pub fn keeping(mut self, old: &Lock, update: bool) -> Lock {
        if update {
            return self;
        }
        for (key, digest) in &mut self.accepts {
            if let Some(pinned) = old.accepts.get(key) {
                digest.clone_from(pinned);
            }
        }
        for (key, grant) in &mut self.assigns {
            if let (Some(pinned), false) = (old.assigns.get(key), follows_needs(&key.1)) {
                grant.clone_from(pinned);
            }
        }
        self
    }

    /// What it pins of the roles that were chosen.
    pub fn pins(&self) -> infer::Pins {
        let assigns = self.assigns.iter();
        assigns
            .map(|(key, grant)| (key.clone(), grant.digest.clone()))
            .collect()
    }
}

impl Lock {
    /// Its lines but the first, sorted.
    pub fn lines(&self) -> BTreeSet<String> {
        let mut lines = BTreeSet::new();
        for ((code, path), digest) in &self.accepts {
            lines.insert(format!("accept {} {} {digest}", field(code), field(path)));
        }
        for ((identity, role, scope), grant) in &self.assigns {
            let (identity, role, scope) = (field(identity), field(role), field(scope));
            let Grant { operations, digest } = grant;
            lines.insert(format!(
                "assign {identity} {role} {scope} grants {operations} {digest}"
            ));
        }
        if let Some((date, digest)) = &self.catalogue {
            lines.insert(format!("catalogue {} {digest}", field(date)));
        }
        for need in &self.needs {
            let mut line = "need".to_owned();
            let fields = [&need.tool, &need.plane, &need.operation, &need.resource];
            for text in fields.into_iter().chain(&need.path) {
                line.push_str(&format!(" {}", field(text)));
            }
            lines.insert(line);
        }
        for (name, tool) in &self.tools {
            let mut line = format!("tool {} {}", field(name), tool.digest);
            for (at, identity) in tool.identities.iter().enumerate() {
                let before = if at == 0 { " as " } else { "," };
                line.push_str(&format!("{before}{}", field(identity)));
            }
            lines.insert(line);
        }
        lines
    }
}

impl fmt::Display for Lock {
    /// The whole file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER} {VERSION}")?;
        self.lines()
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn field(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, ESCAPED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::verified;

    const DESK: &str = r#"
        grantc version=1
        server "desk" version="0.1.0" { description "Invoices."; namespace "com.example" }
        azure { resource-group "rg-desk"; location "westeurope"; isolation "shared" }
        resource "archive" type="azure.blob" existing=#true { account "stinvoices"; container "invoices" }
        identity "writer" type="user-assigned" { assign "Storage Blob Data Contributor" on="archive" }
        identity "reader" type="user-assigned" { assign "Storage Blob Data Reader" on="archive" }
        tool "move" {
            description "Move an invoice."
            as "writer"
            uses "archive" "write" path="in coming/50%/*"
            uses "archive" "read" "list" as="reader"
            output { ok boolean }
        }
        tool "ping" { description "Ping."; output { ok boolean } }
        accept "G0304" at="identity/writer/archive" reason="FIN-112"
    "#;

    fn of(text: &str) -> Lock {
        lock(&verified(text), &Options::default())
    }

    #[test]
    fn a_lock_says_what_is_accepted_needed_and_shown() {
        let lock = of(DESK);
        let text = lock.to_string();
        let lines: Vec<&str> = text.lines().collect();
        let blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
        assert_eq!(lines[0], "grantc-lock 1");
        assert!(lines[1].starts_with("accept G0304 identity/writer/archive sha256:"));
        assert!(lines[2].starts_with("catalogue 20"));
        assert_eq!(lines[3], format!("need move data {blobs}/read archive"));
        assert_eq!(
            lines[4],
            format!("need move data {blobs}/write archive in%20coming/50%25/*")
        );
        assert!(lines[5].starts_with("tool move sha256:"));
        assert!(lines[5].ends_with(" as reader,writer"));
        assert!(lines[6].starts_with("tool ping sha256:"));
        assert_eq!(lines[6].len(), "tool ping sha256:".len() + 64);
        assert_eq!(lines.len(), 7);
        assert_eq!(parse(text.as_bytes()), Ok(lock));
    }

    #[test]
    fn only_an_update_changes_what_was_accepted() {
        let old = of(DESK);
        let new = of(&DESK.replace(r#""write" path="in coming/50%/*""#, r#""write" "delete""#));
        assert_ne!(new.accepts, old.accepts);
        let kept = new.clone().keeping(&old, false);
        assert_eq!(kept.accepts, old.accepts);
        assert_eq!((&kept.needs, &kept.tools), (&new.needs, &new.tools));
        assert_eq!(new.clone().keeping(&old, true), new);
        let gone = of(&DESK.replace("accept", "//"));
        assert!(gone.keeping(&old, false).accepts.is_empty());
        assert_eq!(new.clone().keeping(&Lock::default(), false), new);
    }

    #[test]
    fn chosen_roles_are_pinned_by_guid_scope_and_grant() {
        const INFERRED: &str = r#"
            grantc version=1
            server "desk" version="0.1.0" { description "Invoices."; namespace "com.example" }
            azure { resource-group "rg-desk"; location "westeurope" }
            resource "archive" type="azure.blob" existing=#true { account "stinvoices"; container "invoices" }
            resource "ledger" type="azure.sql" existing=#true { server "sql-desk"; database "ledger" }
            identity "auditor" type="user-assigned" roles="inferred"
            tool "find" {
                description "Find."; as "auditor"; output { ok boolean }
                uses "archive" "read" "list"
                uses "ledger" "read" "EXECUTE"
            }
            forbid "UPDATE" on="ledger"
        "#;
        let lock = of(INFERRED);
        let text = lock.to_string();
        let lines: Vec<&str> = text
            .lines()
            .filter(|it| it.starts_with("assign "))
            .collect();
        let start = "assign auditor 2a2b9908-6ea1-4ae2-8e65-a410df84e7d1 /subscriptions/{deployment-subscription}/resourceGroups/rg-desk/providers/Microsoft.Storage/storageAccounts/stinvoices/blobServices/default/containers/invoices grants 3 sha256:";
        assert!(lines[0].starts_with(start), "{text}");
        assert!(
            lines[1].starts_with("assign auditor Auditor%20Ledger /"),
            "{text}"
        );
        assert!(lines[1].contains("/ledger grants 2 sha256:"), "{text}");
        assert_eq!(parse(text.as_bytes()), Ok(lock.clone()));
        let mut old = lock.clone();
        for grant in old.assigns.values_mut() {
            grant.operations = 7;
        }
        let kept = lock.clone().keeping(&old, false);
        let counts: Vec<usize> = kept
            .assigns
            .values()
            .map(|grant| grant.operations)
            .collect();
        assert_eq!(counts, [7, 2]);
        assert_eq!(lock.clone().keeping(&old, true), lock);
        let gone = of(&INFERRED.replace(r#"roles="inferred""#, r#"{ assign "db_owner" on="ledger"; assign "Storage Blob Data Reader" on="archive" }"#).replace("forbid", "//"));
        assert!(gone.keeping(&old, false).assigns.is_empty());
    }
}
