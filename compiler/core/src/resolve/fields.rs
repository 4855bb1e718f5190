//! Types: records with their fields, enums, variants, type expressions.

use super::constraints::Reader;
use super::{Names, collisions, name_all};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Alternative, Field, Program, TAG, Ty, TypeDef, TypeId, TypeKind};
use crate::names::{did_you_mean, nearest, rust_snake};
use crate::source::{Span, Word};
use crate::syntax::ValueKind;
use grantc_spec::rules;
use std::collections::BTreeMap;

/// The words of the built-in types.
const BUILT_IN: &[(&str, Ty)] = &[
    ("string", Ty::String),
    ("integer", Ty::Integer),
    ("number", Ty::Number),
    ("decimal", Ty::Decimal),
    ("boolean", Ty::Boolean),
    ("date", Ty::Date),
    ("date-time", Ty::DateTime),
    ("uuid", Ty::Uuid),
    ("uri", Ty::Uri),
    ("bytes", Ty::Bytes),
    ("json", Ty::Json),
];

pub(super) fn types(
    declared: &[ast::Type],
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Names<TypeDef> {
    // All names first, and what a default can be of: types may refer to each other in any order.
    let bare = |body: &ast::TypeBody| match body {
        ast::TypeBody::Enum(words) => TypeKind::Enum(words.clone()),
        ast::TypeBody::Record(_) => TypeKind::Record(Vec::new()),
        ast::TypeBody::Variant(_) => TypeKind::Variant(Vec::new()),
    };
    let ids: Vec<TypeId> = declared
        .iter()
        .map(|ty| {
            program.types.push(TypeDef {
                name: ty.name.clone(),
                kind: bare(&ty.body),
                span: ty.span,
            })
        })
        .collect();
    let next = program.types.next_id();
    let words = declared.iter().map(|ty| &ty.name);
    let names = name_all("type", words, diagnostics, |i| {
        ids.get(i).copied().unwrap_or(next)
    });
    for (ty, id) in declared.iter().zip(&ids) {
        let kind = match &ty.body {
            ast::TypeBody::Record(fields) => {
                let place = format!("type `{}`", ty.name.value);
                TypeKind::Record(record(fields, &place, &names, program, diagnostics))
            }
            ast::TypeBody::Enum(words) => TypeKind::Enum(enum_words(ty, words, diagnostics)),
            ast::TypeBody::Variant(alternatives) => {
                let variant = variant(ty, alternatives, &names, program, diagnostics);
                TypeKind::Variant(variant)
            }
        };
        if let Some(def) = program.types.get_mut(*id) {
            def.kind = kind;
        }
    }
    report_endless(program, diagnostics);
    names
}

fn enum_words(ty: &ast::Type, words: &[Word], diagnostics: &mut Diagnostics) -> Vec<Word> {
    if words.is_empty() {
        let message = format!("enum `{}` has no words", ty.name.value);
        diagnostics.push(
            Diagnostic::new(&rules::MISSING, ty.span, message).help(format!(
                "write `enum \"{}\" {{ first; second }}`",
                ty.name.value
            )),
        );
    }
    repeated("word", words.iter(), diagnostics);
    collisions("words", words.iter(), diagnostics);
    words.to_vec()
}

fn variant(
    ty: &ast::Type,
    alternatives: &[ast::Alternative],
    names: &Names<TypeDef>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Vec<Alternative> {
    let name = &ty.name.value;
    if alternatives.is_empty() {
        let message = format!("variant `{name}` has no alternatives");
        let help = format!("write `variant \"{name}\" {{ one {{ … }}; other {{ … }} }}`");
        diagnostics.push(Diagnostic::new(&rules::MISSING, ty.span, message).help(help));
    }
    let words = alternatives.iter().map(|it| &it.name);
    repeated("alternative", words.clone(), diagnostics);
    collisions("alternatives", words, diagnostics);
    let resolved = alternatives.iter().map(|it| {
        for field in it.fields.iter().filter(|field| field.name.value == TAG) {
            let message = format!("`{TAG}` cannot be a field of an alternative");
            diagnostics.push(
                Diagnostic::new(&rules::BAD_NAME, field.name.span, message).help(format!(
                    "on the wire `{TAG}` says which alternative it is; give the field another name"
                )),
            );
        }
        let place = format!("`{}` in variant `{name}`", it.name.value);
        Alternative {
            name: it.name.clone(),
            fields: record(&it.fields, &place, names, program, diagnostics),
        }
    });
    resolved.collect()
}

fn repeated<'a>(what: &str, words: impl Iterator<Item = &'a Word>, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for word in words {
        if let Some(first) = seen.insert(&word.value, word.span) {
            let message = format!("{what} `{}` stands twice", word.value);
            diagnostics.push(
                Diagnostic::new(&rules::DUPLICATE_NAME, word.span, message)
                    .also(first, "it is already here"),
            );
        }
    }
}

/// The fields of a record.
pub(super) fn record(
    fields: &[ast::Field],
    place: &str,
    types: &Names<TypeDef>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Vec<Field> {
    let words = fields.iter().map(|field| &field.name);
    repeated(&format!("field of {place},"), words.clone(), diagnostics);
    field_collisions(words, diagnostics);
    fields
        .iter()
        .filter_map(|field| one(field, types, program, diagnostics))
        .collect()
}

/// Fields become Rust fields only, so only that form may collide.
fn field_collisions<'a>(words: impl Iterator<Item = &'a Word>, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<String, &Word> = BTreeMap::new();
    for word in words {
        let became = rust_snake(&word.value);
        let first = *seen.entry(became.clone()).or_insert(word);
        if first.value != word.value {
            let message = format!(
                "fields `{}` and `{}` both become `{became}`",
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

fn one(
    field: &ast::Field,
    types: &Names<TypeDef>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Option<Field> {
    let text = field.ty.value.trim();
    let (inner, optional) = match text.strip_suffix('?') {
        Some(inner) => (inner, true),
        None => (text, false),
    };
    let ty = type_expression(inner, &field.ty, types, diagnostics)?;
    let mut reader = Reader {
        ty: &ty,
        program,
        diagnostics,
    };
    let constraints = reader.constraints(&field.props);
    let default = reader.sample(&field.props, "default", &constraints);
    let example = reader.sample(&field.props, "example", &constraints);
    let doc = field
        .props
        .iter()
        .find(|(key, _)| key.value == "doc")
        .and_then(|(_, value)| match &value.kind {
            ValueKind::String(text) => Some(Word::new(text.clone(), value.span)),
            _ => None,
        });
    let span = field.span;
    let name = field.name.clone();
    Some(Field {
        name,
        ty,
        optional,
        constraints,
        default,
        example,
        doc,
        span,
    })
}

fn type_expression(
    text: &str,
    word: &Word,
    types: &Names<TypeDef>,
    diagnostics: &mut Diagnostics,
) -> Option<Ty> {
    // `list<list<…>>`: peeled in a loop, so that depth costs no stack.
    let mut wraps: Vec<fn(Box<Ty>) -> Ty> = Vec::new();
    let mut inner = text.trim();
    loop {
        let peeled = [("list<", Ty::List as fn(Box<Ty>) -> Ty), ("map<", Ty::Map)]
            .into_iter()
            .find_map(|(start, wrap)| {
                let rest = inner.strip_prefix(start)?.strip_suffix('>')?;
                Some((rest.trim(), wrap))
            });
        let Some((rest, wrap)) = peeled else { break };
        if wraps.len() == 8 {
            let message = "lists and maps nest deeper than 8 levels";
            diagnostics.push(Diagnostic::new(&rules::BAD_CONSTRAINT, word.span, message));
            return None;
        }
        wraps.push(wrap);
        inner = rest;
    }
    let built_in = BUILT_IN
        .iter()
        .find(|(name, _)| *name == inner)
        .map(|(_, ty)| ty.clone());
    let base = match built_in {
        Some(ty) => ty,
        None => Ty::Named(named(inner, word, types, diagnostics)?),
    };
    Some(
        wraps
            .into_iter()
            .rev()
            .fold(base, |ty, wrap| wrap(Box::new(ty))),
    )
}

fn named(
    inner: &str,
    word: &Word,
    types: &Names<TypeDef>,
    diagnostics: &mut Diagnostics,
) -> Option<TypeId> {
    if let Some(id) = types.get(inner) {
        return Some(*id);
    }
    let names = || {
        BUILT_IN
            .iter()
            .map(|(name, _)| *name)
            .chain(types.keys().map(String::as_str))
    };
    let help = match inner {
        _ if inner.ends_with('?') => Some("only a whole field may be optional".to_owned()),
        "int" | "long" => Some("did you mean `integer`?".to_owned()),
        "float" | "double" => Some("did you mean `number`?".to_owned()),
        "bool" => Some("did you mean `boolean`?".to_owned()),
        "datetime" | "timestamp" => Some("did you mean `date-time`?".to_owned()),
        "list" | "array" => Some("say of what: `list<string>`".to_owned()),
        _ => match inner.split_once('<') {
            Some((head, rest)) => nearest(head, ["list", "map"])
                .map(|known| format!("did you mean `{known}<{rest}`?")),
            None => did_you_mean(inner, names()),
        },
    };
    let help = help.unwrap_or_else(|| {
        let list: Vec<_> = names().map(|name| format!("`{name}`")).collect();
        format!("there are {}, `list<T>` and `map<T>`", list.join(", "))
    });
    let message = format!("there is no type `{inner}`");
    diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, word.span, message).help(help));
    None
}

/// A value that must contain another of its type can never be written down.
fn report_endless(program: &Program, diagnostics: &mut Diagnostics) {
    // A record is finite once all its required fields are, a variant once one of its alternatives
    // is; what never becomes finite is endless.
    let mut finite = vec![false; program.types.len()];
    loop {
        let mut changed = false;
        for (id, def) in program.types.iter() {
            let all = |fields: &[Field]| {
                fields.iter().all(|field| match field.ty {
                    Ty::Named(inner) if !field.optional => {
                        finite.get(inner.index()).copied().unwrap_or(true)
                    }
                    _ => true,
                })
            };
            let is_finite = match &def.kind {
                TypeKind::Enum(_) => true,
                TypeKind::Record(fields) => all(fields),
                TypeKind::Variant(alternatives) => {
                    alternatives.is_empty() || alternatives.iter().any(|it| all(&it.fields))
                }
            };
            if let Some(slot) = finite.get_mut(id.index()) {
                changed |= is_finite && !*slot;
                *slot |= is_finite;
            }
        }
        if !changed {
            break;
        }
    }
    for (id, def) in program.types.iter() {
        if !finite.get(id.index()).copied().unwrap_or(true) {
            let message = format!(
                "a value of `{}` would have to contain another one",
                def.name.value
            );
            diagnostics.push(
                Diagnostic::new(&rules::BAD_CONSTRAINT, def.span, message)
                    .help("make the field that leads back optional (`T?`) or a list"),
            );
        }
    }
}
