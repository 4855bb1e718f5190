//! The table: everything about a server that is data, tool definitions as JSON included.

use super::docs::visible;
use super::powers::Client;
use crate::mcp::tool::tool as definition;
use grantc_core::ir::{self, Program, ResourceId, Text, ToolId, UseKind};
use grantc_core::source::Word;
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// `static TABLE`.
pub(super) fn table(program: &Program) -> TokenStream {
    let server = &program.server;
    let (name, version) = (server.name.value.as_str(), server.version.value.as_str());
    let (title, description) = (option(&server.title), option(&server.description));
    let (instructions, website) = (option(&server.instructions), option(&server.website));
    let namespace = option(&server.namespace);

    let uses = || program.tools.values().flat_map(|tool| &tool.uses);
    let used: BTreeSet<_> = uses().map(|used| used.identity).collect();
    let identities = used.into_iter().map(|id| {
        let name = program.identities.at(id).name.value.as_str();
        let kind = match program.identities.at(id).kind {
            ir::IdentityKind::UserAssigned => quote! { UserAssigned },
            ir::IdentityKind::SystemAssigned => quote! { SystemAssigned },
            ir::IdentityKind::ServicePrincipal => quote! { ServicePrincipal },
            ir::IdentityKind::Delegated => quote! { Delegated },
        };
        quote! {
            ::grantc_runtime::table::Identity {
                name: #name,
                kind: ::grantc_runtime::table::IdentityKind::#kind,
            }
        }
    });
    let used: BTreeSet<ResourceId> = uses().map(|used| used.resource).collect();
    let resources = used.into_iter().map(|id| resource(program, id));
    let tools = program.tools.ids().map(|id| tool(program, id));
    let apps = program.apps.values().map(|app| {
        let name = &app.name;
        let tools = app
            .tools
            .iter()
            .map(|id| program.tools.at(*id).name.value.as_str());
        quote! { ::grantc_runtime::table::App { name: #name, tools: &[#(#tools),*] } }
    });
    quote! {
        /// Everything about the server that is data.
        static TABLE: ::grantc_runtime::table::Table = ::grantc_runtime::table::Table {
            name: #name,
            version: #version,
            title: #title,
            description: #description,
            instructions: #instructions,
            website: #website,
            namespace: #namespace,
            identities: &[#(#identities),*],
            resources: &[#(#resources),*],
            tools: &[#(#tools),*],
            apps: &[#(#apps),*],
        };
    }
}

fn option(word: &Option<Word>) -> TokenStream {
    match word.as_ref().map(|word| word.value.as_str()) {
        Some(text) => quote! { Some(#text) },
        None => quote! { None },
    }
}

/// A resource with the fields that are written out. Its endpoint is one of them when it exists
/// already: then its name is what the manifest says.
fn resource(program: &Program, id: ResourceId) -> TokenStream {
    let resource = program.resources.at(id);
    let asks = Client::of(program, id).is_some_and(|client| client.permissions);
    let audience = resource.connector.audience.as_deref().filter(|_| asks);
    let audience = audience.unwrap_or_default();
    let (name, connector) = (
        resource.name.value.as_str(),
        resource.connector.name.as_str(),
    );
    let mut fields: Vec<(&str, String)> = resource
        .fields
        .iter()
        .filter_map(|(field, text)| Some((field.as_str(), text.literal()?.to_owned())))
        .collect();
    if let Some(endpoint) = endpoint(resource).filter(|_| resource.existing) {
        fields.insert(0, ("endpoint", endpoint));
    }
    let fields = fields
        .iter()
        .map(|(field, value)| quote! { (#field, #value) });
    quote! {
        ::grantc_runtime::table::Resource {
            name: #name,
            connector: #connector,
            audience: #audience,
            fields: &[#(#fields),*],
        }
    }
}

/// The connector's endpoint with the resource's own fields, when all of them are written out.
fn endpoint(resource: &ir::Resource) -> Option<String> {
    let mut out = String::new();
    let mut rest = resource.connector.endpoint.as_deref()?;
    while let Some((before, after)) = rest.split_once('{') {
        let (field, after) = after.split_once('}')?;
        out.push_str(before);
        out.push_str(resource.field(field).and_then(Text::literal)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

fn tool(program: &Program, id: ToolId) -> TokenStream {
    let tool = program.tools.at(id);
    let name = tool.name.value.as_str();
    let uses = tool.uses.iter().flat_map(|used| {
        let operations: Vec<&str> = match &used.kind {
            UseKind::Verbs(verbs) => verbs.iter().map(|(verb, _)| verb.name.as_str()).collect(),
            UseKind::Operation(_, word) => vec![word.value.as_str()],
        };
        let resource = program.resources.at(used.resource).name.value.as_str();
        let identity = program.identities.at(used.identity).name.value.as_str();
        operations.into_iter().map(move |operation| {
            quote! {
                ::grantc_runtime::table::Uses {
                    resource: #resource,
                    operation: #operation,
                    identity: #identity,
                }
            }
        })
    });
    let limits = limits(&tool.limits);
    let (requires, delegated) = (requires(tool), delegated(program, tool));
    let definition = raw(&json(&definition(program, id)));
    quote! {
        ::grantc_runtime::table::Tool {
            name: #name,
            uses: &[#(#uses),*],
            limits: #limits,
            requires: &[#(#requires),*],
            delegated: #delegated,
            definition: #definition,
        }
    }
}

/// Scopes and app roles that the caller's token must hold.
fn requires(tool: &ir::Tool) -> Vec<&str> {
    let words = tool.requires.iter();
    words.map(|word| word.value.as_str()).collect()
}

/// Whether the tool acts for the signed-in user somewhere.
fn delegated(program: &Program, tool: &ir::Tool) -> bool {
    let mut identities = tool.identities().into_iter();
    identities.any(|id| program.identities.at(id).kind == ir::IdentityKind::Delegated)
}

fn limits(limits: &ir::Limits) -> TokenStream {
    let number = |n: u64| grouped(n).parse::<TokenStream>().unwrap_or_default();
    let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let given: Vec<_> = [
        ("timeout_ms", limits.timeout.map(millis)),
        ("response_bytes", limits.response),
        ("concurrency", limits.concurrency.map(u64::from)),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        let (name, value) = (quote::format_ident!("{name}"), number(value?));
        Some(quote! { #name: Some(#value) })
    })
    .collect();
    match given.len() {
        0 => quote! { ::grantc_runtime::table::Limits::DEFAULT },
        3 => quote! { ::grantc_runtime::table::Limits { #(#given),* } },
        _ => quote! {
            ::grantc_runtime::table::Limits {
                #(#given,)* ..::grantc_runtime::table::Limits::DEFAULT
            }
        },
    }
}

/// `1048576` becomes `1_048_576`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// JSON over several lines, with what is not drawn written by its number.
fn json(value: &serde_json::Value) -> String {
    // A value of JSON always has a text.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    let mut units = [0; 2];
    for c in text.chars() {
        if visible(c) || c == '\n' {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}"); // writing to a string does not fail
            }
        }
    }
    out
}

/// A raw string literal, with as many `#` as its text needs.
fn raw(text: &str) -> TokenStream {
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    match format!("r{hashes}\"{text}\"{hashes}").parse::<Literal>() {
        Ok(literal) => quote! { #literal },
        Err(_) => quote! { #text },
    }
}
