//! What a manifest says, as far as permissions depend on it.

/// A manifest.
#[derive(Clone, Debug)]
pub struct Model {
    /// Whether it is written in YAML.
    pub yaml: bool,
    /// `shared`, `per-identity` or `per-tool`.
    pub isolation: &'static str,
    /// The subscription of `azure`.
    pub subscription: Value,
    /// Resources.
    pub resources: Vec<Resource>,
    /// Custom roles.
    pub roles: Vec<CustomRole>,
    /// Identities.
    pub identities: Vec<Identity>,
    /// Tools.
    pub tools: Vec<Tool>,
    /// Apps placed by hand, each with its tools by number.
    pub apps: Vec<Vec<usize>>,
}

/// A text, or one that deployment supplies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Left out: what `azure` says, or what is deployed to.
    Default,
    /// Written out.
    Text(String),
    /// A parameter.
    Param(&'static str),
}

/// A resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its name.
    pub name: String,
    /// The number of its connector.
    pub connector: usize,
    /// The number of the level that its fields name.
    pub level: usize,
    /// Its own fields.
    pub fields: Vec<(String, Value)>,
    /// Where it is, unless it is not in one.
    pub group: Value,
    /// Where that is.
    pub subscription: Value,
    /// What a management group covers.
    pub covers: Vec<Value>,
}

/// A custom role.
#[derive(Clone, Debug)]
pub struct CustomRole {
    /// Its name.
    pub name: String,
    /// `azure-rbac`, `cosmos-sql` or `sql-database`.
    pub plane: &'static str,
    /// Plane and permission string of each operation, as written.
    pub grants: Vec<(&'static str, String)>,
}

/// An identity.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: &'static str,
    /// What it holds; of a delegated one these are consents.
    pub holds: Vec<Held>,
}

/// An assignment.
#[derive(Clone, Debug)]
pub struct Held {
    /// As it is written.
    pub spelled: String,
    /// What it is.
    pub role: Role,
    /// A resource by number.
    pub on: usize,
    /// The paths it is narrowed to, if it is; each is an assignment of its own in the text.
    pub paths: Vec<String>,
}

/// What is assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A built-in role by number.
    BuiltIn(usize),
    /// A role that another plane brings, by number.
    OfPlane(usize),
    /// A custom role by number.
    Custom(usize),
    /// A permission of Microsoft Graph or of an API.
    Permission(String),
}

/// A tool.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// The identity it acts as, by number.
    pub identity: usize,
    /// What it uses; one that uses nothing acts as nobody.
    pub uses: Vec<Use>,
}

/// What a tool does to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// A resource by number.
    pub resource: usize,
    /// Another identity than the tool's, by number.
    pub identity: Option<usize>,
    /// What it does.
    pub what: What,
    /// The names it is narrowed to.
    pub path: Option<String>,
}

/// What is done to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A verb of the resource's connector, or a permission of an API.
    Verb(String),
    /// An operation of Azure RBAC: `control` or `data`, and its name as written.
    Raw(&'static str, String),
}
