//! The words of the language, in one table: which node may stand where, with which arguments,
//! properties and children, and where YAML has it.
//!
//! The shape check walks a tree along this table, and the YAML reader builds one along it; nothing
//! else knows which words exist.

mod docs;
mod model;
pub mod schema;

pub use model::{
    Arg, Body, FIELDS_KEY, Kind, PARAM_KEY, Prop, Since, Times, WORDS_KEY, Word, Yaml,
};

use Yaml::{List, Map};

use model::{arg, maybe, must, reserved, rest, word};

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

/// An alternative of a variant: its name is the node's name.
pub const ALTERNATIVE: Word = Word {
    body: Body::Fields,
    ..word("an alternative", &[], Times::Many)
};

/// A word of an enum.
pub const ENUM_WORD: Word = word("a word", &[], Times::AtMostOnce);

/// The words of [`ROOT`] that may stand in a file that another one imports.
pub const IMPORTED: &[&str] = &[
    "grantc",
    "import",
    "param",
    "resource",
    "identity",
    "role",
    "type",
    "enum",
    "variant",
    "tool",
    "connector",
];

/// The top level.
pub const ROOT: &[Word] = &[
    // That it stands first is checked before everything else.
    Word {
        props: &[must("version", Kind::Count)],
        short: Some("version"),
        ..word("grantc", &[], Times::AtMostOnce)
    },
    Word {
        yaml: List("imports"),
        ..word("import", &[arg("file", Kind::Text)], Times::Many)
    },
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
    reserved("aws"),
    reserved("gcp"),
    Word {
        body: Body::Nodes(ENVIRONMENT),
        yaml: Map("environments"),
        ..word("environment", NAME, Times::Many)
    },
    Word {
        props: &[
            must("type", Kind::Text),
            maybe("existing", Kind::Bool),
            maybe("sensitivity", Kind::Text),
        ],
        body: Body::ConnectorFields(RESOURCE),
        yaml: Map("resources"),
        ..word("resource", NAME, Times::Many)
    },
    Word {
        props: &[
            must("type", Kind::OneOf(IDENTITY_TYPES)),
            maybe("roles", Kind::OneOf(&["inferred"])),
            maybe("deploys", Kind::Bool),
        ],
        body: Body::Nodes(IDENTITY),
        yaml: Map("identities"),
        ..word("identity", NAME, Times::Many)
    },
    Word {
        props: &[maybe(
            "plane",
            Kind::OneOf(&["azure-rbac", "cosmos-sql", "sql-database"]),
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
    Word {
        body: Body::Alternatives,
        yaml: Map("variants"),
        ..word("variant", TYPE_NAME, Times::Many)
    },
    Word {
        body: Body::Nodes(TOOL),
        yaml: Map("tools"),
        ..word("tool", NAME, Times::Many)
    },
    Word {
        body: Body::Nodes(&[word(
            "tools",
            &[rest("tool", "tools", Kind::Name)],
            Times::Once,
        )]),
        yaml: Map("apps"),
        ..word("app", NAME, Times::Many)
    },
    Word {
        props: &[
            must("on", Kind::Name),
            maybe("tool", Kind::Name),
            maybe("identity", Kind::Name),
        ],
        yaml: List("forbid"),
        ..word("forbid", &[arg("verb", Kind::Text)], Times::Many)
    },
    Word {
        props: &[
            must("at", Kind::Text),
            must("reason", Kind::Text),
            maybe("until", Kind::Text),
        ],
        yaml: List("accept"),
        ..word("accept", &[arg("code", Kind::Text)], Times::Many)
    },
    Word {
        props: &[
            must("plane", Kind::OneOf(PLANES)),
            maybe("endpoint", Kind::Text),
            maybe("audience", Kind::Text),
        ],
        body: Body::Nodes(CONNECTOR),
        yaml: Map("connectors"),
        ..word("connector", &[arg("name", Kind::Text)], Times::Many)
    },
];

/// The kinds of identity.
const IDENTITY_TYPES: &[&str] = &[
    "user-assigned",
    "system-assigned",
    "service-principal",
    "delegated",
];

/// The planes that a connector's operations can live on.
const PLANES: &[&str] = &[
    "azure-rbac",
    "cosmos-sql",
    "sql-database",
    "graph",
    "entra-app",
];

const SERVER: &[Word] = &[
    word("title", TEXT, Times::AtMostOnce),
    word("description", TEXT, Times::Once),
    word("instructions", TEXT, Times::AtMostOnce),
    word("namespace", TEXT, Times::Once),
    word("website", TEXT, Times::AtMostOnce),
    word("url", TEXT, Times::AtMostOnce),
    Word {
        body: Body::Nodes(AUTH),
        ..word(
            "auth",
            &[arg("kind", Kind::OneOf(&["key", "none", "entra"]))],
            Times::AtMostOnce,
        )
    },
];

const AUTH: &[Word] = &[
    Word {
        props: &[maybe("app-role", Kind::Bool)],
        yaml: Map("scopes"),
        ..word(
            "scope",
            &[arg("name", Kind::Text), arg("description", Kind::Text)],
            Times::Many,
        )
    },
    Word {
        props: &[maybe("id", Kind::Text)],
        yaml: Map("clients"),
        ..word("client", &[arg("name", Kind::Text)], Times::Many)
    },
];

const AZURE: &[Word] = &[
    word("subscription", DEPLOY, Times::AtMostOnce),
    word("resource-group", DEPLOY, Times::Once),
    word("location", DEPLOY, Times::Once),
    word(
        "plan",
        &[arg("plan", Kind::OneOf(&["flex-consumption", "premium"]))],
        Times::AtMostOnce,
    ),
    word(
        "hosting",
        &[arg("hosting", Kind::OneOf(&["self-hosted", "extension"]))],
        Times::AtMostOnce,
    ),
    word(
        "isolation",
        &[arg(
            "isolation",
            Kind::OneOf(&["per-identity", "shared", "per-tool"]),
        )],
        Times::AtMostOnce,
    ),
    Word {
        body: Body::Nodes(NETWORK),
        ..word(
            "network",
            &[arg("network", Kind::OneOf(&["public", "private"]))],
            Times::AtMostOnce,
        )
    },
    Word {
        props: &[must("retention-days", Kind::Count)],
        ..word("logs", &[], Times::AtMostOnce)
    },
    Word {
        yaml: List("policies"),
        ..word("policy", DEPLOY_POLICY, Times::Many)
    },
    TAGS,
];

/// What names a policy.
const DEPLOY_POLICY: &[Arg] = &[arg("policy", Kind::Deploy)];

const TAGS: Word = Word {
    open_props: Some(Kind::Deploy),
    ..word("tags", &[], Times::AtMostOnce)
};

const NETWORK: &[Word] = &[
    word("subnet", DEPLOY, Times::AtMostOnce),
    word("private-endpoints-subnet", DEPLOY, Times::AtMostOnce),
    Word {
        props: &[maybe("resource-group", Kind::Deploy)],
        ..word(
            "dns",
            &[arg("dns", Kind::OneOf(&["create", "existing", "policy"]))],
            Times::AtMostOnce,
        )
    },
];

/// What differs in one environment: strings of `azure` and values of parameters.
const ENVIRONMENT: &[Word] = &[
    word("subscription", TEXT, Times::AtMostOnce),
    word("resource-group", TEXT, Times::AtMostOnce),
    word("location", TEXT, Times::AtMostOnce),
    Word {
        open_props: Some(Kind::Text),
        ..word("tags", &[], Times::AtMostOnce)
    },
    Word {
        yaml: Map("params"),
        ..word(
            "param",
            &[arg("name", Kind::Name), arg("value", Kind::Text)],
            Times::Many,
        )
    },
];

/// What a resource's body may hold beside the fields of its connector.
const RESOURCE: &[Word] = &[
    Word {
        props: &[must("subscription", Kind::Deploy)],
        yaml: List("covers"),
        ..word("covers", &[], Times::Many)
    },
    Word {
        props: &[must("id", Kind::Text)],
        yaml: Map("app-roles"),
        ..word("app-role", &[arg("name", Kind::Text)], Times::Many)
    },
    Word {
        props: &[must("id", Kind::Text)],
        yaml: Map("delegated-scopes"),
        ..word("delegated-scope", &[arg("name", Kind::Text)], Times::Many)
    },
];

const IDENTITY: &[Word] = &[
    Word {
        props: &[must("on", Kind::Name)],
        body: Body::Nodes(&[Word {
            props: &[
                maybe("path", Kind::Text),
                maybe("roles", Kind::OneOf(&["emitted"])),
            ],
            ..word("where", &[], Times::AtMostOnce)
        }]),
        yaml: List("assign"),
        ..word("assign", &[arg("role", Kind::Text)], Times::Many)
    },
    Word {
        props: &[must("on", Kind::Name)],
        yaml: List("consent"),
        ..word("consent", &[arg("permission", Kind::Text)], Times::Many)
    },
    Word {
        props: &[
            maybe("repository", Kind::Deploy),
            maybe("owner-id", Kind::Count),
            maybe("repository-id", Kind::Count),
            maybe("environment", Kind::Deploy),
            maybe("branch", Kind::Deploy),
            maybe("tag", Kind::Deploy),
            maybe("pull-request", Kind::Bool),
            maybe("issuer", Kind::Deploy),
            maybe("subject", Kind::Deploy),
            maybe("audience", Kind::Deploy),
        ],
        yaml: List("federated"),
        ..word(
            "federated",
            &[arg(
                "issuer-kind",
                Kind::OneOf(&["github", "azure-devops", "oidc"]),
            )],
            Times::Many,
        )
    },
    word("client-id", DEPLOY, Times::AtMostOnce),
];

const ROLE: &[Word] = &[
    ACTION,
    DATA_ACTION,
    Word {
        props: &[maybe("schema", Kind::Text)],
        yaml: List("grants"),
        ..word("grant", &[arg("permission", Kind::Text)], Times::Many)
    },
];

const ACTION: Word = Word {
    yaml: List("actions"),
    ..word("action", &[arg("operation", Kind::Text)], Times::Many)
};

const DATA_ACTION: Word = Word {
    yaml: List("data-actions"),
    ..word("data-action", &[arg("operation", Kind::Text)], Times::Many)
};

const OPERATION: Word = Word {
    yaml: List("operations"),
    ..word("operation", &[arg("operation", Kind::Text)], Times::Many)
};

/// Operations in the body of a connector: each by the word of its plane.
const OPERATIONS: &[Word] = &[ACTION, DATA_ACTION, OPERATION];

const VERB: &[Word] = &[
    ACTION,
    DATA_ACTION,
    OPERATION,
    Word {
        body: Body::Nodes(OPERATIONS),
        yaml: List("any-of"),
        ..word("any-of", &[], Times::Many)
    },
];

const CONNECTOR: &[Word] = &[
    Word {
        props: &[must("type", Kind::Text), must("id", Kind::Text)],
        yaml: Map("levels"),
        ..word("level", &[arg("name", Kind::Text)], Times::Many)
    },
    Word {
        props: &[
            must("level", Kind::Text),
            maybe("path", Kind::Bool),
            maybe("listing", Kind::Bool),
            maybe("source", Kind::Text),
        ],
        body: Body::Nodes(VERB),
        yaml: Map("verbs"),
        ..word("verb", &[arg("name", Kind::Text)], Times::Many)
    },
    Word {
        yaml: List("roles"),
        ..word("role", &[rest("role", "roles", Kind::Text)], Times::Many)
    },
    Word {
        body: Body::Nodes(OPERATIONS),
        ..word("support", &[], Times::AtMostOnce)
    },
    Word {
        props: &[maybe("off-when", Kind::Text)],
        yaml: List("exposes-keys"),
        ..word("exposes-keys", &[arg("operation", Kind::Text)], Times::Many)
    },
    Word {
        props: &[must("group", Kind::Text), must("zone", Kind::Text)],
        ..word("private-endpoint", &[], Times::AtMostOnce)
    },
];

const TOOL: &[Word] = &[
    word("title", TEXT, Times::AtMostOnce),
    word("description", TEXT, Times::Once),
    word("as", &[arg("identity", Kind::Name)], Times::AtMostOnce),
    Word {
        yaml: List("requires"),
        ..word("requires", &[arg("scope", Kind::Text)], Times::Many)
    },
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
                    ..rest("verb", "verbs", Kind::Text)
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
