//! The compiler against the naive implementation: what `check --format json`
//! says of random manifests, and what every role of the catalogue grants.
//!
//! `GRANTC_DIFFERENTIAL=20000 cargo test -p grantc-laws --test differential` tries more of
//! them than a plain run does; `GRANTC_SEED=7` tries others. The same numbers give the same manifests.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use grantc_core::{LoadError, Loader};
use grantc_laws::decide::{self, Decided};
use grantc_laws::facts::{facts, op};
use grantc_laws::grow::{self, Gene, Genes, Seed};
use grantc_laws::text::Sure;
use grantc_laws::{Model, render};
use grantc_spec::catalogue::Catalogue;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use serde_json::Value;
use std::collections::BTreeSet;

/// Manifests of one runner, which starts from a seed of its own.
const SHARE: u64 = 50;

fn number(variable: &str, otherwise: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

fn genes() -> impl Strategy<Value = Genes> {
    any::<[Gene; 8]>()
}

fn seed() -> impl Strategy<Value = Seed> {
    (
        genes(),
        vec(genes(), 1..9),
        vec(vec(genes(), 1..6), 0..4),
        vec((any::<Gene>(), vec(genes(), 0..6)), 1..5),
        vec((any::<Gene>(), vec(genes(), 0..5)), 1..6),
    )
        .prop_map(|(whole, resources, roles, identities, tools)| Seed {
            whole,
            resources,
            roles,
            identities,
            tools,
        })
}

#[test]
fn both_say_the_same_of_random_manifests() {
    let shares = number("GRANTC_DIFFERENTIAL", 300).div_ceil(SHARE);
    let first = number("GRANTC_SEED", 0) << 32;
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    std::thread::scope(|scope| {
        for thread in 0..threads {
            scope.spawn(move || {
                (thread..shares)
                    .step_by(threads as usize)
                    .for_each(|share| try_share(first + share))
            });
        }
    });
}

fn try_share(share: u64) {
    let config = Config {
        cases: SHARE as u32,
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    };
    let mut start = [0; 32];
    start[..8].copy_from_slice(&share.to_le_bytes());
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &start));
    let tried = runner.run(&seed(), |seed| {
        let model = grow::grow(&seed);
        compare(&model).map_err(TestCaseError::fail)
    });
    match tried {
        Ok(()) => {}
        Err(TestError::Fail(why, seed)) => {
            let model = grow::grow(&seed);
            panic!(
                "share {share}: {why}\n--- {}\n{}",
                render::name(&model),
                render::text(&model)
            );
        }
        Err(TestError::Abort(why)) => panic!("share {share}: {why}"),
    }
}

struct Text(String);

impl Loader for Text {
    fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.clone().into_bytes())
    }
}

/// What the compiler reports of a model, and what the naive implementation says of it.
fn compare(model: &Model) -> Result<(), String> {
    let name = render::name(model);
    let source = Text(render::text(model));
    let run = grantc_core::compile(name, &source, Catalogue::embedded())
        .map_err(|error| error.to_string())?;
    if let Some(early) = run
        .diagnostics
        .iter()
        .find(|found| found.rule.code < "G0300")
    {
        return Err(format!(
            "the manifest is not even well formed: {} {}",
            early.rule.code, early.message
        ));
    }
    let report = grantc_core::check::report::report(
        run.program().zip(run.graph()),
        Catalogue::embedded(),
        &run.diagnostics,
        &run.sources,
    );
    let report = serde_json::to_value(&report).map_err(|error| error.to_string())?;
    let world = decide::decide(model);
    for (number, tool) in model.tools.iter().enumerate() {
        let said = &report["tools"][number];
        let at = |what: &str| format!("tool {}: {what}", tool.name);
        same(&at("app"), &text(&said["app"]), &world.app(number))?;
        let needs: Vec<_> = list(&said["needs"]).iter().map(need).collect();
        let expected = world.needs(number);
        let missing = expected
            .iter()
            .filter(|need| need.sure != Sure::Yes)
            .count() as u64;
        let expected: Vec<_> = expected
            .into_iter()
            .map(|need| as_said(model, need))
            .collect();
        same(&at("needs"), &needs, &expected)?;
        same(&at("missing"), &said["missing"].as_u64(), &Some(missing))?;
        let reach = reaches(&said["reach"]);
        let expected = world
            .reach(number)
            .into_iter()
            .map(|(on, op)| (model.resources[on].name.clone(), op));
        same_sets(&at("reach"), reach, expected.collect())?;
    }
    for (number, identity) in model.identities.iter().enumerate() {
        let said = &report["identities"][number]["excess"];
        let at = |what: &str| format!("identity {}: {what}", identity.name);
        let excess = world.excess(number);
        let expected = excess
            .operations
            .into_iter()
            .map(|(on, op)| (model.resources[on].name.clone(), op));
        same_sets(
            &at("excess"),
            reaches(&said["operations"]),
            expected.collect(),
        )?;
        let resources = list(&said["resources"]).iter().map(text).collect();
        same_sets(&at("resources"), resources, excess.resources)?;
        let idle = list(&said["idle"])
            .iter()
            .map(|idle| (text(&idle["role"]), text(&idle["on"])));
        same_sets(&at("idle"), idle.collect(), excess.idle)?;
    }
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn operation(value: &Value) -> String {
    op(&text(&value["plane"]), &text(&value["operation"]))
}

/// Operation, resource, identity and verdict of a need.
type Need = (String, String, String, String);

fn need(said: &Value) -> Need {
    (
        operation(said),
        text(&said["resource"]),
        text(&said["identity"]),
        text(&said["verdict"]),
    )
}

fn as_said(model: &Model, need: Decided) -> Need {
    let verdict = match need.sure {
        Sure::Yes => "held",
        Sure::Perhaps => "conditional",
        Sure::No => "missing",
    };
    let resource = model.resources[need.resource].name.clone();
    (
        need.op,
        resource,
        model.identities[need.identity].name.clone(),
        verdict.to_owned(),
    )
}

fn reaches(said: &Value) -> Vec<(String, String)> {
    let all = list(said).iter();
    all.map(|one| (text(&one["resource"]), operation(one)))
        .collect()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, said: &T, expected: &T) -> Result<(), String> {
    match said == expected {
        true => Ok(()),
        false => Err(format!(
            "{what}: the compiler says {said:#?}\nnaive: {expected:#?}"
        )),
    }
}

/// Lists without an order, in which nothing stands twice.
fn same_sets<T: Ord + Clone + std::fmt::Debug>(
    what: &str,
    mut said: Vec<T>,
    mut expected: Vec<T>,
) -> Result<(), String> {
    said.sort();
    expected.sort();
    if said == expected {
        return Ok(());
    }
    let (one, two) = (
        said.iter().cloned().collect::<BTreeSet<_>>(),
        expected.iter().cloned().collect::<BTreeSet<_>>(),
    );
    let only =
        |a: &BTreeSet<T>, b: &BTreeSet<T>| a.difference(b).take(5).cloned().collect::<Vec<_>>();
    Err(format!(
        "{what}: {} and {}; only the compiler: {:#?}\nonly naive: {:#?}",
        said.len(),
        expected.len(),
        only(&one, &two),
        only(&two, &one)
    ))
}

#[test]
fn every_role_grants_the_same_by_both() {
    let catalogue = Catalogue::embedded();
    let names: Vec<_> = catalogue
        .operations()
        .map(|one| op(one.plane.word(), &one.name))
        .collect();
    let mut known: Vec<_> = facts().operations.keys().cloned().collect();
    known.sort();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(sorted, known, "the operations are read alike");
    assert_eq!(facts().roles.len(), catalogue.roles().count());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let roles: Vec<_> = catalogue.roles().collect();
    std::thread::scope(|scope| {
        for start in 0..threads {
            let (roles, names) = (&roles, &names);
            scope.spawn(move || {
                for (number, ix) in roles.iter().enumerate().skip(start).step_by(threads) {
                    expansion(number, *ix, names);
                }
            });
        }
    });
}

fn expansion(number: usize, ix: grantc_spec::catalogue::RoleIx, names: &[String]) {
    let (role, grant) = (
        Catalogue::embedded().role(ix),
        Catalogue::embedded().grants(ix),
    );
    assert_eq!(
        (role.name, role.id),
        (
            facts().roles[number].name.as_str(),
            facts().roles[number].id.as_str()
        )
    );
    let naive = facts().expansion(number);
    for (set, sure) in [
        (&grant.sure, Sure::Yes),
        (&grant.conditional, Sure::Perhaps),
    ] {
        let said: BTreeSet<&String> = set.iter().map(|id| &names[id.index() as usize]).collect();
        let all = names.iter().filter(|name| naive.get(*name) == Some(&sure));
        let expected: BTreeSet<&String> = all.collect();
        let unlike: Vec<_> = said.symmetric_difference(&expected).take(9).collect();
        assert!(unlike.is_empty(), "{} {sure:?}: {unlike:#?}", role.name);
    }
}
