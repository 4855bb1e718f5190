//! Apps: which tools share a process, and so share every identity attached to it.

use super::{Names, collisions, look_up};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{App, IdentityId, IdentityKind, Isolation, Program, Tool, ToolId};
use crate::source::Span;
use grantc_spec::hosting::host_identity;
use grantc_spec::rules;
use std::collections::BTreeMap;

/// Places every tool in an app: `app` nodes first, `isolation` the rest.
pub(super) fn place(
    declared: &[ast::App],
    tools: &Names<Tool>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) {
    let mut apps: Vec<App> = Vec::new();
    let placed = by_hand(declared, tools, &mut apps, diagnostics);
    // Without infrastructure there is one process: the one that is started.
    let isolation = program
        .azure
        .as_ref()
        .map_or(Isolation::Shared, |azure| azure.isolation);
    let by_hand = apps.len();
    for (id, tool) in program.tools.iter() {
        if placed.contains_key(&id) {
            continue;
        }
        let name = app_name(isolation, tool, program);
        if let Some(taken) = apps.iter().take(by_hand).find(|app| app.name == name) {
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
            continue;
        }
        match apps.iter_mut().find(|app| app.name == name) {
            Some(app) => app.tools.push(id),
            None => apps.push(App {
                name,
                placed: None,
                tools: vec![id],
                identities: Vec::new(),
            }),
        }
    }
    for app in &mut apps {
        let mut all: Vec<IdentityId> = Vec::new();
        for tool in &app.tools {
            all.extend(program.tools.at(*tool).identities());
        }
        all.sort();
        all.dedup();
        app.identities = all;
    }
    of_one_app(&apps, program, diagnostics);
    named_as_a_host(&apps, program, diagnostics);
    for app in apps {
        program.apps.push(app);
    }
}

/// The apps of `app` nodes, and where each of their tools was placed.
fn by_hand(
    declared: &[ast::App],
    tools: &Names<Tool>,
    apps: &mut Vec<App>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<ToolId, Span> {
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
        apps.push(App {
            name: one.name.value.clone(),
            placed: Some(one.span),
            tools: own,
            identities: Vec::new(),
        });
    }
    placed
}

/// A system-assigned identity is that of one app.
fn of_one_app(apps: &[App], program: &Program, diagnostics: &mut Diagnostics) {
    for (id, identity) in program.identities.iter() {
        if identity.kind != IdentityKind::SystemAssigned {
            continue;
        }
        let of: Vec<&App> = apps
            .iter()
            .filter(|app| app.identities.contains(&id))
            .collect();
        let [_, _, ..] = of.as_slice() else { continue };
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

/// The name of an app's host identity is taken.
fn named_as_a_host(apps: &[App], program: &Program, diagnostics: &mut Diagnostics) {
    if program.azure.is_none() {
        return;
    }
    for identity in program.identities.values() {
        let of = apps
            .iter()
            .find(|app| host_identity(&app.name) == identity.name.value);
        let Some(of) = of else { continue };
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
