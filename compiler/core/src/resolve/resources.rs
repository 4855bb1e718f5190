//! Resources with their scopes.

use super::connectors::Declared;
use super::server::{bad_value, check_field, check_guid, is_guid, is_web_url};
use super::{Names, collisions, deploy, known, name_all};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{self, Ambient, ApiPermission, Program, Resource, Scope, Text};
use crate::names::did_you_mean;
use crate::source::Word;
use grantc_spec::connectors::{self, Connector, Misplaced, OpenVerbs};
use grantc_spec::rules;
use std::sync::Arc;

pub(super) fn resources(
    manifest: &ast::Manifest,
    declared_connectors: &Declared,
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
        let Some(connector) = connector(&declared.ty, declared_connectors, diagnostics) else {
            continue;
        };
        let resource = one(declared, connector, params, program, diagnostics);
        if program.azure.is_none() && in_azure(&resource.connector) {
            needs_azure(declared, &resource.connector, diagnostics);
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

/// Whether the ids of a connector name a subscription or a resource group.
fn in_azure(connector: &Connector) -> bool {
    let names = |level: &connectors::Level| level.id.contains("{subscription}");
    connector.levels.iter().any(names)
}

fn needs_azure(declared: &ast::Resource, connector: &Connector, diagnostics: &mut Diagnostics) {
    let has = |name: &str| {
        let wanted = format!("{{{name}}}");
        let in_id = |level: &connectors::Level| level.id.contains(&wanted);
        !connector.levels.iter().any(in_id)
            || declared.fields.iter().any(|(field, _)| field.value == name)
    };
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

/// The connector of a resource's type.
fn connector(
    ty: &Word,
    declared: &Declared,
    diagnostics: &mut Diagnostics,
) -> Option<Arc<Connector>> {
    if let Some(own) = declared.get(&ty.value) {
        return own.clone();
    }
    let all = connectors::builtin();
    if let Some(found) = all.get(&ty.value) {
        return Some(Arc::clone(found));
    }
    let names = || {
        let own = declared.keys().map(String::as_str);
        all.iter().map(|it| it.name.as_str()).chain(own)
    };
    let help = did_you_mean(&ty.value, names()).unwrap_or_else(|| {
        let list: Vec<_> = names().map(|name| format!("`{name}`")).collect();
        format!(
            "there are {}; a `connector` node declares another",
            list.join(", ")
        )
    });
    let message = format!("there is no resource type `{}`", ty.value);
    diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, ty.span, message).help(help));
    None
}

fn one(
    declared: &ast::Resource,
    connector: Arc<Connector>,
    params: &Names<ir::Param>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Resource {
    let mut given: Vec<(String, Text)> = Vec::new();
    let takes = field_names(&connector);
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
        if !takes.contains(&name.value.as_str()) {
            let help = did_you_mean(&name.value, takes.iter().copied())
                .unwrap_or_else(|| known("field", takes.iter().copied()));
            let message = format!("`{}` is not a field of `{}`", name.value, connector.name);
            diagnostics.push(Diagnostic::new(&rules::UNKNOWN_NODE, name.span, message).help(help));
            continue;
        }
        match name.value.as_str() {
            "subscription" => check_guid(value, diagnostics),
            "client-id" => check_application(value, diagnostics),
            "url" => check_url(value, diagnostics),
            field => check_field(value, &format!("`{field}`"), diagnostics),
        }
        given.push((name.value.clone(), deploy(value, params, diagnostics)));
    }
    let take = |wanted: &str| {
        given
            .iter()
            .find(|(field, _)| field == wanted)
            .map(|(_, t)| t.clone())
    };
    let azure = program.azure.as_ref();
    let subscription = take("subscription")
        .or_else(|| azure.and_then(|azure| azure.subscription.clone()))
        .unwrap_or(Text::Ambient(Ambient::Subscription));
    let resource_group = take("resource-group")
        .or_else(|| azure.map(|azure| azure.resource_group.clone()))
        .unwrap_or(Text::Literal(String::new()));
    let level = level(declared, &connector, &given, diagnostics);
    let (app_roles, delegated_scopes) = permissions(declared, &connector, diagnostics);
    let covers = covers(declared, &connector, params, diagnostics);
    let order = |name: &str| connector.fields.iter().position(|field| field.name == name);
    let mut fields: Vec<_> = given
        .into_iter()
        .filter(|(name, _)| order(name).is_some())
        .collect();
    fields.sort_by_key(|(name, _)| order(name));
    if let (false, Some((false, span))) = (connector.creates, declared.existing) {
        let message = format!("`{}` is referred to, never created", connector.name);
        diagnostics
            .push(Diagnostic::new(&rules::BAD_VALUE, span, message).help("leave `existing` out"));
    }
    let mut resource = Resource {
        name: declared.name.clone(),
        existing: declared
            .existing
            .map_or(!connector.creates, |(flag, _)| flag),
        connector,
        level,
        fields,
        subscription,
        resource_group,
        covers,
        app_roles,
        delegated_scopes,
        sensitivity: declared.sensitivity.clone(),
        scope: Scope::default(),
        implicit: false,
        span: declared.span,
    };
    resource.scope = scope_at(&resource, level);
    resource
}

/// The fields that a resource of a connector takes.
fn field_names(connector: &Connector) -> Vec<&str> {
    let own = connector.fields.iter().map(|field| field.name.as_str());
    let mut names: Vec<&str> = own.collect();
    let in_ids = |name: &str| {
        let placeholder = format!("{{{name}}}");
        let mut levels = connector.levels.iter();
        levels.any(|level| level.id.contains(&placeholder))
    };
    for common in ["resource-group", "subscription"] {
        if !names.contains(&common) && in_ids(common) {
            names.push(common);
        }
    }
    names
}

/// `app-role` and `delegated-scope` nodes, which belong to an API of one's own.
fn permissions(
    declared: &ast::Resource,
    connector: &Connector,
    diagnostics: &mut Diagnostics,
) -> (Vec<ApiPermission>, Vec<ApiPermission>) {
    let takes = connector.open_verbs == OpenVerbs::ResourceRoles;
    let mut read = |list: &[(Word, Word)], node: &str| {
        let mut found: Vec<ApiPermission> = Vec::new();
        for (name, id) in list {
            if !takes {
                let message = format!("`{}` has no `{node}`", connector.name);
                diagnostics.push(
                    Diagnostic::new(&rules::UNKNOWN_NODE, name.span, message)
                        .help("permissions of an API are declared on a resource of type `http`"),
                );
            }
            if !is_guid(&id.value) {
                let help = "write the id that the API's app registration gives it";
                bad_value(id, "is not the id of a permission", help, diagnostics);
            }
            if let Some(first) = found.iter().find(|first| first.name.value == name.value) {
                let message = format!("`{node}` `{}` is declared twice", name.value);
                diagnostics.push(
                    Diagnostic::new(&rules::DUPLICATE_NAME, name.span, message)
                        .also(first.name.span, "it is already declared here"),
                );
                continue;
            }
            super::server::check_scope_name(name, diagnostics);
            found.push(ApiPermission {
                name: name.clone(),
                id: id.clone(),
            });
        }
        found
    };
    let app_roles = read(&declared.app_roles, "app-role");
    (
        app_roles,
        read(&declared.delegated_scopes, "delegated-scope"),
    )
}

/// `covers` nodes: what a management group's id does not say.
fn covers(
    declared: &ast::Resource,
    connector: &Connector,
    params: &Names<ir::Param>,
    diagnostics: &mut Diagnostics,
) -> Vec<Text> {
    let takes = connector.name == MANAGEMENT_GROUP;
    let mut all = Vec::new();
    for subscription in &declared.covers {
        if !takes {
            let message = format!("`{}` covers what its id says", connector.name);
            diagnostics.push(
                Diagnostic::new(&rules::UNKNOWN_NODE, subscription.word.span, message)
                    .help("only a management group's members are not in its id"),
            );
        }
        check_guid(subscription, diagnostics);
        all.push(deploy(subscription, params, diagnostics));
    }
    all
}

/// The one type of resource whose members are not in its id.
const MANAGEMENT_GROUP: &str = "azure.management-group";

fn check_application(value: &ast::Deploy, diagnostics: &mut Diagnostics) {
    if !value.is_param && !is_guid(&value.word.value) {
        let help = "write the application id of the API's registration";
        bad_value(&value.word, "is not an application id", help, diagnostics);
    }
}

fn check_url(value: &ast::Deploy, diagnostics: &mut Diagnostics) {
    let plain = is_web_url(&value.word.value) && !value.word.value.contains(['?', '#']);
    if !value.is_param && !plain {
        let help = "write it like `https://erp.contoso.example/api`";
        bad_value(&value.word, "is not an https address", help, diagnostics);
    }
}

/// The most specific level all of whose fields were given; wider ones may not be left out.
fn level(
    declared: &ast::Resource,
    connector: &Connector,
    given: &[(String, Text)],
    diagnostics: &mut Diagnostics,
) -> usize {
    let problem = match connector.place(|field| given.iter().any(|(given, _)| given == field)) {
        Ok(level) => return level,
        Err(problem) => problem,
    };
    let name = &declared.name.value;
    let finding = match problem {
        Misplaced::Missing(fields) => {
            let message = format!("`{name}` does not say which {} it is", connector.name);
            let list: Vec<_> = fields
                .iter()
                .map(|field| format!("`{field} \"…\"`"))
                .collect();
            Diagnostic::new(&rules::MISSING, declared.span, message)
                .help(format!("add {}", list.join(" and ")))
        }
        Misplaced::Apart(one, other) => {
            let message =
                format!("`{name}` names a `{one}` and a `{other}`, and is only one of them");
            Diagnostic::new(&rules::UNEXPECTED, declared.span, message)
                .help("declare two resources")
        }
    };
    diagnostics.push(finding);
    0
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
