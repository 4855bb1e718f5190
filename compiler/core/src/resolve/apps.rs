//! Apps: which tools share a process, and so share every identity attached to it.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{App, IdentityId, Isolation, Program, Tool};
use grantc_spec::rules;

/// Places every tool in an app.
///
/// This version emits one app: a manifest that gives several is refused rather than emitted in part.
pub(super) fn place(program: &mut Program, diagnostics: &mut Diagnostics) {
    // Without infrastructure there is one process: the one that is started.
    let isolation = program
        .azure
        .as_ref()
        .map_or(Isolation::Shared, |azure| azure.isolation);
    let mut apps: Vec<App> = Vec::new();
    for (id, tool) in program.tools.iter() {
        let name = app_name(isolation, tool, program);
        match apps.iter_mut().find(|app| app.name == name) {
            Some(app) => app.tools.push(id),
            None => apps.push(App {
                name,
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
    if let (Some(azure), Some(second)) = (&program.azure, apps.get(1)) {
        let place = second
            .tools
            .first()
            .map_or(azure.span, |tool| program.tools.at(*tool).span);
        let names: Vec<_> = apps.iter().map(|app| format!("`{}`", app.name)).collect();
        let message = format!("several apps are not supported yet: {}", names.join(", "));
        diagnostics.push(
            Diagnostic::new(&rules::NOT_SUPPORTED_YET, place, message)
                .also(
                    azure.span,
                    format!("isolation is `{}` here", isolation.word()),
                )
                .help("add `isolation \"shared\"` to `azure`: one app with all identities"),
        );
    }
    for app in apps {
        program.apps.push(app);
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
