//! The smallest change to a manifest that ends an overreach, proved by placing the tools anew.

use super::Groups;
use crate::check::Case;
use crate::check::case::list;
use crate::ir::{App, Azure, IdentityId, Isolation, ToolId};
use crate::names;
use crate::resolve::{arrange, torn};
use std::collections::BTreeSet;

/// What to write, and where the tools would be then.
struct Change {
    help: String,
    apps: Vec<App>,
}

/// The first change that leaves the tools of an app nothing to reach beyond what they act as.
pub(super) fn smallest_change(
    case: &Case<'_>,
    azure: &Azure,
    app: &App,
    groups: &Groups,
) -> Option<String> {
    let changes: Vec<Change> = [per_identity(case), nodes(case, azure, app, groups)]
        .into_iter()
        .flatten()
        .filter(|change| ends_reach(case, app, change))
        .collect();
    let whole = changes
        .iter()
        .find(|change| torn(&change.apps, case.program).is_empty());
    if let Some(change) = whole {
        return Some(change.help.clone());
    }
    // A system-assigned identity belongs to one app, and holds its tools together.
    let change = changes.first()?;
    let torn = torn(&change.apps, case.program);
    let names = torn.iter().map(|(id, _)| case.program.identities.at(*id));
    let names: Vec<_> = names.map(|it| format!("`{}`", it.name)).collect();
    Some(format!(
        "make {} `user-assigned`, and {}",
        list(&names),
        change.help
    ))
}

/// Whether no tool of an app would reach anything.
fn ends_reach(case: &Case<'_>, app: &App, change: &Change) -> bool {
    let tools: BTreeSet<ToolId> = app.tools.iter().copied().collect();
    let theirs = |one: &&App| one.tools.iter().any(|tool| tools.contains(tool));
    let reach = |one: &App| case.graph.reach_among(case.program, &one.tools);
    change.apps.iter().filter(theirs).map(reach).sum::<usize>() == 0
}

/// The apps of `app` nodes.
fn by_hand(case: &Case<'_>) -> Vec<App> {
    let apps = case.program.apps.values();
    apps.filter(|app| app.placed.is_some()).cloned().collect()
}

/// Another `isolation`: what `app` nodes place, and what is placed so already, stays as it is, and
/// so does what is reached there.
fn per_identity(case: &Case<'_>) -> Option<Change> {
    let (apps, clashes) = arrange(Isolation::PerIdentity, by_hand(case), case.program);
    let help = format!(
        "write `isolation \"per-identity\"`, which places them in {} apps",
        apps.iter().filter(|app| app.placed.is_none()).count()
    );
    clashes.is_empty().then_some(Change { help, apps })
}

/// Nodes that place all but the largest group of tools apart.
fn nodes(case: &Case<'_>, azure: &Azure, app: &App, groups: &Groups) -> Option<Change> {
    let mut moved: Vec<(&Vec<IdentityId>, &Vec<ToolId>)> = groups.iter().collect();
    moved.sort_by_key(|(_, tools)| (std::cmp::Reverse(tools.len()), tools.first().copied()));
    let (_, stays) = moved.first().copied()?;
    moved.remove(0);
    let mut apps = by_hand(case);
    for node in apps.iter_mut().filter(|node| node.name == app.name) {
        node.tools.clone_from(stays);
    }
    let mut taken: BTreeSet<String> = case
        .program
        .apps
        .values()
        .map(|it| it.name.clone())
        .collect();
    let mut written = Vec::new();
    for (identities, tools) in moved {
        let name = free_name(case, identities, &mut taken);
        let names = tools.iter().map(|tool| &case.program.tools.at(*tool).name);
        let names: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
        written.push(format!("app \"{name}\" {{ tools {} }}", names.join(" ")));
        // Where it is written does not matter here, only that it is.
        apps.push(App::new(name, Some(azure.span), tools.clone()));
    }
    let (apps, clashes) = arrange(azure.isolation.value, apps, case.program);
    let from = match app.placed {
        Some(_) => format!("take these tools out of `{}`, and add", app.name),
        None => "add".to_owned(),
    };
    let help = format!("{from}\n\n{}", written.join("\n"));
    clashes.is_empty().then_some(Change { help, apps })
}

/// A name for an app after the identities of its tools that no other app has.
fn free_name(case: &Case<'_>, identities: &[IdentityId], taken: &mut BTreeSet<String>) -> String {
    let names = identities
        .iter()
        .map(|id| &case.program.identities.at(*id).name.value);
    let joined = names.cloned().collect::<Vec<_>>().join("-");
    let stem = match joined.as_str() {
        "" => "apart",
        joined => joined,
    };
    let name = names::free(stem, "-", |name| taken.contains(name));
    taken.insert(name.clone());
    name
}
