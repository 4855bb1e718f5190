//! The view: what templates print, computed once for both languages.
//!
//! Everything that needs thought is decided here: identifiers, names within their limits, scopes as
//! chains of parents, which file a resource belongs to, what each app is told. Templates only say
//! how a language writes it. The view is plain data, so it can be printed and compared.

mod app;
mod azure;
mod condition;
mod cosmos;
mod directory;
mod endpoint;
mod environment;
mod grant;
mod identity;
mod later;
mod names;
mod place;
mod resource;
mod sql;
mod symbols;
mod text;

pub use app::{App, AppNames, HostRole, HostScope, Setting};
pub use azure::{Azure, Param, Tag};
pub use cosmos::{Cosmos, CosmosAccount, CosmosAssignment, CosmosRole};
pub use directory::{Api, AppRole, Directory};
pub use environment::{Environment, Value};
pub use grant::{Assignment, EmittedRole, Role};
pub use identity::{Identity, Principal, Trust};
pub use place::{Place, PlaceKind};
pub use resource::{Node, Resource};
pub use sql::{Database, DatabaseRole, DatabaseUser, Membership};
pub use text::{Symbol, Text};

use crate::Options;
use grantc_core::Verified;
use grantc_core::diagnostic::{Diagnostic, Diagnostics};
use grantc_core::ir::{self, Auth, IdentityId, ParamId, Program, ResourceId, RoleRef};
use grantc_core::source::Span;
use grantc_spec::catalogue::Catalogue;
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::naming::NameKind;
use grantc_spec::{Plane, rules};
use serde::Serialize;
use std::collections::BTreeMap;
use symbols::Symbols;

/// What templates print.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// Name of the server.
    pub server: String,
    /// Where everything goes.
    pub azure: Azure,
    /// Values supplied at deployment.
    pub params: Vec<Param>,
    /// Identities that tools act as.
    pub identities: Vec<Identity>,
    /// Places that something is created or granted in, the manifest's own first.
    pub places: Vec<Place>,
    /// Resources that are created or that a role is held on, in manifest order.
    pub resources: Vec<Resource>,
    /// Custom roles.
    pub roles: Vec<Role>,
    /// What the identities hold.
    pub assignments: Vec<Assignment>,
    /// What they hold on the data of Cosmos DB.
    pub cosmos: Cosmos,
    /// What they hold in Microsoft Graph and APIs of one's own.
    pub directory: Directory,
    /// What they hold in databases of Azure SQL, by database.
    pub databases: Vec<Database>,
    /// What hosts the tools.
    pub apps: Vec<App>,
    /// What the host identity of every app holds.
    pub host_roles: Vec<HostRole>,
    /// Every role that the deployment assigns.
    pub emitted_roles: Vec<EmittedRole>,
    /// What differs between environments.
    pub environments: Vec<Environment>,
    /// Name of the deployment of those who deploy.
    pub deployment: Text,
}

impl View {
    /// Whether something is made or looked up in the directory.
    pub fn uses_directory(&self) -> bool {
        let mut identities = self.identities.iter();
        let holds = !self.directory.roles.is_empty();
        holds || identities.any(|it| matches!(it.kind, Principal::Registered | Principal::Existing))
    }

    /// Whether a condition names the roles that the deployment assigns.
    pub fn delegates(&self) -> bool {
        self.assignments.iter().any(|held| held.delegates)
    }

    /// Whether the host identity of an app stands for a service principal.
    pub fn trusts_hosts(&self) -> bool {
        let directory =
            |it: &&Identity| matches!(it.kind, Principal::Registered | Principal::Existing);
        let apps = !self.apps.is_empty();
        apps && self
            .identities
            .iter()
            .filter(directory)
            .any(|it| !it.trusts.is_empty())
    }

    /// Whether an app has an identity of its own that tools act as.
    pub fn system_assigned(&self) -> bool {
        self.apps.iter().any(|app| app.system_assigned)
    }
}

/// What is written: the deployment, or what an administrator makes once before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Main,
    Bootstrap,
}

impl Part {
    fn is_bootstrap(self) -> bool {
        self == Part::Bootstrap
    }
}

/// What the builders of the view share.
struct Build<'a> {
    program: &'a Program,
    azure: &'a ir::Azure,
    catalogue: &'a Catalogue,
    part: Part,
    symbols: Symbols,
    params: BTreeMap<ParamId, Symbol>,
    identities: BTreeMap<IdentityId, Symbol>,
    /// The service principals of registrations.
    principals: BTreeMap<IdentityId, Symbol>,
    places: Vec<Place>,
    /// Where each resource is, and what it is called as a scope.
    scopes: BTreeMap<ResourceId, resource::Declared>,
    /// What was declared of each resource, outermost first.
    chains: BTreeMap<ResourceId, Vec<Node>>,
    diagnostics: Diagnostics,
}

impl Build<'_> {
    /// The name of a parameter in the manifest.
    fn param_name(&self, id: ParamId) -> &str {
        self.program
            .params
            .get(id)
            .map_or("", |param| &param.name.value)
    }

    /// The planes that a role or permission is of.
    fn family(&self, role: RoleRef) -> PlaneFamily {
        family(self.program, role)
    }

    /// The name of an identity in the manifest.
    fn identity_name(&self, id: IdentityId) -> &str {
        self.program
            .identities
            .get(id)
            .map_or("", |identity| &identity.name.value)
    }
}

/// The planes that a role or permission is of.
pub(crate) fn family(program: &Program, role: RoleRef) -> PlaneFamily {
    match role {
        RoleRef::BuiltIn(_) => PlaneFamily::AzureRbac,
        RoleRef::OfPlane(family, _) => family,
        RoleRef::Custom(id) => program
            .roles
            .get(id)
            .map_or(PlaneFamily::AzureRbac, |role| role.family),
        RoleRef::Permission(id) => match program.permissions.get(id).map(|it| it.plane) {
            Some(Plane::Graph) => PlaneFamily::Graph,
            _ => PlaneFamily::EntraApp,
        },
    }
}

/// The view of a program, or none where it has no infrastructure.
pub fn view(verified: &Verified, options: &Options) -> (Option<View>, Diagnostics) {
    of_program(verified.program(), options)
}

/// The view of a program, verified or not: for what is said about a deployment, not for its files.
pub(crate) fn of_program(program: &Program, options: &Options) -> (Option<View>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let Some(azure) = &program.azure else {
        return (None, diagnostics);
    };
    if let Auth::None { span } = &program.server.auth {
        diagnostics.push(open_door(*span, azure));
        return (None, diagnostics);
    }
    let later = later::later(program, azure);
    if !later.is_empty() {
        diagnostics.extend(later);
        return (None, diagnostics);
    }
    let (view, more) = part(Part::Main, program, azure, options);
    diagnostics.extend(more);
    (Some(view), diagnostics)
}

/// The view of what an administrator makes once, before the first deployment: those who deploy.
/// None where the manifest declares nobody, or cannot be deployed.
pub fn bootstrap(verified: &Verified, options: &Options) -> (Option<View>, Diagnostics) {
    let program = verified.program();
    let nothing = (None, Diagnostics::default());
    let Some(azure) = &program.azure else {
        return nothing;
    };
    let deploys = program.identities.values().any(|it| it.deploys);
    if !deploys || !matches!(view(verified, options), (Some(_), _)) {
        return nothing;
    }
    let (view, diagnostics) = part(Part::Bootstrap, program, azure, options);
    (Some(view), diagnostics)
}

fn part(
    part: Part,
    program: &Program,
    azure: &ir::Azure,
    options: &Options,
) -> (View, Diagnostics) {
    let mut build = Build {
        program,
        azure,
        catalogue: options.catalogue,
        part,
        symbols: Symbols::new(&azure::added(azure)),
        params: BTreeMap::new(),
        identities: BTreeMap::new(),
        principals: BTreeMap::new(),
        places: Vec::new(),
        scopes: BTreeMap::new(),
        chains: BTreeMap::new(),
        diagnostics: Diagnostics::default(),
    };
    let params = build.params();
    let azure = build.azure();
    build.own_place();
    build.name_identities();
    let resources = build.resources();
    let roles = build.roles();
    let assignments = build.assignments(&roles);
    let cosmos = build.cosmos(&resources);
    let directory = build.directory();
    let databases = build.databases();
    let apps = build.apps();
    let identities = build.identities(&apps);
    let (emitted_roles, environments) = (build.emitted_roles(), build.environments());
    let view = View {
        server: program.server.name.value.clone(),
        azure,
        params,
        identities,
        places: build.places,
        resources,
        roles,
        assignments,
        cosmos,
        directory,
        databases,
        apps,
        host_roles: app::host_roles(),
        emitted_roles,
        environments,
        deployment: names::name(
            NameKind::Deployment,
            &program.server.name.value,
            &["deployers"],
        ),
    };
    (view, build.diagnostics)
}

fn open_door(auth: Span, azure: &ir::Azure) -> Diagnostic {
    Diagnostic::new(
        &rules::NO_AUTHENTICATION,
        auth,
        "a server without authentication cannot be deployed",
    )
    .also(azure.span, "it would be deployed here")
    .help(
        "leave `auth` out for function keys, or remove `azure` for a server that stays on a laptop",
    )
}
