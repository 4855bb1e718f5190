//! Small programs for tests: a manifest of one desk, and what the compiler makes of it.

use crate::arena::Id;
use crate::check::report::steps;
use crate::check::{Acceptance, Case};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::{Graph, State};
use crate::ir::{
    AssignmentId, Identity, IdentityId, NeedId, Program, Resource, ResourceId, RoleRef, Tool,
    ToolId,
};
use crate::source::Sources;
use crate::{LoadError, Loader, Outcome};
use grantc_spec::catalogue::Catalogue;

/// What every test manifest begins with.
const FRAME: &str = r#"
grantc version=1
param "group" doc="Where things are."
server "desk" version="1.0.0" { description "A desk."; namespace "com.example" }
azure { resource-group "rg-desk"; location "westeurope"; isolation "shared" }
resource "archive" type="azure.blob" existing=#true { account "stdesk"; container "invoices"; resource-group "rg-data" }
resource "drafts" type="azure.blob" existing=#true { account "stdesk"; container "drafts"; resource-group "rg-data" }
resource "account" type="azure.blob" existing=#true { account "stdesk"; resource-group "rg-data" }
resource "index" type="azure.search" existing=#true { service "srch-desk"; index "invoices"; resource-group "rg-data" }
resource "data" type="azure.resource-group" { resource-group "rg-data" }
resource "somewhere" type="azure.resource-group" { resource-group (param)"group" }
"#;

pub(crate) const BLOB: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/// A desk: its program, its graph, what was found.
pub(crate) struct Desk {
    pub(crate) program: Program,
    pub(crate) graph: Graph,
    pub(crate) found: Diagnostics,
    pub(crate) sources: Sources,
    pub(crate) verified: bool,
}

struct Text(String);

impl Loader for Text {
    fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.clone().into_bytes())
    }
}

/// A desk with these roles, identities and tools. Some findings every such desk would have are not
/// told: that services exist already, that it shares one app, that it leaves resources of the
/// frame unused.
pub(crate) fn desk(rest: &str) -> Desk {
    let mut desk = whole(&format!("{FRAME}{rest}"));
    desk.found.retain_mut(|found| {
        let of_the_frame = (found.span.end as usize) < FRAME.len();
        match found.rule.code {
            "G0316" => false,
            "G0307" | "G0320" => !of_the_frame,
            _ => true,
        }
    });
    desk
}

/// A desk with one identity `reader`, which holds these assignments, and one tool of these uses.
pub(crate) fn reader(assigns: &str, uses: &str) -> Desk {
    desk(&format!(
        "identity \"reader\" type=\"user-assigned\" {{ {assigns} }}\n{}",
        tool("find", "reader", uses)
    ))
}

/// A desk with a database `ledger` that the tool `find` reads as `reader`, which holds these
/// assignments, and with whatever else.
pub(crate) fn ledger(assigns: &str, rest: &str) -> Desk {
    desk(&format!(
        r#"resource "ledger" type="azure.sql" existing=#true {{ server "sql-desk"; database "ledger" }}
        identity "reader" type="user-assigned" {{ {assigns} }}
        {}{rest}"#,
        tool("find", "reader", r#"uses "ledger" "read""#)
    ))
}

/// A database of the same name in a group that a parameter of this name decides.
pub(crate) fn ledger_in(name: &str, group: &str) -> String {
    format!(
        r#"resource "{name}" type="azure.sql" existing=#true {{ server "sql-desk"; database "ledger"; resource-group (param)"{group}" }}
        "#
    )
}

/// A tool that acts as an identity.
pub(crate) fn tool(name: &str, identity: &str, uses: &str) -> String {
    format!(
        "tool \"{name}\" {{ description \"Find.\"; as \"{identity}\"; {uses}; output {{ found boolean }} }}\n"
    )
}

/// A built-in role of Azure RBAC.
pub(crate) fn role(name: &str) -> RoleRef {
    RoleRef::BuiltIn(Catalogue::embedded().role_by_name(name).unwrap())
}

/// A desk with what a lock remembers.
pub(crate) fn desk_with(rest: &str, acceptance: &Acceptance) -> Desk {
    whole_with(&format!("{FRAME}{rest}"), acceptance)
}

/// A whole manifest.
pub(crate) fn whole(text: &str) -> Desk {
    whole_with(text, &Acceptance::default())
}

fn whole_with(text: &str, acceptance: &Acceptance) -> Desk {
    let loader = Text(text.to_owned());
    let catalogue = Catalogue::embedded();
    let run = crate::compile_accepting("tools.kdl", &loader, catalogue, acceptance).unwrap();
    let (program, graph, verified) = match run.outcome {
        Outcome::Unreadable => panic!("unreadable: {:#?}\n{text}", run.diagnostics),
        Outcome::Broken(program, graph) => (program, graph, false),
        Outcome::Verified(found) => (found.program().clone(), found.graph().clone(), true),
    };
    Desk {
        program,
        graph,
        found: run.diagnostics,
        sources: run.sources,
        verified,
    }
}

impl Desk {
    /// What the rules ask.
    pub(crate) fn case(&self) -> Case<'_> {
        Case::new(&self.program, &self.graph, Catalogue::embedded())
    }

    pub(crate) fn assignment(&self, nth: usize) -> AssignmentId {
        self.program.assignments.ids().nth(nth).unwrap()
    }

    /// The codes of all findings, in the order of their places.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.found.iter().map(|found| found.rule.code).collect()
    }

    /// The one finding of a code.
    pub(crate) fn one(&self, code: &str) -> &Diagnostic {
        let found: Vec<_> = self
            .found
            .iter()
            .filter(|found| found.rule.code == code)
            .collect();
        assert_eq!(found.len(), 1, "{code} among {:#?}", self.found);
        found[0]
    }

    /// The states of all needs, in manifest order.
    pub(crate) fn states(&self) -> Vec<State> {
        self.program
            .needs
            .ids()
            .map(|need| self.graph.verdict(need).state)
            .collect()
    }

    /// The text under a finding.
    pub(crate) fn underlined(&self, found: &Diagnostic) -> &str {
        self.sources.get(found.span.file).unwrap().slice(found.span)
    }

    /// The chain of a finding.
    pub(crate) fn witness(&self, found: &Diagnostic) -> String {
        steps(&found.witness, &self.sources).join(" → ")
    }

    /// The chain of a need.
    pub(crate) fn chain(&self, need: NeedId) -> String {
        let chain = self
            .graph
            .witness(&self.program, Catalogue::embedded(), need);
        steps(&chain, &self.sources).join(" → ")
    }

    pub(crate) fn need(&self, nth: usize) -> NeedId {
        self.program.needs.ids().nth(nth).unwrap()
    }

    pub(crate) fn resource(&self, name: &str) -> ResourceId {
        named(
            self.program.resources.iter(),
            |r: &Resource| &r.name.value,
            name,
        )
    }

    pub(crate) fn identity(&self, name: &str) -> IdentityId {
        named(
            self.program.identities.iter(),
            |i: &Identity| &i.name.value,
            name,
        )
    }

    pub(crate) fn tool(&self, name: &str) -> ToolId {
        named(self.program.tools.iter(), |t: &Tool| &t.name.value, name)
    }

    /// What an identity holds beyond needs: operations in short with their resource.
    pub(crate) fn excess(&self, identity: &str) -> Vec<String> {
        let excess = self.graph.excess(&self.program, self.identity(identity));
        let line = |reach: &crate::graph::Reach| {
            let operation = self
                .graph
                .operation(Catalogue::embedded(), reach.operation)
                .unwrap();
            format!(
                "{} {}",
                self.program.resources.at(reach.resource).name,
                operation.short()
            )
        };
        excess.operations.iter().map(line).collect()
    }
}

fn named<'a, T: 'a>(
    mut all: impl Iterator<Item = (Id<T>, &'a T)>,
    name_of: impl Fn(&T) -> &String,
    name: &str,
) -> Id<T> {
    all.find(|(_, item)| name_of(item) == name).unwrap().0
}
