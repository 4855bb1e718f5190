//! What the manifest asks for and the infrastructure does not have yet: each word is named, and
//! nothing is written, since a template without it would be weaker than what was reviewed.

use grantc_core::diagnostic::Diagnostic;
use grantc_core::ir::{Auth, Azure, Condition, Hosting, IdentityKind, Plan, Program};
use grantc_core::source::Span;
use grantc_spec::rules::NOT_CARRIED_OUT;

/// A finding for each thing that later work carries out.
pub(super) fn later(program: &Program, azure: &Azure) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let Auth::Entra(entra) = &program.server.auth {
        let what = "the registration and the sign-in of `auth \"entra\"`";
        found.push(not_yet(
            entra.span,
            what,
            "write `auth \"key\"` to deploy it for now",
        ));
    }
    if azure.plan.value == Plan::Premium {
        let help = "leave `plan` out for Flex Consumption";
        found.push(not_yet(azure.plan.span, "the plan `premium`", help));
    } else if azure.hosting.value == Hosting::Extension {
        let help = "leave `hosting` out for a server that speaks MCP itself";
        found.push(not_yet(
            azure.hosting.span,
            "hosting by the MCP extension",
            help,
        ));
    }
    if let Some(network) = &azure.network {
        let help = "there is no way on but a public network for now";
        found.push(not_yet(network.span, "the private network", help));
    }
    for policy in &azure.policies {
        let help = "assign it by other means for now, and leave it out";
        found.push(not_yet(policy.span, "the assignment of a policy", help));
    }
    found.extend(later_places(program));
    found
}

/// Identities, conditions, environments and scopes that templates do not carry out yet.
fn later_places(program: &Program) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for identity in program.identities.values() {
        let span = identity.span;
        let help = "write `type=\"user-assigned\"` for now";
        match identity.kind {
            IdentityKind::SystemAssigned => {
                found.push(not_yet(span, "a system-assigned identity", help));
            }
            IdentityKind::ServicePrincipal => {
                found.push(not_yet(span, "a service principal", help));
            }
            IdentityKind::UserAssigned | IdentityKind::Delegated => {}
        }
        if identity.deploys {
            let help = "create who deploys by other means for now, and leave it out";
            found.push(not_yet(span, "an identity that deploys", help));
        }
        for federation in &identity.federated {
            let help = "add it by other means for now, and leave it out";
            found.push(not_yet(
                federation.span,
                "the trust in tokens of others",
                help,
            ));
        }
    }
    for held in program.assignments.values() {
        let what = match held.condition {
            Some(Condition::Paths(_)) => "a condition on paths",
            Some(Condition::RolesEmitted { .. }) => "a condition on roles",
            None => continue,
        };
        let help = "assign the role without a condition on a narrower resource";
        found.push(not_yet(held.span, what, help));
    }
    for held in program.assignments.values() {
        let on = program.resources.get(held.on);
        if on.is_some_and(|on| on.resource_type() == MANAGEMENT_GROUP) {
            let help = "assign it on the subscriptions where it is needed";
            let what = "an assignment on a management group";
            found.push(not_yet(held.on_span, what, help));
        }
    }
    for environment in program.environments.values() {
        let help = "hand the values to the deployment for now, and leave it out";
        found.push(not_yet(environment.span, "an environment", help));
    }
    found
}

/// The type of a management group.
const MANAGEMENT_GROUP: &str = "Microsoft.Management/managementGroups";

pub(super) fn not_yet(span: Span, what: &str, help: &str) -> Diagnostic {
    let message = format!("{what} is not written by this version");
    Diagnostic::new(&NOT_CARRIED_OUT, span, message)
        .help(help)
        .note("`check` understands it; `build` writes nothing, so that nothing weaker is deployed")
}
