//! The compiler against the naive implementation: what `check --format json` says of random
//! manifests, and what every role of the catalogue grants.
//!
//! `GRANTC_DIFFERENTIAL=20000 cargo test --profile laws -p grantc-laws` tries more of them than a plain
//! run does; `GRANTC_SEED=7` tries others. The same numbers give the same manifests everywhere.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

mod common;

use common::{list, operation, reaches, text};
use grantc_laws::Model;
use grantc_laws::decide::{self, Decided};
use grantc_laws::facts::{facts, op};
use grantc_laws::text::Sure;
use grantc_spec::catalogue::Catalogue;
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn both_say_the_same_of_random_manifests() {
    common::hold(common::wanted(), |model, _| compare(model));
}

/// What the compiler reports of a model, and what the naive implementation says of it.
fn compare(model: &Model) -> Result<(), String> {
    let report = common::report(model)?;
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
