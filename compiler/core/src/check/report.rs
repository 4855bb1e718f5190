//! The reports: what `check` and `role` say, for machines.
//!
//! The shapes are a contract: members have these names and this order, offsets are bytes, lines
//! and columns start at 1.

pub use super::role::{RoleReport, role};

use crate::diagnostic::{Diagnostic, Diagnostics, Step};
use crate::graph::{Graph, Reach};
use crate::infer::shown::{Shown, shown};
use crate::ir::{Ambient, AssignmentId, NeedId, Program, Scope, Text, ToolId};
use crate::source::Sources;
use grantc_spec::catalogue::Catalogue;
use serde::Serialize;

/// What `check --format json` prints.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    schema: u32,
    catalogue: CatalogueView,
    tools: Vec<ToolView>,
    identities: Vec<IdentityView>,
    diagnostics: Vec<DiagnosticView>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct CatalogueView {
    pub(super) date: String,
    pub(super) digest: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ToolView {
    pub(super) name: String,
    pub(super) app: String,
    pub(super) needs: Vec<NeedView>,
    pub(super) missing: usize,
    pub(super) reach: Vec<ReachView>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct NeedView {
    pub(super) operation: String,
    pub(super) plane: &'static str,
    pub(super) resource: String,
    pub(super) scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    pub(super) identity: String,
    /// Present and true where it rests on a connector that the manifest declares.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) declared: bool,
    pub(super) verdict: &'static str,
    pub(super) witness: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ReachView {
    operation: String,
    plane: &'static str,
    pub(super) resource: String,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct IdentityView {
    pub(super) name: String,
    pub(super) excess: ExcessView,
    /// What was chosen for it; only where its roles are inferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) inferred: Option<Vec<Shown>>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ExcessView {
    pub(super) operations: Vec<ReachView>,
    pub(super) resources: Vec<String>,
    pub(super) idle: Vec<IdleView>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct IdleView {
    role: String,
    on: String,
}

#[derive(Clone, Debug, Serialize)]
struct DiagnosticView {
    code: &'static str,
    name: &'static str,
    level: &'static str,
    message: String,
    file: String,
    start: u32,
    end: u32,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    help: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    witness: Vec<String>,
}

impl CatalogueView {
    pub(super) fn of(catalogue: &Catalogue) -> CatalogueView {
        CatalogueView {
            date: catalogue.date().to_owned(),
            digest: catalogue.digest().to_owned(),
        }
    }
}

/// The report of a run; without a program when the manifest could not be read that far.
pub fn report(
    found: Option<(&Program, &Graph)>,
    catalogue: &Catalogue,
    diagnostics: &Diagnostics,
    sources: &Sources,
) -> Report {
    let view = found.map(|(program, graph)| View {
        program,
        graph,
        catalogue,
        sources,
    });
    let view = view.as_ref();
    Report {
        schema: 1,
        catalogue: CatalogueView::of(catalogue),
        tools: view.map(View::tools).unwrap_or_default(),
        identities: view.map(View::identities).unwrap_or_default(),
        diagnostics: diagnostics
            .iter()
            .map(|found| diagnostic(found, sources))
            .collect(),
    }
}

/// A program and its graph, for what shows them.
pub(super) struct View<'a> {
    pub(super) program: &'a Program,
    pub(super) graph: &'a Graph,
    pub(super) catalogue: &'a Catalogue,
    pub(super) sources: &'a Sources,
}

impl View<'_> {
    fn tools(&self) -> Vec<ToolView> {
        self.program.tools.ids().map(|id| self.tool(id)).collect()
    }

    pub(super) fn tool(&self, id: ToolId) -> ToolView {
        let app = self.graph.app(id);
        let reach = self.graph.reach(self.program, id);
        ToolView {
            name: self.program.tools.at(id).name.value.clone(),
            app: app.map_or_else(String::new, |app| self.program.apps.at(app).name.clone()),
            needs: self
                .graph
                .needs(id)
                .iter()
                .map(|need| self.need(*need))
                .collect(),
            missing: self.graph.missing(id),
            reach: reach
                .into_iter()
                .filter_map(|reach| self.reach(reach))
                .collect(),
        }
    }

    fn need(&self, id: NeedId) -> NeedView {
        let need = self.program.needs.at(id);
        let verdict = self.graph.verdict(id);
        let operation = self.graph.operation(self.catalogue, verdict.operation);
        let (name, plane) = operation.map_or((String::new(), ""), |found| {
            (found.name.into_owned(), found.plane.word())
        });
        NeedView {
            operation: name,
            plane,
            resource: self.program.resources.at(need.resource).name.value.clone(),
            scope: scope(self.program, &need.scope),
            path: need.path.as_ref().map(|path| path.text.value.clone()),
            identity: self.program.identities.at(need.identity).name.value.clone(),
            declared: self.program.rests_on_declared(id),
            verdict: verdict.state.word(),
            witness: steps(
                &self.graph.witness(self.program, self.catalogue, id),
                self.sources,
            ),
        }
    }

    fn reach(&self, reach: Reach) -> Option<ReachView> {
        let operation = self.graph.operation(self.catalogue, reach.operation)?;
        Some(ReachView {
            operation: operation.name.into_owned(),
            plane: operation.plane.word(),
            resource: self.program.resources.at(reach.resource).name.value.clone(),
        })
    }

    pub(super) fn identities(&self) -> Vec<IdentityView> {
        let identities = self.program.identities.iter();
        let chosen = shown(self.program, self.graph);
        let view = |(id, identity): (_, &crate::ir::Identity)| {
            let excess = self.graph.excess(self.program, id);
            let operations = excess.operations.into_iter();
            let own = |shown: &&Shown| shown.identity == identity.name.value;
            let inferred = || chosen.iter().filter(own).cloned().collect();
            IdentityView {
                inferred: identity.inferred.map(|_| inferred()),
                name: identity.name.value.clone(),
                excess: ExcessView {
                    operations: operations.filter_map(|reach| self.reach(reach)).collect(),
                    resources: excess.resources,
                    idle: excess.idle.into_iter().map(|id| self.idle(id)).collect(),
                },
            }
        };
        identities.map(view).collect()
    }

    fn idle(&self, id: AssignmentId) -> IdleView {
        let assignment = self.program.assignments.at(id);
        IdleView {
            role: assignment.role_name.value.clone(),
            on: self.program.resources.at(assignment.on).name.value.clone(),
        }
    }
}

/// A scope as a path; what deployment decides stands in braces.
pub fn scope(program: &Program, scope: &Scope) -> String {
    let segment = |segment: &Text| match segment {
        Text::Literal(text) => format!("/{text}"),
        Text::Param(id) => format!("/{{{}}}", program.params.at(*id).name),
        Text::Ambient(Ambient::Subscription) => "/{deployment-subscription}".to_owned(),
    };
    scope.segments.iter().map(segment).collect()
}

/// Links of a chain as text, each with its place when it has one.
pub fn steps(steps: &[Step], sources: &Sources) -> Vec<String> {
    let text = |step: &Step| match step.span {
        Some(span) => format!("{} ({})", step.text, sources.place(span)),
        None => step.text.clone(),
    };
    steps.iter().map(text).collect()
}

fn diagnostic(found: &Diagnostic, sources: &Sources) -> DiagnosticView {
    let file = sources.get(found.span.file);
    let at = |offset| file.map_or((1, 1), |file| file.line_column(offset));
    let (line, column) = at(found.span.start);
    let (end_line, end_column) = at(found.span.end);
    DiagnosticView {
        code: found.rule.code,
        name: found.rule.name,
        level: found.level.word(),
        message: found.message.clone(),
        file: file.map_or_else(String::new, |file| file.path.clone()),
        start: found.span.start,
        end: found.span.end,
        line,
        column,
        end_line,
        end_column,
        help: found.help.clone(),
        witness: steps(&found.witness, sources),
    }
}

#[cfg(test)]
mod tests {
    use super::report;
    use crate::diagnostic::Diagnostics;
    use crate::graph::fixture::{BLOB, reader};
    use crate::source::Sources;
    use grantc_spec::catalogue::Catalogue;
    use serde_json::json;

    #[test]
    fn a_report_has_the_members_of_the_contract() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive"
               assign "Search Index Data Reader" on="index""#,
            r#"uses "archive" "read" path="in/*"; uses "drafts" "create""#,
        );
        let catalogue = Catalogue::embedded();
        let found = Some((&desk.program, &desk.graph));
        let report = report(found, catalogue, &desk.found, &desk.sources);
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["schema"], 1);
        assert_eq!(
            json["catalogue"],
            json!({ "date": catalogue.date(), "digest": catalogue.digest() })
        );
        let container = |name: &str| {
            format!(
                "/subscriptions/{{deployment-subscription}}/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/stdesk/blobServices/default/containers/{name}"
            )
        };
        let tool = &json["tools"][0];
        assert_eq!(
            tool["needs"][1],
            json!({
                "operation": format!("{BLOB}/add/action"), "plane": "data", "resource": "drafts",
                "scope": container("drafts"), "identity": "reader", "verdict": "missing", "witness": [],
            })
        );
        let held = &tool["needs"][0];
        assert_eq!(
            (&held["path"], &held["verdict"]),
            (&json!("in/*"), &json!("held"))
        );
        assert_eq!(held["witness"].as_array().unwrap().len(), 5);
        assert_eq!(
            (&tool["app"], &tool["missing"], &tool["reach"]),
            (&json!("main"), &json!(1), &json!([]))
        );
        let operation = |name: &str, plane: &str, resource: &str| json!({ "operation": name, "plane": plane, "resource": resource });
        let read = "Microsoft.Storage/storageAccounts/blobServices/containers/read";
        assert_eq!(
            json["identities"],
            json!([{ "name": "reader", "excess": {
                "operations": [
                    operation(read, "control", "archive"),
                    operation("Microsoft.Search/searchServices/indexes/documents/read", "data", "index"),
                ],
                "resources": ["index"],
                "idle": [{ "role": "Search Index Data Reader", "on": "index" }],
            }}])
        );
        let members: Vec<_> = json["diagnostics"][0].as_object().unwrap().keys().collect();
        let expected = [
            "code",
            "name",
            "level",
            "message",
            "file",
            "start",
            "end",
            "line",
            "column",
            "end_line",
            "end_column",
            "help",
            "witness",
        ];
        assert_eq!(members, expected);
    }

    #[test]
    fn without_a_program_the_findings_remain() {
        let empty = Diagnostics::default();
        let report = report(None, Catalogue::embedded(), &empty, &Sources::default());
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(
            (&json["tools"], &json["diagnostics"]),
            (&json!([]), &json!([]))
        );
    }
}
