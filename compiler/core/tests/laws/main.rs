//! Laws of the permission graph, tried on random manifests.
//!
//! - what the graph says agrees with a naive reading of the definitions;
//! - more grants never take a permission away, a narrower scope never adds one;
//! - order and case change nothing;
//! - what a finding suggests really does what it says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod naive;
mod world;

use grantc_core::diagnostic::Diagnostic;
use grantc_core::graph::State;
use grantc_spec::catalogue::Catalogue;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;
use world::{Assign, BELOW, Custom, Run, World, assign, distinct, resource, world};

/// Few enough for every run of the tests; set `PROPTEST_CASES` to look longer.
fn config() -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let cases = wanted.unwrap_or(24);
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn states(run: &Run) -> Vec<State> {
    run.program
        .needs
        .ids()
        .map(|need| run.graph.verdict(need).state)
        .collect()
}

/// Everything that anybody holds, by resource, plane and name.
fn power(run: &Run) -> BTreeSet<(String, String)> {
    let onlooker = run.program.tools.ids().last().unwrap();
    let reach = run.graph.reach(&run.program, onlooker);
    let name = |reach: &grantc_core::graph::Reach| {
        let operation = run
            .graph
            .operation(Catalogue::embedded(), reach.operation)
            .unwrap();
        let resource = run.program.resources.at(reach.resource).name.value.clone();
        (
            resource,
            format!("{} {}", operation.plane, operation.name.to_lowercase()),
        )
    };
    reach.iter().map(name).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_graph_agrees_with_the_definitions(world in world()) {
        let run = world.run();
        for (id, need) in run.program.needs.iter() {
            let verdict = run.graph.verdict(id);
            let operation = run.graph.operation(Catalogue::embedded(), verdict.operation).unwrap();
            let found = (verdict.state, (operation.plane, operation.name.to_lowercase()));
            prop_assert_eq!(found, naive::verdict(&run.program, need), "{}", world.text());
            let witness = run.graph.witness(&run.program, Catalogue::embedded(), id);
            prop_assert_eq!(witness.is_empty(), verdict.state == State::Missing);
        }
        for id in run.program.identities.ids() {
            let excess = run.graph.excess(&run.program, id);
            prop_assert_eq!(run.graph.excess_operations(id), excess.operations.len());
            let found: BTreeSet<_> = excess.operations.iter().map(|reach| {
                let operation = run.graph.operation(Catalogue::embedded(), reach.operation).unwrap();
                (reach.resource, (operation.plane, operation.name.to_lowercase()))
            }).collect();
            prop_assert_eq!(found.len(), excess.operations.len());
            let expected = naive::excess(&run.program, id);
            let unlike: Vec<_> = found.symmetric_difference(&expected).collect();
            prop_assert!(unlike.is_empty(), "{unlike:#?}\n{}", world.text());
        }
        for tool in run.program.tools.ids() {
            let reach = run.graph.reach(&run.program, tool).len();
            prop_assert_eq!(run.graph.reach_count(&run.program, tool), reach);
        }
    }

    #[test]
    fn more_grants_never_take_a_permission_away(world in world(), more in assign(), to in 0..2usize) {
        let mut richer = world.clone();
        richer.identities[to].push(more);
        richer.identities[to] = distinct(std::mem::take(&mut richer.identities[to]));
        let (before, after) = (world.run(), richer.run());
        for (before, after) in states(&before).into_iter().zip(states(&after)) {
            prop_assert!(after >= before, "{}", richer.text());
        }
        prop_assert!(power(&before).is_subset(&power(&after)), "{}", richer.text());
    }

    #[test]
    fn a_narrower_scope_never_adds_a_permission(mut world in world(), role in assign(), pair in any::<Index>()) {
        let (wide, narrow) = *pair.get(&BELOW);
        let own = &mut world.identities[0];
        own.retain(|held| held.role != role.role);
        let mut narrower = world.clone();
        world.identities[0].push(Assign { role: role.role.clone(), on: wide });
        narrower.identities[0].push(Assign { role: role.role, on: narrow });
        let (before, after) = (world.run(), narrower.run());
        for (before, after) in states(&before).into_iter().zip(states(&after)) {
            prop_assert!(after <= before, "{}", narrower.text());
        }
        prop_assert!(power(&after).is_subset(&power(&before)), "{}", narrower.text());
    }

    #[test]
    fn order_and_case_change_nothing(world in world()) {
        let mut other = world.clone();
        for identity in &mut other.identities {
            identity.reverse();
            for held in identity.iter_mut().filter(|held| !held.role.starts_with("Own")) {
                held.role = held.role.to_uppercase();
            }
        }
        other.customs.reverse();
        for Custom { operations, .. } in &mut other.customs {
            operations.reverse();
            operations.iter_mut().for_each(|(_, name)| *name = name.to_uppercase());
        }
        let (one, two) = (world.run(), other.run());
        prop_assert_eq!(states(&one), states(&two), "{}", other.text());
        prop_assert_eq!(power(&one), power(&two), "{}", other.text());
    }

    #[test]
    fn what_is_suggested_for_a_need_grants_it(world in world()) {
        let run = world.run();
        for found in run.found.iter().filter(|f| ["G0301", "G0302", "G0303"].contains(&f.rule.code)) {
            let Some(help) = found.help.as_deref().filter(|help| help.starts_with("add `assign")) else { continue };
            let need = run.program.needs.iter().find(|(_, need)| need.span == found.span).unwrap().0;
            let identity = run.program.needs.at(need).identity.index();
            let mended = with(&world, identity, help);
            let after = mended.run();
            prop_assert_eq!(after.graph.verdict(need).state, State::Held, "{}\n{}", help, mended.text());
        }
    }

    #[test]
    fn what_is_suggested_for_an_assignment_keeps_its_needs_and_leaves_less(world in world()) {
        let run = world.run();
        for found in run.found.iter().filter(|f| ["G0304", "G0305"].contains(&f.rule.code)) {
            let Some(help) = found.help.as_deref() else { continue };
            let (identity, held) = assignment(&world, &run, found);
            let mut rest = world.clone();
            if let Some(name) = help.strip_prefix("leave in `").and_then(|rest| rest.split('`').next()) {
                rest.customs.retain(|custom| custom.name != name);
            } else {
                rest.identities[identity].retain(|other| *other != held);
            }
            let mended = with(&rest, identity, help);
            let after = mended.run();
            for (before, after) in states(&run).into_iter().zip(states(&after)) {
                prop_assert!(after >= before, "{}\n{}", help, mended.text());
            }
            prop_assert!(power(&after).len() <= power(&run).len(), "{}\n{}", help, mended.text());
        }
    }
}

/// The assignment that a finding is about.
fn assignment(world: &World, run: &Run, found: &Diagnostic) -> (usize, Assign) {
    let mut all = run.program.assignments.values();
    let inside = |span: grantc_core::source::Span| {
        span.start <= found.span.start && found.span.end <= span.end
    };
    let held = all.find(|held| inside(held.span)).unwrap();
    let on = resource(&run.program.resources.at(held.on).name.value);
    let wanted = Assign {
        role: held.role_name.value.clone(),
        on,
    };
    let identity = held.identity.index();
    assert!(world.identities[identity].contains(&wanted));
    (identity, wanted)
}

/// A manifest with what a help text says: `assign` nodes for an identity, and a `role` node.
fn with(world: &World, identity: usize, help: &str) -> World {
    let mut world = world.clone();
    for part in help.split("assign \"").skip(1) {
        let mut words = part.split('"');
        let (role, on) = (words.next().unwrap(), words.nth(1).unwrap());
        world.identities[identity].push(Assign {
            role: role.to_owned(),
            on: resource(on),
        });
    }
    world.identities[identity] = distinct(std::mem::take(&mut world.identities[identity]));
    if let Some((_, block)) = help.split_once("\nrole \"") {
        let mut lines = block.lines();
        let name = lines.next().unwrap().split('"').next().unwrap().to_owned();
        let operation = |line: &str| {
            let (word, rest) = line.trim().split_once(" \"")?;
            let plane = if word == "action" {
                grantc_spec::Plane::Control
            } else {
                grantc_spec::Plane::Data
            };
            Some((plane, rest.trim_end_matches('"').to_owned()))
        };
        world.customs.push(Custom {
            name,
            operations: lines.filter_map(operation).collect(),
        });
    }
    world
}
