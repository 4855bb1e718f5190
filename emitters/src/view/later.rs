//! What the manifest asks for and the infrastructure does not have yet: each word is named, and
//! nothing is written, since a template without it would be weaker than what was reviewed.

use super::directory::CLIENT_ID;
use super::family;
use super::resource::links;
use grantc_core::diagnostic::Diagnostic;
use grantc_core::ir::{
    Assignment, Auth, Azure, Hosting, IdentityKind, Plan, Program, RoleRef, Text,
};
use grantc_core::source::Span;
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::rules::NOT_CARRIED_OUT;

/// A finding for each thing that later work carries out.
pub(super) fn later(program: &Program, azure: &Azure) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let Auth::Entra(entra) = &program.server.auth {
        let what = "the registration and the sign-in of `auth \"entra\"`";
        found.push(not_yet(
            entra.span,
            what,
            "for now: `auth \"key\"`, without `requires` and without identities that act for the user",
        ));
    }
    if azure.plan.value == Plan::Premium {
        let help = "leave `plan` out for Flex Consumption";
        found.push(not_yet(azure.plan.span, "the plan `premium`", help));
    }
    // On premium it is what one gets without writing it.
    let written = azure.plan.value != Plan::Premium || azure.hosting.span != azure.plan.span;
    if azure.hosting.value == Hosting::Extension && written {
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
    found.extend(planes(program));
    // Said once, it holds for all of them.
    for other in found.iter_mut().skip(1) {
        other.notes.clear();
    }
    found
}

/// Roles in places that templates do not reach yet.
fn later_places(program: &Program) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let deploys = |held: &Assignment| {
        let identity = program.identities.get(held.identity);
        identity.is_some_and(|identity| identity.deploys)
    };
    for held in program.assignments.values() {
        let Some(on) = program.resources.get(held.on) else {
            continue;
        };
        let custom = match held.role {
            RoleRef::Custom(id) => Some(id),
            RoleRef::BuiltIn(_) | RoleRef::OfPlane(..) | RoleRef::Permission(_) => None,
        };
        if custom.is_some() && on.resource_type() == MANAGEMENT_GROUP {
            let help = "assign a built-in role there, or this one on the subscriptions below";
            let what = "a custom role on a management group";
            found.push(not_yet(held.on_span, what, help));
        }
        if !deploys(held) {
            continue;
        }
        if !on.existing && !on.implicit {
            let what = "what is held, before the deployment, on something that it creates";
            let help = "assign it on `azure`, or say `existing=#true` of the resource";
            found.push(not_yet(held.on_span, what, help));
        }
        let mut others = program.assignments.values();
        let shared = |other: &Assignment| other.role == held.role && !deploys(other);
        if custom.is_some() && others.any(shared) {
            let what = "a custom role of those who deploy and of tools";
            let help = "give each a role of its own";
            found.push(not_yet(held.span, what, help));
        }
    }
    found
}

/// The type of a management group.
const MANAGEMENT_GROUP: &str = "Microsoft.Management/managementGroups";

/// What is held where no template reaches: consents, and roles on what a manifest's own connector
/// describes with ids that are none of the plane's.
fn planes(program: &Program) -> Vec<Diagnostic> {
    let held = program.assignments.values();
    held.filter_map(|held| {
        let on = program.resources.get(held.on)?;
        if held.consent {
            let what = format!("`consent \"{}\"`", held.role_name);
            let help = "no identity can act for the user for now: leave this one out, and what is used as it";
            return Some(not_yet(held.span, &what, help));
        }
        let family = family(program, held.role);
        let identity = program.identities.get(held.identity)?;
        let beside = family != PlaneFamily::AzureRbac;
        if beside && identity.deploys {
            let what = "what is held beside Azure RBAC by an identity that deploys";
            let help = "grant it by other means, and leave it out";
            return Some(not_yet(held.span, what, help));
        }
        // Users are made from client ids, and the template of a site does not know its own.
        let own = identity.kind == IdentityKind::SystemAssigned;
        if own && family == PlaneFamily::SqlDatabase {
            let what = "the database user of a system-assigned identity";
            let help = "let a user-assigned identity hold it";
            return Some(not_yet(held.span, what, help));
        }
        let links = links(&on.scope);
        let is_at = |place: usize, ty: &str| {
            links
                .get(place)
                .is_some_and(|link| link.ty.eq_ignore_ascii_case(ty))
        };
        let reached = match family {
            PlaneFamily::AzureRbac => on.scope.segments.first().and_then(Text::literal).is_some_and(
                |first| ["subscriptions", "providers"].contains(&first),
            ),
            PlaneFamily::CosmosSql => is_at(0, "Microsoft.DocumentDB/databaseAccounts"),
            PlaneFamily::SqlDatabase => is_at(1, "Microsoft.Sql/servers/databases"),
            PlaneFamily::Graph => true,
            PlaneFamily::EntraApp => on.field(CLIENT_ID).is_some(),
        };
        if reached {
            return None;
        }
        let what = format!(
            "`assign \"{}\"` on `{}`, whose connector `{}` gives it an id that no template can name",
            held.role_name, on.name, on.connector.name
        );
        let help = "grant it by other means, and leave it out";
        Some(not_yet(held.on_span, &what, help))
    })
    .collect()
}

pub(super) fn not_yet(span: Span, what: &str, help: &str) -> Diagnostic {
    let message = format!("{what} is not written by this version");
    Diagnostic::new(&NOT_CARRIED_OUT, span, message)
        .help(help)
        .note("`check` understands it; `build` writes nothing, so that nothing weaker is deployed")
}
