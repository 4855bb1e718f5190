//! Deploying: whether an identity holds what a deployment asks for.
//!
//! What that is, only those know who write the deployment: they ask here, demand by demand.

use super::escalation::{Limit, emitted_roles, limit};
use crate::graph::{DELEGATION, blocks_of};
use crate::ir::{Assignment, Condition, Covers, IdentityId, Program, RoleRef, Scope, Text};
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
pub fn holds(
    program: &Program,
    catalogue: &Catalogue,
    identity: IdentityId,
    demand: &Demand,
) -> bool {
    let mut held = program.assignments.values();
    held.any(|held| {
        held.identity == identity
            && demand
                .any_of
                .iter()
                .any(|(plane, name)| grants(program, catalogue, held, *plane, name, demand))
    })
}

fn grants(
    program: &Program,
    catalogue: &Catalogue,
    held: &Assignment,
    plane: Plane,
    name: &str,
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
    let delegates = matches!(held.condition, Some(Condition::RolesEmitted { .. }))
        && DELEGATION.iter().any(|it| it.eq_ignore_ascii_case(name));
    match (verdict, &demand.role) {
        (Verdict::No, _) => false,
        (_, Some(role)) if delegates => emitted_roles(program, catalogue).contains(role),
        (Verdict::Sure, _) => true,
        (Verdict::Conditional, Some(role)) => match limit(program, catalogue, held, name) {
            Limit::Any => false,
            Limit::Only(roles) => roles.contains(role),
        },
        (Verdict::Conditional, None) => false,
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
    use crate::graph::fixture::{Desk, desk};
    use crate::ir::RoleRef;
    use grantc_spec::Plane;
    use grantc_spec::catalogue::Catalogue;

    const WRITE: &str = "Microsoft.Authorization/roleAssignments/write";

    fn deploys(assigns: &str) -> Desk {
        desk(&format!(
            r#"identity "pipeline" type="user-assigned" deploys=#true {{ {assigns} }}
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
        holds(&desk.program, catalogue, desk.identity("pipeline"), &demand)
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
    fn the_scope_counts() {
        let desk = deploys(r#"assign "Contributor" on="azure""#);
        assert!(held(&desk, "Microsoft.Web/sites/write", "azure", None));
        assert!(!held(&desk, "Microsoft.Web/sites/write", "data", None));
        assert!(!held(&desk, WRITE, "azure", Some("Owner")));
    }
}
