//! Uses: verbs and operations on resources, and the needs that follow.

use super::resources::scope_at;
use super::tools::Known;
use super::{known, look_up, roles};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{
    Clause, IdentityId, IdentityKind, Need, NeedOrigin, PathPattern, Program, Resource, ResourceId,
    ToolId, Use, UseKind,
};
use crate::names::did_you_mean;
use crate::source::Word;
use grantc_spec::Plane;
use grantc_spec::catalogue::Catalogue;
use grantc_spec::connectors::{self, OpName, OpenVerbs, PlaneFamily, Verb};
use grantc_spec::{plane_roles, rules};
use std::sync::Arc;

/// What a `uses` node says is done with a resource, as whom.
pub(super) fn used(
    declared: &ast::Use,
    tool: &ast::Tool,
    own_identity: Option<IdentityId>,
    names: &Known<'_>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Option<Use> {
    let resource = look_up(
        "resource",
        &declared.resource,
        &names.resources,
        diagnostics,
    );
    let identity = match &declared.identity {
        Some(word) => look_up("identity", word, &names.identities, diagnostics),
        None if tool.identity.is_none() => {
            let message = format!(
                "`{}` uses `{}` as nobody",
                tool.name.value, declared.resource.value
            );
            let help = match names.identities.len() {
                0 => "declare an identity and add `as \"…\"` to the tool".to_owned(),
                _ => format!(
                    "add `as` to the tool: {}",
                    known("identity", names.identities.keys().map(String::as_str))
                ),
            };
            diagnostics.push(Diagnostic::new(&rules::MISSING, declared.span, message).help(help));
            None
        }
        None => own_identity,
    };
    let resource = resource?;
    let identity = identity?;
    let delegated = program.identities.at(identity).kind == IdentityKind::Delegated;
    let kind = use_kind(declared, resource, delegated, names, program, diagnostics)?;
    // Without its path the use would be one of all names, which nobody wrote.
    let path = match &declared.path {
        Some(path) => {
            let resource = program.resources.at(resource);
            Some(path_pattern(path, &kind, resource, diagnostics)?)
        }
        None => None,
    };
    Some(Use {
        resource,
        kind,
        path,
        identity,
        span: declared.span,
    })
}

fn use_kind(
    declared: &ast::Use,
    resource: ResourceId,
    delegated: bool,
    names: &Known<'_>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Option<UseKind> {
    let resource = program.resources.at(resource);
    let raw = [(&declared.action, false), (&declared.data_action, true)];
    let given: Vec<_> = raw
        .into_iter()
        .filter_map(|(word, data)| word.as_ref().map(|w| (data, w)))
        .collect();
    match (declared.verbs.as_slice(), given.as_slice()) {
        ([], [(data, operation)]) => {
            let plane = raw_plane(resource, *data, operation, diagnostics)?;
            check_operation(operation, diagnostics)
                .then(|| UseKind::Operation(plane, (*operation).clone()))
        }
        ([], []) => {
            let message = format!(
                "this does not say what is done with `{}`",
                resource.name.value
            );
            let help = verbs_help(resource);
            diagnostics.push(Diagnostic::new(&rules::MISSING, declared.span, message).help(help));
            None
        }
        (verbs, []) => {
            let mut found = Vec::new();
            for word in verbs {
                let verb = verb(word, resource, delegated, names.catalogue, diagnostics);
                found.extend(verb.map(|verb| (verb, word.span)));
            }
            (!found.is_empty()).then_some(UseKind::Verbs(found))
        }
        (_, [(_, word), ..]) => {
            let message = "a use has verbs, or one operation, not both";
            diagnostics.push(
                Diagnostic::new(&rules::UNEXPECTED, word.span, message)
                    .help("write a second `uses` node"),
            );
            None
        }
    }
}

/// The plane of an operation that is written out: control, or that of the resource's data.
fn raw_plane(
    resource: &Resource,
    data: bool,
    operation: &Word,
    diagnostics: &mut Diagnostics,
) -> Option<Plane> {
    let plane = match (resource.connector.plane, data) {
        (PlaneFamily::AzureRbac, true) => Some(Plane::Data),
        (PlaneFamily::CosmosSql, true) => Some(Plane::CosmosSql),
        (PlaneFamily::AzureRbac | PlaneFamily::CosmosSql | PlaneFamily::SqlDatabase, false) => {
            Some(Plane::Control)
        }
        _ => None,
    };
    if plane.is_none() {
        let message = format!("`{}` has no such operations", resource.connector.name);
        diagnostics.push(
            Diagnostic::new(&rules::UNEXPECTED, operation.span, message).help(verbs_help(resource)),
        );
    }
    let plane = plane?;
    // Where every operation of a plane is known, another one is a slip of the pen.
    let known = plane_roles::plane_operations(plane);
    let same = |name: &&&str| name.eq_ignore_ascii_case(&operation.value);
    if !known.is_empty() && known.iter().find(same).is_none() {
        let message = format!("`{}` has no operation `{}`", plane.word(), operation.value);
        let help = did_you_mean(&operation.value, known.iter().copied()).unwrap_or_else(|| {
            let list: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("it has {}", list.join(", "))
        });
        diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, operation.span, message).help(help));
        return None;
    }
    Some(plane)
}

/// A verb of the connector; where every permission is one, the permission.
fn verb(
    word: &Word,
    resource: &Resource,
    delegated: bool,
    catalogue: &Catalogue,
    diagnostics: &mut Diagnostics,
) -> Option<Arc<Verb>> {
    let connector = &resource.connector;
    if let Some(verb) = connector.verbs.iter().find(|verb| verb.name == word.value) {
        return Some(Arc::clone(verb));
    }
    match connector.open_verbs {
        OpenVerbs::None => {
            let names = || connector.verbs.iter().map(|verb| verb.name.as_str());
            let help = did_you_mean(&word.value, names()).unwrap_or_else(|| verbs_help(resource));
            let message = format!("`{}` has no verb `{}`", connector.name, word.value);
            diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, word.span, message).help(help));
            None
        }
        OpenVerbs::GraphPermissions => {
            let kind = roles::graph_kind(delegated);
            if catalogue.graph_permission(kind, &word.value).is_none() {
                roles::no_graph_permission(word, delegated, catalogue, diagnostics);
                return None;
            }
            Some(permission_verb(Plane::Graph, word))
        }
        OpenVerbs::ResourceRoles => {
            let declared = match delegated {
                true => &resource.delegated_scopes,
                false => &resource.app_roles,
            };
            if declared.iter().all(|one| one.name.value != word.value) {
                roles::no_api_permission(word, resource, delegated, diagnostics);
                return None;
            }
            Some(permission_verb(Plane::EntraApp, word))
        }
    }
}

/// The verb that a permission is: it needs itself.
fn permission_verb(plane: Plane, word: &Word) -> Arc<Verb> {
    let operation = OpName {
        plane,
        name: word.value.clone(),
    };
    Arc::new(Verb {
        name: word.value.clone(),
        levels: Vec::new(),
        path: false,
        listing: false,
        needs: vec![connectors::Clause {
            any_of: vec![operation],
        }],
        source: String::new(),
    })
}

pub(super) fn verbs_help(resource: &Resource) -> String {
    let verbs = resource
        .connector
        .verbs
        .iter()
        .map(|verb| format!("`{}`", verb.name));
    match verbs.collect::<Vec<_>>().as_slice() {
        [] => match resource.connector.open_verbs {
            OpenVerbs::GraphPermissions => {
                "name a permission of Microsoft Graph, such as `Mail.Read`".to_owned()
            }
            OpenVerbs::ResourceRoles => {
                "name an `app-role` or a `delegated-scope` of the resource".to_owned()
            }
            OpenVerbs::None => {
                "name an operation: `action=\"…\"` or `data-action=\"…\"`".to_owned()
            }
        },
        list => format!("`{}` has {}", resource.connector.name, list.join(", ")),
    }
}

/// An operation is named exactly: `Provider/type/…/verb`, without wildcards.
fn check_operation(word: &Word, diagnostics: &mut Diagnostics) -> bool {
    // `labels:analyze` and `$metadata` are parts of names that Azure lists.
    let ok = |c: char| c.is_ascii_alphanumeric() || "._-/:$".contains(c);
    let exact = word.value.split('/').count() >= 2
        && word.value.chars().all(ok)
        && word.value.split('/').all(|part| !part.is_empty());
    if !exact {
        let message = format!("`{}` is not an operation", word.value);
        let help = "name one exactly, such as `Microsoft.Storage/storageAccounts/read`; a need has no wildcards";
        diagnostics.push(Diagnostic::new(&rules::BAD_VALUE, word.span, message).help(help));
    }
    exact
}

fn path_pattern(
    path: &Word,
    kind: &UseKind,
    resource: &Resource,
    diagnostics: &mut Diagnostics,
) -> Option<PathPattern> {
    let narrows = match kind {
        UseKind::Verbs(verbs) => verbs
            .iter()
            .find(|(verb, _)| !verb.path)
            .map(|(verb, _)| verb.name.as_str()),
        UseKind::Operation(plane, operation) => {
            let capable = resource
                .connector
                .verbs
                .iter()
                .filter(|verb| verb.path)
                .any(|verb| {
                    verb.needs
                        .iter()
                        .flat_map(|clause| &clause.any_of)
                        .any(|known| {
                            known.plane == *plane
                                && known.name.eq_ignore_ascii_case(&operation.value)
                        })
                });
            (!capable).then_some(operation.value.as_str())
        }
    };
    if let Some(what) = narrows {
        let message = format!(
            "`{what}` on `{}` cannot be narrowed by path",
            resource.name.value
        );
        diagnostics
            .push(Diagnostic::new(&rules::BAD_VALUE, path.span, message).help("leave `path` out"));
        return None;
    }
    let pattern = path_text(path, diagnostics)?;
    // A listing begins with a prefix: there is no listing of one name alone.
    let lists = match kind {
        UseKind::Verbs(verbs) => verbs.iter().find(|(verb, _)| verb.listing),
        UseKind::Operation(..) => None,
    };
    if let (Some((verb, _)), (prefix, false)) = (lists, pattern.parts()) {
        let message = format!(
            "`{}` looks at all names that begin with something, and `{prefix}` is one name",
            verb.name
        );
        let help = format!(
            "write `path=\"{prefix}*\"`, or a `uses` of its own for `{}`",
            verb.name
        );
        diagnostics.push(Diagnostic::new(&rules::BAD_VALUE, path.span, message).help(help));
        return None;
    }
    Some(pattern)
}

/// A literal prefix and an optional final `*`.
pub(super) fn path_text(path: &Word, diagnostics: &mut Diagnostics) -> Option<PathPattern> {
    let text = path.value.as_str();
    let literal = text.strip_suffix('*').unwrap_or(text);
    let bad = |c: char| c.is_control() || matches!(c, '*' | '?' | '\\' | '\'' | '"');
    if literal.is_empty() || literal.starts_with('/') || literal.contains(bad) {
        let message = format!("`{text}` is not a path");
        let help = "a path is a literal prefix and an optional final `*`, such as `incoming/*`";
        diagnostics.push(Diagnostic::new(&rules::BAD_VALUE, path.span, message).help(help));
        return None;
    }
    Some(PathPattern {
        text: path.clone(),
        listing: false,
    })
}

/// What a use needs: of each clause of its verbs one need, or its one operation.
pub(super) fn needs_of(tool: ToolId, used: &Use, program: &Program) -> Vec<Need> {
    let resource = program.resources.at(used.resource);
    let need = |scope, clause, origin, span| {
        let listing = matches!(&origin, NeedOrigin::Verb(verb) if verb.listing);
        let path = used.path.clone();
        Need {
            tool,
            identity: used.identity,
            resource: used.resource,
            scope,
            clause,
            path: path.map(|path| PathPattern { listing, ..path }),
            origin,
            span,
        }
    };
    match &used.kind {
        UseKind::Operation(plane, word) => {
            let clause = Clause {
                any_of: vec![(*plane, word.value.clone())],
            };
            vec![need(
                resource.scope.clone(),
                clause,
                NeedOrigin::Raw,
                word.span,
            )]
        }
        UseKind::Verbs(verbs) => verbs
            .iter()
            .flat_map(|(verb, span)| verb.needs.iter().map(move |clause| (verb, clause, *span)))
            .map(|(verb, clause, span)| {
                let any_of = clause
                    .any_of
                    .iter()
                    .map(|op| (op.plane, op.name.clone()))
                    .collect();
                // A verb of a wider level needs it there; one of a deeper level, on the whole resource.
                let level = resource.connector.judged_at(verb, resource.level);
                let scope = scope_at(resource, level);
                need(
                    scope,
                    Clause { any_of },
                    NeedOrigin::Verb(Arc::clone(verb)),
                    span,
                )
            })
            .collect(),
    }
}
