//! What each tool may do to which resource: the implementations of `Can`.
//!
//! A verb is written by its name, or follows from operations written out: where those of one
//! identity and path cover every clause of a verb, the client's method for it is open too.

use grantc_core::ir::{IdentityId, Program, ResourceId, Tool, UseKind};
use grantc_spec::Plane;
use grantc_spec::connectors::{OpName, Verb};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};

/// A client of the runtime.
pub(super) struct Client {
    connector: &'static str,
    module: &'static str,
    name: &'static str,
    /// Its methods ask for permissions, for which this file has types, and not for verbs of the runtime.
    pub(super) permissions: bool,
}

/// The clients that the runtime has; another one is a line here.
const CLIENTS: &[Client] = &[
    client("azure.blob", "blob", "Blob", false),
    client("azure.search", "search", "Search", false),
    client("azure.cosmos", "cosmos", "Cosmos", false),
    client("azure.servicebus", "servicebus", "ServiceBus", false),
    client("microsoft.graph", "graph", "Graph", true),
    client("http", "http", "Http", true),
];

/// What serves for every other service that has an address.
const TOKEN: &Client = &client("", "token", "Token", true);

const fn client(
    connector: &'static str,
    module: &'static str,
    name: &'static str,
    permissions: bool,
) -> Client {
    Client {
        connector,
        module,
        name,
        permissions,
    }
}

impl Client {
    /// The client of a resource, if there is one: what has no address is not reached.
    pub(super) fn of(program: &Program, resource: ResourceId) -> Option<&'static Client> {
        let connector = &program.resources.at(resource).connector;
        let own = CLIENTS
            .iter()
            .find(|client| client.connector == connector.name);
        own.or(connector.endpoint.as_ref().map(|_| TOKEN))
    }

    /// Its path in the runtime.
    pub(super) fn path(&self) -> TokenStream {
        let (module, name) = (
            format_ident!("{}", self.module),
            format_ident!("{}", self.name),
        );
        quote! { ::grantc_runtime::#module::#name }
    }
}

/// One macro call for each connector that is used, which names the feature that is missing.
pub(super) fn needed_features(program: &Program) -> Vec<TokenStream> {
    let used: BTreeSet<ResourceId> = program.tools.values().flat_map(resources).collect();
    let connectors: BTreeMap<&str, &Client> = used
        .into_iter()
        .filter_map(|id| {
            let connector = program.resources.at(id).connector.name.as_str();
            Some((connector, Client::of(program, id)?))
        })
        .collect();
    let call = |(connector, client): (&str, &Client)| {
        let name = format_ident!("needs_{}", client.module);
        if client.connector.is_empty() {
            quote! { ::grantc_runtime::#name!(#connector); }
        } else {
            quote! { ::grantc_runtime::#name!(); }
        }
    };
    connectors.into_iter().map(call).collect()
}

/// The permissions for which the file has types, and what those are called.
pub(super) fn permissions(program: &Program) -> BTreeMap<&str, Ident> {
    let mut words = BTreeSet::new();
    for tool in program.tools.values() {
        for id in resources(tool) {
            if Client::of(program, id).is_some_and(|client| client.permissions) {
                words.extend(powers(program, tool, id).iter().map(|power| power.word));
            }
        }
    }
    let mut taken = BTreeSet::new();
    let mut name = |word: &str| {
        let mut ident = super::names::permission(word);
        while !taken.insert(ident.to_string()) {
            ident = format_ident!("{ident}_");
        }
        ident
    };
    words.into_iter().map(|word| (word, name(word))).collect()
}

/// The resources that a tool uses, each once, in the order of its uses.
pub(super) fn resources(tool: &Tool) -> Vec<ResourceId> {
    let mut all = Vec::new();
    for used in &tool.uses {
        if !all.contains(&used.resource) {
            all.push(used.resource);
        }
    }
    all
}

/// As which identity, narrowed to which path.
pub(super) type As<'a> = (IdentityId, Option<&'a str>);

/// Something that a tool may do with a resource.
pub(super) struct Power<'a> {
    /// The word of the manifest.
    pub(super) word: &'a str,
    /// As whom, and on which names.
    pub(super) uses: Vec<As<'a>>,
}

/// What a tool may do with a resource: verbs in the connector's order, or permissions in the order
/// of the manifest.
pub(super) fn powers<'a>(
    program: &'a Program,
    tool: &'a Tool,
    resource: ResourceId,
) -> Vec<Power<'a>> {
    if Client::of(program, resource).is_some_and(|client| client.permissions) {
        return held(tool, resource);
    }
    let connector = &program.resources.at(resource).connector;
    let power = |verb: &'a Verb| Power {
        word: verb.name.as_str(),
        uses: uses(tool, resource, verb),
    };
    connector
        .verbs
        .iter()
        .map(|verb| power(verb))
        .filter(|power| !power.uses.is_empty())
        .collect()
}

/// The permissions, verbs and operations that a tool names.
fn held(tool: &Tool, resource: ResourceId) -> Vec<Power<'_>> {
    let mut powers: Vec<Power<'_>> = Vec::new();
    for used in tool.uses.iter().filter(|used| used.resource == resource) {
        let path = used.path.as_ref().map(|path| path.text.value.as_str());
        let words: Vec<&str> = match &used.kind {
            UseKind::Verbs(verbs) => verbs.iter().map(|(verb, _)| verb.name.as_str()).collect(),
            UseKind::Operation(_, word) => vec![word.value.as_str()],
        };
        for word in words {
            let one = (used.identity, path);
            match powers.iter_mut().find(|power| power.word == word) {
                Some(power) if power.uses.contains(&one) => {}
                Some(power) => power.uses.push(one),
                None => powers.push(Power {
                    word,
                    uses: vec![one],
                }),
            }
        }
    }
    powers
}

fn uses<'a>(tool: &'a Tool, resource: ResourceId, verb: &Verb) -> Vec<As<'a>> {
    let mut found: Vec<As<'a>> = Vec::new();
    for used in tool.uses.iter().filter(|used| used.resource == resource) {
        let path = used.path.as_ref().map(|path| path.text.value.as_str());
        let open = match &used.kind {
            UseKind::Verbs(verbs) => verbs.iter().any(|(one, _)| one.name == verb.name),
            UseKind::Operation(..) => {
                let same = (used.identity, path);
                // An operation on one name lists nothing.
                let listed = !verb.listing || path.is_none_or(|path| path.ends_with('*'));
                let narrow = path.is_none() || verb.path;
                narrow && listed && covered(tool, resource, same, verb)
            }
        };
        if open && !found.contains(&(used.identity, path)) {
            found.push((used.identity, path));
        }
    }
    found
}

/// Whether the operations that a tool names under one identity and path cover a verb.
fn covered(tool: &Tool, resource: ResourceId, same: As<'_>, verb: &Verb) -> bool {
    let named: Vec<(Plane, &str)> = tool
        .uses
        .iter()
        .filter(|used| {
            let path = used.path.as_ref().map(|path| path.text.value.as_str());
            used.resource == resource && (used.identity, path) == same
        })
        .filter_map(|used| match &used.kind {
            UseKind::Operation(plane, word) => Some((*plane, word.value.as_str())),
            UseKind::Verbs(_) => None,
        })
        .collect();
    let has = |op: &OpName| {
        named
            .iter()
            .any(|(plane, name)| *plane == op.plane && name.eq_ignore_ascii_case(&op.name))
    };
    !verb.needs.is_empty()
        && verb
            .needs
            .iter()
            .all(|clause| clause.any_of.iter().any(has))
}
