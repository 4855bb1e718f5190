//! The private network, policies and environments.

use super::server::{bad_value, check_field, check_location, check_tag, is_guid};
use super::{Names, deploy, look_up, name_all};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{self, Dns, Environment, Network, Program};
use crate::source::Word;
use grantc_spec::rules;

/// The private network; none when the network is public.
pub(super) fn network(
    declared: &ast::Network,
    params: &Names<ir::Param>,
    diagnostics: &mut Diagnostics,
) -> Option<Network> {
    let subnets = [&declared.subnet, &declared.private_endpoints_subnet];
    if declared.kind.value == "public" {
        let first = subnets.into_iter().flatten().map(|it| &it.word).next();
        if let Some(word) = first.or(declared.dns.as_ref()) {
            diagnostics.push(
                Diagnostic::new(
                    &rules::UNEXPECTED,
                    word.span,
                    "a public network has no parts",
                )
                .help("write `network \"private\" { … }`"),
            );
        }
        return None;
    }
    for subnet in subnets.into_iter().flatten() {
        let text = &subnet.word.value;
        let is_id = text.to_ascii_lowercase().contains("/subnets/") && text.starts_with('/');
        if !subnet.is_param && !is_id {
            let help = "write the whole id: `/subscriptions/…/virtualNetworks/NAME/subnets/NAME`";
            bad_value(&subnet.word, "is not the id of a subnet", help, diagnostics);
        }
    }
    let group = declared.dns_resource_group.as_ref();
    let dns = match declared
        .dns
        .as_ref()
        .map(|word| (word, word.value.as_str()))
    {
        Some((word, "existing")) => {
            let Some(group) = group else {
                let message = "`dns \"existing\"` does not say where the zones are";
                diagnostics.push(
                    Diagnostic::new(&rules::MISSING, word.span, message)
                        .help("add `resource-group=\"…\"`"),
                );
                return None;
            };
            check_field(group, "a resource group", diagnostics);
            Dns::Existing(deploy(group, params, diagnostics))
        }
        other => {
            if let Some(group) = group {
                let message = "only zones that are there already have a resource group";
                diagnostics.push(
                    Diagnostic::new(&rules::UNEXPECTED, group.word.span, message)
                        .help("write `dns \"existing\" resource-group=\"…\"`"),
                );
            }
            match other {
                Some((_, "policy")) => Dns::Policy,
                _ => Dns::Create,
            }
        }
    };
    let mut subnet = |it: &Option<ast::Deploy>| {
        let it = it.as_ref();
        it.map(|value| deploy(value, params, diagnostics))
    };
    Some(Network {
        subnet: subnet(&declared.subnet),
        private_endpoints_subnet: subnet(&declared.private_endpoints_subnet),
        dns,
        span: declared.span,
    })
}

/// A policy is named by its GUID, by its whole id, or by a name without slashes.
pub(super) fn check_policy(policy: &ast::Deploy, diagnostics: &mut Diagnostics) {
    let text = policy.word.value.as_str();
    let is_id = text.to_ascii_lowercase().contains("/policydefinitions/")
        || text.to_ascii_lowercase().contains("/policysetdefinitions/");
    let is_name = !text.contains('/') && !text.chars().any(char::is_control);
    if !policy.is_param && !is_guid(text) && !is_id && !is_name {
        let help = "write its name, its GUID, or its whole id";
        bad_value(
            &policy.word,
            "does not name a policy definition",
            help,
            diagnostics,
        );
    }
}

pub(super) fn environments(
    declared: &[ast::Environment],
    params: &Names<ir::Param>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) {
    let words = declared.iter().map(|environment| &environment.name);
    super::collisions("environments", words.clone(), diagnostics);
    let mut ids = Vec::new();
    for one in declared {
        if program.azure.is_none() {
            let message = "an environment is about `azure`, and the manifest has no `azure`";
            diagnostics.push(
                Diagnostic::new(&rules::UNRESOLVED, one.span, message)
                    .help("add `azure { resource-group \"…\"; location \"…\" }`, or remove it"),
            );
        }
        let resolved = environment(one, params, program, diagnostics);
        ids.push(program.environments.push(resolved));
    }
    let next = program.environments.next_id();
    name_all("environment", words, diagnostics, |i| {
        ids.get(i).copied().unwrap_or(next)
    });
}

fn environment(
    declared: &ast::Environment,
    params: &Names<ir::Param>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Environment {
    let as_deploy = |word: &Word| ast::Deploy {
        word: word.clone(),
        is_param: false,
    };
    if let Some(subscription) = &declared.subscription {
        super::server::check_guid(&as_deploy(subscription), diagnostics);
    }
    if let Some(group) = &declared.resource_group {
        check_field(&as_deploy(group), "a resource group", diagnostics);
    }
    if let Some(location) = &declared.location {
        check_location(&as_deploy(location), diagnostics);
    }
    for (key, value) in &declared.tags {
        check_tag(key, &as_deploy(value), diagnostics);
    }
    let own = program.azure.as_ref();
    let strings = [
        (
            &declared.subscription,
            own.and_then(|it| it.subscription.as_ref()),
            "subscription",
        ),
        (
            &declared.resource_group,
            own.map(|it| &it.resource_group),
            "resource-group",
        ),
        (&declared.location, own.map(|it| &it.location), "location"),
    ];
    for (word, text, name) in strings {
        if let (Some(word), Some(ir::Text::Param(id))) = (word, text) {
            let param = &program.params.at(*id).name;
            let message = format!("`{name}` of `azure` is the parameter `{param}`");
            diagnostics.push(
                Diagnostic::new(&rules::UNEXPECTED, word.span, message)
                    .help(format!("write `param \"{param}\" \"{}\"`", word.value)),
            );
        }
        if let (Some(word), None, Some(_)) = (word, text, own) {
            let message = "`azure` has no `subscription` that an environment could replace";
            diagnostics.push(
                Diagnostic::new(&rules::UNEXPECTED, word.span, message)
                    .help("add `subscription` to `azure`, or leave it to the deployment"),
            );
        }
    }
    let mut values: Vec<(ir::ParamId, Word)> = Vec::new();
    for (name, value) in &declared.params {
        let Some(id) = look_up("parameter", name, params, diagnostics) else {
            continue;
        };
        if values.iter().any(|(known, _)| *known == id) {
            let message = format!("`{}` has a value already", name.value);
            diagnostics.push(
                Diagnostic::new(&rules::REPEATED, name.span, message).help("remove one of the two"),
            );
            continue;
        }
        values.push((id, value.clone()));
    }
    Environment {
        name: declared.name.clone(),
        subscription: declared.subscription.clone(),
        resource_group: declared.resource_group.clone(),
        location: declared.location.clone(),
        tags: declared.tags.clone(),
        params: values,
        span: declared.span,
    }
}
