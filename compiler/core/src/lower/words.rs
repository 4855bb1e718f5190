//! The words of the language, in one table: which node may stand where, with which arguments,
//! properties and children.
//!
//! The shape check ([`super::shape`]) walks a tree along this table; nothing else knows which words
//! exist. A word that a later version carries out is marked [`Since::Later`]: it is recognised and
//! refused, never accepted and ignored.

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any text.
    Text,
    /// Text, or `(param)"name"`.
    Deploy,
    /// A name of the manifest.
    Name,
    /// A name of a type.
    TypeName,
    /// A type expression, such as `list<Invoice>`.
    Type,
    /// `#true` or `#false`.
    Bool,
    /// A whole number from zero.
    Count,
    /// Anything but null: decided later by a type.
    Scalar,
    /// One of these words; those of the second list belong to a later version.
    OneOf(&'static [&'static str], &'static [&'static str]),
}

/// An argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arg {
    /// What messages call it.
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// Whether it takes all that follows.
    pub rest: bool,
}

/// A property.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prop {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
    pub since: Since,
}

/// Whether this version carries a word out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    Now,
    Later,
}

/// How often a node may stand among its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// At most once.
    AtMostOnce,
    /// Exactly once.
    Once,
    /// Any number of times.
    Many,
}

/// What stands between the braces.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    /// Nothing.
    None,
    /// Known nodes.
    Nodes(&'static [Word]),
    /// Fields: each node is a field's name, its type and its constraints.
    Fields,
    /// Bare words.
    Words,
    /// Fields of the resource's connector: each node has one value.
    ConnectorFields,
    /// Not looked at: the node itself is refused.
    Skip,
}

/// A node's word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub name: &'static str,
    pub args: &'static [Arg],
    pub props: &'static [Prop],
    /// Whether any property key may stand, with a value of this kind.
    pub open_props: Option<Kind>,
    pub body: Body,
    pub times: Times,
    pub since: Since,
}

const fn arg(name: &'static str, kind: Kind) -> Arg {
    Arg {
        name,
        kind,
        required: true,
        rest: false,
    }
}

const fn maybe(name: &'static str, kind: Kind) -> Prop {
    Prop {
        name,
        kind,
        required: false,
        since: Since::Now,
    }
}

const fn must(name: &'static str, kind: Kind) -> Prop {
    Prop {
        name,
        kind,
        required: true,
        since: Since::Now,
    }
}

const fn later_prop(name: &'static str) -> Prop {
    Prop {
        name,
        kind: Kind::Scalar,
        required: false,
        since: Since::Later,
    }
}

const fn word(name: &'static str, args: &'static [Arg], times: Times) -> Word {
    let since = Since::Now;
    Word {
        name,
        args,
        props: &[],
        open_props: None,
        body: Body::None,
        times,
        since,
    }
}

const fn later(name: &'static str) -> Word {
    Word {
        body: Body::Skip,
        since: Since::Later,
        ..word(name, &[], Times::Many)
    }
}

const NAME: &[Arg] = &[arg("name", Kind::Name)];
const TYPE_NAME: &[Arg] = &[arg("name", Kind::TypeName)];
const TEXT: &[Arg] = &[arg("text", Kind::Text)];
const DEPLOY: &[Arg] = &[arg("value", Kind::Deploy)];

/// The constraints and notes that a field may have.
pub(super) const FIELD_PROPS: &[Prop] = &[
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
pub(super) const FIELD: Word = Word {
    props: FIELD_PROPS,
    ..word("a field", &[arg("type", Kind::Type)], Times::Many)
};

/// A field of a resource's connector.
pub(super) const CONNECTOR_FIELD: Word = word("a field", DEPLOY, Times::AtMostOnce);

/// A word of an enum.
pub(super) const ENUM_WORD: Word = word("a word", &[], Times::AtMostOnce);

/// The top level.
pub(super) const ROOT: &[Word] = &[
    // That it stands first is checked before everything else.
    Word {
        props: &[must("version", Kind::Count)],
        ..word("grantc", &[], Times::AtMostOnce)
    },
    later("import"),
    Word {
        props: &[maybe("default", Kind::Text), maybe("doc", Kind::Text)],
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
    later("aws"),
    later("gcp"),
    later("environment"),
    Word {
        props: &[
            must("type", Kind::Text),
            maybe("existing", Kind::Bool),
            maybe("sensitivity", Kind::Text),
        ],
        body: Body::ConnectorFields,
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
        ..word("identity", NAME, Times::Many)
    },
    Word {
        props: &[maybe(
            "plane",
            Kind::OneOf(&["azure-rbac"], &["cosmos-sql", "sql-database"]),
        )],
        body: Body::Nodes(ROLE),
        ..word("role", &[arg("name", Kind::Text)], Times::Many)
    },
    Word {
        body: Body::Fields,
        ..word("type", TYPE_NAME, Times::Many)
    },
    Word {
        body: Body::Words,
        ..word("enum", TYPE_NAME, Times::Many)
    },
    later("variant"),
    Word {
        body: Body::Nodes(TOOL),
        ..word("tool", NAME, Times::Many)
    },
    later("app"),
    later("forbid"),
    later("accept"),
    later("connector"),
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
        body: Body::Nodes(&[later("scope"), later("client")]),
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
    later("network"),
    Word {
        props: &[must("retention-days", Kind::Count)],
        ..word("logs", &[], Times::AtMostOnce)
    },
    later("policy"),
    Word {
        open_props: Some(Kind::Deploy),
        ..word("tags", &[], Times::AtMostOnce)
    },
];

const IDENTITY: &[Word] = &[
    Word {
        props: &[must("on", Kind::Name)],
        body: Body::Nodes(&[later("where")]),
        ..word("assign", &[arg("role", Kind::Text)], Times::Many)
    },
    later("consent"),
    later("federated"),
    later("client-id"),
];

const ROLE: &[Word] = &[
    word("action", &[arg("operation", Kind::Text)], Times::Many),
    word("data-action", &[arg("operation", Kind::Text)], Times::Many),
    later("grant"),
];

const TOOL: &[Word] = &[
    word("title", TEXT, Times::AtMostOnce),
    word("description", TEXT, Times::Once),
    word("as", &[arg("identity", Kind::Name)], Times::AtMostOnce),
    later("requires"),
    Word {
        props: &[
            maybe("path", Kind::Text),
            maybe("action", Kind::Text),
            maybe("data-action", Kind::Text),
            maybe("as", Kind::Name),
        ],
        ..word(
            "uses",
            &[
                arg("resource", Kind::Name),
                Arg {
                    required: false,
                    rest: true,
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
