//! The server, its parameters and where it is deployed.

use super::{Names, deploy, name_all};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{self, Auth, Azure, Hosting, Isolation, Plan, Program, Server, Text};
use crate::source::{Span, Spanned, Word};
use grantc_spec::{connectors, rules};
use std::sync::Arc;

/// Longest description that registries accept, in characters.
const MAX_DESCRIPTION: usize = 100;

pub(super) fn server(server: &ast::Server, diagnostics: &mut Diagnostics) -> Server {
    if let Some(description) = &server.description {
        let length = description.value.chars().count();
        if length > MAX_DESCRIPTION {
            let message = format!(
                "the description has {length} characters; registries take {MAX_DESCRIPTION}"
            );
            diagnostics.push(
                Diagnostic::new(&rules::BAD_VALUE, description.span, message)
                    .help("shorten it; `instructions` may be longer"),
            );
        }
    }
    if let Some(namespace) = &server.namespace {
        let label = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if !namespace.value.contains('.') || !namespace.value.split('.').all(label) {
            bad_value(
                namespace,
                "is not a reverse domain name",
                "write it like `com.contoso`",
                diagnostics,
            );
        }
    }
    if server
        .version
        .value
        .chars()
        .any(|c| c.is_whitespace() || c.is_control())
    {
        bad_value(
            &server.version,
            "is not a version",
            "write it like `1.4.0`",
            diagnostics,
        );
    }
    for url in [&server.website, &server.url].into_iter().flatten() {
        if !is_web_url(&url.value) {
            let help = "write it like `https://contoso.example/tools`";
            bad_value(url, "is not an https address", help, diagnostics);
        }
    }
    let auth = server
        .auth
        .as_ref()
        .map_or(Auth::Key, |it| super::auth::auth(it, diagnostics));
    Server {
        name: server.name.clone(),
        version: server.version.clone(),
        title: server.title.clone(),
        description: server.description.clone(),
        instructions: server.instructions.clone(),
        namespace: server.namespace.clone(),
        website: server.website.clone(),
        url: server.url.clone(),
        auth,
        span: server.span,
    }
}

pub(super) fn bad_value(word: &Word, problem: &str, help: &str, diagnostics: &mut Diagnostics) {
    let message = format!("`{}` {problem}", word.value);
    diagnostics.push(Diagnostic::new(&rules::BAD_VALUE, word.span, message).help(help));
}

/// `https://host[:port][/path]` in the characters that RFC 3986 allows unencoded.
pub(super) fn is_web_url(url: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&()*+,;=%".contains(c);
    let host = url
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| {
        let name = host.split(':').next().unwrap_or("");
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
    }) && url.chars().all(allowed)
}

pub(super) fn params(
    params: &[ast::Param],
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Names<ir::Param> {
    let words = params.iter().map(|param| &param.name);
    super::collisions("parameters", words.clone(), diagnostics);
    let declared: Vec<_> = params
        .iter()
        .map(|param| {
            program.params.push(ir::Param {
                name: param.name.clone(),
                default: param.default.clone(),
                doc: param.doc.clone(),
            })
        })
        .collect();
    let next = program.params.next_id();
    name_all("parameter", words, diagnostics, |i| {
        declared.get(i).copied().unwrap_or(next)
    })
}

pub(super) fn azure(
    azure: Option<&ast::Azure>,
    params: &Names<ir::Param>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) {
    let Some(azure) = azure else { return };
    let subscription = azure.subscription.as_ref().map(|value| {
        check_guid(value, diagnostics);
        deploy(value, params, diagnostics)
    });
    check_field(&azure.resource_group, "a resource group", diagnostics);
    check_location(&azure.location, diagnostics);
    if let Some((days, span)) = azure.log_retention_days
        && !(30..=730).contains(&days)
    {
        let message = format!("logs cannot be kept for {days} days");
        diagnostics.push(
            Diagnostic::new(&rules::BAD_VALUE, span, message)
                .help("Log Analytics keeps them for 30 to 730 days"),
        );
    }
    let mut tags = Vec::new();
    for (key, value) in &azure.tags {
        check_tag(key, value, diagnostics);
        tags.push((key.clone(), deploy(value, params, diagnostics)));
    }
    let resource_group = deploy(&azure.resource_group, params, diagnostics);
    let location = deploy(&azure.location, params, diagnostics);
    let plan = azure.plan.as_ref().map(|word| match word.value.as_str() {
        "premium" => Spanned::new(Plan::Premium, word.span),
        _ => Spanned::new(Plan::FlexConsumption, word.span),
    });
    let plan = plan.unwrap_or(Spanned::new(Plan::FlexConsumption, azure.span));
    let hosting = hosting(azure, &plan, diagnostics);
    let network = azure.network.as_ref();
    let network = network.and_then(|it| super::network::network(it, params, diagnostics));
    let policies = azure.policies.iter().map(|policy| {
        super::network::check_policy(policy, diagnostics);
        Spanned::new(deploy(policy, params, diagnostics), policy.word.span)
    });
    let policies = policies.collect();
    let isolation = azure.isolation.as_ref();
    let isolation = Spanned::new(
        match isolation.map(|word| word.value.as_str()) {
            Some("shared") => Isolation::Shared,
            Some("per-tool") => Isolation::PerTool,
            _ => Isolation::PerIdentity,
        },
        isolation.map_or(azure.span, |word| word.span),
    );
    let resource = own_group(&subscription, &resource_group, azure.span, program);
    let Some(resource) = resource else { return };
    program.azure = Some(Azure {
        subscription,
        resource_group,
        location,
        plan,
        hosting,
        isolation,
        network,
        policies,
        log_retention_days: azure.log_retention_days.map(|(days, _)| days),
        tags,
        resource,
        span: azure.span,
    });
}

/// Who speaks MCP: by default the server on Flex Consumption and the extension on Premium, where
/// there is no other.
fn hosting(
    azure: &ast::Azure,
    plan: &Spanned<Plan>,
    diagnostics: &mut Diagnostics,
) -> Spanned<Hosting> {
    let by_plan = match plan.value {
        Plan::FlexConsumption => Hosting::SelfHosted,
        Plan::Premium => Hosting::Extension,
    };
    let Some(word) = &azure.hosting else {
        return Spanned::new(by_plan, plan.span);
    };
    let chosen = match word.value.as_str() {
        "extension" => Hosting::Extension,
        _ => Hosting::SelfHosted,
    };
    if (plan.value, chosen) == (Plan::Premium, Hosting::SelfHosted) {
        let message = "on `premium` the server cannot speak MCP itself";
        diagnostics.push(
            Diagnostic::new(&rules::BAD_VALUE, word.span, message)
                .also(plan.span, "the plan is chosen here")
                .help("write `hosting \"extension\"`, or `plan \"flex-consumption\"`"),
        );
    }
    Spanned::new(chosen, word.span)
}

/// The reserved resource `azure`: the manifest's own resource group.
fn own_group(
    subscription: &Option<Text>,
    resource_group: &Text,
    span: Span,
    program: &mut Program,
) -> Option<ir::ResourceId> {
    let connector = connectors::builtin().get("azure.resource-group")?;
    let subscription = subscription
        .clone()
        .unwrap_or(Text::Ambient(ir::Ambient::Subscription));
    let mut resource = ir::Resource {
        name: Spanned::new("azure".to_owned(), span),
        connector: Arc::clone(connector),
        level: 0,
        fields: Vec::new(),
        subscription,
        resource_group: resource_group.clone(),
        existing: true,
        covers: Vec::new(),
        app_roles: Vec::new(),
        delegated_scopes: Vec::new(),
        sensitivity: None,
        scope: Default::default(),
        implicit: true,
        span,
    };
    resource.scope = super::resources::scope_at(&resource, 0);
    Some(program.resources.push(resource))
}

pub(super) fn is_guid(text: &str) -> bool {
    let hyphens = [8, 13, 18, 23];
    text.len() == 36
        && text.bytes().enumerate().all(|(i, byte)| {
            if hyphens.contains(&i) {
                byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

/// A permission's name, as it stands in a token: no blank and nothing that ends a string.
pub(super) fn check_scope_name(name: &Word, diagnostics: &mut Diagnostics) {
    let ok = |c: char| c.is_ascii_alphanumeric() || "._-:/".contains(c);
    if name.value.len() > 120 || !name.value.chars().all(ok) {
        let help = "up to 120 letters, digits and `.`, `_`, `-`, `:`, `/`, such as `Invoices.Read`";
        bad_value(name, "cannot name a permission", help, diagnostics);
    }
}

pub(super) fn check_guid(value: &ast::Deploy, diagnostics: &mut Diagnostics) {
    if !value.is_param && !is_guid(&value.word.value) {
        let help = "write a subscription id, or `(param)\"subscription\"`";
        bad_value(&value.word, "is not a subscription id", help, diagnostics);
    }
}

/// A part of a resource id: nothing that would end the segment or need escaping.
pub(super) fn check_field(value: &ast::Deploy, what: &str, diagnostics: &mut Diagnostics) {
    let ok = |c: char| c.is_alphanumeric() || "-_.()$".contains(c);
    let text = &value.word.value;
    if !value.is_param && (text.chars().count() > 260 || !text.chars().all(ok)) {
        let help = "letters, digits and `-`, `_`, `.`, `(`, `)` may stand in a resource's name";
        bad_value(
            &value.word,
            &format!("cannot name {what}"),
            help,
            diagnostics,
        );
    }
}

pub(super) fn check_location(value: &ast::Deploy, diagnostics: &mut Diagnostics) {
    let text = &value.word.value;
    if !value.is_param && !text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ') {
        bad_value(
            &value.word,
            "is not a region",
            "write it like `westeurope`",
            diagnostics,
        );
    }
}

/// Azure's limits on tags: names of 512 and values of 256 characters, no `<>%&\?/` in names.
pub(super) fn check_tag(key: &Word, value: &ast::Deploy, diagnostics: &mut Diagnostics) {
    let bad = |c: char| c.is_control() || "<>%&\\?/".contains(c);
    if key.value.is_empty() || key.value.chars().count() > 512 || key.value.chars().any(bad) {
        let help = "Azure takes no control characters and none of `<>%&\\?/` in a tag's name";
        bad_value(key, "cannot name a tag", help, diagnostics);
    }
    if value.word.value.chars().count() > 256 {
        bad_value(
            &value.word,
            "is too long for a tag",
            "Azure takes 256 characters",
            diagnostics,
        );
    }
}
