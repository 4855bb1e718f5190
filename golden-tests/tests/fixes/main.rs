//! What findings offer, tried on random manifests: every fix is applied to the text and the result
//! compiled. The finding is gone then, everything that was held is held, and nothing new is wrong.
//! And what is inferred: every need of an identity whose roles are inferred is held, nothing of it
//! is idle, and the order of tools changes nothing.
//!
//! `PROPTEST_CASES` says how many manifests are looked at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod world;

use grantc_core::diagnostic::Diagnostic;
use grantc_core::graph::State;
use grantc_core::infer::shown::shown;
use grantc_core::{Compilation, graph::Graph, ir::Program};
use grantc_golden_tests::compile::compile;
use grantc_spec::rules::Level;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use world::{World, world};

/// Few enough for every run of the tests.
fn config() -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    let wanted = wanted.and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: wanted.unwrap_or(24),
        failure_persistence: None,
        max_shrink_iters: 100,
        ..ProptestConfig::default()
    }
}

/// Compiles a manifest, in which nothing is wrong but power.
fn run(text: &str) -> Compilation {
    let run = compile(text).unwrap();
    let early = run
        .diagnostics
        .iter()
        .find(|found| found.rule.code < "G0300");
    assert!(early.is_none(), "{early:#?}\n{text}");
    run
}

fn parts(run: &Compilation) -> (&Program, &Graph) {
    run.program().zip(run.graph()).unwrap()
}

/// How far each need is met, in manifest order, which no fix changes.
fn states(run: &Compilation) -> Vec<State> {
    let (program, graph) = parts(run);
    let needs = program.needs.ids();
    needs.map(|need| graph.verdict(need).state).collect()
}

/// How many operations beyond need the identity holds that a finding is about.
fn excess(run: &Compilation) -> usize {
    let (program, graph) = parts(run);
    let all = program.identities.ids();
    all.map(|id| graph.excess_operations(id)).sum()
}

fn errors(run: &Compilation) -> usize {
    run.diagnostics.count(Level::Error)
}

/// Tries one fix.
fn holds_its_promise(text: &str, before: &Compilation, found: &Diagnostic) -> Result<(), String> {
    let Some(fix) = &found.fix else { return Ok(()) };
    let texts = fix.apply(&before.sources).ok_or("it cannot be applied")?;
    let mended = texts.get("tools.kdl").ok_or("it changes another file")?;
    let after = run(mended);
    let told = |after: &Compilation| {
        let mut all = after.diagnostics.iter();
        all.any(|it| it.digest() == found.digest())
    };
    let why = |what: &str| Err(format!("{what}\n{found:#?}\n{text}\nbecame\n{mended}"));
    // One need is one finding, and two needs may say the same.
    let times = |run: &Compilation| {
        let all = run.diagnostics.iter();
        all.filter(|it| it.digest() == found.digest()).count()
    };
    if told(&after) && times(&after) >= times(before) {
        return why("the finding is still there");
    }
    if errors(&after) > errors(before) {
        return why("something new is wrong");
    }
    let (was, is) = (states(before), states(&after));
    let lost = was.iter().zip(&is).any(|(was, is)| is < was);
    if was.len() != is.len() || (lost && found.rule.code != "G0302") {
        return why("something is held no longer");
    }
    // What is left over follows from what needs are met by: compare only where that stays.
    let of_power = ["G0304", "G0305", "G0306"].contains(&found.rule.code);
    if of_power && was == is && excess(&after) > excess(before) {
        return why("more is left over than before");
    }
    Ok(())
}

/// What was chosen, without the tools that it was chosen for.
fn chosen(run: &Compilation) -> BTreeSet<String> {
    let (program, graph) = parts(run);
    let all = shown(program, graph).into_iter();
    all.map(|it| {
        format!(
            "{} {} {} {:?} {:?}",
            it.identity, it.role, it.on, it.paths, it.operations
        )
    })
    .collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_fix_ends_its_finding_and_keeps_what_is_held(world in world()) {
        let text = world.text();
        let before = run(&text);
        let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
        for found in before.diagnostics.iter() {
            // A few of each kind: every one costs a run.
            let times = tried.entry(found.rule.code).or_default();
            *times += 1;
            if *times > 3 {
                continue;
            }
            if let Err(why) = holds_its_promise(&text, &before, found) {
                return Err(TestCaseError::fail(why));
            }
        }
    }

    #[test]
    fn what_is_inferred_holds_every_need_and_nothing_idle(world in world()) {
        let world = World { inferred: [true, true], ..world };
        let text = world.text();
        let run = run(&text);
        let (program, graph) = parts(&run);
        for (id, need) in program.needs.iter() {
            let identity = program.identities.at(need.identity);
            if identity.inferred.is_none() || world.is_beyond(program, need) {
                continue;
            }
            let state = graph.verdict(id).state;
            prop_assert_eq!(state, State::Held, "{:#?}\n{}", need, text);
        }
        for id in program.identities.ids() {
            for idle in graph.excess(program, id).idle {
                prop_assert!(program.assignments.at(idle).inferred.is_none(), "{}", text);
            }
        }
        let mut scopes = BTreeSet::new();
        for held in program.assignments.values().filter(|held| held.inferred.is_some()) {
            // Azure takes a role on a scope once.
            let scope = program.resources.at(held.on).scope.clone();
            prop_assert!(scopes.insert((held.identity, held.role, scope)), "{}", text);
        }
        let about_chosen = run.diagnostics.iter().filter(|found| {
            ["G0305", "G0306", "G0312"].contains(&found.rule.code)
                && program.identities.values().any(|it| it.inferred == Some(found.span))
        });
        prop_assert_eq!(about_chosen.count(), 0, "{}", text);
    }

    #[test]
    fn the_order_of_tools_chooses_nothing(world in world()) {
        let mut world = World { inferred: [true, true], ..world };
        let one = run(&world.text());
        world.tools.reverse();
        world.tools.iter_mut().for_each(|tool| tool.uses.reverse());
        let other = run(&world.text());
        prop_assert_eq!(chosen(&one), chosen(&other), "{}", world.text());
    }
}

/// How often each rule offers a fix among many manifests: the law above must not hold for want of
/// anything to try.
#[test]
fn every_rule_of_power_offers_fixes() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut offered: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..60 {
        let text = world().new_tree(&mut runner).unwrap().current().text();
        for found in run(&text).diagnostics.iter().filter(|it| it.fix.is_some()) {
            *offered.entry(found.rule.code).or_default() += 1;
        }
    }
    for code in ["G0301", "G0302", "G0303", "G0304", "G0305", "G0306"] {
        assert!(
            offered.get(code).is_some_and(|times| *times > 1),
            "{code}: {offered:?}"
        );
    }
}
