//! Shapes: the tables of `grantc_runtime::shape` that JSON is held against.
//!
//! They are written below `use ::grantc_runtime::shape as s`. Patterns become statics of their own,
//! named in the order in which they occur.

use super::names::camel;
use super::records::number;
use grantc_core::ir::{Alternative, Bound, Constraints, Field, Program, Ty, TypeId};
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
    let members = members(types, program, fields, &mut patterns);
    Table {
        patterns,
        shape: quote! { s::Shape::Record(&[#(#members),*]) },
    }
}

/// The shape of a variant.
pub(super) fn variant(types: &Types, program: &Program, alternatives: &[Alternative]) -> Table {
    let mut patterns = Vec::new();
    let cases = alternatives.iter().map(|it| {
        let name = it.name.value.as_str();
        let members = members(types, program, &it.fields, &mut patterns);
        quote! { s::case(#name, &[#(#members),*]) }
    });
    let cases: Vec<_> = cases.collect();
    Table {
        patterns,
        shape: quote! { s::Shape::Variant(&[#(#cases),*]) },
    }
}

fn members(
    types: &Types,
    program: &Program,
    fields: &[Field],
    patterns: &mut Vec<String>,
) -> Vec<TokenStream> {
    let members = fields.iter().map(|field| {
        let name = field.name.value.as_str();
        let shape = shape(types, program, &field.ty, &field.constraints, patterns);
        match field.optional || field.default.is_some() {
            true => quote! { s::optional(#name, #shape) },
            false => quote! { s::required(#name, #shape) },
        }
    });
    members.collect()
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
    let mut inner = |ty: &Ty| shape(types, program, ty, &Constraints::default(), patterns);
    let mut shape = match ty {
        Ty::String => quote! { s::TEXT },
        Ty::Uri => quote! { s::URI },
        Ty::Integer => quote! { s::INTEGER },
        Ty::Number => quote! { s::NUMBER },
        Ty::Decimal => quote! { s::DECIMAL },
        Ty::Boolean => quote! { s::Shape::Boolean },
        Ty::Date => quote! { s::Shape::Date },
        Ty::DateTime => quote! { s::Shape::DateTime },
        Ty::Uuid => quote! { s::Shape::Uuid },
        Ty::Bytes => quote! { s::Shape::Bytes },
        Ty::Json => quote! { s::Shape::Json },
        Ty::List(item) => {
            let item = inner(item);
            quote! { s::list(&#item) }
        }
        Ty::Map(value) => {
            let value = inner(value);
            quote! { s::map(&#value) }
        }
        Ty::Named(id) => {
            let path = types.path(program, *id);
            quote! { s::of::<#path>() }
        }
    };
    let kind = match ty {
        Ty::Integer => "integer",
        Ty::Number => "number",
        _ => "decimal",
    };
    let bound = |bound: &Bound| match ty {
        Ty::Decimal => {
            let text = bound.text.as_str();
            quote! { #text }
        }
        _ => number(&bound.text, ty),
    };
    let count = |n: u32| number(&n.to_string(), &Ty::Integer);
    let pattern = limits.pattern.as_ref().map(|pattern| {
        patterns.push(pattern.value.clone());
        let name = pattern_name(patterns.len() - 1);
        quote! { &#name }
    });
    let methods = [
        ("min_length".to_owned(), limits.min_length.map(count)),
        ("max_length".to_owned(), limits.max_length.map(count)),
        ("pattern".to_owned(), pattern),
        (format!("min_{kind}"), limits.min.as_ref().map(bound)),
        (format!("max_{kind}"), limits.max.as_ref().map(bound)),
        ("min_items".to_owned(), limits.min_items.map(count)),
        ("max_items".to_owned(), limits.max_items.map(count)),
        ("unique".to_owned(), limits.unique.then(TokenStream::new)),
    ];
    for (name, argument) in methods {
        let Some(argument) = argument else { continue };
        let name = format_ident!("{name}");
        shape.extend(quote! { .#name(#argument) });
    }
    shape
}
