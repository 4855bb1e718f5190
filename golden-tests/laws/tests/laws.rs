//! Laws that answers about permissions keep, whatever the manifest: tried on random ones, of every
//! plane.
//!
//! - more grants never take a permission away, but where the new one denies;
//! - a narrower scope, and a condition, never adds one, but where what is narrowed denies;
//! - order, case and notation change nothing;
//! - a role that is listed as granting an operation grants it.

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
use grantc_laws::decide::covers_resource;
use grantc_laws::facts::{self, facts, parts};
use grantc_laws::grow::{Gene, Genes};
use grantc_laws::model::{Role, Tool};
use grantc_laws::text::Sure;
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, Verdict};
use serde_json::Value;
use std::collections::BTreeSet;

/// A model in one app, with a tool at its end that uses nothing and so reaches everything.
fn watched(model: &Model) -> Model {
    let mut model = model.clone();
    (model.isolation, model.apps) = ("shared", Vec::new());
    model.tools.push(Tool {
        name: "onlooker".to_owned(),
        identity: 0,
        uses: Vec::new(),
    });
    model
}

/// What became of every need, worst first.
fn verdicts(report: &Value) -> Vec<usize> {
    let tools = list(&report["tools"]).iter();
    let needs = tools.flat_map(|tool| list(&tool["needs"]));
    let words = ["missing", "conditional", "held"];
    let place = |need: &Value| words.iter().position(|word| need["verdict"] == **word);
    needs.map(|need| place(need).unwrap()).collect()
}

/// Everything that anybody who acts for a tool holds.
fn power(report: &Value) -> BTreeSet<(String, String)> {
    let onlooker = list(&report["tools"]).last().unwrap();
    reaches(&onlooker["reach"]).into_iter().collect()
}

/// That one model gives no more than another.
fn no_more(less: &Model, more: &Model) -> Result<(), String> {
    let (less, more) = (common::report(less)?, common::report(more)?);
    let pairs = verdicts(&less).into_iter().zip(verdicts(&more));
    if let Some(at) = pairs.into_iter().position(|(less, more)| less > more) {
        return Err(format!("need {at} is held more surely with less"));
    }
    let (less, more) = (power(&less), power(&more));
    match less.difference(&more).next() {
        Some(extra) => Err(format!("{extra:?} is held only with less")),
        None => Ok(()),
    }
}

fn denies(role: &Role) -> bool {
    match role {
        Role::OfPlane(number) => !facts().plane_roles[*number].denies.is_empty(),
        _ => false,
    }
}

fn choose(gene: Gene, of: usize) -> usize {
    usize::from(gene) % of.max(1)
}

#[test]
fn more_grants_never_take_a_permission_away() {
    common::hold(common::wanted() / 4, |model, genes| {
        let more = watched(model);
        let mut less = more.clone();
        let own = &mut less.identities[choose(genes[5], model.identities.len())].holds;
        if own.is_empty() {
            return Ok(());
        }
        let gone = own.remove(choose(genes[6], own.len()));
        if denies(&gone.role) {
            return Ok(());
        }
        no_more(&less, &more)
    });
}

#[test]
fn a_narrower_scope_never_adds_a_permission() {
    common::hold(common::wanted() / 4, |model, genes| {
        let wide = watched(model);
        let mut narrow = wide.clone();
        let identity = choose(genes[5], model.identities.len());
        let own = &mut narrow.identities[identity].holds;
        let count = own.len();
        let Some(held) = own.get_mut(choose(genes[6], count)) else {
            return Ok(());
        };
        let all = 0..model.resources.len();
        let same_plane = |at: &usize| {
            let plane = |at: usize| &facts().connectors[model.resources[at].connector].plane;
            plane(*at) == plane(held.on)
        };
        let below: Vec<usize> = all
            .filter(|at| *at != held.on && same_plane(at))
            .filter(|at| covers_resource(model, held.on, *at) == Sure::Yes)
            .collect();
        if below.is_empty() || denies(&held.role) || !held.paths.is_empty() {
            return Ok(());
        }
        held.on = below[choose(genes[7], below.len())];
        let (role, on) = (held.role.clone(), held.on);
        // Said twice, it would be refused.
        let same = own
            .iter()
            .filter(|other| other.role == role && other.on == on);
        match same.count() {
            1 => no_more(&narrow, &wide),
            _ => Ok(()),
        }
    });
}

#[test]
fn a_condition_never_adds_a_permission() {
    common::hold(common::wanted() / 4, |model, genes| {
        let narrow = watched(model);
        let mut wide = narrow.clone();
        let mut all = wide.identities.iter_mut().flat_map(|one| &mut one.holds);
        let Some(held) = all.find(|held| !held.paths.is_empty()) else {
            return Ok(());
        };
        match genes[5] % 2 {
            0 => held.paths.clear(),
            _ if held.paths.iter().any(|path| path == "second/*") => return Ok(()),
            _ => held.paths.push("second/*".to_owned()),
        }
        no_more(&narrow, &wide)
    });
}

/// What a report says, with neither order nor spelling.
fn essence(report: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for tool in list(&report["tools"]) {
        let name = text(&tool["name"]);
        for need in list(&tool["needs"]) {
            let (resource, identity) = (&need["resource"], &need["identity"]);
            let scope = text(&need["scope"]).to_lowercase();
            all.insert(format!(
                "{name} needs {} {resource} {scope} {identity} {} {}",
                operation(need),
                need["path"],
                need["verdict"]
            ));
        }
        let reach = reaches(&tool["reach"]).into_iter();
        all.extend(reach.map(|(on, op)| format!("{name} reaches {on} {op}")));
        all.insert(format!("{name} misses {}", tool["missing"]));
    }
    for identity in list(&report["identities"]) {
        let (name, excess) = (text(&identity["name"]), &identity["excess"]);
        let over = reaches(&excess["operations"]).into_iter();
        all.extend(over.map(|(on, op)| format!("{name} over {on} {op}")));
        let resources = list(&excess["resources"]).iter().map(text);
        all.extend(resources.map(|one| format!("{name} touches {}", one.to_lowercase())));
        let idle = list(&excess["idle"]).iter();
        let idle = idle.map(|one| (text(&one["role"]).to_lowercase(), text(&one["on"])));
        all.extend(idle.map(|(role, on)| format!("{name} idle {role} {on}")));
    }
    all
}

fn same(one: &Model, two: &Model) -> Result<(), String> {
    let (one, two) = (common::report(one)?, common::report(two)?);
    let (one, two) = (essence(&one), essence(&two));
    let unlike: Vec<_> = one.symmetric_difference(&two).take(5).collect();
    match unlike.is_empty() {
        true => Ok(()),
        false => Err(format!("{unlike:#?}")),
    }
}

#[test]
fn the_notation_changes_nothing() {
    common::hold(common::wanted() / 4, |model, _| {
        let mut other = model.clone();
        other.yaml = !model.yaml;
        same(model, &other)
    });
}

#[test]
fn order_changes_nothing() {
    common::hold(common::wanted() / 4, |model, _| {
        let mut other = model.clone();
        for role in &mut other.roles {
            role.grants.reverse();
        }
        for identity in &mut other.identities {
            identity.holds.reverse();
            identity
                .holds
                .iter_mut()
                .for_each(|held| held.paths.reverse());
        }
        other.tools.iter_mut().for_each(|tool| tool.uses.reverse());
        same(model, &other)
    });
}

#[test]
fn case_changes_nothing() {
    use grantc_laws::model::{Value, What};
    common::hold(common::wanted() / 4, |model, _| {
        let mut other = model.clone();
        let swap = |value: &mut Value| {
            if let Value::Text(text) = value {
                *text = text.to_uppercase();
            }
        };
        for resource in &mut other.resources {
            // The name of an API is compared too, but its address is not a name.
            let names = resource.fields.iter_mut().filter(|(name, _)| name != "url");
            names.for_each(|(_, value)| swap(value));
            swap(&mut resource.group);
            swap(&mut resource.subscription);
            resource.covers.iter_mut().for_each(swap);
        }
        swap(&mut other.subscription);
        for role in &mut other.roles {
            let patterns = role.grants.iter_mut();
            patterns.for_each(|(_, pattern)| *pattern = pattern.to_uppercase());
        }
        for held in other.identities.iter_mut().flat_map(|one| &mut one.holds) {
            if matches!(held.role, Role::BuiltIn(_) | Role::OfPlane(_)) {
                held.spelled = held.spelled.to_uppercase();
            }
        }
        for used in other.tools.iter_mut().flat_map(|tool| &mut tool.uses) {
            if let What::Raw(_, name) = &mut used.what {
                *name = name.to_uppercase();
            }
        }
        same(model, &other)
    });
}

#[test]
fn a_role_that_is_listed_as_granting_an_operation_grants_it() {
    let catalogue = Catalogue::embedded();
    let all: Vec<_> = facts().operations.keys().collect();
    let chosen = all.iter().step_by(all.len() / 60);
    for wanted in chosen {
        let (plane, name) = parts(wanted);
        let plane = if plane == "data" {
            Plane::Data
        } else {
            Plane::Control
        };
        let listed = catalogue.roles_granting(plane, name);
        let sure = |verdict| match verdict {
            Verdict::Sure => Sure::Yes,
            Verdict::Conditional => Sure::Perhaps,
            Verdict::No => Sure::No,
        };
        let said: BTreeSet<_> = listed
            .iter()
            .map(|(ix, verdict)| (catalogue.role(*ix).id.to_owned(), sure(*verdict)))
            .collect();
        let roles = facts().roles.iter();
        let naive = roles.map(|role| (role.id.clone(), facts::grants(&role.blocks, wanted)));
        let naive: BTreeSet<_> = naive.filter(|(_, sure)| *sure != Sure::No).collect();
        assert_eq!(said, naive, "{wanted}");
        let narrowest: Vec<_> = listed
            .iter()
            .map(|(ix, verdict)| (sure(*verdict) != Sure::Yes, catalogue.role(*ix)))
            .map(|(perhaps, role)| (perhaps, role.mark.word() != "-", role.counts.total()))
            .collect();
        assert!(narrowest.is_sorted(), "{wanted}: {narrowest:?}");
    }
}

/// The random manifests are worth trying: every answer occurs, on every plane, and so does reach.
#[test]
fn the_manifests_have_something_to_say() {
    let seen = std::sync::Mutex::new(BTreeSet::new());
    common::hold(200, |model, _: &Genes| {
        let report = common::report(model)?;
        let mut seen = seen.lock().unwrap();
        for tool in list(&report["tools"]) {
            for need in list(&tool["needs"]) {
                seen.insert(format!(
                    "{} {}",
                    text(&need["plane"]),
                    text(&need["verdict"])
                ));
            }
            if !list(&tool["reach"]).is_empty() {
                seen.insert("reach".to_owned());
            }
        }
        Ok(())
    });
    let seen = seen.into_inner().unwrap();
    let rbac = ["control", "data", "cosmos-sql", "sql-database"];
    for plane in rbac {
        for verdict in ["held", "missing"] {
            assert!(
                seen.contains(&format!("{plane} {verdict}")),
                "{plane} {verdict} of {seen:?}"
            );
        }
    }
    for known in [
        "control conditional",
        "data conditional",
        "graph held",
        "entra-app held",
        "reach",
    ] {
        assert!(seen.contains(known), "{known} of {seen:?}");
    }
}
