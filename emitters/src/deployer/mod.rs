//! What whoever deploys has to hold, worked out from what is emitted.
//!
//! Each resource that a template creates is written and read, each role assigned, each identity
//! attached; a table (`spec/deploying.txt`) says what else a resource type asks for. [`needs`]
//! lists it, place by place; [`suggest()`] finds roles that cover it; [`lacks`] tells what an
//! identity marked `deploys` is short of (G0313).

mod lacks;
mod suggest;

#[cfg(test)]
mod tests;

pub use lacks::lacks;
pub use suggest::{Assign, Suggestion, names, suggest};

use crate::Options;
use crate::view::{self, PlaceKind, Principal, View};
use grantc_core::check::deploying::Demand;
use grantc_core::ir::{Covers, IdentityId, Program, RoleRef, Scope, Text};
use grantc_spec::Plane;
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::deploying::{Target, asks};

/// Something that the deployment asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What, where, and for which role.
    pub demand: Demand,
    /// What a person calls the place that it is in.
    pub place: String,
    /// What it is for: a resource type, or a reason.
    pub why: String,
    /// Which target asks for it; none for both.
    pub target: Option<Target>,
}

impl Need {
    /// Whether a target asks for it.
    pub fn is_of(&self, target: Target) -> bool {
        self.target.is_none_or(|only| only == target)
    }
}

/// What each app is made of, whatever its tools do.
const APP: [&str; 10] = [
    "Microsoft.Insights/components",
    "Microsoft.Insights/diagnosticSettings",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/blobServices/containers",
    "Microsoft.Web/serverfarms",
    "Microsoft.Web/sites",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
];

const FEDERATION: &str =
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/// The segments of the id of an account in a resource group.
const ACCOUNT: usize = 8;

/// What the deployment of a program asks for, each thing once; nothing where nothing is deployed.
pub fn needs(program: &Program, options: &Options) -> Vec<Need> {
    let (Some(view), _) = view::of_program(program, options) else {
        return Vec::new();
    };
    let mut needs = Needs {
        program,
        view: &view,
        all: Vec::new(),
    };
    needs.places();
    needs.resources();
    needs.identities();
    needs.roles();
    needs.apps(options);
    needs.directory();
    needs.all
}

struct Needs<'a> {
    program: &'a Program,
    view: &'a View,
    all: Vec<Need>,
}

impl Needs<'_> {
    fn add(
        &mut self,
        at: (usize, Scope),
        target: Option<Target>,
        role: Option<RoleRef>,
        why: &str,
        any_of: &[(Plane, &str)],
    ) {
        let any_of = any_of
            .iter()
            .map(|(plane, name)| (*plane, (*name).to_owned()))
            .collect();
        let demand = Demand {
            any_of,
            at: at.1,
            role,
        };
        if self
            .all
            .iter()
            .any(|need| need.demand == demand && need.target.is_none_or(|it| target == Some(it)))
        {
            return;
        }
        let place = self.view.places.get(at.0).map(|place| place.name.clone());
        self.all.push(Need {
            demand,
            place: place.unwrap_or_else(|| "the directory".to_owned()),
            why: why.to_owned(),
            target,
        });
    }

    fn control(&mut self, at: (usize, Scope), target: Option<Target>, why: &str, name: &str) {
        self.add(at, target, None, why, &[(Plane::Control, name)]);
    }

    /// A resource of a type that the deployment makes in a place, or below an account there.
    fn made(&mut self, place: usize, scope: &Scope, ty: &str) {
        self.made_in(None, place, scope, ty);
    }

    fn made_in(&mut self, target: Option<Target>, place: usize, scope: &Scope, ty: &str) {
        for verb in ["write", "read"] {
            let at = (place, scope.clone());
            self.control(at, target, ty, &format!("{ty}/{verb}"));
        }
        for row in asks(ty) {
            for operation in &row.operations {
                let at = (place, scope.clone());
                self.control(at, row.target, row.why, operation);
            }
        }
    }

    fn scope(&self, place: usize) -> Scope {
        let found = self.view.places.get(place);
        found.map(view::Place::scope).unwrap_or_default()
    }

    /// In Bicep every place has a deployment of its own.
    fn places(&mut self) {
        for (place, found) in self.view.places.iter().enumerate() {
            let scope = found.scope();
            let deployments = "Microsoft.Resources/deployments";
            self.made_in(Some(Target::Bicep), place, &scope, deployments);
            if found.kind == PlaceKind::Own {
                let group = "Microsoft.Resources/subscriptions/resourceGroups";
                let name = format!("{group}/read");
                self.control((place, scope), Some(Target::Terraform), group, &name);
            }
        }
    }

    fn resources(&mut self) {
        let nodes = self.view.resources.iter().flat_map(|resource| {
            let nodes = resource.nodes.iter().filter(|node| !node.existing);
            nodes.map(|node| (resource.place, node.ty.clone()))
        });
        for (place, ty) in nodes.collect::<Vec<_>>() {
            let scope = self.scope(place);
            self.made(place, &scope, &ty);
            // What is created sends its logs to the workspace of the apps.
            self.made(place, &scope, "Microsoft.Insights/diagnosticSettings");
        }
    }

    fn identities(&mut self) {
        let scope = self.scope(0);
        for identity in &self.view.identities {
            if identity.kind == Principal::UserAssigned {
                self.made(
                    0,
                    &scope,
                    "Microsoft.ManagedIdentity/userAssignedIdentities",
                );
                if !identity.trusts.is_empty() {
                    self.made(0, &scope, FEDERATION);
                }
            }
        }
    }

    /// Roles are defined wherever they can be assigned, and assigned where they are held.
    fn roles(&mut self) {
        let definitions = "Microsoft.Authorization/roleDefinitions";
        for role in &self.view.roles {
            for place in &role.places {
                let scope = self.scope(*place);
                self.made(*place, &scope, definitions);
            }
        }
        for held in &self.view.assignments {
            // On what is there already; what is created is reached through its place.
            let on = self.program.resources.get(held.on);
            let on = on.filter(|on| on.existing || on.implicit);
            let scope = on.map(|on| on.scope.clone());
            let scope = scope.unwrap_or_else(|| self.scope(held.place));
            self.assigned(held.place, &scope, held.held);
        }
        let held = self.program.assignments.values();
        let held = held.filter(|held| !self.deploys(held.identity));
        let accounts: Vec<(Scope, bool)> = held
            .filter(|held| view::family(self.program, held.role) == PlaneFamily::CosmosSql)
            .filter_map(|held| {
                let scope = &self.program.resources.get(held.on)?.scope;
                let segments = scope.segments.iter().take(ACCOUNT).cloned().collect();
                Some((Scope { segments }, matches!(held.role, RoleRef::Custom(_))))
            })
            .collect();
        for (account, custom) in accounts {
            let place = self.place_of(&account);
            let of_data = |kind: &str| format!("Microsoft.DocumentDB/databaseAccounts/{kind}");
            self.made(place, &account, &of_data("sqlRoleAssignments"));
            if custom {
                self.made(place, &account, &of_data("sqlRoleDefinitions"));
            }
        }
    }

    fn deploys(&self, id: IdentityId) -> bool {
        let identity = self.program.identities.get(id);
        identity.is_some_and(|identity| identity.deploys)
    }

    /// The place that something is in.
    fn place_of(&self, scope: &Scope) -> usize {
        let covers = |place: &view::Place| {
            place.group.is_some() && place.scope().covers(scope) == Covers::Yes
        };
        self.view.places.iter().position(covers).unwrap_or_default()
    }

    fn assigned(&mut self, place: usize, scope: &Scope, role: RoleRef) {
        let assignments = "Microsoft.Authorization/roleAssignments";
        let at = || (place, scope.clone());
        let write = format!("{assignments}/write");
        let write = [(Plane::Control, write.as_str())];
        self.add(at(), None, Some(role), assignments, &write);
        self.control(at(), None, assignments, &format!("{assignments}/read"));
    }

    /// Apps, their storage and telemetry, and what their host identities hold there.
    fn apps(&mut self, options: &Options) {
        if self.view.apps.is_empty() {
            return;
        }
        let scope = self.scope(0);
        for ty in APP {
            self.made(0, &scope, ty);
        }
        let hosts = self.view.host_roles.iter();
        let hosts = hosts.filter_map(|host| options.catalogue.role_by_id(host.guid));
        for role in hosts.collect::<Vec<_>>() {
            self.assigned(0, &scope, RoleRef::BuiltIn(role));
        }
    }

    /// What stands in the directory is made by Microsoft Graph.
    fn directory(&mut self) {
        const EVERYWHERE: usize = usize::MAX;
        let graph = Scope {
            segments: vec![Text::Literal("graph".to_owned())],
        };
        let at = || (EVERYWHERE, graph.clone());
        let registers = self
            .view
            .identities
            .iter()
            .any(|it| it.kind == Principal::Registered);
        if registers {
            let any = [
                (Plane::Graph, "Application.ReadWrite.OwnedBy"),
                (Plane::Graph, "Application.ReadWrite.All"),
            ];
            self.add(at(), None, None, "app registrations are made", &any);
        }
        let trusts = self
            .view
            .identities
            .iter()
            .any(|it| it.kind == Principal::Existing && !it.trusts.is_empty());
        if trusts {
            // Bicep leaves it to the owner of the registration.
            let any = [(Plane::Graph, "Application.ReadWrite.All")];
            let why = "a registration that exists trusts a host identity";
            self.add(at(), Some(Target::Terraform), None, why, &any);
        }
        if !self.view.directory.roles.is_empty() {
            let why = "app roles are assigned";
            let any = [(Plane::Graph, "AppRoleAssignment.ReadWrite.All")];
            self.add(at(), None, None, why, &any);
            let any = [
                (Plane::Graph, "Application.Read.All"),
                (Plane::Graph, "Application.ReadWrite.All"),
                (Plane::Graph, "Directory.Read.All"),
            ];
            self.add(at(), None, None, why, &any);
        }
    }
}
