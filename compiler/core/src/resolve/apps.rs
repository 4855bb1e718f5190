//! Apps: which tools share a process, and so share every identity attached to it.

use super::{Names, collisions, look_up};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{App, IdentityId, IdentityKind, Isolation, Program, Tool, ToolId};
use crate::source::Span;
use grantc_spec::hosting::host_identity;
use grantc_spec::rules;
use std::collections::{BTreeMap, BTreeSet};

/// Places every tool in an app: `app` nodes first, `isolation` the rest.
pub(super) fn place(
    declared: &[ast::App],
    tools: &Names<Tool>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) {
    let mut apps: Vec<App> = Vec::new();
    by_hand(declared, tools, &mut apps, diagnostics);
    // Without infrastructure there is one process: the one that is started.
    let isolation = program
        .azure
        .as_ref()
        .map_or(Isolation::Shared, |azure| azure.isolation.value);
    let (apps, clashes) = arrange(isolation, apps, program);
    for (tool, taken) in clashes {
        let tool = program.tools.at(tool);
        let name = &taken.name;
        let message = format!(
            "`{}` would be placed in an app named `{name}`, and an `app` node has that name",
            tool.name
        );
        let mut finding = Diagnostic::new(&rules::COLLIDING_NAMES, tool.span, message)
            .help("name it in that node, or give the node another name");
        if let Some(span) = taken.placed {
            finding = finding.also(span, "declared here");
        }
        diagnostics.push(finding);
    }
    of_one_app(&apps, program, diagnostics);
    named_as_a_host(&apps, program, diagnostics);
    for app in apps {
        program.apps.push(app);
    }
}

/// Places the tools that `app` nodes leave over as `isolation` says, and attaches identities. A tool
/// whose app would have the name of a node is given back with that app.
pub(crate) fn arrange(
    isolation: Isolation,
    by_hand: Vec<App>,
    program: &Program,
) -> (Vec<App>, Vec<(ToolId, App)>) {
    let mut apps = by_hand;
    let placed: BTreeSet<ToolId> = apps.iter().flat_map(|app| &app.tools).copied().collect();
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    for (at, app) in apps.iter().enumerate() {
        named.entry(app.name.clone()).or_insert(at);
    }
    let mut clashes = Vec::new();
    for (id, tool) in program.tools.iter().filter(|(id, _)| !placed.contains(id)) {
        let name = app_name(isolation, tool, program);
        match named.get(&name).and_then(|at| apps.get_mut(*at)) {
            Some(taken) if taken.placed.is_some() => clashes.push((id, taken.clone())),
            Some(app) => app.tools.push(id),
            None => {
                named.insert(name.clone(), apps.len());
                apps.push(App::new(name, None, vec![id]));
            }
        }
    }
    for app in &mut apps {
        let tools = app.tools.iter();
        let identities = tools.flat_map(|tool| program.tools.at(*tool).identities());
        let identities: BTreeSet<IdentityId> = identities.collect();
        app.identities = identities.into_iter().collect();
    }
    (apps, clashes)
}

/// The apps of `app` nodes.
fn by_hand(
    declared: &[ast::App],
    tools: &Names<Tool>,
    apps: &mut Vec<App>,
    diagnostics: &mut Diagnostics,
) {
    collisions("apps", declared.iter().map(|app| &app.name), diagnostics);
    let mut placed: BTreeMap<ToolId, Span> = BTreeMap::new();
    for one in declared {
        if let Some(first) = apps.iter().find(|app| app.name == one.name.value) {
            let message = format!("app `{}` is declared twice", one.name);
            let finding = Diagnostic::new(&rules::DUPLICATE_NAME, one.name.span, message)
                .help("give one of them another name");
            let first = first.placed.unwrap_or(one.span);
            diagnostics.push(finding.also(first, "it is already declared here"));
            continue;
        }
        let mut own = Vec::new();
        for word in &one.tools {
            let Some(id) = look_up("tool", word, tools, diagnostics) else {
                continue;
            };
            if let Some(first) = placed.get(&id) {
                let message = format!("`{word}` is placed in two apps");
                diagnostics.push(
                    Diagnostic::new(&rules::DUPLICATE_NAME, word.span, message)
                        .also(*first, "it is already placed here")
                        .help("a tool runs in one app"),
                );
                continue;
            }
            placed.insert(id, word.span);
            own.push(id);
        }
        own.sort();
        apps.push(App::new(one.name.value.clone(), Some(one.span), own));
    }
}

/// A system-assigned identity is that of one app.
fn of_one_app(apps: &[App], program: &Program, diagnostics: &mut Diagnostics) {
    for (id, of) in torn(apps, program) {
        let identity = program.identities.at(id);
        let names: Vec<_> = of.iter().map(|app| format!("`{}`", app.name)).collect();
        let message = format!(
            "`{}` is the identity of one app, and tools of several act as it: {}",
            identity.name,
            names.join(", ")
        );
        diagnostics.push(
            Diagnostic::new(&rules::ONE_APP_ONLY, identity.span, message).help(
                "make it `user-assigned`, or place its tools in one app with an `app` node or `isolation \"shared\"`",
            ),
        );
    }
}

/// The system-assigned identities whose tools are in several apps, with these.
pub(crate) fn torn<'a>(apps: &'a [App], program: &Program) -> Vec<(IdentityId, Vec<&'a App>)> {
    let all = program.identities.iter();
    let system = all.filter(|(_, it)| it.kind == IdentityKind::SystemAssigned);
    let with_apps = system.map(|(id, _)| {
        let of = apps.iter().filter(|app| app.identities.contains(&id));
        (id, of.collect::<Vec<_>>())
    });
    with_apps.filter(|(_, of)| of.len() > 1).collect()
}

/// The name of an app's host identity is taken.
fn named_as_a_host(apps: &[App], program: &Program, diagnostics: &mut Diagnostics) {
    if program.azure.is_none() {
        return;
    }
    let hosts: BTreeMap<String, &App> = apps
        .iter()
        .map(|app| (host_identity(&app.name), app))
        .collect();
    for identity in program.identities.values() {
        let Some(of) = hosts.get(&identity.name.value) else {
            continue;
        };
        let message = format!(
            "the host identity of app `{}` is named `{}`, too",
            of.name, identity.name
        );
        diagnostics.push(
            Diagnostic::new(&rules::COLLIDING_NAMES, identity.name.span, message)
                .help("give this identity another name"),
        );
    }
}

fn app_name(isolation: Isolation, tool: &Tool, program: &Program) -> String {
    match isolation {
        Isolation::Shared => "main".to_owned(),
        Isolation::PerTool => tool.name.value.clone(),
        Isolation::PerIdentity => {
            let names = tool
                .identities()
                .into_iter()
                .map(|id| program.identities.at(id).name.value.as_str());
            let joined = names.collect::<Vec<_>>().join("-");
            if joined.is_empty() {
                "main".to_owned()
            } else {
                joined
            }
        }
    }
}
