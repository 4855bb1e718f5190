//! Tools: the trait to implement, the server behind it, and for each tool what it is handed, takes
//! and gives back.

use super::docs::doc;
use super::names::{context_field, snake};
use super::powers::{self, Client};
use super::records;
use super::shapes::Types;
use grantc_core::ir::{Output, Program, ResourceId, Tool};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};

/// The trait that the author implements.
pub(super) fn interface(program: &Program) -> TokenStream {
    let methods = program.tools.values().map(|tool| {
        let name = snake(&tool.name.value);
        let about = doc(&format!(
            "{}\n{}",
            tool.description.value,
            powers_in_words(program, tool)
        ));
        quote! {
            #about
            fn #name(
                &self,
                cx: &tools::#name::Context,
                input: tools::#name::Input,
            ) -> impl ::std::future::Future<
                Output = ::std::result::Result<tools::#name::Output, ::grantc_runtime::ToolError>
            > + ::std::marker::Send;
        }
    });
    let server = &program.server.name.value;
    let about = doc(&format!(
        "What the tools of server `{server}` do: one method for each, for you to write."
    ));
    let allow = super::allow();
    quote! {
        #about
        #allow
        pub trait Tools: ::std::marker::Send + ::std::marker::Sync + 'static { #(#methods)* }
    }
}

/// The function that puts an implementation behind the table.
pub(super) fn server(program: &Program) -> TokenStream {
    let routes = program.tools.values().map(|tool| {
        let name = snake(&tool.name.value);
        quote! {
            .route::<tool::#name, T, _>(
                &tools,
                |tools, cx, input| async move { tools.#name(&cx, input).await },
            )
        }
    });
    let server = &program.server.name.value;
    let about = doc(&format!(
        "Server `{server}` with your tools behind it, for `grantc_runtime::run`."
    ));
    let allow = super::allow();
    let tools = match program.tools.is_empty() {
        true => quote! { drop(tools); },
        false => quote! { let tools = ::std::sync::Arc::new(tools); },
    };
    quote! {
        #about
        #allow
        pub fn server<T: Tools>(tools: T) -> ::grantc_runtime::Server {
            #tools
            ::grantc_runtime::Server::new(&TABLE) #(#routes)*
        }
    }
}

/// The module with one module for each tool.
pub(super) fn modules(program: &Program) -> TokenStream {
    let modules = program.tools.values().map(|tool| {
        let word = &tool.name.value;
        let name = snake(word);
        let about = doc(&format!("Tool `{word}`.\n{}", tool.description.value));
        let context = context(program, tool);
        let input = records::record(
            program,
            None,
            &Types::FromTool,
            &format_ident!("Input"),
            &format!("What `{word}` takes."),
            &tool.input,
        );
        let about_output = format!("What `{word}` gives back.");
        let output = match &tool.output {
            Output::Record(fields) => {
                let name = format_ident!("Output");
                records::record(
                    program,
                    None,
                    &Types::FromTool,
                    &name,
                    &about_output,
                    fields,
                )
            }
            Output::Type(id) => {
                let about = doc(&about_output);
                let path = Types::FromTool.path(program, *id);
                quote! { #about pub type Output = #path; }
            }
        };
        quote! {
            #about
            pub mod #name {
                use ::grantc_runtime::derive as d;
                #context #input #output
            }
        }
    });
    let allow = super::allow();
    quote! {
        /// One module for each tool: what it is handed, takes and gives back.
        #allow
        pub mod tools { #(#modules)* }
    }
}

/// What a tool is handed: a client for each resource, the call, and the page size if one is set.
fn context(program: &Program, tool: &Tool) -> TokenStream {
    let word = &tool.name.value;
    let tool_name = snake(word);
    let clients: Vec<_> = powers::resources(tool)
        .into_iter()
        .filter_map(|id| Some((id, Client::of(program, id)?)))
        .collect();
    let fields = clients.iter().map(|(id, client)| {
        let resource = &program.resources.at(*id).name.value;
        let (field, marker, client) = (context_field(resource), snake(resource), client.path());
        let about = doc(&format!(
            "Resource `{resource}`: {}.",
            verbs_in_words(program, tool, *id)
        ));
        quote! {
            #about
            pub #field: #client<super::super::tool::#tool_name, super::super::resource::#marker>,
        }
    });
    let names: Vec<_> = clients
        .iter()
        .map(|(id, _)| context_field(&program.resources.at(*id).name.value))
        .collect();
    let page_size = tool
        .limits
        .page_size
        .map(|size| size.to_string().parse::<TokenStream>());
    let page_size = page_size.map(Result::unwrap_or_default);
    let page_field = page_size.as_ref().map(|_| {
        quote! {
            /// How many items a page has.
            pub page_size: u32,
        }
    });
    let page_value = page_size.map(|size| quote! { page_size: #size, });
    let about = doc(&format!("What `{word}` is handed."));
    quote! {
        #about
        #[derive(d::Clone, d::Debug)]
        pub struct Context {
            #(#fields)*
            #page_field
            /// The call: its deadline and its correlation id.
            pub call: ::grantc_runtime::Call,
        }
        impl ::grantc_runtime::Context for Context {
            fn new(
                call: ::grantc_runtime::Call,
            ) -> ::std::result::Result<Self, ::grantc_runtime::ToolError> {
                ::std::result::Result::Ok(Context {
                    #(#names: call.client()?,)*
                    #page_value
                    call,
                })
            }
        }
    }
}

/// The types that stand for tools and resources, and what the former may do to the latter.
pub(super) fn markers(program: &Program) -> TokenStream {
    let permissions = powers::permissions(program);
    let mut used: BTreeSet<ResourceId> = BTreeSet::new();
    let tools: Vec<_> = program
        .tools
        .values()
        .map(|tool| marker(program, tool, &permissions, &mut used))
        .collect();
    let resources = used.into_iter().map(|id| {
        let word = program.resources.at(id).name.value.as_str();
        let name = snake(word);
        let about = doc(&format!("Resource `{word}`."));
        quote! {
            #about
            pub enum #name {}
            impl ::grantc_runtime::Resource for #name {
                const NAME: &'static ::std::primitive::str = #word;
            }
        }
    });
    let resources: Vec<_> = resources.collect();
    // Lower case: errors of the compiler print the manifest's own words.
    let allow = quote! {
        #[allow(
            clippy::pedantic, clippy::upper_case_acronyms, dead_code, non_camel_case_types,
            unreachable_pub, reason = "generated"
        )]
    };
    let resources = (!resources.is_empty()).then(|| {
        quote! {
            /// The resources as types, for what tools may do to them.
            #allow
            pub mod resource { #(#resources)* }
        }
    });
    let granted = permissions.iter().map(|(word, name)| {
        let about = doc(&format!("Permission `{word}`."));
        quote! {
            #about
            #[derive(::std::clone::Clone, ::std::marker::Copy, ::std::fmt::Debug)]
            pub struct #name;
            impl ::grantc_runtime::Verb for #name {
                const NAME: &'static ::std::primitive::str = #word;
            }
        }
    });
    let granted = (!permissions.is_empty()).then(|| {
        quote! {
            /// The permissions as types: a request says under which one it is made.
            #allow
            pub mod permission { #(#granted)* }
        }
    });
    quote! {
        /// The tools as types, for what each may do.
        #allow
        pub mod tool { #(#tools)* }
        #resources
        #granted
    }
}

fn marker(
    program: &Program,
    tool: &Tool,
    permissions: &BTreeMap<&str, Ident>,
    used: &mut BTreeSet<ResourceId>,
) -> TokenStream {
    let word = tool.name.value.as_str();
    let name = snake(word);
    let mut powers = Vec::new();
    for id in powers::resources(tool) {
        if Client::of(program, id).is_none() {
            continue;
        }
        used.insert(id);
        let resource = snake(&program.resources.at(id).name.value);
        let client = Client::of(program, id);
        for power in powers::powers(program, tool, id) {
            let verb = match permissions.get(power.word) {
                Some(name) if client.is_some_and(|client| client.permissions) => {
                    quote! { super::permission::#name }
                }
                _ => {
                    let name = snake(power.word);
                    quote! { ::grantc_runtime::verb::#name }
                }
            };
            let uses = power.uses.into_iter().map(|(identity, path)| {
                let identity = program.identities.at(identity).name.value.as_str();
                match path {
                    Some(path) => quote! { ::grantc_runtime::Use::under(#identity, #path) },
                    None => quote! { ::grantc_runtime::Use::any(#identity) },
                }
            });
            powers.push(quote! {
                impl ::grantc_runtime::Can<#verb, super::resource::#resource> for #name
                {
                    const USES: &'static [::grantc_runtime::Use] = &[#(#uses),*];
                }
            });
        }
    }
    let about = doc(&format!("Tool `{word}`."));
    quote! {
        #about
        pub enum #name {}
        impl ::grantc_runtime::Tool for #name {
            const NAME: &'static ::std::primitive::str = #word;
            type Context = super::tools::#name::Context;
            type Input = super::tools::#name::Input;
            type Output = super::tools::#name::Output;
        }
        #(#powers)*
    }
}

/// What a tool may do, for its method's documentation; nothing for a tool that uses nothing.
fn powers_in_words(program: &Program, tool: &Tool) -> String {
    let used = powers::resources(tool).into_iter().map(|id| {
        let resource = program.resources.at(id);
        let what = verbs_in_words(program, tool, id);
        match Client::of(program, id) {
            Some(_) => format!("`{}` ({what})", resource.name.value),
            None => format!(
                "`{}` ({}, which has no client yet)",
                resource.name.value, resource.connector.name
            ),
        }
    });
    let used = used.collect::<Vec<_>>().join(", ");
    if used.is_empty() {
        used
    } else {
        format!("Uses {used}.")
    }
}

/// `create` under `incoming/*` as `invoice-filer`.
fn verbs_in_words(program: &Program, tool: &Tool, resource: ResourceId) -> String {
    let verbs = powers::powers(program, tool, resource)
        .into_iter()
        .flat_map(|power| {
            let word = power.word;
            power.uses.into_iter().map(move |(identity, path)| {
                let path = path
                    .map(|path| format!(" under `{path}`"))
                    .unwrap_or_default();
                format!(
                    "{word}{path} as `{}`",
                    program.identities.at(identity).name.value
                )
            })
        });
    let verbs = verbs.collect::<Vec<_>>().join(", ");
    if verbs.is_empty() {
        "nothing that its client does".to_owned()
    } else {
        verbs
    }
}
