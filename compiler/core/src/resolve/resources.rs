//! Resources with their scopes, custom roles, identities and what they hold.

use super::server::{check_field, check_guid};
use super::{Names, collisions, deploy, known, look_up, name_all};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{self, Ambient, Assignment, CustomRole, Program, Resource, RoleRef, Scope, Text};
use crate::names::did_you_mean;
use crate::source::Word;
use grantc_spec::Plane;
use grantc_spec::catalogue::Catalogue;
use grantc_spec::connectors::{self, Connector};
use grantc_spec::rules;

/// Resource types of the language that a later version carries out.
const LATER: &[&str] = &[
    "azure.sql",
    "azure.cosmos",
    "azure.subscription",
    "azure.management-group",
    "microsoft.graph",
    "http",
];

pub(super) fn resources(
    manifest: &ast::Manifest,
    params: &Names<ir::Param>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Names<Resource> {
    let mut words = Vec::new();
    let mut ids = Vec::new();
    for declared in &manifest.resources {
        if declared.name.value == "azure" {
            let message = "`azure` is the manifest's own resource group";
            diagnostics.push(
                Diagnostic::new(&rules::DUPLICATE_NAME, declared.name.span, message)
                    .help("give this resource another name"),
            );
            continue;
        }
        let Some(connector) = connector(&declared.ty, diagnostics) else {
            continue;
        };
        let resource = one(declared, connector, params, program, diagnostics);
        if program.azure.is_none() {
            needs_azure(declared, diagnostics);
        }
        words.push(&declared.name);
        ids.push(program.resources.push(resource));
    }
    collisions("resources", words.iter().copied(), diagnostics);
    let next = program.resources.next_id();
    let mut names = name_all("resource", words.into_iter(), diagnostics, |i| {
        ids.get(i).copied().unwrap_or(next)
    });
    if let Some(azure) = &program.azure {
        names.insert("azure".to_owned(), azure.resource);
    }
    names
}

fn needs_azure(declared: &ast::Resource, diagnostics: &mut Diagnostics) {
    let has = |name: &str| declared.fields.iter().any(|(field, _)| field.value == name);
    if has("resource-group") && has("subscription") {
        return;
    }
    let message = format!(
        "`{}` is in the resource group of `azure`, and the manifest has no `azure`",
        declared.name.value
    );
    let help = "add `azure { resource-group \"…\"; location \"…\" }`, or give the resource a `resource-group` and a `subscription` of its own";
    diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, declared.span, message).help(help));
}

fn connector(ty: &Word, diagnostics: &mut Diagnostics) -> Option<&'static Connector> {
    let all = connectors::builtin();
    let found = all
        .get(&ty.value)
        .map(|connector| &**connector)
        .filter(|_| !LATER.contains(&ty.value.as_str()));
    if found.is_none() {
        if LATER.contains(&ty.value.as_str()) {
            let message = format!("resource type `{}` is not supported yet", ty.value);
            diagnostics.push(
                Diagnostic::new(&rules::NOT_SUPPORTED_YET, ty.span, message).help(
                    "the language has this type, but this version of grantc does not carry it out",
                ),
            );
            return None;
        }
        let names = || all.iter().map(|connector| connector.name.as_str());
        let help = did_you_mean(&ty.value, names().chain(LATER.iter().copied()))
            .unwrap_or_else(|| known("resource type", names()));
        let message = format!("there is no resource type `{}`", ty.value);
        diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, ty.span, message).help(help));
    }
    found
}

fn one(
    declared: &ast::Resource,
    connector: &'static Connector,
    params: &Names<ir::Param>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Resource {
    let mut given: Vec<(&'static str, Text)> = Vec::new();
    let mut places: Vec<&Word> = Vec::new();
    for (name, value) in &declared.fields {
        if let Some(first) = places.iter().find(|first| first.value == name.value) {
            let message = format!("`{}` stands twice", name.value);
            diagnostics.push(
                Diagnostic::new(&rules::REPEATED, name.span, message)
                    .also(first.span, "it is already here"),
            );
            continue;
        }
        places.push(name);
        let known_field = field_names(connector).find(|known| *known == name.value);
        let Some(field) = known_field else {
            let help = did_you_mean(&name.value, field_names(connector))
                .unwrap_or_else(|| known("field", field_names(connector)));
            let message = format!("`{}` is not a field of `{}`", name.value, connector.name);
            diagnostics.push(Diagnostic::new(&rules::UNKNOWN_NODE, name.span, message).help(help));
            continue;
        };
        match field {
            "subscription" => check_guid(value, diagnostics),
            _ => check_field(value, &format!("`{field}`"), diagnostics),
        }
        given.push((field, deploy(value, params, diagnostics)));
    }
    let take = |wanted: &str| {
        given
            .iter()
            .find(|(f, _)| *f == wanted)
            .map(|(_, t)| t.clone())
    };
    let azure = program.azure.as_ref();
    let subscription = take("subscription")
        .or_else(|| azure.and_then(|azure| azure.subscription.clone()))
        .unwrap_or(Text::Ambient(Ambient::Subscription));
    let resource_group = take("resource-group")
        .or_else(|| azure.map(|azure| azure.resource_group.clone()))
        .unwrap_or(Text::Literal(String::new()));
    let level = level(declared, connector, &given, diagnostics);
    let order = |name: &str| connector.fields.iter().position(|field| field.name == name);
    let mut fields: Vec<_> = given
        .into_iter()
        .filter(|(name, _)| order(name).is_some())
        .collect();
    fields.sort_by_key(|(name, _)| order(name));
    let mut resource = Resource {
        name: declared.name.clone(),
        connector,
        level,
        fields,
        subscription,
        resource_group,
        existing: declared
            .existing
            .map_or(!connector.creates, |(flag, _)| flag),
        sensitivity: declared.sensitivity.clone(),
        scope: Scope::default(),
        implicit: false,
        span: declared.span,
    };
    if let (false, Some((false, span))) = (connector.creates, declared.existing) {
        let message = format!("`{}` is referred to, never created", connector.name);
        diagnostics
            .push(Diagnostic::new(&rules::BAD_VALUE, span, message).help("leave `existing` out"));
    }
    resource.scope = scope_at(&resource, level);
    resource
}

fn field_names(connector: &'static Connector) -> impl Iterator<Item = &'static str> {
    let own = connector.fields.iter().map(|field| field.name.as_str());
    let common = ["resource-group", "subscription"].into_iter();
    own.clone()
        .chain(common.filter(move |name| !own.clone().any(|known| known == *name)))
}

/// The most specific level all of whose fields were given; wider ones may not be left out.
fn level(
    declared: &ast::Resource,
    connector: &Connector,
    given: &[(&'static str, Text)],
    diagnostics: &mut Diagnostics,
) -> usize {
    let has = |field: &str| {
        matches!(field, "subscription" | "resource-group") || given.iter().any(|(f, _)| *f == field)
    };
    let complete = |level: &connectors::Level| level.fields.iter().all(|field| has(field));
    let deepest = connector.levels.iter().rposition(complete);
    // A field that only a deeper level has was given, but not all that leads there.
    let level_of = |field: &str| {
        connector
            .levels
            .iter()
            .position(|level| level.fields.iter().any(|f| f == field))
    };
    let wanted = given.iter().filter_map(|(field, _)| level_of(field)).max();
    if deepest.is_none() || wanted > deepest {
        let level = wanted.unwrap_or(0);
        let missing = connector
            .levels
            .get(level)
            .into_iter()
            .flat_map(|level| &level.fields);
        let list: Vec<_> = missing
            .filter(|f| !has(f))
            .map(|field| format!("`{field} \"…\"`"))
            .collect();
        let message = format!(
            "`{}` does not say which {} it is",
            declared.name.value, connector.name
        );
        diagnostics.push(
            Diagnostic::new(&rules::MISSING, declared.span, message)
                .help(format!("add {}", list.join(" and "))),
        );
    }
    deepest.unwrap_or(0)
}

/// The scope of a resource at one of its connector's levels.
pub(super) fn scope_at(resource: &Resource, level: usize) -> Scope {
    let template = resource
        .connector
        .levels
        .get(level)
        .map_or("", |level| level.id.as_str());
    let segment = |part: &str| {
        let field = part
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match field {
            None => Text::Literal(part.to_owned()),
            Some("subscription") => resource.subscription.clone(),
            Some("resource-group") => resource.resource_group.clone(),
            Some(field) => resource
                .field(field)
                .cloned()
                .unwrap_or(Text::Literal(String::new())),
        }
    };
    let segments = template
        .split('/')
        .filter(|part| !part.is_empty())
        .map(segment)
        .collect();
    Scope { segments }
}

pub(super) fn identities(
    manifest: &ast::Manifest,
    resources: &Names<Resource>,
    catalogue: &Catalogue,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Names<ir::Identity> {
    let roles = custom_roles(manifest, catalogue, program, diagnostics);
    let mut ids = Vec::new();
    for declared in &manifest.identities {
        let identity = program.identities.push(ir::Identity {
            name: declared.name.clone(),
            kind: ir::IdentityKind::UserAssigned,
            span: declared.span,
        });
        ids.push(identity);
        let first = program.assignments.next_id();
        for assign in &declared.assigns {
            let role = role(&assign.role, &roles, catalogue, diagnostics);
            let on = look_up("resource", &assign.on, resources, diagnostics);
            let (Some(role), Some(on)) = (role, on) else {
                continue;
            };
            let mine = program.assignments.iter().skip(first.index());
            let twice = mine.map(|(_, a)| a).find(|a| a.role == role && a.on == on);
            if let Some(twice) = twice {
                let message = format!(
                    "`{}` holds `{}` on `{}` already",
                    declared.name.value, assign.role.value, assign.on.value
                );
                diagnostics.push(
                    Diagnostic::new(&rules::DUPLICATE_NAME, assign.span, message)
                        .also(twice.span, "here")
                        .help("remove one of the two"),
                );
                continue;
            }
            program.assignments.push(Assignment {
                identity,
                role,
                role_name: assign.role.clone(),
                on,
                on_span: assign.on.span,
                span: assign.span,
            });
        }
    }
    let words = manifest.identities.iter().map(|identity| &identity.name);
    collisions("identities", words.clone(), diagnostics);
    let next = program.identities.next_id();
    name_all("identity", words, diagnostics, |i| {
        ids.get(i).copied().unwrap_or(next)
    })
}

fn custom_roles(
    manifest: &ast::Manifest,
    catalogue: &Catalogue,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Names<CustomRole> {
    let mut ids = Vec::new();
    for declared in &manifest.roles {
        if catalogue.role_by_name(&declared.name.value).is_some() {
            let message = format!("Azure has a built-in role `{}`", declared.name.value);
            diagnostics.push(
                Diagnostic::new(&rules::DUPLICATE_NAME, declared.name.span, message)
                    .help("give the custom role a name of its own"),
            );
        }
        check_role_name(&declared.name, diagnostics);
        let plane = |is_data: &bool| {
            if *is_data {
                Plane::Data
            } else {
                Plane::Control
            }
        };
        ids.push(
            program.roles.push(CustomRole {
                name: declared.name.clone(),
                operations: declared
                    .operations
                    .iter()
                    .map(|(d, w)| (plane(d), w.clone()))
                    .collect(),
                span: declared.span,
            }),
        );
    }
    let next = program.roles.next_id();
    let words = manifest.roles.iter().map(|role| &role.name);
    collisions("roles", words.clone(), diagnostics);
    name_all("role", words, diagnostics, |i| {
        ids.get(i).copied().unwrap_or(next)
    })
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

fn role(
    word: &Word,
    custom: &Names<CustomRole>,
    catalogue: &Catalogue,
    diagnostics: &mut Diagnostics,
) -> Option<RoleRef> {
    let name = word.value.as_str();
    if let Some(id) = custom.get(name) {
        return Some(RoleRef::Custom(*id));
    }
    let built_in = catalogue
        .role_by_name(name)
        .or_else(|| catalogue.role_by_id(name))
        .or_else(|| catalogue.renamed(name));
    if built_in.is_none() {
        let all = custom
            .keys()
            .map(String::as_str)
            .chain(catalogue.role_names());
        let help = did_you_mean(name, all).unwrap_or_else(|| {
            "`grantc roles --granting OPERATION` lists the built-in roles that grant it".to_owned()
        });
        let message = format!("there is no role `{name}`");
        diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, word.span, message).help(help));
    }
    built_in.map(RoleRef::BuiltIn)
}
