//! Shapes: the tables of `grantc_runtime::shape` that JSON is held against.
//!
//! They are written below `use ::grantc_runtime::shape as s`. Patterns become statics of their own,
//! named in the order in which they occur.

use super::names::camel;
use super::records::number;
use grantc_core::ir::{Bound, Constraints, Field, Program, Ty, TypeId};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// From where named types are spoken of.
pub(super) enum Types {
    /// From the module `types` itself.
    Here,
    /// From a module of `tools`.
    FromTool,
}

impl Types {
    /// The path of a named type.
    pub(super) fn path(&self, program: &Program, id: TypeId) -> TokenStream {
        let name = camel(&program.types.at(id).name.value);
        match self {
            Types::Here => quote! { #name },
            Types::FromTool => quote! { super::super::types::#name },
        }
    }
}

/// The shape of a type, and the patterns in it.
pub(super) struct Table {
    patterns: Vec<String>,
    shape: TokenStream,
}

/// `impl Validate` for a type with a shape.
pub(super) fn validate(name: &Ident, Table { patterns, shape }: &Table) -> TokenStream {
    let patterns = patterns.iter().enumerate().map(|(i, source)| {
        let name = pattern_name(i);
        quote! { static #name: s::Pattern = s::Pattern::new(#source); }
    });
    quote! {
        impl ::grantc_runtime::Validate for #name {
            fn shape() -> &'static ::grantc_runtime::shape::Shape {
                use ::grantc_runtime::shape as s;
                #(#patterns)*
                static SHAPE: s::Shape = #shape;
                &SHAPE
            }
        }
    }
}

/// The shape of a record.
pub(super) fn record(types: &Types, program: &Program, fields: &[Field]) -> Table {
    let mut patterns = Vec::new();
    let members = fields.iter().map(|field| {
        let name = field.name.value.as_str();
        let optional = field.optional || field.default.is_some();
        let shape = shape(types, program, &field.ty, &field.constraints, &mut patterns);
        quote! { s::Field { name: #name, optional: #optional, shape: #shape } }
    });
    let members: Vec<_> = members.collect();
    Table {
        patterns,
        shape: quote! { s::Shape::Record(&[#(#members),*]) },
    }
}

/// The shape of an enum.
pub(super) fn enumeration(words: &[&str]) -> Table {
    Table {
        patterns: Vec::new(),
        shape: quote! { s::Shape::Enum(&[#(#words),*]) },
    }
}

fn pattern_name(index: usize) -> Ident {
    format_ident!("PATTERN_{}", index + 1)
}

fn shape(
    types: &Types,
    program: &Program,
    ty: &Ty,
    limits: &Constraints,
    patterns: &mut Vec<String>,
) -> TokenStream {
    let inner = |ty: &Ty, patterns: &mut Vec<String>| {
        shape(types, program, ty, &Constraints::default(), patterns)
    };
    match ty {
        Ty::String | Ty::Uri => {
            let kind = if *ty == Ty::Uri {
                quote! { Uri }
            } else {
                quote! { Text }
            };
            let pattern = limits.pattern.as_ref().map(|pattern| {
                patterns.push(pattern.value.clone());
                let name = pattern_name(patterns.len() - 1);
                quote! { &#name }
            });
            let text = limited(
                "Text",
                &[
                    ("min_length", limits.min_length.map(count)),
                    ("max_length", limits.max_length.map(count)),
                    ("pattern", pattern),
                ],
            );
            quote! { s::Shape::#kind(#text) }
        }
        Ty::Integer | Ty::Number => {
            let bound = |bound: &Option<Bound>| Some(number(&bound.as_ref()?.text, ty));
            let kind = if *ty == Ty::Integer {
                "Integer"
            } else {
                "Number"
            };
            let bounds = [("min", bound(&limits.min)), ("max", bound(&limits.max))];
            wrapped(kind, &bounds)
        }
        Ty::Decimal => {
            let bound = |bound: &Option<Bound>| {
                let text = bound.as_ref()?.text.as_str();
                Some(quote! { #text })
            };
            wrapped(
                "Decimal",
                &[("min", bound(&limits.min)), ("max", bound(&limits.max))],
            )
        }
        Ty::Boolean => quote! { s::Shape::Boolean },
        Ty::Date => quote! { s::Shape::Date },
        Ty::DateTime => quote! { s::Shape::DateTime },
        Ty::Uuid => quote! { s::Shape::Uuid },
        Ty::Bytes => quote! { s::Shape::Bytes },
        Ty::Json => quote! { s::Shape::Json },
        Ty::List(item) => {
            let item = inner(item, patterns);
            let (min, max) = (option(limits.min_items), option(limits.max_items));
            let unique = limits.unique;
            if limits.min_items.is_none() && limits.max_items.is_none() && !unique {
                return quote! { s::Shape::List(s::List::of(&#item)) };
            }
            quote! {
                s::Shape::List(s::List {
                    item: &#item, min_items: #min, max_items: #max, unique: #unique
                })
            }
        }
        Ty::Map(value) => {
            let value = inner(value, patterns);
            let (min, max) = (option(limits.min_items), option(limits.max_items));
            if limits.min_items.is_none() && limits.max_items.is_none() {
                return quote! { s::Shape::Map(s::Map::of(&#value)) };
            }
            quote! { s::Shape::Map(s::Map { value: &#value, min_items: #min, max_items: #max }) }
        }
        Ty::Named(id) => {
            let path = types.path(program, *id);
            quote! { s::Shape::Of(<#path as ::grantc_runtime::Validate>::shape) }
        }
    }
}

fn wrapped(kind: &str, limits: &[(&str, Option<TokenStream>)]) -> TokenStream {
    let name = format_ident!("{kind}");
    let inner = limited(kind, limits);
    quote! { s::Shape::#name(#inner) }
}

/// `Text { max_length: Some(9), ..Text::ANY }`, or just `Text::ANY`.
fn limited(kind: &str, limits: &[(&str, Option<TokenStream>)]) -> TokenStream {
    let kind = format_ident!("{kind}");
    let given: Vec<_> = limits
        .iter()
        .filter_map(|(name, value)| {
            let (name, value) = (format_ident!("{name}"), value.as_ref()?);
            Some(quote! { #name: Some(#value) })
        })
        .collect();
    match given.len() {
        0 => quote! { s::#kind::ANY },
        n if n == limits.len() => quote! { s::#kind { #(#given),* } },
        _ => quote! { s::#kind { #(#given,)* ..s::#kind::ANY } },
    }
}

fn count(n: u32) -> TokenStream {
    number(&n.to_string(), &Ty::Integer)
}

fn option(n: Option<u32>) -> TokenStream {
    match n.map(count) {
        Some(n) => quote! { Some(#n) },
        None => quote! { None },
    }
}
