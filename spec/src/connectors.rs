//! Connectors: what a resource type of the manifest is in Azure.
//!
//! One file for each under `spec/connectors/*.kdl`: the levels of the resource with their ids, the
//! verbs with the operations they need and where that is documented, the roles to choose from, and
//! what else a reviewer has to know (keys, switches, private endpoints). Those files are compiled
//! into `compiled.txt`, which is part of the program, so that no KDL is read at start-up.
//!
//! - [`draft`]: the one way to make a [`Connector`], from parts as they were written;
//! - `ids`: what the id of a level says about its type and its fields;
//! - `place`: which level a resource names, and at which a verb is judged;
//! - `text`: the compiled form, written and read;
//! - [`source`] (feature `import`): from KDL to drafts.

pub mod draft;
mod ids;
mod place;
#[cfg(feature = "import")]
pub mod source;
mod text;

use std::sync::{Arc, OnceLock};

pub use place::Misplaced;
pub use text::parse;
#[cfg(feature = "import")]
pub use text::print;

use crate::Plane;
pub use crate::resource_types::{EXTENSION_TYPES, is_extension_type, resource_type_of_operation};

/// The world in which a connector's permissions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaneFamily {
    /// Azure RBAC, both planes.
    AzureRbac,
    /// Cosmos DB for NoSQL native roles.
    CosmosSql,
    /// Permissions inside an Azure SQL database.
    SqlDatabase,
    /// Microsoft Graph permissions.
    Graph,
    /// App roles and delegated scopes of a custom API.
    EntraApp,
}

impl PlaneFamily {
    /// Every family.
    pub const ALL: [PlaneFamily; 5] = [
        PlaneFamily::AzureRbac,
        PlaneFamily::CosmosSql,
        PlaneFamily::SqlDatabase,
        PlaneFamily::Graph,
        PlaneFamily::EntraApp,
    ];

    /// The word that manifests and connectors write.
    pub const fn word(self) -> &'static str {
        match self {
            PlaneFamily::AzureRbac => "azure-rbac",
            PlaneFamily::CosmosSql => "cosmos-sql",
            PlaneFamily::SqlDatabase => "sql-database",
            PlaneFamily::Graph => "graph",
            PlaneFamily::EntraApp => "entra-app",
        }
    }

    /// The family of a word.
    pub fn parse(word: &str) -> Option<PlaneFamily> {
        PlaneFamily::ALL
            .into_iter()
            .find(|family| family.word() == word)
    }

    /// The plane of what a connector body calls `operation`, where there is only one.
    pub const fn operation_plane(self) -> Option<Plane> {
        match self {
            PlaneFamily::AzureRbac => None,
            PlaneFamily::CosmosSql => Some(Plane::CosmosSql),
            PlaneFamily::SqlDatabase => Some(Plane::SqlDatabase),
            PlaneFamily::Graph => Some(Plane::Graph),
            PlaneFamily::EntraApp => Some(Plane::EntraApp),
        }
    }
}

/// A resource type of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    /// What `resource … type=` says, such as `azure.blob`.
    pub name: String,
    /// Where its permissions live.
    pub plane: PlaneFamily,
    /// Where a client finds it, with fields in braces.
    pub endpoint: Option<String>,
    /// What a token for it is asked for.
    pub audience: Option<String>,
    /// Whether grantc can create it; if not it is always referred to.
    pub creates: bool,
    /// Whether a manifest declared it: needs that rest on it are marked `declared` in every output.
    pub declared: bool,
    /// Its own fields, in the order in which the levels use them. `subscription` and
    /// `resource-group` are fields of every Azure resource and stand here only when the resource
    /// is one of them.
    pub fields: Vec<Field>,
    /// Widest first: a level stands after the one it lies below.
    pub levels: Vec<Level>,
    /// What tools can do with it; none when [`Connector::open_verbs`] says where they come from.
    pub verbs: Vec<Arc<Verb>>,
    /// Verbs that are not a list of the connector.
    pub open_verbs: OpenVerbs,
    /// Operations that an SDK needs whatever the verb.
    pub support: Vec<OpName>,
    /// Operations that a condition on paths narrows, beside those of verbs that take a path.
    pub narrowed: Vec<OpName>,
    /// Roles to choose from, narrowest first, by name: built-in roles of Azure RBAC, or those of
    /// [`crate::plane_roles`] on the plane of the connector.
    pub roles: Vec<String>,
    /// Operations that hand out keys to its data.
    pub exposes_keys: Vec<ExposedKey>,
    /// Settings of the service without which roles have no effect.
    pub switches: Vec<Switch>,
    /// How it is reached in a private network.
    pub private_endpoint: Option<PrivateEndpoint>,
}

/// Verbs that are not a list of the connector, and where they come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenVerbs {
    /// There are none: [`Connector::verbs`] is the list.
    #[default]
    None,
    /// The permissions of Microsoft Graph in the catalogue, by exact name.
    GraphPermissions,
    /// The app roles and delegated scopes that the resource itself lists.
    ResourceRoles,
}

impl OpenVerbs {
    /// The word of `verbs from=`, where there is one.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            OpenVerbs::None => None,
            OpenVerbs::GraphPermissions => Some("graph-permissions"),
            OpenVerbs::ResourceRoles => Some("resource"),
        }
    }

    /// What a word of `verbs from=` stands for.
    pub fn parse(word: &str) -> Option<OpenVerbs> {
        [OpenVerbs::GraphPermissions, OpenVerbs::ResourceRoles]
            .into_iter()
            .find(|open| open.word() == Some(word))
    }
}

/// A field that says which resource is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name of the node in a `resource` body.
    pub name: String,
    /// The widest level that needs it.
    pub level: String,
    /// Whether every level needs it; the others name a deeper level.
    pub required: bool,
    /// Whether it is part of an id; the others only stand in the endpoint or the audience.
    pub in_id: bool,
}

/// A level at which the resource can be named: the account, or one container of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// What verbs call it.
    pub name: String,
    /// The resource type in Azure, such as `Microsoft.Storage/storageAccounts`.
    pub resource_type: String,
    /// The whole id, from `/subscriptions/{subscription}` for what is in one, with fields in braces
    /// as whole segments. It starts with the id of the level it lies below, if there is one.
    pub id: String,
    /// The connector's own fields that the id needs, in its order.
    pub fields: Vec<String>,
    /// The level that it lies below, as an index in [`Connector::levels`]; smaller than its own.
    pub parent: Option<usize>,
}

/// Something that tools can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verb {
    /// The word in `uses RESOURCE VERB`.
    pub name: String,
    /// The levels at which it is done, at most one on the way to any other; see
    /// [`Connector::judged_at`]. None: at the level that the resource names.
    pub levels: Vec<String>,
    /// Whether it can be narrowed to a path.
    pub path: bool,
    /// Whether it looks at all names that begin with something, so that a path of it ends in `*`.
    /// A condition asks for the prefix of a listing where it asks for the name of anything else.
    pub listing: bool,
    /// What it needs: every clause.
    pub needs: Vec<Clause>,
    /// Which request it is and where its permissions are documented.
    pub source: String,
}

/// A need: one of these operations is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// At least one.
    pub any_of: Vec<OpName>,
}

/// An operation by plane and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpName {
    /// Its plane.
    pub plane: Plane,
    /// Its name, without wildcards.
    pub name: String,
}

/// An operation that hands out keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposedKey {
    /// The operation.
    pub operation: OpName,
    /// The property of the resource that turns keys off, as `name=value`.
    pub off_when: Option<String>,
}

/// A setting of the service that decides whether roles have an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// What it switches.
    pub name: String,
    /// Properties of the resource, as `name` or `name=value`; any of them turns it on.
    pub on_when: Vec<String>,
}

/// How a resource is reached in a private network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateEndpoint {
    /// The group id of the private link.
    pub group: String,
    /// The private DNS zone.
    pub zone: String,
}

impl Connector {
    /// The level with this name.
    pub fn level(&self, name: &str) -> Option<&Level> {
        self.levels.iter().find(|level| level.name == name)
    }

    /// The verb with this name.
    pub fn verb(&self, name: &str) -> Option<&Arc<Verb>> {
        self.verbs.iter().find(|verb| verb.name == name)
    }

    /// Every operation that a condition on paths narrows.
    pub fn narrowed_by_path(&self) -> impl Iterator<Item = &OpName> {
        let verbs = self.verbs.iter().filter(|verb| verb.path);
        let needed = verbs.flat_map(|verb| &verb.needs);
        needed.flat_map(|need| &need.any_of).chain(&self.narrowed)
    }

    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The connectors that are part of the program, in the order of names.
pub struct Connectors {
    list: Vec<Arc<Connector>>,
}

impl Connectors {
    /// The connector with this name.
    pub fn get(&self, name: &str) -> Option<&Arc<Connector>> {
        let at = self
            .list
            .binary_search_by(|connector| connector.name.as_str().cmp(name))
            .ok()?;
        self.list.get(at)
    }

    /// Every connector, in the order of names.
    pub fn iter(&self) -> std::slice::Iter<'_, Arc<Connector>> {
        self.list.iter()
    }
}

impl<'c> IntoIterator for &'c Connectors {
    type Item = &'c Arc<Connector>;
    type IntoIter = std::slice::Iter<'c, Arc<Connector>>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

/// The connectors that are part of the program.
pub fn builtin() -> &'static Connectors {
    static BUILTIN: OnceLock<Connectors> = OnceLock::new();
    BUILTIN.get_or_init(|| {
        // A test proves the compiled text current and well formed.
        let list = text::parse(include_str!("../connectors/compiled.txt")).unwrap_or_default();
        Connectors {
            list: list.into_iter().map(Arc::new).collect(),
        }
    })
}
