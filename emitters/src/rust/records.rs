//! Records, enums and variants: structs and enums with serde, and how each type of the manifest is written in Rust.

use super::docs::doc;
use super::names::{camel, snake};
use super::shapes::{self, Types};
use grantc_core::ir::{Alternative, Field, Program, TAG, Ty, TypeId, TypeKind};
use grantc_core::source::Word;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::BTreeSet;

/// The module of named types.
pub(super) fn types(program: &Program) -> TokenStream {
    if program.types.is_empty() {
        return TokenStream::new();
    }
    let items = program.types.iter().map(|(id, ty)| {
        let name = camel(&ty.name.value);
        match &ty.kind {
            TypeKind::Record(fields) => {
                let about = format!("A record of type `{}`.", ty.name.value);
                record(program, Some(id), &Types::Here, &name, &about, fields)
            }
            TypeKind::Enum(words) => enumeration(&name, &ty.name.value, words),
            TypeKind::Variant(alternatives) => {
                variant(program, id, &name, &ty.name.value, alternatives)
            }
        }
    });
    let allow = super::allow();
    quote! {
        /// The types that the manifest names.
        #allow
        pub mod types {
            use ::grantc_runtime::derive as d;
            #(#items)*
        }
    }
}

/// A struct with its JSON and its shape. `id` is its own when it is a named type.
pub(super) fn record(
    program: &Program,
    id: Option<TypeId>,
    types: &Types,
    name: &Ident,
    about: &str,
    fields: &[Field],
) -> TokenStream {
    let members = fields.iter().map(|field| {
        let public = quote! { pub };
        member(
            program,
            id,
            types,
            name,
            &default_name(field),
            &public,
            field,
        )
    });
    let defaults = fields
        .iter()
        .filter_map(|field| default(program, types, &default_name(field), field));
    let defaults: Vec<_> = defaults.collect();
    let defaults = (!defaults.is_empty()).then(|| quote! { impl #name { #(#defaults)* } });
    let about = doc(about);
    let validate = shapes::validate(name, &shapes::record(types, program, fields));
    quote! {
        #about
        #[derive(d::Clone, d::Debug, d::PartialEq, d::Deserialize, d::Serialize)]
        #[serde(crate = "::grantc_runtime::serde", deny_unknown_fields)]
        pub struct #name { #(#members)* }
        #defaults
        #validate
    }
}

/// An enum of records, told apart on the wire by a member of their own.
fn variant(
    program: &Program,
    id: TypeId,
    name: &Ident,
    on_the_wire: &str,
    alternatives: &[Alternative],
) -> TokenStream {
    let types = &Types::Here;
    let mut defaults = Vec::new();
    let mut cases = Vec::new();
    for (index, it) in (1..).zip(alternatives) {
        let members = it.fields.iter().map(|field| {
            // Two alternatives may have fields of one name: the number tells them apart.
            let function = numbered_default_name(index, field);
            defaults.extend(default(program, types, &function, field));
            let inherited = TokenStream::new();
            member(program, Some(id), types, name, &function, &inherited, field)
        });
        let members: Vec<_> = members.collect();
        let (wire, case) = (it.name.value.as_str(), camel(&it.name.value));
        let about = doc(&format!("`{wire}`"));
        // Braces even around nothing: Serde would let a case without them have any member.
        cases.push(quote! { #about #[serde(rename = #wire)] #case { #(#members)* }, });
    }
    let defaults = (!defaults.is_empty()).then(|| quote! { impl #name { #(#defaults)* } });
    let about = doc(&format!(
        "One of the alternatives of `{on_the_wire}`; the member `{TAG}` says which."
    ));
    let validate = shapes::validate(name, &shapes::variant(types, program, alternatives));
    quote! {
        #about
        #[allow(clippy::large_enum_variant, reason = "the manifest decides")]
        #[derive(d::Clone, d::Debug, d::PartialEq, d::Deserialize, d::Serialize)]
        #[serde(crate = "::grantc_runtime::serde", tag = #TAG, deny_unknown_fields)]
        pub enum #name { #(#cases)* }
        #defaults
        #validate
    }
}

/// A field. `function` gives its default, when it has one.
fn member(
    program: &Program,
    id: Option<TypeId>,
    types: &Types,
    record: &Ident,
    function: &Ident,
    visibility: &TokenStream,
    field: &Field,
) -> TokenStream {
    let name = snake(&field.name.value);
    let mut ty = rust(program, types, &field.ty);
    if id.is_some_and(|id| contains(program, &field.ty, id)) {
        ty = quote! { ::std::boxed::Box<#ty> };
    }
    let mut serde = Vec::new();
    let on_the_wire = field.name.value.as_str();
    if name.to_string().trim_start_matches("r#") != on_the_wire {
        serde.push(quote! { rename = #on_the_wire });
    }
    if field.default.is_some() {
        let path = format!("{record}::{function}");
        serde.push(quote! { default = #path });
    } else if field.optional {
        ty = quote! { ::std::option::Option<#ty> };
        serde.push(quote! { default });
        serde.push(quote! { skip_serializing_if = "::std::option::Option::is_none" });
    }
    let serde = (!serde.is_empty()).then(|| quote! { #[serde(#(#serde),*)] });
    let about = match &field.doc {
        Some(about) => doc(&about.value),
        None => doc(&format!("Field `{on_the_wire}`.")),
    };
    quote! { #about #serde #visibility #name: #ty, }
}

/// How Rust writes a type.
fn rust(program: &Program, types: &Types, ty: &Ty) -> TokenStream {
    match ty {
        Ty::String => quote! { ::std::string::String },
        Ty::Integer => quote! { i64 },
        Ty::Number => quote! { f64 },
        Ty::Decimal => quote! { ::grantc_runtime::Decimal },
        Ty::Boolean => quote! { bool },
        Ty::Date => quote! { ::grantc_runtime::Date },
        Ty::DateTime => quote! { ::grantc_runtime::DateTime },
        Ty::Uuid => quote! { ::grantc_runtime::Uuid },
        Ty::Uri => quote! { ::grantc_runtime::Uri },
        Ty::Bytes => quote! { ::grantc_runtime::Bytes },
        Ty::Json => quote! { ::grantc_runtime::json::Value },
        Ty::List(item) => {
            let item = rust(program, types, item);
            quote! { ::std::vec::Vec<#item> }
        }
        Ty::Map(value) => {
            let value = rust(program, types, value);
            quote! { ::std::collections::BTreeMap<::std::string::String, #value> }
        }
        Ty::Named(id) => types.path(program, *id),
    }
}

/// Whether a value of `ty` may hold a value of type `id` without a list or a map in between.
fn contains(program: &Program, ty: &Ty, id: TypeId) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Ty> = vec![ty];
    while let Some(ty) = open.pop() {
        let Ty::Named(inner) = ty else { continue };
        if *inner == id {
            return true;
        }
        if seen.insert(*inner) {
            open.extend(
                program
                    .types
                    .at(*inner)
                    .kind
                    .fields()
                    .map(|field| &field.ty),
            );
        }
    }
    false
}

fn default_name(field: &Field) -> Ident {
    let name = snake(&field.name.value).to_string();
    quote::format_ident!("default_{}", name.trim_start_matches("r#"))
}

fn numbered_default_name(index: usize, field: &Field) -> Ident {
    let name = snake(&field.name.value).to_string();
    quote::format_ident!("default_{index}_{}", name.trim_start_matches("r#"))
}

/// The function of this name that gives the default of a field.
fn default(program: &Program, types: &Types, name: &Ident, field: &Field) -> Option<TokenStream> {
    let value = field.default.as_ref()?;
    let ty = rust(program, types, &field.ty);
    let about = doc(&format!(
        "What an absent `{}` stands for.",
        field.name.value
    ));
    let written = match (&field.ty, value.as_str()) {
        (Ty::Named(id), Some(word)) => {
            let (ty, word) = (types.path(program, *id), camel(word));
            quote! { #ty::#word }
        }
        (Ty::String, Some(text)) => quote! { ::std::string::String::from(#text) },
        (Ty::Boolean | Ty::Integer | Ty::Number, _) => number(&value.to_string(), &field.ty),
        _ => {
            let json = value.to_string();
            quote! { ::grantc_runtime::types::literal(#json) }
        }
    };
    Some(quote! { #about pub fn #name() -> #ty { #written } })
}

/// A number or boolean as Rust writes it.
pub(super) fn number(text: &str, ty: &Ty) -> TokenStream {
    let point = *ty == Ty::Number && !text.contains(['.', 'e', 'E']);
    let text = format!("{text}{}", if point { ".0" } else { "" });
    text.parse().unwrap_or_default()
}

fn enumeration(name: &Ident, on_the_wire: &str, words: &[Word]) -> TokenStream {
    let words: Vec<&str> = words.iter().map(|word| word.value.as_str()).collect();
    let variants: Vec<Ident> = words.iter().map(|word| camel(word)).collect();
    let abouts = words.iter().map(|word| doc(&format!("`{word}`")));
    let about = doc(&format!("One of the words of `{on_the_wire}`."));
    let validate = shapes::validate(name, &shapes::enumeration(&words));
    quote! {
        #about
        #[derive(
            d::Clone, d::Copy, d::Debug, d::PartialEq, d::Eq, d::PartialOrd, d::Ord, d::Hash,
            d::Deserialize, d::Serialize,
        )]
        #[serde(crate = "::grantc_runtime::serde")]
        pub enum #name {
            #(#abouts #[serde(rename = #words)] #variants,)*
        }
        impl #name {
            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { #(#name::#variants => #words,)* }
            }
        }
        #validate
    }
}
