//! What each tool may do to which resource: the implementations of `Can`.
//!
//! A verb is written by its name, or follows from operations written out: where those of one
//! identity and path cover every clause of a verb, the client's method for it is open too.

use grantc_core::ir::{IdentityId, Program, ResourceId, Tool, UseKind};
use grantc_spec::Plane;
use grantc_spec::connectors::{OpName, Verb};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// A client of the runtime.
pub(super) struct Client {
    connector: &'static str,
    module: &'static str,
    name: &'static str,
}

/// The clients that the runtime has; another one is a line here.
const CLIENTS: &[Client] = &[
    Client {
        connector: "azure.blob",
        module: "blob",
        name: "Blob",
    },
    Client {
        connector: "azure.search",
        module: "search",
        name: "Search",
    },
];

impl Client {
    /// The client of a resource, if there is one.
    pub(super) fn of(program: &Program, resource: ResourceId) -> Option<&'static Client> {
        let connector = program.resources.at(resource).connector.name.as_str();
        CLIENTS.iter().find(|client| client.connector == connector)
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

/// One macro call for each client that is needed, which names the feature that is missing.
pub(super) fn needed_features(program: &Program) -> Vec<TokenStream> {
    let used = |client: &&Client| {
        let mut all = program.tools.values().flat_map(resources);
        all.any(|id| program.resources.at(id).connector.name == client.connector)
    };
    let call = |client: &Client| {
        let name = format_ident!("needs_{}", client.module);
        quote! { ::grantc_runtime::#name!(); }
    };
    CLIENTS.iter().filter(used).map(call).collect()
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

/// The verbs that a tool may use on a resource, in the connector's order.
pub(super) fn verbs<'a>(
    program: &'a Program,
    tool: &'a Tool,
    resource: ResourceId,
) -> Vec<(&'a Verb, Vec<As<'a>>)> {
    let connector = &program.resources.at(resource).connector;
    let mut all: Vec<&Verb> = connector.verbs.iter().map(|verb| &**verb).collect();
    // Where every permission is a verb, those are known from the uses alone.
    let of_it = tool.uses.iter().filter(|used| used.resource == resource);
    for used in of_it {
        if let UseKind::Verbs(verbs) = &used.kind {
            for (verb, _) in verbs {
                if all.iter().all(|known| known.name != verb.name) {
                    all.push(verb);
                }
            }
        }
    }
    all.into_iter()
        .map(|verb| (verb, uses(tool, resource, verb)))
        .filter(|(_, uses)| !uses.is_empty())
        .collect()
}

fn uses<'a>(tool: &'a Tool, resource: ResourceId, verb: &Verb) -> Vec<As<'a>> {
    let mut found: Vec<As<'a>> = Vec::new();
    for used in tool.uses.iter().filter(|used| used.resource == resource) {
        let path = used.path.as_ref().map(|path| path.text.value.as_str());
        let open = match &used.kind {
            UseKind::Verbs(verbs) => verbs.iter().any(|(one, _)| one.name == verb.name),
            UseKind::Operation(..) => {
                let same = (used.identity, path);
                (path.is_none() || verb.path) && covered(tool, resource, same, verb)
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

/// The runtime's type of a verb.
pub(super) fn verb_ident(verb: &Verb) -> Ident {
    super::names::snake(&verb.name)
}
