//! G0320 unused-resource: no tool uses it, nothing is held on it, nothing is forbidden on it.
//!
//! What an imported file declares may be there for other manifests too: of a resource that this
//! one would not create, that is only a note.

use crate::check::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Program, Resource, ResourceId};
use crate::source::{FileId, Span};
use grantc_spec::rules::{Level, UNUSED_RESOURCE};
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    let used = used(case.program);
    for (id, resource) in case.program.resources.iter() {
        if !resource.implicit && !used.contains(&id) {
            diags.push(unused(resource));
        }
    }
}

/// What tools use, what something is held on, what something is forbidden on.
fn used(program: &Program) -> BTreeSet<ResourceId> {
    let uses = program.tools.values().flat_map(|tool| &tool.uses);
    let held = program.assignments.values().map(|held| held.on);
    let forbidden = program.forbids.iter().map(|forbid| forbid.on);
    let uses = uses.map(|one| one.resource);
    uses.chain(held).chain(forbidden).collect()
}

/// Whether something stands in a file that others may import as well.
pub(super) fn is_imported(span: Span) -> bool {
    span.file != FileId::default()
}

fn unused(resource: &Resource) -> Diagnostic {
    let name = &resource.name;
    let finding = Diagnostic::new(
        &UNUSED_RESOURCE,
        resource.span,
        format!("nothing uses `{name}`"),
    )
    .help("remove it, or let a tool use it")
    .at(format!("resource/{name}"));
    match (resource.existing, is_imported(resource.span)) {
        (false, _) => finding.note("it is created all the same"),
        (true, true) => finding
            .level(Level::Note)
            .note("its file is imported, and may be by others that use it"),
        (true, false) => finding,
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::whole;

    fn desk(resources: &str, rest: &str) -> Vec<String> {
        let desk = whole(&format!(
            r#"grantc version=1
            server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example" }}
            azure {{ resource-group "rg-desk"; location "westeurope" }}
            resource "archive" type="azure.blob" {{ account "stdesk"; container "invoices" }}
            {resources}
            identity "reader" type="user-assigned" {{ assign "Storage Blob Data Reader" on="archive" }}
            tool "find" {{ description "Find."; as "reader"; uses "archive" "read"; output {{ ok boolean }} }}
            {rest}"#
        ));
        let found = desk.found.iter();
        found
            .filter(|found| found.rule.code == "G0320")
            .map(|found| format!("{} {:?}", found.message, found.notes))
            .collect()
    }

    const DRAFTS: &str = r#"resource "drafts" type="azure.blob" existing=#true { account "stdesk"; container "drafts" }"#;

    #[test]
    fn what_nothing_names_is_unused() {
        assert_eq!(desk(DRAFTS, ""), ["nothing uses `drafts` []"]);
        let created = DRAFTS.replace(" existing=#true", "");
        assert_eq!(
            desk(&created, ""),
            [r#"nothing uses `drafts` ["it is created all the same"]"#]
        );
    }

    #[test]
    fn the_resource_group_of_the_manifest_is_not_declared_and_never_unused() {
        assert_eq!(desk("", ""), [""; 0]);
    }

    #[test]
    fn a_role_on_it_or_a_forbid_uses_it() {
        let assign = r#"identity "rollout" type="user-assigned" deploys=#true { assign "Reader" on="drafts" }"#;
        assert_eq!(desk(DRAFTS, assign), [""; 0]);
        assert_eq!(desk(DRAFTS, r#"forbid "delete" on="drafts""#), [""; 0]);
        let group = r#"resource "data" type="azure.resource-group" { resource-group "rg-data" }"#;
        assert_eq!(
            desk(group, &assign.replace("drafts", "data")),
            [""; 0],
            "a container that an assignment names"
        );
        assert_eq!(desk(group, ""), ["nothing uses `data` []"]);
    }
}
