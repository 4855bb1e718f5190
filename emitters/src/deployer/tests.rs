use super::{lacks, needs};
use crate::Options;
use grantc_core::check::Acceptance;
use grantc_core::diagnostic::Diagnostic;
use grantc_core::ir::RoleRef;
use grantc_core::{LoadError, Loader};
use grantc_spec::catalogue::Catalogue;
use grantc_spec::rules::Level;

struct Text(String);

impl Loader for Text {
    fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.clone().into_bytes())
    }
}

const FRAME: &str = r#"
grantc version=1
server "desk" version="1.0.0" { description "Reads invoices."; namespace "com.example" }
azure { resource-group "rg-desk"; location "westeurope" }
resource "archive" type="azure.blob" { account "starchive"; container "archive" }
resource "drafts" type="azure.blob" existing=#true { account "stdrafts"; container "drafts"; resource-group "rg-data" }
resource "data" type="azure.resource-group" { resource-group "rg-data" }
resource "orders" type="azure.cosmos" existing=#true { account "cosmos-desk"; database "d"; container "c"; resource-group "rg-data" }
resource "cosmos" type="azure.cosmos" existing=#true { account "cosmos-desk"; resource-group "rg-data" }
resource "graph" type="microsoft.graph"
"#;

const PLAIN: &str = r#"assign "Storage Blob Data Reader" on="archive""#;

const USUAL: &str = r#"assign "Contributor" on="azure"
assign "Role Based Access Control Administrator" on="azure" { where roles="emitted" }"#;

/// What is found about a desk whose finder holds one thing and whose pipeline another.
fn found(finder: &str, pipeline: &str, roles: &str) -> Vec<Diagnostic> {
    let text = format!(
        "{FRAME}{roles}\n\
         identity \"finder\" type=\"user-assigned\" {{\n{finder}\n}}\n\
         identity \"pipeline\" type=\"user-assigned\" deploys=#true {{\n{pipeline}\n}}\n\
         tool \"find\" {{ description \"Find.\"; as \"finder\"; output {{ found boolean }} }}\n"
    );
    let (catalogue, acceptance) = (Catalogue::embedded(), Acceptance::default());
    let run =
        grantc_core::compile_further("tools.kdl", &Text(text), catalogue, &acceptance, &lacks);
    let run = run.unwrap();
    // What `build` refuses asks for nothing, and so nothing is lacking.
    assert!(!needs(run.program().unwrap(), &Options::default()).is_empty());
    let found = run.diagnostics.into_iter();
    found
        .inspect(|it| assert!(it.rule.code > "G03", "{it:#?}"))
        .filter(|it| it.rule.code == "G0313")
        .collect()
}

fn messages(finder: &str, pipeline: &str) -> Vec<String> {
    let found = found(finder, pipeline, "").into_iter();
    found.map(|it| it.message).collect()
}

#[test]
fn the_usual_roles_do_for_what_is_in_the_resource_group() {
    assert_eq!(messages(PLAIN, USUAL), [""; 0]);
    assert_eq!(messages(PLAIN, r#"assign "Owner" on="azure""#), [""; 0]);
}

#[test]
fn without_the_delegation_roles_are_not_given() {
    let lacking = messages(PLAIN, r#"assign "Contributor" on="azure""#);
    assert_eq!(
        lacking,
        [
            "`pipeline` deploys, and lacks 1 operation that the deployment asks for: `…/roleAssignments/write`"
        ]
    );
}

#[test]
fn what_is_elsewhere_is_asked_for_there() {
    let finder = r#"assign "Storage Blob Data Reader" on="drafts""#;
    let lacking = messages(finder, USUAL);
    assert!(
        lacking[0].contains("`…/roleAssignments/write`"),
        "{lacking:?}"
    );
    let more = format!(
        "{USUAL}\nassign \"Role Based Access Control Administrator\" on=\"data\" {{ where roles=\"emitted\" }}"
    );
    // Terraform needs no deployment in the other group, so that this is enough.
    assert_eq!(messages(finder, &more), [""; 0]);
}

#[test]
fn a_host_holds_what_is_written_whatever_else_is_assigned() {
    let text = format!(
        "{FRAME}\
         identity \"finder\" type=\"user-assigned\" {{ assign \"Storage Queue Data Contributor\" on=\"drafts\" }}\n\
         tool \"find\" {{ description \"Find.\"; as \"finder\"; output {{ found boolean }} }}\n"
    );
    let catalogue = Catalogue::embedded();
    let run = grantc_core::compile("tools.kdl", &Text(text), catalogue).unwrap();
    let queue = catalogue.role_by_name("Storage Queue Data Contributor");
    let queue = queue.map(RoleRef::BuiltIn);
    let needs = needs(run.program().unwrap(), &Options::default());
    let given = needs.iter().filter(|need| need.demand.role == queue);
    let places: Vec<&str> = given.map(|need| need.place.as_str()).collect();
    assert_eq!(places, ["rg-data"]);
}

#[test]
fn whoever_only_looks_foretells_and_lacks_nothing() {
    assert_eq!(messages(PLAIN, r#"assign "Reader" on="azure""#), [""; 0]);
    let nothing = found(PLAIN, "", "");
    assert_eq!(nothing.len(), 1);
    assert_eq!(nothing[0].level, Level::Warning);
    assert_eq!(nothing[0].path.as_deref(), Some("identity/pipeline"));
}

#[test]
fn who_deploys_nothing_lacks_nothing() {
    let text = FRAME.replace("azure {", "// azure {");
    let text = format!(
        "{text}identity \"pipeline\" type=\"user-assigned\" deploys=#true\n\
         tool \"ping\" {{ description \"Ping.\"; output {{ ok boolean }} }}\n"
    );
    let catalogue = Catalogue::embedded();
    let run = grantc_core::compile("tools.kdl", &Text(text), catalogue).unwrap();
    assert_eq!(lacks(run.program().unwrap(), catalogue), []);
}

/// What the help says is added word by word, and the finding is gone: with each thing that a
/// deployment may ask for.
#[test]
fn what_the_help_says_is_enough() {
    let all = [
        PLAIN,
        r#"assign "Storage Blob Data Reader" on="drafts""#,
        r#"assign "Own" on="archive""#,
        r#"assign "Own" on="drafts""#,
        r#"assign "Cosmos DB Built-in Data Reader" on="cosmos""#,
        r#"assign "Own Data" on="cosmos""#,
    ];
    let roles = r#"role "Own" { data-action "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read" }
        role "Own Data" plane="cosmos-sql" { data-action "Microsoft.DocumentDB/databaseAccounts/readMetadata" }"#;
    let together = all.join("\n");
    for finder in all.into_iter().chain([together.as_str()]) {
        for pipeline in ["", r#"assign "Contributor" on="azure""#] {
            let before = found(finder, pipeline, roles);
            let help = before[0].help.clone().unwrap();
            let (_, lines) = help.split_once("\n\n").unwrap();
            let (assigns, own) = match lines.split_once("\nrole ") {
                Some((assigns, own)) => (assigns, format!("role {own}")),
                None => (lines, String::new()),
            };
            let pipeline = format!("{pipeline}\n{assigns}");
            let after = found(finder, &pipeline, &format!("{roles}\n{own}"));
            assert_eq!(after, [], "{finder}\n{help}");
        }
    }
}

#[test]
fn what_stands_in_the_directory_is_asked_for_and_not_held_against_anybody() {
    let partner = r#"identity "partner" type="service-principal""#;
    let tool = r#"tool "ask" { description "Ask."; as "partner"; output { ok boolean } }"#;
    let text = format!(
        "{FRAME}{partner}\n{tool}\n\
         identity \"finder\" type=\"user-assigned\" {{ assign \"User.Read.All\" on=\"graph\" }}\n\
         tool \"find\" {{ description \"Find.\"; as \"finder\"; output {{ found boolean }} }}\n"
    );
    let run = grantc_core::compile("tools.kdl", &Text(text), Catalogue::embedded()).unwrap();
    let needs = needs(run.program().unwrap(), &Options::default());
    let first = |need: &super::Need| need.demand.any_of[0].clone();
    let of_graph: Vec<String> = needs
        .iter()
        .map(first)
        .filter(|(plane, _)| *plane == grantc_spec::Plane::Graph)
        .map(|(_, name)| name)
        .collect();
    assert_eq!(
        of_graph,
        [
            "Application.ReadWrite.OwnedBy",
            "AppRoleAssignment.ReadWrite.All",
            "Application.Read.All"
        ]
    );
    let finder = r#"assign "User.Read.All" on="graph""#;
    assert_eq!(messages(finder, USUAL), [""; 0]);
}
