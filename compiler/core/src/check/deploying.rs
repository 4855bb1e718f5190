//! Deploying: whether an identity holds what a deployment asks for.
//!
//! What that is, only those know who write the deployment: they ask here, demand by demand.

use super::escalation::{Limit, limit};
use crate::graph::blocks_of;
use crate::ir::{Assignment, Covers, IdentityId, Program, RoleRef, Scope, Text};
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, Verdict, verdict_of_blocks};

/// Something that a deployment asks of whoever deploys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The operations of which one suffices, the narrowest first.
    pub any_of: Vec<(Plane, String)>,
    /// Where.
    pub at: Scope,
    /// The role that is assigned by it, where it assigns one.
    pub role: Option<RoleRef>,
}

/// Whether an identity holds what is demanded, or may: what a parameter decides is not held
/// against it.
///
/// `emitted` are the [`emitted_roles`](super::emitted_roles) of the program.
pub fn holds(
    program: &Program,
    catalogue: &Catalogue,
    emitted: &[RoleRef],
    identity: IdentityId,
    demand: &Demand,
) -> bool {
    let mut held = program.assignments.values();
    held.any(|held| {
        held.identity == identity
            && demand.any_of.iter().any(|(plane, name)| {
                grants(program, catalogue, emitted, held, (*plane, name), demand)
            })
    })
}

fn grants(
    program: &Program,
    catalogue: &Catalogue,
    emitted: &[RoleRef],
    held: &Assignment,
    (plane, name): (Plane, &str),
    demand: &Demand,
) -> bool {
    if let RoleRef::Permission(id) = held.role {
        let permission = program.permissions.at(id);
        return permission.plane == plane && permission.name == name && !permission.delegated;
    }
    if !covers(program, held, &demand.at) {
        return false;
    }
    let blocks = blocks_of(program, catalogue, held.role);
    let verdict = verdict_of_blocks(&blocks, plane, name);
    match (verdict, &demand.role) {
        (Verdict::No, _) => false,
        (_, Some(role)) => match limit(catalogue, emitted, held, name) {
            Limit::Any => verdict == Verdict::Sure,
            Limit::Only(roles) => roles.contains(role),
        },
        (verdict, None) => verdict == Verdict::Sure,
    }
}

/// Whether what is held reaches a place, or may.
fn covers(program: &Program, held: &Assignment, at: &Scope) -> bool {
    let on = program.resources.at(held.on);
    let members = on.covers.iter().map(|subscription| Scope {
        segments: vec![
            Text::Literal("subscriptions".to_owned()),
            subscription.clone(),
        ],
    });
    let mut scopes = std::iter::once(on.scope.clone()).chain(members);
    scopes.any(|scope| scope.covers(at) != Covers::No)
}

#[cfg(test)]
mod tests {
    use super::{Demand, holds};
    use crate::check::emitted_roles;
    use crate::graph::fixture::{Desk, desk};
    use crate::ir::RoleRef;
    use grantc_spec::Plane;
    use grantc_spec::catalogue::Catalogue;

    const WRITE: &str = "Microsoft.Authorization/roleAssignments/write";

    fn deploys(assigns: &str) -> Desk {
        desk(&format!(
            r#"resource "graph" type="microsoft.graph"
            identity "pipeline" type="user-assigned" deploys=#true {{ {assigns} }}
            identity "reader" type="user-assigned" {{ assign "Storage Blob Data Reader" on="archive" }}
            tool "find" {{ description "Find."; as "reader"; uses "archive" "read"; output {{ found boolean }} }}"#
        ))
    }

    fn held(desk: &Desk, name: &str, on: &str, role: Option<&str>) -> bool {
        let catalogue = Catalogue::embedded();
        let role = role.map(|role| RoleRef::BuiltIn(catalogue.role_by_name(role).unwrap()));
        let demand = Demand {
            any_of: vec![(Plane::Control, name.to_owned())],
            at: desk.program.resources.at(desk.resource(on)).scope.clone(),
            role,
        };
        let emitted = emitted_roles(&desk.program, catalogue);
        let pipeline = desk.identity("pipeline");
        holds(&desk.program, catalogue, &emitted, pipeline, &demand)
    }

    #[test]
    fn a_delegation_is_held_for_the_roles_that_are_emitted() {
        let narrowed = r#"assign "Role Based Access Control Administrator" on="data" { where roles="emitted" }"#;
        let desk = deploys(narrowed);
        assert!(held(
            &desk,
            WRITE,
            "archive",
            Some("Storage Blob Data Reader")
        ));
        assert!(held(
            &desk,
            WRITE,
            "archive",
            Some("Monitoring Metrics Publisher")
        ));
        assert!(!held(&desk, WRITE, "archive", Some("Owner")));
        assert!(!held(
            &desk,
            WRITE,
            "azure",
            Some("Storage Blob Data Reader")
        ));
        let desk = deploys(r#"assign "User Access Administrator" on="data""#);
        assert!(held(&desk, WRITE, "archive", Some("Owner")));
    }

    #[test]
    fn a_role_that_limits_itself_is_held_for_the_roles_that_it_lists() {
        let desk = deploys(r#"assign "Key Vault Data Access Administrator" on="data""#);
        assert!(held(
            &desk,
            WRITE,
            "archive",
            Some("Key Vault Secrets User")
        ));
        assert!(!held(
            &desk,
            WRITE,
            "archive",
            Some("Storage Blob Data Reader")
        ));
    }

    #[test]
    fn a_permission_is_held_by_its_name_and_on_its_plane() {
        let desk = deploys(
            r#"assign "Application.ReadWrite.All" on="graph"; consent "Mail.Read" on="graph""#,
        );
        let held = |plane: Plane, name: &str| {
            let demand = Demand {
                any_of: vec![(plane, name.to_owned())],
                at: desk
                    .program
                    .resources
                    .at(desk.resource("graph"))
                    .scope
                    .clone(),
                role: None,
            };
            let pipeline = desk.identity("pipeline");
            holds(&desk.program, Catalogue::embedded(), &[], pipeline, &demand)
        };
        assert!(held(Plane::Graph, "Application.ReadWrite.All"));
        assert!(!held(Plane::Graph, "Application.Read.All"));
        assert!(!held(Plane::EntraApp, "Application.ReadWrite.All"));
        // What a user consents to is no pipeline's.
        assert!(!held(Plane::Graph, "Mail.Read"));
    }

    #[test]
    fn the_scope_counts() {
        let desk = deploys(r#"assign "Contributor" on="azure""#);
        assert!(held(&desk, "Microsoft.Web/sites/write", "azure", None));
        assert!(!held(&desk, "Microsoft.Web/sites/write", "data", None));
        assert!(!held(&desk, WRITE, "azure", Some("Owner")));
    }
}
