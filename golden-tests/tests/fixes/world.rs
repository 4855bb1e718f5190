//! Random manifests of every plane: overlapping scopes and parameters, paths, shared custom roles,
//! consents, roles that deny, and operations on the wrong plane.

use grantc_core::ir::{Need, Program};
use grantc_spec::Plane;
use grantc_spec::connectors::PlaneFamily;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fmt::Write;

const BLOB: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const COSMOS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";

/// Where something is used or held.
struct Place {
    name: &'static str,
    body: &'static str,
    verbs: &'static [&'static str],
    roles: &'static [&'static str],
    paths: bool,
}

const fn place(
    name: &'static str,
    body: &'static str,
    verbs: &'static [&'static str],
    roles: &'static [&'static str],
) -> Place {
    Place {
        name,
        body,
        verbs,
        roles,
        paths: false,
    }
}

const BLOB_VERBS: &[&str] = &["read", "list", "create", "write", "delete"];
const BLOB_ROLES: &[&str] = &[
    "Storage Blob Data Reader",
    "Storage Blob Data Contributor",
    "Storage Blob Data Owner",
    "Own Blob",
    "Own Wide",
    "Reader",
    "Contributor",
];
const COSMOS_ROLES: &[&str] = &[
    "Cosmos DB Built-in Data Reader",
    "Cosmos DB Built-in Data Contributor",
    "Own Cosmos",
    "DocumentDB Account Contributor",
];
const SQL_ROLES: &[&str] = &[
    "db_datareader",
    "db_datawriter",
    "db_owner",
    "db_denydatawriter",
    "Own Sql",
];
const VAULT_ROLES: &[&str] = &[
    "Key Vault Secrets User",
    "Key Vault Secrets Officer",
    "Key Vault Reader",
];
const WIDE_ROLES: &[&str] = &[
    "Storage Blob Data Reader",
    "Storage Blob Data Contributor",
    "Storage Queue Data Contributor",
    "Key Vault Secrets User",
    "Contributor",
    "Own Wide",
];

const PLACES: &[Place] = &[
    Place {
        paths: true,
        ..place(
            "archive",
            r#"type="azure.blob" existing=#true { account "stdesk"; container "invoices"; resource-group "rg-data" }"#,
            BLOB_VERBS,
            BLOB_ROLES,
        )
    },
    Place {
        paths: true,
        ..place(
            "drafts",
            r#"type="azure.blob" existing=#true { account "STDESK"; container "drafts"; resource-group "RG-data" }"#,
            BLOB_VERBS,
            BLOB_ROLES,
        )
    },
    place(
        "account",
        r#"type="azure.blob" existing=#true { account "stDesk"; resource-group "rg-data" }"#,
        BLOB_VERBS,
        BLOB_ROLES,
    ),
    Place {
        paths: true,
        ..place(
            "there",
            r#"type="azure.blob" existing=#true { account "stdesk"; container "invoices"; resource-group (param)"group" }"#,
            BLOB_VERBS,
            BLOB_ROLES,
        )
    },
    place(
        "jobs",
        r#"type="azure.queue" existing=#true { account "stdesk"; queue "jobs"; resource-group "rg-data" }"#,
        &["peek", "receive", "send"],
        &[
            "Storage Queue Data Reader",
            "Storage Queue Data Contributor",
            "Storage Queue Data Message Sender",
        ],
    ),
    place(
        "key",
        r#"type="azure.keyvault" existing=#true { vault "kv-desk"; secret "key"; resource-group "rg-data" }"#,
        &["read", "list", "write"],
        VAULT_ROLES,
    ),
    place(
        "model",
        r#"type="azure.openai" existing=#true { account "oai-desk"; deployment "gpt" }"#,
        &["chat", "embed"],
        &["Cognitive Services OpenAI User"],
    ),
    place(
        "orders",
        r#"type="azure.cosmos" existing=#true { account "cosmos-desk"; database "d"; container "orders" }"#,
        &["read", "query", "create", "write", "delete"],
        COSMOS_ROLES,
    ),
    place(
        "shop",
        r#"type="azure.cosmos" existing=#true { account "cosmos-desk"; database "d" }"#,
        &["read", "query", "create"],
        COSMOS_ROLES,
    ),
    place(
        "ledger",
        r#"type="azure.sql" existing=#true { server "sql-desk"; database "ledger" }"#,
        &["read", "write", "SELECT", "EXECUTE"],
        SQL_ROLES,
    ),
    place(
        "directory",
        r#"type="microsoft.graph""#,
        &["User.Read.All", "Mail.Read", "Group.Read.All"],
        &["User.Read.All", "Mail.Read", "Group.ReadWrite.All"],
    ),
    place(
        "erp",
        r#"type="http" { url "https://erp.example/api"; client-id "6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11"; app-role "Orders.Read" id="2b1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d12"; app-role "Orders.Write" id="2b1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d14" }"#,
        &["Orders.Read", "Orders.Write"],
        &["Orders.Read", "Orders.Write"],
    ),
    place(
        "data",
        r#"type="azure.resource-group" { resource-group "rg-data" }"#,
        &[],
        WIDE_ROLES,
    ),
    place(
        "somewhere",
        r#"type="azure.resource-group" { resource-group (param)"group" }"#,
        &[],
        WIDE_ROLES,
    ),
    place(
        "corp",
        r#"type="azure.management-group" { name "mg-corp"; covers subscription="11111111-1111-1111-1111-111111111111" }"#,
        &[],
        WIDE_ROLES,
    ),
];

/// The delegated form of permissions of Graph.
const CONSENTS: &[&str] = &["Mail.Read", "Mail.Send", "Calendars.Read"];

const PATHS: &[&str] = &["in/*", "in/2026/*", "out/*", "one.json", "i*"];

/// Operations that are named in full.
const RAW: &[(&str, &str, bool)] = &[
    ("archive", "blobs/read", true),
    ("archive", "blobs/read", false),
    ("archive", "blobs/tags/read", true),
    ("drafts", "blobs/levitate/action", true),
    ("data", "Microsoft.Storage/storageAccounts/read", false),
    (
        "data",
        "Microsoft.Storage/storageAccounts/listKeys/action",
        false,
    ),
    ("account", "Microsoft.Storage/storageAccounts/read", false),
    (
        "orders",
        "Microsoft.DocumentDB/databaseAccounts/read",
        false,
    ),
    ("corp", "Microsoft.Storage/storageAccounts/read", false),
    ("corp", "blobs/read", true),
];

/// A manifest in pieces.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// Whether the roles of the two identities are inferred.
    pub(crate) inferred: [bool; 2],
    pub(crate) caller: bool,
    pub(crate) identities: Vec<Vec<Assign>>,
    pub(crate) consents: Vec<&'static str>,
    pub(crate) own: Vec<Vec<usize>>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) inline: bool,
}

/// Something held.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Assign {
    on: usize,
    role: &'static str,
    path: Option<&'static str>,
}

/// A tool.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    identity: usize,
    pub(crate) uses: Vec<Used>,
}

/// One use.
#[derive(Clone, Debug)]
pub(crate) enum Used {
    Verb(usize, &'static str, Option<&'static str>),
    Raw(usize),
    Caller(&'static str),
}

/// What a custom role may list, by role.
const OWN: [(&str, &str, &[&str]); 4] = [
    (
        "Own Blob",
        "",
        &[
            "data-action \"@/read\"",
            "data-action \"@/write\"",
            "data-action \"@/add/action\"",
            "data-action \"@/delete\"",
            "data-action \"@/*\"",
            "action \"@/read\"",
            "data-action \"@/tags/write\"",
        ],
    ),
    (
        "Own Wide",
        "",
        &[
            "action \"*/read\"",
            "data-action \"Microsoft.Storage/*\"",
            "data-action \"@/read\"",
            "action \"Microsoft.Storage/storageAccounts/listKeys/action\"",
        ],
    ),
    (
        "Own Cosmos",
        " plane=\"cosmos-sql\"",
        &[
            "data-action \"#/items/read\"",
            "data-action \"#/items/create\"",
            "data-action \"#/items/*\"",
            "data-action \"#/executeQuery\"",
            "data-action \"Microsoft.DocumentDB/databaseAccounts/readMetadata\"",
        ],
    ),
    (
        "Own Sql",
        " plane=\"sql-database\"",
        &[
            "grant \"SELECT\"",
            "grant \"EXECUTE\" schema=\"app\"",
            "grant \"UPDATE\"",
            "grant \"INSERT\"",
        ],
    ),
];

impl World {
    /// The manifest.
    pub(crate) fn text(&self) -> String {
        let mut text = "grantc version=1\n\
            param \"group\" doc=\"Where things are.\"\n\
            server \"desk\" version=\"1.0.0\" { description \"A desk.\"; namespace \"com.example\"; auth \"entra\" { scope \"Go\" \"Go\" } }\n\
            azure { subscription \"11111111-1111-1111-1111-111111111111\"; resource-group \"rg-desk\"; location \"westeurope\"; isolation \"shared\" }\n"
            .to_owned();
        for Place { name, body, .. } in PLACES {
            writeln!(text, "resource \"{name}\" {body}").unwrap();
        }
        for ((name, plane, all), chosen) in OWN.iter().zip(&self.own) {
            writeln!(text, "role \"{name}\"{plane} {{").unwrap();
            for at in chosen {
                let line = all[at % all.len()].replace('@', BLOB).replace('#', COSMOS);
                writeln!(text, "    {line}").unwrap();
            }
            writeln!(text, "}}").unwrap();
        }
        for (number, assigns) in self.identities.iter().enumerate() {
            let inferred = if self.inferred[number] {
                " roles=\"inferred\""
            } else {
                ""
            };
            write!(
                text,
                "identity \"i{number}\" type=\"user-assigned\"{inferred}"
            )
            .unwrap();
            let nodes: Vec<String> = assigns.iter().map(Assign::node).collect();
            match (nodes.as_slice(), self.inline) {
                ([], _) => {}
                (nodes, true) => write!(text, " {{ {} }}", nodes.join("; ")).unwrap(),
                (nodes, false) => {
                    writeln!(text, " {{\n    {}\n}}", nodes.join("\n    ")).unwrap();
                }
            }
            writeln!(text).unwrap();
        }
        let inferred = if self.caller {
            " roles=\"inferred\""
        } else {
            ""
        };
        let consents = self
            .consents
            .iter()
            .map(|it| format!("consent \"{it}\" on=\"directory\"; "));
        let consents: String = consents.collect();
        writeln!(
            text,
            "identity \"caller\" type=\"delegated\"{inferred} {{ {consents} }}"
        )
        .unwrap();
        for (number, tool) in self.tools.iter().enumerate() {
            // Named after what it is, so that another order is the same tools.
            let name = format!("t{number}");
            writeln!(
                text,
                "tool \"{name}\" {{ description \"A tool.\"; requires \"Go\"; as \"i{}\"",
                tool.identity
            )
            .unwrap();
            for used in &tool.uses {
                writeln!(text, "    {}", used.node()).unwrap();
            }
            writeln!(text, "    output {{ found boolean }} }}").unwrap();
        }
        text
    }

    /// Whether nothing that could be chosen would meet a need: where it is needed nothing is
    /// declared, it is on another plane, a written role denies it, or Azure has no such role there.
    pub(crate) fn is_beyond(&self, program: &Program, need: &Need) -> bool {
        let here = |it: &grantc_core::ir::Resource| {
            let lower = |scope: &grantc_core::ir::Scope| format!("{scope:?}").to_lowercase();
            lower(&it.scope) == lower(&need.scope)
        };
        let resource = program.resources.at(need.resource);
        let declared = program.resources.values().any(here);
        let misplaced = need.clause.any_of.iter().all(|(plane, name)| {
            *plane == Plane::Control && name.starts_with(BLOB) && !name.contains("levitate")
        });
        let denied = resource.connector.plane == PlaneFamily::SqlDatabase
            && program.assignments.values().any(|held| {
                held.identity == need.identity && held.role_name.value == "db_denydatawriter"
            });
        let refused = resource.name.value == "corp"
            && need
                .clause
                .any_of
                .iter()
                .any(|(plane, _)| *plane == Plane::Data);
        !declared || misplaced || denied || refused
    }
}

impl Assign {
    fn node(&self) -> String {
        let node = format!("assign \"{}\" on=\"{}\"", self.role, PLACES[self.on].name);
        match self.path {
            Some(path) => format!("{node} {{ where path=\"{path}\" }}"),
            None => node,
        }
    }
}

impl Used {
    fn node(&self) -> String {
        match self {
            Used::Verb(at, verb, path) => {
                let path = path.map(|path| format!(" path=\"{path}\""));
                format!(
                    "uses \"{}\" \"{verb}\"{}",
                    PLACES[*at].name,
                    path.unwrap_or_default()
                )
            }
            Used::Raw(at) => {
                let (on, name, data) = RAW[*at];
                let word = if data { "data-action" } else { "action" };
                let name = match name.strip_prefix("blobs/") {
                    Some(verb) => format!("{BLOB}/{verb}"),
                    None => name.to_owned(),
                };
                format!("uses \"{on}\" {word}=\"{name}\"")
            }
            Used::Caller(permission) => {
                format!("uses \"directory\" \"{permission}\" as=\"caller\"")
            }
        }
    }
}

/// Blobs alone: the fewer the places, the more meets there.
const BLOBS: usize = 4;

fn assign(few: bool) -> impl Strategy<Value = Assign> {
    let all = prop_oneof![6 => 0..6usize, 5 => 6..PLACES.len()];
    let at = (all, 0..BLOBS).prop_map(move |(any, blob)| if few { blob } else { any });
    (
        at,
        any::<Index>(),
        prop::option::weighted(0.4, select(PATHS)),
    )
        .prop_map(|(on, role, path)| {
            let place = &PLACES[on];
            Assign {
                on,
                role: role.get::<&str>(place.roles),
                path: path.filter(|_| place.paths),
            }
        })
}

/// Leaves out what the compiler refuses as said twice: a role on a resource with and without path.
fn distinct(assigns: Vec<Assign>) -> Vec<Assign> {
    let mut kept: Vec<Assign> = Vec::new();
    for one in assigns {
        let clash = kept.iter().any(|known| {
            let same = known.on == one.on && known.role == one.role;
            same && (known.path.is_none() || one.path.is_none() || known.path == one.path)
        });
        if !clash {
            kept.push(one);
        }
    }
    kept
}

fn used(few: bool) -> impl Strategy<Value = Used> {
    let all = prop_oneof![6 => 0..6usize, 5 => 6..12usize];
    let verb = (
        (all, 0..BLOBS).prop_map(move |(any, blob)| if few { blob } else { any }),
        any::<Index>(),
        prop::option::weighted(0.4, select(PATHS)),
    );
    let verb = verb.prop_map(|(at, verb, path)| {
        let place = &PLACES[at];
        let verb: &str = verb.get::<&str>(place.verbs);
        let path = path.filter(|path| place.paths && (verb != "list" || path.ends_with('*')));
        Used::Verb(at, verb, path)
    });
    prop_oneof![
        8 => verb,
        2 => (0..RAW.len()).prop_map(Used::Raw),
        1 => select(CONSENTS).prop_map(Used::Caller),
    ]
}

/// A manifest.
pub(crate) fn world() -> impl Strategy<Value = World> {
    any::<bool>().prop_flat_map(of_places)
}

fn of_places(few: bool) -> impl Strategy<Value = World> {
    let identity = vec(assign(few), 0..6).prop_map(distinct);
    let tool =
        (0..2usize, vec(used(few), 1..5)).prop_map(|(identity, uses)| Tool { identity, uses });
    (
        any::<[bool; 2]>(),
        any::<[bool; 2]>(),
        vec(identity, 2),
        prop::sample::subsequence(CONSENTS.to_vec(), 0..3),
        vec(vec(0..7usize, 1..4), OWN.len()),
        vec(tool, 1..5),
    )
        .prop_map(
            |(inferred, [caller, inline], identities, consents, own, tools)| World {
                inferred,
                caller,
                identities,
                consents,
                own,
                tools,
                inline,
            },
        )
}
