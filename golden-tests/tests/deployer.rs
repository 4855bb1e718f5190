//! What whoever deploys has to hold is what the emitted files ask for, no more and no less.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use grantc_core::Compilation;
use grantc_core::ir::Scope;
use grantc_emitters::Options;
use grantc_emitters::deployer::{Assign, Need, needs, suggest};
use grantc_golden_tests::{compile, folders};
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, Verdict, verdict_of_blocks};
use std::collections::{BTreeMap, BTreeSet};

/// Every accepted manifest.
fn cases() -> Vec<(String, Compilation)> {
    let cases = folders::cases("accept").unwrap().into_iter();
    let compiled = cases.map(|(name, folder)| {
        let texts = compile::case(&folder).unwrap();
        let compilation = compile::compile_files(compile::NAME, &texts).unwrap();
        (name, compilation)
    });
    compiled.collect()
}

/// Every accepted manifest with what it becomes.
fn emitted() -> Vec<(String, Compilation, BTreeMap<String, String>)> {
    let mut cases = Vec::new();
    for (name, compilation) in self::cases() {
        let emitted = compile::emit(&compilation);
        let files = emitted.files.iter();
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let files = files.collect();
        cases.push((name, compilation, files));
    }
    cases
}

fn needs_of(compilation: &Compilation) -> Vec<Need> {
    needs(compilation.program().unwrap(), &Options::default())
}

/// The types of the resources that a Bicep file creates.
fn created(text: &str) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    let mut above: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let Some(rest) = line.trim_start().strip_prefix("resource ") else {
            continue;
        };
        let name = rest.split('\'').nth(1).unwrap();
        let name = name.split('@').next().unwrap();
        above.retain(|(depth, _)| *depth < indent);
        let ty = match above.last() {
            Some((_, parent)) if !name.contains('.') => format!("{parent}/{name}"),
            _ => name.to_owned(),
        };
        above.push((indent, ty.clone()));
        let exists = rest.split('\'').nth(2).unwrap().contains("existing");
        if !exists && !ty.starts_with("Microsoft.Graph") {
            types.insert(ty.to_ascii_lowercase());
        }
    }
    types
}

#[test]
fn each_type_that_is_created_is_asked_for_and_no_other() {
    let mut seen = 0;
    for (name, compilation, files) in emitted() {
        let bicep = files
            .iter()
            .filter(|(path, _)| path.starts_with("bicep/") && path.ends_with(".bicep"));
        let mut emitted: BTreeSet<String> = BTreeSet::new();
        for (_, text) in bicep {
            emitted.append(&mut created(text));
        }
        let asked: BTreeSet<String> = needs_of(&compilation)
            .iter()
            .flat_map(|need| &need.demand.any_of)
            .filter_map(|(_, operation)| operation.strip_suffix("/write"))
            .map(str::to_ascii_lowercase)
            .filter(|ty| ty != "microsoft.resources/deployments")
            .collect();
        assert_eq!(asked, emitted, "{name}");
        seen += usize::from(!emitted.is_empty());
    }
    assert!(seen > 10, "{seen} cases are deployed");
}

#[test]
fn each_operation_that_is_asked_for_exists() {
    let catalogue = Catalogue::embedded();
    for (name, compilation) in cases() {
        for need in needs_of(&compilation) {
            for (plane, operation) in &need.demand.any_of {
                let found = match plane {
                    Plane::Graph => catalogue
                        .graph_permissions()
                        .any(|it| it.value == operation),
                    plane => catalogue.operation(*plane, operation).is_some(),
                };
                assert!(found, "{name}: {operation}");
            }
        }
    }
}

#[test]
fn what_is_suggested_covers_what_is_asked_for() {
    let catalogue = Catalogue::embedded();
    for (name, compilation) in cases() {
        let needs = needs_of(&compilation);
        let suggested = suggest(compilation.program().unwrap(), catalogue, &needs);
        let at = |scope: &Scope| suggested.iter().find(|it| it.at == *scope);
        for need in &needs {
            let (_, operation) = &need.demand.any_of[0];
            let there = at(&need.demand.at).unwrap();
            let covers = |assign: &Assign| match assign {
                Assign::BuiltIn(ix) | Assign::Delegation(ix) => {
                    let blocks = catalogue.role(*ix).blocks;
                    verdict_of_blocks(blocks, Plane::Control, operation) == Verdict::Sure
                }
                Assign::Custom(operations) => operations.contains(operation),
                Assign::Permission(permission) => permission == operation,
            };
            assert!(there.assigns.iter().any(covers), "{name}: {operation}");
        }
        // None of it is there for nothing, and none gives roles as it likes.
        for suggestion in &suggested {
            for assign in &suggestion.assigns {
                if let Assign::BuiltIn(ix) = assign {
                    let gives = "Microsoft.Authorization/roleAssignments/write";
                    let blocks = catalogue.role(*ix).blocks;
                    let verdict = verdict_of_blocks(blocks, Plane::Control, gives);
                    assert_eq!(verdict, Verdict::No, "{name}");
                    let used = suggestion.operations.iter().any(|(plane, operation)| {
                        verdict_of_blocks(blocks, *plane, operation) == Verdict::Sure
                    });
                    assert!(used, "{name}");
                }
            }
        }
    }
}

/// What a condition lists is what the deployment assigns, in every place, and nothing else.
#[test]
fn a_delegation_lists_what_is_emitted() {
    let mut seen = 0;
    for (name, _, files) in emitted() {
        let under = |start: &str| -> String {
            let of = files.iter().filter(|(path, _)| path.starts_with(start));
            of.map(|(_, text)| text.as_str()).collect()
        };
        let assigned = assigned(&under("bicep/"));
        let before = under("bootstrap/bicep/");
        let mut rest = before.as_str();
        while let Some((_, list)) = rest.split_once("var emittedRoles = [\n") {
            let (list, more) = list.split_once("\n]").unwrap();
            let listed: BTreeSet<String> = list
                .lines()
                .map(str::trim)
                .filter(|line| !line.starts_with("//"))
                .map(str::to_owned)
                .collect();
            assert_eq!(listed, assigned, "{name}");
            rest = more;
            seen += 1;
        }
    }
    assert!(seen >= 2, "{seen} lists, in places of their own");
}

/// The roles that are assigned in Bicep, as a list of them says it.
fn assigned(text: &str) -> BTreeSet<String> {
    let mut names = BTreeMap::new();
    let mut lines = text.lines().peekable();
    let mut roles = BTreeSet::new();
    while let Some(line) = lines.next() {
        if line.contains("'Microsoft.Authorization/roleDefinitions@") {
            let symbol = line.split(' ').nth(1).unwrap();
            let name = lines.next().unwrap().trim().strip_prefix("name: ").unwrap();
            names.insert(format!("{symbol}.name"), name.to_owned());
        }
        if line.trim() == "'Microsoft.Authorization/roleDefinitions'," {
            roles.insert(lines.next().unwrap().trim().to_owned());
        }
    }
    roles
        .into_iter()
        .map(|role| names.get(&role).cloned().unwrap_or(role))
        .collect()
}
