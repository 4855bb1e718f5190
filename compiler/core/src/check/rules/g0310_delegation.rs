//! G0310 delegation: acting for the signed-in user where that cannot be.
//!
//! A delegated identity holds consents, never assignments, and acts through a user's token: the
//! service has to take such tokens, the caller has to have one, and the consent has to be there.

use crate::check::Case;
use crate::check::case::deed;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::State;
use crate::ir::{Assignment, Auth, IdentityKind, Need, NeedId};
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::rules::DELEGATION;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for assignment in case.program.assignments.values() {
        diags.extend(wrong_form(case, assignment));
    }
    for (id, need) in case.program.needs.iter() {
        diags.extend(delegated_need(case, id, need));
    }
    callers(case, diags);
}

/// Whether what is wrong with a missing need is its delegation, so that G0301 has nothing to add.
pub(super) fn is_told(case: &Case<'_>, id: NeedId) -> bool {
    let need = case.program.needs.at(id);
    is_delegated(case, need) && case.graph.verdict(id).state == State::Missing
}

fn is_delegated(case: &Case<'_>, need: &Need) -> bool {
    case.program.identities.at(need.identity).kind == IdentityKind::Delegated
}

/// Whether a service takes tokens that stand for a user through an app.
fn takes_users(family: PlaneFamily) -> bool {
    matches!(family, PlaneFamily::Graph | PlaneFamily::EntraApp)
}

/// A role of a delegated identity, or a consent of one that acts for itself.
fn wrong_form(case: &Case<'_>, held: &Assignment) -> Option<Diagnostic> {
    let identity = case.program.identities.at(held.identity);
    let delegated = identity.kind == IdentityKind::Delegated;
    let (role, on) = (&held.role_name, &case.program.resources.at(held.on).name);
    let (message, help) = match (delegated, held.consent) {
        (true, false) => (
            format!(
                "`{}` acts for the user, and holds no roles of its own",
                identity.name
            ),
            format!("write `consent \"{role}\" on=\"{on}\"`, or assign it to another identity"),
        ),
        (false, true) => (
            format!(
                "`{}` acts for itself, and nobody consents to that",
                identity.name
            ),
            format!("write `assign \"{role}\" on=\"{on}\"`, or make the identity `delegated`"),
        ),
        _ => return None,
    };
    Some(
        Diagnostic::new(&DELEGATION, held.span, message)
            .also(
                identity.span,
                format!("it is {} here", identity.kind.word()),
            )
            .help(help)
            .at(format!("identity/{}/{on}", identity.name)),
    )
}

/// A need of a delegated identity that the service does not offer, or that nobody consented to.
fn delegated_need(case: &Case<'_>, id: NeedId, need: &Need) -> Option<Diagnostic> {
    if !is_delegated(case, need) {
        return None;
    }
    let operation = case.decisive(id);
    let identity = &case.program.identities.at(need.identity).name;
    let resource = case.program.resources.at(need.resource);
    let tool = &case.program.tools.at(need.tool).name;
    let deed = deed(need, &operation);
    let finding = |message: String| {
        Diagnostic::new(&DELEGATION, need.span, message)
            .at(case.path_of_need(need))
            .witness(case.broken_chain(need, &operation))
    };
    if !takes_users(resource.connector.plane) {
        let message = format!(
            "`{tool}` uses `{}` as `{identity}`, and `{}` is not used for a user",
            resource.name, resource.connector.name
        );
        return Some(finding(message).help(
            "use it as an identity that is not `delegated`; Microsoft Graph and APIs of type `http` act for users",
        ));
    }
    let broken = case.program.identities.at(need.identity).broken;
    if broken || case.graph.verdict(id).state != State::Missing {
        return None;
    }
    let message = format!(
        "`{tool}` needs `{deed}` on `{}`, and `{identity}` has no consent to it",
        resource.name
    );
    Some(finding(message).help(format!(
        "add `consent \"{}\" on=\"{}\"` to `{identity}`",
        operation.name, resource.name
    )))
}

/// A delegated tool of a server whose callers need not be users.
fn callers(case: &Case<'_>, diags: &mut Diagnostics) {
    let auth = &case.program.server.auth;
    if matches!(auth, Auth::Entra(_)) {
        return;
    }
    let word = match auth {
        Auth::None { .. } => "none",
        _ => "key",
    };
    for tool in case.program.tools.values() {
        let identities = tool.identities().into_iter();
        let mut identities = identities.map(|id| case.program.identities.at(id));
        let Some(identity) = identities.find(|it| it.kind == IdentityKind::Delegated) else {
            continue;
        };
        let message = format!(
            "`{}` acts for its caller as `{}`, and callers of this server are no users: its `auth` is `{word}`",
            tool.name, identity.name
        );
        diags.push(
            Diagnostic::new(&DELEGATION, tool.span, message)
                .also(identity.span, "delegated here")
                .help("add `auth \"entra\"` to `server`")
                .at(format!("tool/{}", tool.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::whole;

    #[test]
    fn nobody_consents_for_what_acts_for_itself() {
        let desk = whole(
            r#"grantc version=1
            server "desk" version="1.0.0" { description "A desk."; namespace "com.example" }
            azure { resource-group "rg-desk"; location "westeurope" }
            resource "directory" type="microsoft.graph"
            identity "reader" type="user-assigned" { consent "Mail.Read" on="directory" }
            tool "ping" { description "Ping."; output { ok boolean } }"#,
        );
        let found = desk.one("G0310");
        assert_eq!(
            found.message,
            "`reader` acts for itself, and nobody consents to that"
        );
        assert_eq!(
            found.help.as_deref(),
            Some(r#"write `assign "Mail.Read" on="directory"`, or make the identity `delegated`"#)
        );
        assert_eq!(found.related[0].1, "it is user-assigned here");
        assert_eq!(found.path.as_deref(), Some("identity/reader/directory"));
    }

    #[test]
    fn callers_that_are_no_users_are_told_by_how_they_come_in() {
        let with = |auth: &str| {
            whole(&format!(
                r#"grantc version=1
                server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example"; {auth} }}
                azure {{ resource-group "rg-desk"; location "westeurope" }}
                resource "directory" type="microsoft.graph"
                identity "caller" type="delegated" {{ consent "Mail.Read" on="directory" }}
                tool "read" {{ description "Read."; as "caller"; uses "directory" "Mail.Read"; output {{ ok boolean }} }}"#
            ))
        };
        for (auth, word) in [
            (r#"auth "none" acknowledge-public=#true"#, "none"),
            (r#"auth "key""#, "key"),
        ] {
            let message = format!(
                "`read` acts for its caller as `caller`, and callers of this server are no users: its `auth` is `{word}`"
            );
            assert_eq!(with(auth).one("G0310").message, message);
        }
        let users = with(r#"auth "entra" { scope "Use" "Use it" }"#);
        assert!(!users.codes().contains(&"G0310"), "{:?}", users.codes());
    }
}
