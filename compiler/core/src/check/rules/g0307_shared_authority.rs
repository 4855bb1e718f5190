//! G0307 shared-authority: what tools reach only because of their neighbours in an app.
//!
//! One finding for each app: whatever ends the overreach is done to the app. It tells which tools
//! reach further than their own identities, as whom, and to do what at worst. What is suggested is
//! proved first (`apart`): the tools are placed anew, and nothing may be left to reach.

mod apart;
#[cfg(test)]
mod tests;

use crate::check::Case;
use crate::check::case::{count, few};
use crate::check::leftover::at_worst;
use crate::diagnostic::{Diagnostic, Diagnostics, Step};
use crate::graph::{Node, Reach, held_there};
use crate::ir::{App, Azure, IdentityId, Isolation, ToolId};
use grantc_spec::catalogue::OpId;
use grantc_spec::danger::Danger;
use grantc_spec::rules::SHARED_AUTHORITY;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    // Without a deployment there is no app, and nothing is attached to the process.
    let Some(azure) = &case.program.azure else {
        return;
    };
    for app in case.program.apps.values() {
        diags.extend(shared(case, azure, app));
    }
}

/// The tools of an app by the identities that they act as: those of one group reach the same.
type Groups = BTreeMap<Vec<IdentityId>, Vec<ToolId>>;

/// What a neighbour lets others reach.
struct Neighbour {
    identity: IdentityId,
    worst: (Danger, Reach),
    reached: Vec<Reach>,
}

fn shared(case: &Case<'_>, azure: &Azure, app: &App) -> Option<Diagnostic> {
    let mut groups = Groups::new();
    for tool in &app.tools {
        let identities = case.program.tools.at(*tool).identities();
        groups.entry(identities).or_default().push(*tool);
    }
    let neighbours = neighbours(case, app, &groups);
    let worst = neighbours.first()?;
    let tools: Vec<ToolId> = app
        .tools
        .iter()
        .copied()
        .filter(|tool| case.graph.reach_count(case.program, *tool) > 0)
        .collect();
    let reached: BTreeSet<&Reach> = neighbours.iter().flat_map(|it| &it.reached).collect();
    // By name: what is accepted does not change with the order of the manifest.
    let name = |tool: &ToolId| format!("`{}`", case.program.tools.at(*tool).name);
    let mut names: Vec<String> = tools.iter().map(name).collect();
    names.sort();
    let (reach, their) = match tools.len() {
        1 => ("reaches", "its"),
        _ => ("reach", "their"),
    };
    let message = format!(
        "{} {reach} {} that only {their} neighbours in app `{}` hold, {}",
        few(&names, SHOWN),
        count(reached.len(), "operation"),
        app.name,
        at_most(worst.worst.0),
    );
    let (span, label) = match app.placed {
        Some(span) => (span, "places them together"),
        None if azure.isolation.value == Isolation::Shared => {
            (azure.isolation.span, "places all tools together")
        }
        None => (azure.isolation.span, "places them together"),
    };
    let mut finding = Diagnostic::new(&SHARED_AUTHORITY, span, message)
        .label(label)
        .maybe_help(apart::smallest_change(case, azure, app, &groups))
        .at(format!("app/{}", app.name))
        .witness(witness(case, app, &groups, worst))
        .facts(facts(case, &neighbours));
    for neighbour in neighbours.iter().take(SHOWN) {
        finding = finding.note(told(case, neighbour));
    }
    Some(match neighbours.len().saturating_sub(SHOWN) {
        0 => finding,
        1 => finding.note("as 1 more identity, nothing worse"),
        more => finding.note(format!("as {more} more identities, nothing worse")),
    })
}

/// How many of each thing are shown.
const SHOWN: usize = 3;

/// The identities by which somebody in the app reaches further, the most dangerous first.
///
/// An operation is reached when a group of tools does not hold it by itself. Counting for each how
/// many groups do takes as long as all that they hold, whatever the number of pairs.
fn neighbours(case: &Case<'_>, app: &App, groups: &Groups) -> Vec<Neighbour> {
    if groups.len() < 2 {
        return Vec::new();
    }
    let mut holders: BTreeMap<Reach, usize> = BTreeMap::new();
    for identities in groups.keys() {
        for own in held_there(&case.graph.held_as(identities)) {
            *holders.entry(own).or_default() += 1;
        }
    }
    let everybody = groups.len();
    let mut neighbours: Vec<Neighbour> = Vec::new();
    for identity in &app.identities {
        let held = case.graph.held_as(&[*identity]);
        let reached = held_there(&held).filter(|it| holders.get(it) != Some(&everybody));
        let reached: Vec<Reach> = reached.collect();
        let ranked = reached.iter().map(|it| (case.danger(it.operation), *it));
        let key = |(danger, it): &(Danger, Reach)| (*danger, it.resource, it.operation);
        if let Some(worst) = ranked.min_by_key(key) {
            neighbours.push(Neighbour {
                identity: *identity,
                worst,
                reached,
            });
        }
    }
    neighbours.sort_by_key(|it| (it.worst.0, it.identity));
    neighbours
}

/// `at worst to delete`, or that nothing is changed.
fn at_most(worst: Danger) -> String {
    match worst {
        Danger::Read => "only to read".to_owned(),
        danger => format!("at worst {}", at_worst(danger)),
    }
}

fn told(case: &Case<'_>, neighbour: &Neighbour) -> String {
    let mut operations: Vec<OpId> = neighbour.reached.iter().map(|it| it.operation).collect();
    operations.sort_unstable();
    operations.dedup();
    operations.sort_by_cached_key(|it| (case.danger(*it), case.precedence(*it), *it));
    let resources: BTreeSet<_> = neighbour.reached.iter().map(|it| it.resource).collect();
    let name = |id| format!("`{}`", case.program.resources.at(id).name);
    format!(
        "as `{}`, {}: {} on {}",
        case.program.identities.at(neighbour.identity).name,
        at_most(neighbour.worst.0),
        case.few(&operations),
        few(&resources.into_iter().map(name).collect::<Vec<_>>(), SHOWN),
    )
}

/// From a tool that does not hold the worst, over the app and the neighbour, to it.
fn witness(case: &Case<'_>, app: &App, groups: &Groups, worst: &Neighbour) -> Vec<Step> {
    let (_, reach) = worst.worst;
    let lacks = |identities: &&Vec<IdentityId>| {
        !held_there(&case.graph.held_as(identities)).any(|own| own == reach)
    };
    let tools = groups.keys().filter(lacks).filter_map(|it| groups.get(it));
    let tool = tools.flatten().min();
    let mut held = case.graph.held_by(worst.identity).iter().copied();
    let by = held.find(|id| {
        let on = case.program.assignments.at(*id).on;
        let below = case.graph.below(on);
        below.iter().any(|(at, _)| *at == reach.resource)
            && case
                .held_through(*id, reach.resource)
                .binary_search(&reach.operation)
                .is_ok()
    });
    let (Some(tool), Some(by)) = (tool, by) else {
        return Vec::new();
    };
    let mut steps = vec![
        Step::new(&case.program.tools.at(*tool).name.value),
        Step::new(format!("app {}", app.name)),
    ];
    steps.extend(case.graph.chain(
        case.program,
        case.catalogue,
        Node::Identity(worst.identity),
        by,
        reach.resource,
        reach.operation,
    ));
    steps
}

/// Everything that is reached, for whoever accepts it.
fn facts(case: &Case<'_>, neighbours: &[Neighbour]) -> Vec<String> {
    let one = |identity: IdentityId, reach: &Reach| {
        let operation = case.operation(reach.operation);
        format!(
            "{} {} {} {}",
            case.program.identities.at(identity).name,
            operation.plane,
            operation.name,
            case.program.resources.at(reach.resource).name
        )
    };
    let all = neighbours.iter();
    let mut facts: Vec<String> = all
        .flat_map(|it| it.reached.iter().map(move |reach| one(it.identity, reach)))
        .collect();
    facts.sort();
    facts
}
