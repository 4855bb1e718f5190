//! Limits: which roles whoever may assign roles may assign.
//!
//! A condition inside a built-in role lists the roles that its holder may give, and so does
//! `where roles="emitted"` on an assignment. Within such a list power grows no further than the
//! roles in it.

use crate::graph::DELEGATION;
use crate::ir::{Assignment, Condition, Hosting, Program, RoleRef};
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, Verdict, assignable_roles, verdict_of_blocks};
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::hosting::host_roles_of;

/// Which roles may be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Any.
    Any,
    /// These.
    Only(Vec<RoleRef>),
}

/// Every role of Azure RBAC that the deployment assigns, to the hosts of apps too; not what those
/// hold who deploy, for they could give it on.
pub fn emitted_roles(program: &Program, catalogue: &Catalogue) -> Vec<RoleRef> {
    let mut roles: Vec<RoleRef> = Vec::new();
    let mut add = |role: RoleRef| {
        if !roles.contains(&role) {
            roles.push(role);
        }
    };
    for held in program.assignments.values() {
        let deploys = |it: &crate::ir::Identity| it.deploys;
        if program.identities.get(held.identity).is_none_or(deploys) {
            continue;
        }
        let of_rbac = match held.role {
            RoleRef::BuiltIn(_) => true,
            RoleRef::Custom(id) => {
                let role = program.roles.get(id);
                role.is_some_and(|role| role.family == PlaneFamily::AzureRbac)
            }
            RoleRef::OfPlane(..) | RoleRef::Permission(_) => false,
        };
        if of_rbac {
            add(held.role);
        }
    }
    if let Some(azure) = &program.azure
        && !program.apps.is_empty()
    {
        for host in host_roles_of(azure.hosting.value == Hosting::Extension) {
            if let Some(ix) = catalogue.role_by_id(host.id) {
                add(RoleRef::BuiltIn(ix));
            }
        }
    }
    roles
}

/// Which roles an assignment lets its holder give by an operation.
///
/// `emitted` are the [`emitted_roles`] of the program.
pub(crate) fn limit(
    catalogue: &Catalogue,
    emitted: &[RoleRef],
    held: &Assignment,
    operation: &str,
) -> Limit {
    if let Some(Condition::RolesEmitted { .. }) = held.condition
        && DELEGATION
            .iter()
            .any(|narrowed| narrowed.eq_ignore_ascii_case(operation))
    {
        return Limit::Only(emitted.to_vec());
    }
    let RoleRef::BuiltIn(ix) = held.role else {
        return Limit::Any;
    };
    let mut only = Vec::new();
    for block in catalogue.role(ix).blocks {
        match verdict_of_blocks(std::slice::from_ref(block), Plane::Control, operation) {
            Verdict::No => {}
            Verdict::Sure => return Limit::Any,
            Verdict::Conditional => {
                let text = block.condition.as_ref().map_or("", |it| it.text.as_str());
                let listed = assignable_roles(text);
                // A condition that lists no roles limits something else.
                if listed.is_empty() {
                    return Limit::Any;
                }
                let known = listed.iter().filter_map(|id| catalogue.role_by_id(id));
                only.extend(known.map(RoleRef::BuiltIn));
            }
        }
    }
    Limit::Only(only)
}

#[cfg(test)]
mod tests {
    use super::emitted_roles;
    use crate::graph::fixture::{tool, whole};
    use grantc_spec::catalogue::Catalogue;

    fn emitted(hosting: &str) -> Vec<String> {
        let desk = whole(&format!(
            r#"grantc version=1
            server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example" }}
            azure {{ resource-group "rg-desk"; location "westeurope"; {hosting} }}
            resource "items" type="azure.cosmos" {{ account "cosmos-desk" }}
            role "Watch" {{ action "Microsoft.DocumentDB/databaseAccounts/read" }}
            role "Items" plane="cosmos-sql" {{ data-action "Microsoft.DocumentDB/databaseAccounts/readMetadata" }}
            identity "reader" type="user-assigned" {{ assign "Watch" on="items"; assign "Items" on="items"; assign "Reader" on="items" }}
            identity "pipeline" type="user-assigned" deploys=#true {{ assign "Owner" on="azure" }}
            {}"#,
            tool("find", "reader", r#"uses "items" "read""#)
        ));
        let roles = emitted_roles(&desk.program, Catalogue::embedded()).into_iter();
        roles.map(|role| desk.case().role_name(role)).collect()
    }

    #[test]
    fn roles_are_emitted_for_tools_and_for_the_host_that_runs_them() {
        let own = ["Watch", "Reader", "Storage Blob Data Owner"];
        let host = [
            "Storage Table Data Contributor",
            "Monitoring Metrics Publisher",
        ];
        assert_eq!(emitted(""), [&own[..], &host].concat());
        assert_eq!(
            emitted("hosting \"extension\""),
            [&own[..], &["Storage Queue Data Contributor"], &host].concat()
        );
    }
}
