//! Roles: those of the manifest, and what the name of a role or permission means where it is held.

use super::identities::Known;
use super::{Names, collisions, name_all};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{CustomRole, Permission, Program, ResourceId, RoleOperation, RoleRef};
use crate::names::did_you_mean;
use crate::source::Word;
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, GraphKind};
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::{plane_roles, rules};

/// The custom roles of a manifest, by name.
pub(super) type CustomRoles = Names<CustomRole>;

pub(super) fn custom_roles(
    manifest: &ast::Manifest,
    catalogue: &Catalogue,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> CustomRoles {
    let mut ids = Vec::new();
    for declared in &manifest.roles {
        let plane = declared.plane.as_ref().map(|word| word.value.as_str());
        let known = plane.map_or(Some(PlaneFamily::AzureRbac), PlaneFamily::parse);
        let family = known.unwrap_or(PlaneFamily::AzureRbac);
        let taken = match family {
            PlaneFamily::AzureRbac => catalogue.role_by_name(&declared.name.value).is_some(),
            family => plane_roles::by_name(family, &declared.name.value).is_some(),
        };
        if taken {
            let message = format!("Azure has a built-in role `{}`", declared.name.value);
            diagnostics.push(
                Diagnostic::new(&rules::DUPLICATE_NAME, declared.name.span, message)
                    .help("give the custom role a name of its own"),
            );
        }
        check_role_name(&declared.name, diagnostics);
        let operations = declared.operations.iter();
        let operations: Vec<RoleOperation> = operations
            .filter_map(|one| operation(one, family, diagnostics))
            .collect();
        ids.push(program.roles.push(CustomRole {
            name: declared.name.clone(),
            family,
            broken: known.is_none() || operations.len() < declared.operations.len(),
            operations,
            inferred: None,
            span: declared.span,
        }));
    }
    let next = program.roles.next_id();
    let words = manifest.roles.iter().map(|role| &role.name);
    collisions("roles", words.clone(), diagnostics);
    name_all("role", words, diagnostics, |i| {
        ids.get(i).copied().unwrap_or(next)
    })
}

/// The words that name operations of a plane in the body of a role.
fn words(family: PlaneFamily) -> &'static [(&'static str, Plane)] {
    match family {
        PlaneFamily::AzureRbac => &[("action", Plane::Control), ("data-action", Plane::Data)],
        PlaneFamily::CosmosSql => &[("data-action", Plane::CosmosSql)],
        PlaneFamily::SqlDatabase => &[("grant", Plane::SqlDatabase)],
        PlaneFamily::Graph | PlaneFamily::EntraApp => &[],
    }
}

fn operation(
    declared: &ast::RoleOperation,
    family: PlaneFamily,
    diagnostics: &mut Diagnostics,
) -> Option<RoleOperation> {
    let known = words(family).iter();
    let Some((_, plane)) = known.clone().find(|(word, _)| *word == declared.word.value) else {
        let list: Vec<_> = known.map(|(word, _)| format!("`{word}`")).collect();
        let message = format!(
            "a role of the plane `{}` has no `{}`",
            family.word(),
            declared.word.value
        );
        diagnostics.push(
            Diagnostic::new(&rules::UNKNOWN_NODE, declared.word.span, message)
                .help(format!("it takes {}", list.join(" and "))),
        );
        return None;
    };
    let permissions = plane_roles::plane_operations(*plane);
    let pattern = &declared.name;
    if *plane == Plane::SqlDatabase {
        let known = permissions
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&pattern.value));
        if !known {
            let message = format!("`{}` is not a permission of a database", pattern.value);
            let list = || permissions.iter().copied();
            let help = did_you_mean(&pattern.value, list()).unwrap_or_else(|| {
                let list: Vec<_> = list().map(|name| format!("`{name}`")).collect();
                format!("there are {}", list.join(", "))
            });
            diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, pattern.span, message).help(help));
            return None;
        }
    }
    if let Some(schema) = &declared.schema {
        check_sql_name(schema, diagnostics);
    }
    Some(RoleOperation {
        plane: *plane,
        pattern: pattern.clone(),
        schema: declared.schema.clone(),
    })
}

/// A schema is written between brackets in T-SQL, and into no string but that.
fn check_sql_name(name: &Word, diagnostics: &mut Diagnostics) {
    let ok = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '$');
    if name.value.chars().count() > 128 || !name.value.chars().all(ok) {
        let message = format!("`{}` cannot name a schema", name.value);
        diagnostics.push(
            Diagnostic::new(&rules::BAD_NAME, name.span, message)
                .help("up to 128 letters, digits, spaces and `_`, `-`, `$`"),
        );
    }
}

/// A display name that is readable in a portal and in a comment.
fn check_role_name(name: &Word, diagnostics: &mut Diagnostics) {
    let ok = |c: char| c.is_alphanumeric() || " -_.,()&".contains(c);
    let text = &name.value;
    if text.chars().count() > 100 || !text.chars().all(ok) || text.trim() != text {
        let message = format!("`{text}` cannot name a role");
        let help = "up to 100 letters, digits, spaces and `-`, `_`, `.`, `,`, `(`, `)`, `&`";
        diagnostics.push(Diagnostic::new(&rules::BAD_NAME, name.span, message).help(help));
    }
}

/// What a role's or permission's name means on a resource.
///
/// On an account whose data has a plane of its own, such as Cosmos DB, both that plane's roles and
/// those of Azure RBAC can be assigned: the latter manage the account.
pub(super) fn find(
    word: &Word,
    on: ResourceId,
    delegated: bool,
    known: &Known<'_>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Option<RoleRef> {
    let family = program.resources.at(on).connector.plane;
    match family {
        PlaneFamily::Graph => {
            graph_permission(word, delegated, known.catalogue, program, diagnostics)
        }
        PlaneFamily::EntraApp => api_permission(word, on, delegated, program, diagnostics),
        PlaneFamily::AzureRbac | PlaneFamily::CosmosSql | PlaneFamily::SqlDatabase => {
            role(word, family, known, program, diagnostics)
        }
    }
}

fn role(
    word: &Word,
    family: PlaneFamily,
    known: &Known<'_>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Option<RoleRef> {
    let name = word.value.as_str();
    if let Some(id) = known.roles.get(name) {
        let role = program.roles.at(*id);
        if role.family != family && role.family != PlaneFamily::AzureRbac {
            let message = format!(
                "`{name}` is a role of the plane `{}`, and this resource has `{}`",
                role.family.word(),
                family.word()
            );
            diagnostics.push(
                Diagnostic::new(&rules::NOT_ASSIGNABLE, word.span, message)
                    .also(role.span, "declared here")
                    .help(format!("declare a role with `plane=\"{}\"`", family.word())),
            );
            return None;
        }
        return Some(RoleRef::Custom(*id));
    }
    if let Some(role) = RoleRef::of_plane(family, name) {
        return Some(role);
    }
    let catalogue = known.catalogue;
    let built_in = catalogue
        .role_by_name(name)
        .or_else(|| catalogue.role_by_id(name))
        .or_else(|| catalogue.renamed(name));
    if built_in.is_none() {
        let of_plane = plane_roles::all(family).map(|role| role.name);
        let all = known
            .roles
            .keys()
            .map(String::as_str)
            .chain(of_plane)
            .chain(catalogue.role_names());
        // `Blob Data Reader` is short for a role more often than a slip of the pen in another.
        let lower = format!(" {}", name.to_ascii_lowercase());
        let mut longer = catalogue
            .role_names()
            .filter(|known| known.to_ascii_lowercase().ends_with(&lower));
        let only = longer.next().filter(|_| longer.next().is_none());
        let meant = only.map(|known| format!("did you mean `{known}`?"));
        let help = meant
            .or_else(|| did_you_mean(name, all))
            .unwrap_or_else(|| {
                "`grantc roles --granting OPERATION` lists the built-in roles that grant it"
                    .to_owned()
            });
        let message = format!("there is no role `{name}`");
        diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, word.span, message).help(help));
    }
    built_in.map(RoleRef::BuiltIn)
}

/// A permission of Microsoft Graph, in the form that the identity can hold.
fn graph_permission(
    word: &Word,
    delegated: bool,
    catalogue: &Catalogue,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Option<RoleRef> {
    let kind = graph_kind(delegated);
    let Some(found) = catalogue.graph_permission(kind, &word.value) else {
        no_graph_permission(word, delegated, catalogue, diagnostics);
        return None;
    };
    let permission = Permission {
        plane: Plane::Graph,
        name: found.value.to_owned(),
        id: found.id.to_owned(),
        delegated,
    };
    Some(intern(permission, program))
}

pub(super) fn graph_kind(delegated: bool) -> GraphKind {
    match delegated {
        true => GraphKind::Delegated,
        false => GraphKind::Application,
    }
}

/// Says that Graph has no such permission, or not in the form that is meant.
pub(super) fn no_graph_permission(
    word: &Word,
    delegated: bool,
    catalogue: &Catalogue,
    diagnostics: &mut Diagnostics,
) {
    let other = catalogue.graph_permission(graph_kind(!delegated), &word.value);
    let (form, other_form) = match delegated {
        true => ("delegated", "application"),
        false => ("application", "delegated"),
    };
    let (message, help) = match other {
        Some(_) => (
            format!("Microsoft Graph has no {form} permission `{}`", word.value),
            format!(
                "it is {other_form} only: {}",
                match delegated {
                    true => "use it as an identity that is not `delegated`",
                    false => "use it as a `delegated` identity",
                }
            ),
        ),
        None => (
            format!("Microsoft Graph has no permission `{}`", word.value),
            did_you_mean(
                &word.value,
                catalogue.graph_permissions().map(|it| it.value),
            )
            .unwrap_or_else(|| "name one exactly, such as `Mail.Read`; case matters".to_owned()),
        ),
    };
    diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, word.span, message).help(help));
}

/// A permission that a custom API declares.
fn api_permission(
    word: &Word,
    on: ResourceId,
    delegated: bool,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Option<RoleRef> {
    let resource = program.resources.at(on);
    let declared = match delegated {
        true => &resource.delegated_scopes,
        false => &resource.app_roles,
    };
    let Some(found) = declared.iter().find(|one| one.name.value == word.value) else {
        no_api_permission(word, resource, delegated, diagnostics);
        return None;
    };
    let permission = Permission {
        plane: Plane::EntraApp,
        name: found.name.value.clone(),
        id: found.id.value.clone(),
        delegated,
    };
    Some(intern(permission, program))
}

/// Says that an API declares no such permission, or not in the form that is meant.
pub(super) fn no_api_permission(
    word: &Word,
    resource: &crate::ir::Resource,
    delegated: bool,
    diagnostics: &mut Diagnostics,
) {
    let (declared, node) = match delegated {
        true => (&resource.delegated_scopes, "delegated-scope"),
        false => (&resource.app_roles, "app-role"),
    };
    let names = declared.iter().map(|one| one.name.value.as_str());
    let message = format!("`{}` has no {node} `{}`", resource.name, word.value);
    let help = did_you_mean(&word.value, names)
        .unwrap_or_else(|| format!("declare it there: `{node} \"{}\" id=\"…\"`", word.value));
    diagnostics.push(
        Diagnostic::new(&rules::UNRESOLVED, word.span, message)
            .also(resource.span, "declared here")
            .help(help),
    );
}

fn intern(permission: Permission, program: &mut Program) -> RoleRef {
    RoleRef::Permission(program.permission(permission))
}
