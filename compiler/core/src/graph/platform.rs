//! The platform: what the host identity of an app holds.
//!
//! Each app that is deployed has an identity of its own, `<app>-host`, by which the Functions host
//! reaches its storage and its telemetry. No tool acts as it and no manifest names it, yet a tool's
//! process can ask for its tokens: it is part of the authority of the app. What it is on is made by
//! grantc for this app alone and is no declared resource, so it is told apart from reach.

use super::Graph;
use crate::ir::{AppId, Hosting, Program};
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, OpId};
use grantc_spec::hosting::{HostRole, host_identity, host_roles_of};

/// What the host identity of an app holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The host identity, as chains show it: `main-host`.
    pub identity: String,
    /// Its roles, in the order of the table of hosting.
    pub held: Vec<HostHeld>,
}

/// A role that a host identity holds on something that belongs to its app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostHeld {
    /// The role, what it is on, and what for.
    pub role: &'static HostRole,
    /// What it lets its holder do there, in the order of names.
    pub operations: Vec<OpId>,
}

impl Graph {
    /// What the host identity of an app holds; none without a deployment, which alone has one.
    pub fn platform(
        &self,
        program: &Program,
        catalogue: &Catalogue,
        app: AppId,
    ) -> Option<Platform> {
        let extension = program.azure.as_ref()?.hosting.value == Hosting::Extension;
        let held = |role: &'static HostRole| {
            let operations = operations(catalogue, role);
            HostHeld { role, operations }
        };
        Some(Platform {
            identity: host_identity(&program.apps.at(app).name),
            held: host_roles_of(extension).map(held).collect(),
        })
    }
}

/// Everything on the data plane, and on the control plane what belongs to the type that the role
/// is on: groups and subscriptions, which such roles can read too, lie above it.
fn operations(catalogue: &Catalogue, role: &HostRole) -> Vec<OpId> {
    let Some(ix) = catalogue.role_by_id(role.id) else {
        return Vec::new();
    };
    let mut applies = catalogue.expand(Plane::Control, &format!("{}/*", role.on.resource_type()));
    applies.union_with(&catalogue.expand(Plane::Data, "*"));
    let grant = catalogue.grants(ix);
    applies.intersect_with(&grant.conditional.clone().union(&grant.sure));
    applies.iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{desk, whole};
    use grantc_spec::catalogue::Catalogue;
    use grantc_spec::hosting::HostTarget;

    const PING: &str = r#"tool "ping" { description "Ping."; output { ok boolean } }"#;

    #[test]
    fn every_app_has_a_host_identity_with_roles_on_what_is_its_own() {
        let (desk, catalogue) = (desk(PING), Catalogue::embedded());
        let app = desk.graph.app(desk.tool("ping")).unwrap();
        let platform = desk.graph.platform(&desk.program, catalogue, app).unwrap();
        assert_eq!(platform.identity, "main-host");
        let held: Vec<_> = platform
            .held
            .iter()
            .map(|held| (held.role.role, held.role.on))
            .collect();
        let (storage, insights) = (HostTarget::StorageAccount, HostTarget::ApplicationInsights);
        assert_eq!(
            held,
            [
                ("Storage Blob Data Owner", storage),
                ("Storage Table Data Contributor", storage),
                ("Monitoring Metrics Publisher", insights),
            ]
        );
        assert!(platform.held.iter().all(|held| !held.operations.is_empty()));
        let names: Vec<String> = platform.held[0]
            .operations
            .iter()
            .map(|id| {
                desk.graph
                    .operation(catalogue, *id)
                    .unwrap()
                    .name
                    .into_owned()
            })
            .collect();
        let package = format!("{}/write", crate::graph::fixture::BLOB);
        assert!(names.contains(&package), "{names:#?}");
        assert!(
            names
                .iter()
                .all(|name| name.starts_with("Microsoft.Storage/"))
        );
        // It is told apart from what a tool can reach.
        assert_eq!(
            desk.graph.reach_count(&desk.program, desk.tool("ping")),
            0,
            "the host identity counts as reach"
        );
    }

    #[test]
    fn the_extension_needs_its_queue() {
        let desk = whole(&format!(
            r#"grantc version=1
            server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example" }}
            azure {{ resource-group "rg-desk"; location "westeurope"; hosting "extension" }}
            {PING}"#
        ));
        let app = desk.program.apps.ids().next().unwrap();
        let platform = desk
            .graph
            .platform(&desk.program, Catalogue::embedded(), app);
        let roles: Vec<_> = platform
            .unwrap()
            .held
            .iter()
            .map(|it| it.role.role)
            .collect();
        assert!(
            roles.contains(&"Storage Queue Data Contributor"),
            "{roles:?}"
        );
    }

    #[test]
    fn what_is_not_deployed_has_no_host() {
        let desk = whole(&format!(
            r#"grantc version=1
            server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example" }}
            {PING}"#
        ));
        let app = desk.program.apps.ids().next().unwrap();
        let platform = desk
            .graph
            .platform(&desk.program, Catalogue::embedded(), app);
        assert_eq!(platform, None);
    }
}
