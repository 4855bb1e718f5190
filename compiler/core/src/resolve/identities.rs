//! Identities: what kind they are, whose tokens stand for them, what they hold.

use super::roles::{self, CustomRoles};
use super::server::{bad_value, is_guid};
use super::uses::path_text;
use super::{Names, collisions, deploy, look_up, name_all};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{
    self, Assignment, Condition, Federation, Identity, IdentityId, IdentityKind, Issuer,
    PathPattern, Program, Resource, RoleRef, Text,
};
use crate::source::Word;
use grantc_spec::catalogue::Catalogue;
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::rules;

/// The names that identities refer to.
pub(super) struct Known<'a> {
    pub(super) params: &'a Names<ir::Param>,
    pub(super) resources: &'a Names<Resource>,
    pub(super) roles: &'a CustomRoles,
    pub(super) catalogue: &'a Catalogue,
}

pub(super) fn identities(
    declared: &[ast::Identity],
    known: &Known<'_>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Names<Identity> {
    let mut ids = Vec::new();
    for one in declared {
        let identity = identity(one, known, diagnostics);
        let (kind, id) = (identity.kind, program.identities.push(identity));
        ids.push(id);
        let first = program.assignments.next_id().index();
        let consents = one.consents.iter().map(|consent| (true, consent));
        for (consent, held) in one.assigns.iter().map(|held| (false, held)).chain(consents) {
            let held = assignment(held, consent, (id, kind), known, program, diagnostics);
            let whole = held.as_ref().is_some_and(|held| match held.role {
                RoleRef::Custom(role) => !program.roles.at(role).broken,
                _ => true,
            });
            if let (false, Some(identity)) = (whole, program.identities.get_mut(id)) {
                identity.broken = true;
            }
            if let Some(held) = held {
                add(held, first, program, diagnostics);
            }
        }
    }
    let words = declared.iter().map(|identity| &identity.name);
    collisions("identities", words.clone(), diagnostics);
    let next = program.identities.next_id();
    name_all("identity", words, diagnostics, |i| {
        ids.get(i).copied().unwrap_or(next)
    })
}

fn identity(
    declared: &ast::Identity,
    known: &Known<'_>,
    diagnostics: &mut Diagnostics,
) -> Identity {
    let kind = match declared.ty.value.as_str() {
        "system-assigned" => IdentityKind::SystemAssigned,
        "service-principal" => IdentityKind::ServicePrincipal,
        "delegated" => IdentityKind::Delegated,
        _ => IdentityKind::UserAssigned,
    };
    let client_id = declared.client_id.as_ref().map(|id| {
        if kind != IdentityKind::ServicePrincipal {
            let message = format!("a {} identity has no `client-id` to give", kind.word());
            diagnostics.push(
                Diagnostic::new(&rules::UNEXPECTED, id.word.span, message)
                    .help("`client-id` names a `service-principal` that exists already"),
            );
        }
        if !id.is_param && !is_guid(&id.word.value) {
            let help = "write the application id, such as `0b4a1f8e-6a3c-4d0e-8f10-2f6f6c1f9a77`";
            bad_value(&id.word, "is not an application id", help, diagnostics);
        }
        deploy(id, known.params, diagnostics)
    });
    let deploys = declared.deploys.is_some_and(|(flag, _)| flag);
    if let (true, Some((_, span)), IdentityKind::SystemAssigned | IdentityKind::Delegated) =
        (deploys, declared.deploys, kind)
    {
        let message = format!("a {} identity cannot deploy", kind.word());
        diagnostics.push(
            Diagnostic::new(&rules::BAD_VALUE, span, message)
                .help("an identity that deploys is `user-assigned` or a `service-principal`"),
        );
    }
    if let (true, Some(word)) = (deploys, &declared.roles) {
        let message = "nothing is inferred for an identity that deploys: no tool acts as it";
        diagnostics.push(
            Diagnostic::new(&rules::BAD_VALUE, word.span, message)
                .help("leave `roles` out, and write what it holds"),
        );
    }
    let federated = declared.federated.iter();
    let federated: Vec<_> = federated
        .filter_map(|one| federation(one, known, diagnostics))
        .collect();
    if let (Some(first), IdentityKind::SystemAssigned | IdentityKind::Delegated) =
        (federated.first(), kind)
    {
        let message = format!(
            "nobody else's token can stand for a {} identity",
            kind.word()
        );
        diagnostics.push(
            Diagnostic::new(&rules::UNEXPECTED, first.span, message)
                .help("`federated` belongs to a `user-assigned` identity or a `service-principal`"),
        );
    }
    Identity {
        name: declared.name.clone(),
        kind,
        client_id,
        deploys,
        inferred: declared
            .roles
            .as_ref()
            .filter(|_| !deploys)
            .map(|word| word.span),
        broken: false,
        federated,
        span: declared.span,
    }
}

/// The properties that each kind of issuer takes, its required ones first.
const GITHUB: &[&str] = &["repository", "environment", "branch", "tag", "audience"];
const OTHER: &[&str] = &["issuer", "subject", "audience"];

fn federation(
    declared: &ast::Federated,
    known: &Known<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Federation> {
    let github = declared.kind.value == "github";
    check_repository(declared, diagnostics);
    let takes = if github { GITHUB } else { OTHER };
    let mut stray: Vec<&Word> = Vec::new();
    stray.extend(declared.props.iter().map(|(key, _)| key));
    stray.retain(|key| !takes.contains(&key.value.as_str()));
    if !github {
        stray.extend(declared.numbers.iter().map(|(key, _)| key));
    }
    for key in stray {
        let message = format!(
            "`federated \"{}\"` has no property `{}`",
            declared.kind, key.value
        );
        let list: Vec<_> = takes.iter().map(|name| format!("`{name}`")).collect();
        diagnostics.push(
            Diagnostic::new(&rules::UNKNOWN_PROPERTY, key.span, message)
                .help(format!("it takes {}", list.join(", "))),
        );
    }
    let mut get = |name: &str| {
        let (_, value) = declared.props.iter().find(|(key, _)| key.value == name)?;
        Some(deploy(value, known.params, diagnostics))
    };
    let (repository, issuer, subject) = (get("repository"), get("issuer"), get("subject"));
    let (environment, branch, tag) = (get("environment"), get("branch"), get("tag"));
    let audience = get("audience");
    let mut missing = |what: &str, help: &str| {
        let message = format!("`federated \"{}\"` does not say {what}", declared.kind);
        diagnostics
            .push(Diagnostic::new(&rules::MISSING, declared.span, message).help(help.to_owned()));
    };
    let issuer = if github {
        let Some(repository) = repository else {
            missing("which repository", "add `repository=\"owner/name\"`");
            return None;
        };
        let pull_request = matches!(declared.pull_request, Some((true, _)));
        let mut contexts: Vec<(&'static str, Option<Text>)> = Vec::new();
        contexts.extend(environment.map(|name| ("environment:", Some(name))));
        contexts.extend(branch.map(|name| ("ref:refs/heads/", Some(name))));
        contexts.extend(tag.map(|name| ("ref:refs/tags/", Some(name))));
        contexts.extend(pull_request.then_some(("pull_request", None)));
        let [context] = contexts.as_slice() else {
            let help = "add one of `environment=\"production\"`, `branch=\"main\"`, `tag=\"v1\"`, `pull-request=#true`";
            missing("for which one kind of run", help);
            return None;
        };
        let number = |name: &str| {
            let found = declared.numbers.iter().find(|(key, _)| key.value == name);
            found.map(|(_, number)| *number)
        };
        Issuer::GitHub {
            repository,
            ids: number("owner-id").zip(number("repository-id")),
            context: context.clone(),
        }
    } else {
        let (Some(issuer), Some(subject)) = (issuer, subject) else {
            let help = "add `issuer=\"https://…\"` and `subject=\"…\"`, as the connection's page shows them";
            missing("whose tokens it trusts", help);
            return None;
        };
        Issuer::Other { issuer, subject }
    };
    Some(Federation {
        issuer,
        audience,
        span: declared.span,
    })
}

/// A repository is `owner/name`; a parameter is only known at deployment.
fn check_repository(declared: &ast::Federated, diagnostics: &mut Diagnostics) {
    let written = declared
        .props
        .iter()
        .find(|(key, value)| key.value == "repository" && !value.is_param);
    let Some((_, written)) = written else { return };
    let is_part = |part: &str| {
        let ok = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        !part.is_empty() && part.chars().all(ok)
    };
    let parts: Vec<&str> = written.word.value.split('/').collect();
    if !matches!(parts.as_slice(), [owner, name] if is_part(owner) && is_part(name)) {
        let help = "write owner and name, such as `contoso/invoice-desk`";
        bad_value(&written.word, "is not a repository", help, diagnostics);
    }
}

fn assignment(
    declared: &ast::Assign,
    consent: bool,
    (identity, kind): (IdentityId, IdentityKind),
    known: &Known<'_>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Option<Assignment> {
    let on = look_up("resource", &declared.on, known.resources, diagnostics)?;
    let delegated = consent || kind == IdentityKind::Delegated;
    let role = roles::find(&declared.role, on, delegated, known, program, diagnostics)?;
    let condition = declared.condition.as_ref();
    let condition = condition.and_then(|it| self::condition(it, on, program, diagnostics));
    Some(Assignment {
        identity,
        role,
        role_name: declared.role.clone(),
        consent,
        on,
        on_span: declared.on.span,
        condition,
        inferred: None,
        span: declared.span,
        also: Vec::new(),
    })
}

fn condition(
    declared: &ast::Where,
    on: ir::ResourceId,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Option<Condition> {
    let resource = program.resources.at(on);
    match (&declared.path, &declared.roles) {
        (Some(_), Some(roles)) => {
            let message = "a condition is about paths or about roles, not both";
            diagnostics.push(
                Diagnostic::new(&rules::UNEXPECTED, roles.span, message)
                    .help("write two `assign` nodes"),
            );
            None
        }
        (Some(path), None) => {
            if resource.connector.verbs.iter().all(|verb| !verb.path) {
                let message = format!("nothing on `{}` can be narrowed by path", resource.name);
                diagnostics.push(
                    Diagnostic::new(&rules::BAD_VALUE, path.span, message)
                        .help("assign the role on the narrowest resource instead"),
                );
                return None;
            }
            path_text(path, diagnostics).map(|path| Condition::Paths(vec![path]))
        }
        (None, Some(_)) if resource.connector.plane != PlaneFamily::AzureRbac => {
            let message = format!("no roles are assigned on `{}`", resource.name);
            diagnostics.push(
                Diagnostic::new(&rules::BAD_VALUE, declared.span, message)
                    .help("`where roles=\"emitted\"` narrows who may be given Azure roles"),
            );
            None
        }
        (None, Some(_)) => Some(Condition::RolesEmitted {
            span: declared.span,
        }),
        (None, None) => {
            let message = "`where` says nothing";
            diagnostics.push(
                Diagnostic::new(&rules::MISSING, declared.span, message)
                    .help("add `path=\"incoming/*\"` or `roles=\"emitted\"`"),
            );
            None
        }
    }
}

/// Adds what an identity holds; paths of the same role on the same resource come together.
fn add(held: Assignment, first: usize, program: &mut Program, diagnostics: &mut Diagnostics) {
    let same = |other: &Assignment| other.role == held.role && other.on == held.on;
    let mine = program.assignments.iter().skip(first);
    let Some(twin) = mine.filter(|(_, a)| same(a)).map(|(id, _)| id).next() else {
        program.assignments.push(held);
        return;
    };
    if let (Some(Condition::Paths(more)), Some(Condition::Paths(paths))) = (
        &held.condition,
        program
            .assignments
            .get_mut(twin)
            .and_then(|twin| twin.condition.as_mut()),
    ) {
        let new = |path: &&PathPattern| paths.iter().all(|known| !known.includes(path));
        let more: Vec<_> = more.iter().filter(new).cloned().collect();
        paths.extend(more);
        if let Some(twin) = program.assignments.get_mut(twin) {
            twin.also.push(held.span);
        }
        return;
    }
    let message = format!(
        "`{}` holds `{}` on `{}` already",
        program.identities.at(held.identity).name,
        held.role_name.value,
        program.resources.at(held.on).name
    );
    diagnostics.push(
        Diagnostic::new(&rules::DUPLICATE_NAME, held.span, message)
            .also(program.assignments.at(twin).span, "here")
            .help("remove one of the two"),
    );
}
