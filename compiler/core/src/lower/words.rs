//! The words of the language, in one table: which node may stand where, with which arguments,
//! properties and children, and where YAML has it.
//!
//! The shape check walks a tree along this table, and the YAML reader builds one along it; nothing
//! else knows which words exist. A word that a later version carries out is marked
//! [`Since::Later`]: it is recognised and refused, never accepted and ignored.

mod model;

pub use model::{
    Arg, Body, FIELDS_KEY, Kind, PARAM_KEY, Prop, Since, Times, WORDS_KEY, Word, Yaml,
};

use Yaml::{List, Map, Single};

use model::{arg, later, later_prop, maybe, must, word};

const NAME: &[Arg] = &[arg("name", Kind::Name)];
const TYPE_NAME: &[Arg] = &[arg("name", Kind::TypeName)];
const TEXT: &[Arg] = &[arg("text", Kind::Text)];
const DEPLOY: &[Arg] = &[arg("value", Kind::Deploy)];

/// The constraints and notes that a field may have.
pub const FIELD_PROPS: &[Prop] = &[
    maybe("min", Kind::Scalar),
    maybe("max", Kind::Scalar),
    maybe("min-length", Kind::Count),
    maybe("max-length", Kind::Count),
    maybe("pattern", Kind::Text),
    maybe("min-items", Kind::Count),
    maybe("max-items", Kind::Count),
    maybe("unique", Kind::Bool),
    maybe("default", Kind::Scalar),
    maybe("example", Kind::Scalar),
    maybe("doc", Kind::Text),
];

/// A field: its name is the node's name.
pub const FIELD: Word = Word {
    props: FIELD_PROPS,
    ..word("a field", &[arg("type", Kind::Type)], Times::Many)
};

/// A field of a resource's connector.
pub const CONNECTOR_FIELD: Word = word("a field", DEPLOY, Times::AtMostOnce);

/// A word of an enum.
pub const ENUM_WORD: Word = word("a word", &[], Times::AtMostOnce);

/// The top level.
pub const ROOT: &[Word] = &[
    // That it stands first is checked before everything else.
    Word {
        props: &[must("version", Kind::Count)],
        short: Some("version"),
        ..word("grantc", &[], Times::AtMostOnce)
    },
    later("import", List("imports")),
    Word {
        props: &[maybe("default", Kind::Text), maybe("doc", Kind::Text)],
        yaml: Map("params"),
        ..word("param", NAME, Times::Many)
    },
    Word {
        props: &[must("version", Kind::Text)],
        body: Body::Nodes(SERVER),
        ..word("server", NAME, Times::Once)
    },
    Word {
        body: Body::Nodes(AZURE),
        ..word("azure", &[], Times::AtMostOnce)
    },
    later("aws", Single),
    later("gcp", Single),
    later("environment", Map("environments")),
    Word {
        props: &[
            must("type", Kind::Text),
            maybe("existing", Kind::Bool),
            maybe("sensitivity", Kind::Text),
        ],
        body: Body::ConnectorFields,
        yaml: Map("resources"),
        ..word("resource", NAME, Times::Many)
    },
    Word {
        props: &[
            must(
                "type",
                Kind::OneOf(&["user-assigned"], IDENTITY_TYPES_LATER),
            ),
            later_prop("roles"),
            later_prop("deploys"),
        ],
        body: Body::Nodes(IDENTITY),
        yaml: Map("identities"),
        ..word("identity", NAME, Times::Many)
    },
    Word {
        props: &[maybe(
            "plane",
            Kind::OneOf(&["azure-rbac"], &["cosmos-sql", "sql-database"]),
        )],
        body: Body::Nodes(ROLE),
        yaml: Map("roles"),
        ..word("role", &[arg("name", Kind::Text)], Times::Many)
    },
    Word {
        body: Body::Fields,
        yaml: Map("types"),
        ..word("type", TYPE_NAME, Times::Many)
    },
    Word {
        body: Body::Words,
        yaml: Map("enums"),
        ..word("enum", TYPE_NAME, Times::Many)
    },
    later("variant", Map("variants")),
    Word {
        body: Body::Nodes(TOOL),
        yaml: Map("tools"),
        ..word("tool", NAME, Times::Many)
    },
    later("app", Map("apps")),
    later("forbid", List("forbid")),
    later("accept", List("accept")),
    later("connector", Map("connectors")),
];

const IDENTITY_TYPES_LATER: &[&str] = &["system-assigned", "service-principal", "delegated"];

const SERVER: &[Word] = &[
    word("title", TEXT, Times::AtMostOnce),
    word("description", TEXT, Times::Once),
    word("instructions", TEXT, Times::AtMostOnce),
    word("namespace", TEXT, Times::Once),
    word("website", TEXT, Times::AtMostOnce),
    word("url", TEXT, Times::AtMostOnce),
    Word {
        body: Body::Nodes(&[
            later("scope", List("scopes")),
            later("client", List("clients")),
        ]),
        ..word(
            "auth",
            &[arg("kind", Kind::OneOf(&["key", "none"], &["entra"]))],
            Times::AtMostOnce,
        )
    },
];

const AZURE: &[Word] = &[
    word("subscription", DEPLOY, Times::AtMostOnce),
    word("resource-group", DEPLOY, Times::Once),
    word("location", DEPLOY, Times::Once),
    word(
        "plan",
        &[arg(
            "plan",
            Kind::OneOf(&["flex-consumption"], &["premium"]),
        )],
        Times::AtMostOnce,
    ),
    word(
        "hosting",
        &[arg(
            "hosting",
            Kind::OneOf(&["self-hosted"], &["extension"]),
        )],
        Times::AtMostOnce,
    ),
    word(
        "isolation",
        &[arg(
            "isolation",
            Kind::OneOf(&["per-identity", "shared", "per-tool"], &[]),
        )],
        Times::AtMostOnce,
    ),
    later("network", Single),
    Word {
        props: &[must("retention-days", Kind::Count)],
        ..word("logs", &[], Times::AtMostOnce)
    },
    later("policy", List("policies")),
    Word {
        open_props: Some(Kind::Deploy),
        ..word("tags", &[], Times::AtMostOnce)
    },
];

const IDENTITY: &[Word] = &[
    Word {
        props: &[must("on", Kind::Name)],
        body: Body::Nodes(&[later("where", Single)]),
        yaml: List("assign"),
        ..word("assign", &[arg("role", Kind::Text)], Times::Many)
    },
    later("consent", List("consent")),
    later("federated", List("federated")),
    later("client-id", Single),
];

const ROLE: &[Word] = &[
    Word {
        yaml: List("actions"),
        ..word("action", &[arg("operation", Kind::Text)], Times::Many)
    },
    Word {
        yaml: List("data-actions"),
        ..word("data-action", &[arg("operation", Kind::Text)], Times::Many)
    },
    later("grant", List("grants")),
];

const TOOL: &[Word] = &[
    word("title", TEXT, Times::AtMostOnce),
    word("description", TEXT, Times::Once),
    word("as", &[arg("identity", Kind::Name)], Times::AtMostOnce),
    later("requires", List("requires")),
    Word {
        props: &[
            maybe("path", Kind::Text),
            maybe("action", Kind::Text),
            maybe("data-action", Kind::Text),
            maybe("as", Kind::Name),
        ],
        yaml: List("uses"),
        ..word(
            "uses",
            &[
                arg("resource", Kind::Name),
                Arg {
                    required: false,
                    rest: Some("verbs"),
                    ..arg("verb", Kind::Text)
                },
            ],
            Times::Many,
        )
    },
    Word {
        body: Body::Fields,
        ..word("input", &[], Times::AtMostOnce)
    },
    Word {
        body: Body::Fields,
        ..word(
            "output",
            &[Arg {
                required: false,
                ..arg("type", Kind::TypeName)
            }],
            Times::Once,
        )
    },
    Word {
        props: &[
            maybe("read-only", Kind::Bool),
            maybe("destructive", Kind::Bool),
            maybe("idempotent", Kind::Bool),
            maybe("open-world", Kind::Bool),
        ],
        ..word("hints", &[], Times::AtMostOnce)
    },
    Word {
        props: &[
            maybe("timeout", Kind::Text),
            maybe("response", Kind::Text),
            maybe("concurrency", Kind::Count),
            maybe("page-size", Kind::Count),
        ],
        ..word("limits", &[], Times::AtMostOnce)
    },
];
