//! Random manifests: a fixed set of resources, some of which cover others; roles from the whole
//! catalogue, custom ones and unknown operations among them; needs by verb and by name.

use grantc_core::diagnostic::Diagnostics;
use grantc_core::graph::Graph;
use grantc_core::{LoadError, Loader, Outcome, ir::Program};
use grantc_spec::Plane;
use grantc_spec::catalogue::Catalogue;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fmt::Write;
use std::sync::OnceLock;

const BLOB: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/// Resources by name, with their node's body and their verbs. Scopes overlap, spell names in
/// different cases, and one hangs on a parameter.
const RESOURCES: [(&str, &str, &[&str]); 9] = [
    (
        "archive",
        r#"type="azure.blob" existing=#true { account "stdesk"; container "invoices"; resource-group "rg-data" }"#,
        BLOB_VERBS,
    ),
    (
        "drafts",
        r#"type="azure.blob" existing=#true { account "STDESK"; container "drafts"; resource-group "RG-data" }"#,
        BLOB_VERBS,
    ),
    (
        "account",
        r#"type="azure.blob" existing=#true { account "stDesk"; resource-group "rg-DATA" }"#,
        BLOB_VERBS,
    ),
    (
        "other",
        r#"type="azure.blob" existing=#true { account "stother"; container "invoices"; resource-group "rg-data2" }"#,
        BLOB_VERBS,
    ),
    (
        "index",
        r#"type="azure.search" existing=#true { service "srch-desk"; index "invoices"; resource-group "rg-data" }"#,
        SEARCH_VERBS,
    ),
    (
        "service",
        r#"type="azure.search" existing=#true { service "srch-desk"; resource-group "rg-data" }"#,
        SEARCH_VERBS,
    ),
    (
        "data",
        r#"type="azure.resource-group" { resource-group "rg-data" }"#,
        &[],
    ),
    (
        "somewhere",
        r#"type="azure.resource-group" { resource-group (param)"group" }"#,
        &[],
    ),
    (
        "there",
        r#"type="azure.blob" existing=#true { account "stdesk"; container "invoices"; resource-group (param)"group" }"#,
        BLOB_VERBS,
    ),
];
const BLOB_VERBS: &[&str] = &["read", "list", "create", "write", "delete"];
const SEARCH_VERBS: &[&str] = &["query", "write", "delete"];

/// A resource and one that it covers.
pub(crate) const BELOW: [(usize, usize); 8] = [
    (2, 0),
    (2, 1),
    (5, 4),
    (6, 0),
    (6, 2),
    (6, 4),
    (6, 5),
    (7, 8),
];

/// A manifest in pieces.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) customs: Vec<Custom>,
    pub(crate) identities: Vec<Vec<Assign>>,
    pub(crate) tools: Vec<Tool>,
}

/// A custom role.
#[derive(Clone, Debug)]
pub(crate) struct Custom {
    pub(crate) name: String,
    pub(crate) operations: Vec<(Plane, String)>,
}

/// An assignment, on a resource by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assign {
    pub(crate) role: String,
    pub(crate) on: usize,
}

/// A tool that acts as an identity by number.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    pub(crate) identity: usize,
    pub(crate) uses: Vec<(usize, Use)>,
}

/// One use of a resource.
#[derive(Clone, Debug)]
pub(crate) enum Use {
    Verb(&'static str),
    Raw(Plane, String),
}

/// What the compiler makes of a manifest.
pub(crate) struct Run {
    pub(crate) program: Program,
    pub(crate) graph: Graph,
    pub(crate) found: Diagnostics,
}

struct Text(String);

impl Loader for Text {
    fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.clone().into_bytes())
    }
}

impl World {
    /// The manifest.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from(
            "grantc version=1\nparam \"group\" doc=\"Where.\"\n\
             server \"desk\" version=\"1.0.0\" { description \"A desk.\"; namespace \"com.example\" }\n\
             azure { resource-group \"rg-desk\"; location \"westeurope\"; isolation \"shared\" }\n",
        );
        for (name, body, _) in RESOURCES {
            writeln!(text, "resource \"{name}\" {body}").unwrap();
        }
        for Custom { name, operations } in &self.customs {
            writeln!(text, "role \"{name}\" {{").unwrap();
            for (plane, pattern) in operations {
                writeln!(text, "    {} \"{pattern}\"", word(*plane)).unwrap();
            }
            writeln!(text, "}}").unwrap();
        }
        for (number, assigns) in self.identities.iter().enumerate() {
            writeln!(text, "identity \"i{number}\" type=\"user-assigned\" {{").unwrap();
            for Assign { role, on } in assigns {
                writeln!(text, "    assign \"{role}\" on=\"{}\"", RESOURCES[*on].0).unwrap();
            }
            writeln!(text, "}}").unwrap();
        }
        for (number, Tool { identity, uses }) in self.tools.iter().enumerate() {
            writeln!(
                text,
                "tool \"t{number}\" {{ description \"A tool.\"; as \"i{identity}\""
            )
            .unwrap();
            for (resource, used) in uses {
                let resource = RESOURCES[*resource].0;
                match used {
                    Use::Verb(verb) => {
                        writeln!(text, "    uses \"{resource}\" \"{verb}\"").unwrap()
                    }
                    Use::Raw(plane, name) => {
                        writeln!(text, "    uses \"{resource}\" {}=\"{name}\"", word(*plane))
                            .unwrap();
                    }
                }
            }
            writeln!(text, "    output {{ found boolean }} }}").unwrap();
        }
        // Acts as nobody, so that it reaches everything that anybody holds.
        text + "tool \"onlooker\" { description \"Looks on.\"; output { found boolean } }\n"
    }

    /// Compiles the manifest, which is well formed.
    pub(crate) fn run(&self) -> Run {
        let text = self.text();
        let run =
            grantc_core::compile("tools.kdl", &Text(text.clone()), Catalogue::embedded()).unwrap();
        let early = run
            .diagnostics
            .iter()
            .find(|found| found.rule.code < "G0300");
        assert!(early.is_none(), "{early:#?}\n{text}");
        let (program, graph) = match run.outcome {
            Outcome::Unreadable => panic!("unreadable\n{text}"),
            Outcome::Broken(program, graph) => (program, graph),
            Outcome::Verified(done) => (done.program().clone(), done.graph().clone()),
        };
        Run {
            program,
            graph,
            found: run.diagnostics,
        }
    }
}

/// The number of a resource.
pub(crate) fn resource(name: &str) -> usize {
    RESOURCES
        .iter()
        .position(|(known, ..)| *known == name)
        .unwrap()
}

fn word(plane: Plane) -> &'static str {
    if plane == Plane::Data {
        "data-action"
    } else {
        "action"
    }
}

/// Operations that apply to some resource, and a few that the catalogue does not know.
fn operations() -> &'static [(Plane, String)] {
    static POOL: OnceLock<Vec<(Plane, String)>> = OnceLock::new();
    POOL.get_or_init(|| {
        let catalogue = Catalogue::embedded();
        let mut pool: Vec<_> = [
            "Microsoft.Storage",
            "Microsoft.Search",
            "Microsoft.Authorization",
            "Microsoft.KeyVault",
        ]
        .into_iter()
        .flat_map(|provider| catalogue.operations_under(provider))
        .map(|operation| (operation.plane, operation.name))
        .collect();
        for name in ["levitate/action", "raed"] {
            pool.extend(std::iter::repeat_n(
                (Plane::Data, format!("{BLOB}/{name}")),
                20,
            ));
        }
        for verb in ["read", "write", "delete", "add/action"] {
            pool.extend(std::iter::repeat_n(
                (Plane::Data, format!("{BLOB}/{verb}")),
                40,
            ));
            pool.extend(std::iter::repeat_n(
                (Plane::Control, format!("{BLOB}/{verb}")),
                5,
            ));
        }
        pool
    })
}

/// Roles that say something about the resources, for most assignments.
fn near_roles() -> &'static [String] {
    static POOL: OnceLock<Vec<String>> = OnceLock::new();
    POOL.get_or_init(|| {
        let names = Catalogue::embedded().role_names();
        let near = |name: &&str| {
            [
                "Storage Blob",
                "Search",
                "Contributor",
                "Owner",
                "Reader",
                "Access",
            ]
            .iter()
            .any(|part| name.contains(part))
        };
        names.filter(near).map(str::to_owned).collect()
    })
}

fn spelling(name: String) -> impl Strategy<Value = String> {
    select(vec![
        name.clone(),
        name.to_lowercase(),
        name.to_uppercase(),
        name,
    ])
}

fn operation() -> impl Strategy<Value = (Plane, String)> {
    select(operations())
        .prop_flat_map(|(plane, name)| spelling(name).prop_map(move |name| (plane, name)))
}

fn pattern() -> impl Strategy<Value = (Plane, String)> {
    let wild = [
        "*",
        "*/read",
        "Microsoft.Storage/*",
        "Microsoft.Storage/*/read",
        "Microsoft.Search/*/write",
        "microsoft.authorization/*/Write",
        "Microsoft.Storage/storageAccounts/*/blobs/*",
    ];
    let wild = (
        select(&[Plane::Control, Plane::Data][..]),
        select(wild.to_vec()),
    );
    prop_oneof![
        3 => operation(),
        1 => wild.prop_map(|(plane, pattern)| (plane, pattern.to_owned())),
    ]
}

fn custom(number: usize) -> impl Strategy<Value = Custom> {
    proptest::collection::vec(pattern(), 1..6).prop_map(move |operations| Custom {
        name: format!("Own {number}"),
        operations,
    })
}

/// One assignment of any role on any resource.
pub(crate) fn assign() -> impl Strategy<Value = Assign> {
    let all: Vec<String> = Catalogue::embedded()
        .role_names()
        .map(str::to_owned)
        .collect();
    let role = prop_oneof![
        5 => select(near_roles()),
        1 => select(all),
        2 => select(vec!["Own 0".to_owned(), "Own 1".to_owned()]),
    ];
    (role, 0..RESOURCES.len()).prop_map(|(role, on)| Assign { role, on })
}

fn used() -> impl Strategy<Value = (usize, Use)> {
    (
        0..RESOURCES.len(),
        any::<Index>(),
        any::<bool>(),
        operation(),
    )
        .prop_map(|(resource, verb, raw, (plane, name))| {
            let verbs = RESOURCES[resource].2;
            if raw || verbs.is_empty() {
                (resource, Use::Raw(plane, name))
            } else {
                (resource, Use::Verb(verb.get::<&'static str>(verbs)))
            }
        })
}

/// Leaves out what the compiler would refuse as said twice.
pub(crate) fn distinct(mut assigns: Vec<Assign>) -> Vec<Assign> {
    let mut seen: Vec<Assign> = Vec::new();
    assigns.retain(|assign| {
        let new = !seen.contains(assign);
        seen.push(assign.clone());
        new
    });
    assigns
}

/// A manifest of two identities and a few tools.
pub(crate) fn world() -> impl Strategy<Value = World> {
    let identity = proptest::collection::vec(assign(), 0..5).prop_map(distinct);
    let tool = (0..2usize, proptest::collection::vec(used(), 1..4))
        .prop_map(|(identity, uses)| Tool { identity, uses });
    (
        (custom(0), custom(1)),
        proptest::collection::vec(identity, 2),
        proptest::collection::vec(tool, 1..4),
    )
        .prop_map(|((a, b), identities, tools)| World {
            customs: vec![a, b],
            identities,
            tools,
        })
}
