//! Resolving: every name becomes an id, every default is filled in, every need is written out.
//!
//! Names that mean nothing, names that are taken twice and names that would collide in Rust or in
//! Azure are reported here; after this stage nothing is looked up by name again.

mod apps;
mod auth;
mod connectors;
mod constraints;
mod fields;
mod identities;
mod network;
mod pattern;
mod policy;
mod resources;
mod roles;
mod server;
mod tools;
mod units;
mod uses;

pub(crate) use apps::{arrange, torn};

use crate::arena::Id;
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{self, Program};
use crate::names::{did_you_mean, rust_camel, rust_snake};
use crate::source::{Span, Word};
use grantc_spec::catalogue::Catalogue;
use grantc_spec::rules;
use std::collections::BTreeMap;

/// The names of one kind of item.
type Names<T> = BTreeMap<String, Id<T>>;

/// Resolves a manifest. None when there is no server, without which nothing can be said.
///
/// A program is given even when names are missing, so that the rules can still be asked about the
/// rest; the findings tell that it is broken.
pub fn resolve(
    manifest: &ast::Manifest,
    catalogue: &Catalogue,
    diagnostics: &mut Diagnostics,
) -> Option<Program> {
    let server = server::server(manifest.server.as_ref()?, diagnostics);
    let mut program = Program {
        server,
        azure: None,
        params: Default::default(),
        resources: Default::default(),
        identities: Default::default(),
        assignments: Default::default(),
        roles: Default::default(),
        types: Default::default(),
        tools: Default::default(),
        needs: Default::default(),
        apps: Default::default(),
        permissions: Default::default(),
        environments: Default::default(),
        forbids: Default::default(),
        accepts: Default::default(),
    };
    let params = server::params(&manifest.params, &mut program, diagnostics);
    server::azure(manifest.azure.as_ref(), &params, &mut program, diagnostics);
    network::environments(&manifest.environments, &params, &mut program, diagnostics);
    let connectors = connectors::connectors(&manifest.connectors, catalogue, diagnostics);
    let resources = resources::resources(manifest, &connectors, &params, &mut program, diagnostics);
    let roles = roles::custom_roles(manifest, catalogue, &mut program, diagnostics);
    let known = identities::Known {
        params: &params,
        resources: &resources,
        roles: &roles,
        catalogue,
    };
    let identities =
        identities::identities(&manifest.identities, &known, &mut program, diagnostics);
    let types = fields::types(&manifest.types, &mut program, diagnostics);
    let names = tools::Known {
        resources,
        identities,
        types,
        catalogue,
    };
    let tools = tools::tools(&manifest.tools, &names, &mut program, diagnostics);
    apps::place(&manifest.apps, &tools, &mut program, diagnostics);
    let known = policy::Known {
        resources: &names.resources,
        identities: &names.identities,
        tools: &tools,
        catalogue,
    };
    policy::forbids(&manifest.forbids, &known, &mut program, diagnostics);
    policy::accepts(&manifest.accepts, &mut program, diagnostics);
    Some(program)
}

/// Gives names their ids in manifest order; a name that is taken already keeps its first meaning.
fn name_all<'a, T>(
    what: &str,
    words: impl Iterator<Item = &'a Word>,
    diagnostics: &mut Diagnostics,
    mut declare: impl FnMut(usize) -> Id<T>,
) -> Names<T> {
    let mut names: Names<T> = BTreeMap::new();
    let mut places: BTreeMap<&str, Span> = BTreeMap::new();
    for (index, word) in words.enumerate() {
        let id = declare(index);
        if let Some(first) = places.get(word.value.as_str()) {
            let message = format!("{what} `{}` is declared twice", word.value);
            diagnostics.push(
                Diagnostic::new(&rules::DUPLICATE_NAME, word.span, message)
                    .also(*first, "it is already declared here")
                    .help("give one of them another name"),
            );
            continue;
        }
        places.insert(&word.value, word.span);
        names.insert(word.value.clone(), id);
    }
    names
}

/// Reports names that differ in the manifest and become the same in Rust or in Azure.
fn collisions<'a>(
    what: &str,
    words: impl Iterator<Item = &'a Word> + Clone,
    diagnostics: &mut Diagnostics,
) {
    let forms: [fn(&str) -> String; 2] = [rust_snake, rust_camel];
    let mut reported: Vec<Span> = Vec::new();
    for form in forms {
        let mut seen: BTreeMap<String, &Word> = BTreeMap::new();
        for word in words.clone() {
            let became = form(&word.value);
            let first = *seen.entry(became.clone()).or_insert(word);
            if first.value != word.value && !reported.contains(&word.span) {
                reported.push(word.span);
                let message = format!(
                    "{what} `{}` and `{}` both become `{became}`",
                    first.value, word.value
                );
                diagnostics.push(
                    Diagnostic::new(&rules::COLLIDING_NAMES, word.span, message)
                        .also(first.span, "the other one")
                        .help("give one of them another name"),
                );
            }
        }
    }
}

/// The id of a name, or a finding that says which name was probably meant.
fn look_up<T>(
    what: &str,
    word: &Word,
    names: &Names<T>,
    diagnostics: &mut Diagnostics,
) -> Option<Id<T>> {
    let found = names.get(&word.value).copied();
    if found.is_none() {
        let help = did_you_mean(&word.value, names.keys().map(String::as_str))
            .unwrap_or_else(|| known(what, names.keys().map(String::as_str)));
        let message = format!("there is no {what} `{}`", word.value);
        diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, word.span, message).help(help));
    }
    found
}

/// Names what there is, when nothing is near.
fn known<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> String {
    let list: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match list.as_slice() {
        [] => format!("the manifest declares no {what}"),
        [one] => format!("the only {what} is {one}"),
        few if few.len() <= 8 => format!("there are {}", few.join(", ")),
        many => format!("there are {} others", many.len()),
    }
}

/// Text of the manifest as the program holds it: a parameter becomes its id.
fn deploy(
    value: &ast::Deploy,
    params: &Names<ir::Param>,
    diagnostics: &mut Diagnostics,
) -> ir::Text {
    if !value.is_param {
        return ir::Text::Literal(value.word.value.clone());
    }
    match look_up("parameter", &value.word, params, diagnostics) {
        Some(id) => ir::Text::Param(id),
        None => ir::Text::Literal(value.word.value.clone()),
    }
}
