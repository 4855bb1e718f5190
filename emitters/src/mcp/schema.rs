//! JSON Schema of inputs and outputs, in the subset that every client reads.
//!
//! The root is an object; there is no `$schema`, no list of types, no `true` for a schema, and
//! references stay within the schema (`#/$defs/…`). Each of these has broken a client that is in
//! use. Records and variants are definitions, a
//! variant one of closed or open objects told apart by a constant member; enums stand where they are used. Objects of an input are closed;
//! those of an output are left open, for a later version to say more.

use grantc_core::ir::{Alternative, Constraints, Field, Program, TAG, Ty, TypeId, TypeKind};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Which way the data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the caller: closed, and what has a default may be absent.
    In,
    /// To the caller: open, and what has a default is always there.
    Out,
}

/// What a decimal looks like: what the runtime reads without rounding.
const DECIMAL: &str = r"^-?[0-9]{1,28}(\.[0-9]{1,28})?$";

/// The schema of a record, with the definitions it needs.
pub fn schema(program: &Program, fields: &[Field], direction: Direction) -> Value {
    let writer = Writer { program, direction };
    let mut schema = writer.record(fields);
    let mut needed = BTreeSet::new();
    writer.collect(fields, &mut needed);
    if !needed.is_empty() {
        let definitions = needed.into_iter().filter_map(|id| {
            let ty = program.types.at(id);
            let definition = match &ty.kind {
                TypeKind::Record(fields) => writer.record(fields),
                TypeKind::Variant(alternatives) => writer.variant(alternatives),
                TypeKind::Enum(_) => return None,
            };
            Some((ty.name.value.clone(), Value::Object(definition)))
        });
        schema.insert("$defs".into(), Value::Object(definitions.collect()));
    }
    schema.into()
}

struct Writer<'a> {
    program: &'a Program,
    direction: Direction,
}

impl Writer<'_> {
    fn record(&self, fields: &[Field]) -> Map<String, Value> {
        let may_be_absent = |field: &&Field| match self.direction {
            Direction::In => field.optional || field.default.is_some(),
            Direction::Out => field.optional && field.default.is_none(),
        };
        let properties: Map<String, Value> = fields
            .iter()
            .map(|f| (f.name.value.clone(), self.field(f).into()))
            .collect();
        let required: Vec<Value> = fields
            .iter()
            .filter(|field| !may_be_absent(field))
            .map(|field| field.name.value.as_str().into())
            .collect();
        let mut record = Map::new();
        record.insert("type".into(), "object".into());
        record.insert("properties".into(), properties.into());
        if !required.is_empty() {
            record.insert("required".into(), required.into());
        }
        if self.direction == Direction::In {
            record.insert("additionalProperties".into(), false.into());
        }
        record
    }

    /// One of several objects. Each says its own name in a constant, so that exactly one fits.
    fn variant(&self, alternatives: &[Alternative]) -> Map<String, Value> {
        let one = |it: &Alternative| {
            let mut record = self.record(&it.fields);
            let kind = [("type", "string"), ("const", it.name.value.as_str())];
            let kind = kind.map(|(key, text)| (key.to_owned(), text.into()));
            let first = |list: &mut Value, tag: Value| match list {
                Value::Object(members) => drop(members.shift_insert(0, TAG.to_owned(), tag)),
                Value::Array(items) => items.insert(0, tag),
                _ => {}
            };
            if let Some(properties) = record.get_mut("properties") {
                first(properties, Value::Object(kind.into_iter().collect()));
            }
            let at = record.keys().position(|key| key == "properties");
            let mut required = record
                .shift_remove("required")
                .unwrap_or_else(|| Vec::<Value>::new().into());
            first(&mut required, TAG.into());
            record.shift_insert(at.map_or(0, |at| at + 1), "required".to_owned(), required);
            Value::Object(record)
        };
        let all: Vec<Value> = alternatives.iter().map(one).collect();
        let members = [("type", "object".into()), ("oneOf", all.into())];
        members
            .into_iter()
            .map(|(key, value): (&str, Value)| (key.to_owned(), value))
            .collect()
    }

    fn field(&self, field: &Field) -> Map<String, Value> {
        let mut schema = self.ty(&field.ty);
        let doc = field.doc.as_ref().map(|doc| doc.value.as_str());
        // A schema cannot compare decimals, which are strings: words say it instead.
        let range = match field.ty {
            Ty::Decimal => range(&field.constraints),
            _ => None,
        };
        let description = [doc.map(str::to_owned), range].into_iter().flatten();
        let description = description.collect::<Vec<_>>().join(" ");
        if !description.is_empty() {
            insert_after_type(&mut schema, "description", description.into());
        }
        constraints(&field.ty, &field.constraints, &mut schema);
        schema.extend(
            field
                .default
                .clone()
                .map(|default| ("default".into(), default)),
        );
        schema.extend(
            field
                .example
                .clone()
                .map(|one| ("examples".into(), vec![one].into())),
        );
        schema
    }

    fn ty(&self, ty: &Ty) -> Map<String, Value> {
        let text = |more: &[(&str, &str)]| {
            let pairs = [("type", "string")].into_iter().chain(more.iter().copied());
            pairs
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect()
        };
        let plain = |name: &str| Map::from_iter([("type".to_owned(), name.into())]);
        match ty {
            Ty::String => text(&[]),
            Ty::Integer => plain("integer"),
            Ty::Number => plain("number"),
            Ty::Decimal => text(&[("pattern", DECIMAL)]),
            Ty::Boolean => plain("boolean"),
            Ty::Date => text(&[("format", "date")]),
            Ty::DateTime => text(&[("format", "date-time")]),
            Ty::Uuid => text(&[("format", "uuid")]),
            Ty::Uri => text(&[("format", "uri")]),
            Ty::Bytes => text(&[("contentEncoding", "base64")]),
            // Never `{}` or `true`, which some clients refuse.
            Ty::Json => Map::from_iter([("description".to_owned(), "Any JSON value.".into())]),
            Ty::List(item) => {
                let mut list = plain("array");
                list.insert("items".into(), self.ty(item).into());
                list
            }
            Ty::Map(value) => {
                let mut map = plain("object");
                map.insert("additionalProperties".into(), self.ty(value).into());
                map
            }
            Ty::Named(id) => self.named(*id),
        }
    }

    fn named(&self, id: TypeId) -> Map<String, Value> {
        let ty = self.program.types.at(id);
        let mut schema = Map::new();
        match &ty.kind {
            TypeKind::Record(_) | TypeKind::Variant(_) => {
                schema.insert("$ref".into(), format!("#/$defs/{}", ty.name.value).into());
            }
            TypeKind::Enum(words) => {
                let words: Vec<Value> = words
                    .iter()
                    .map(|word| word.value.as_str().into())
                    .collect();
                schema.insert("type".into(), "string".into());
                schema.insert("enum".into(), words.into());
            }
        }
        schema
    }

    /// The definitions that fields lead to, in manifest order.
    fn collect<'p>(
        &self,
        fields: impl IntoIterator<Item = &'p Field>,
        needed: &mut BTreeSet<TypeId>,
    ) {
        // A list of what is left to see, so that long chains of types cost no stack.
        let mut open: Vec<&Ty> = fields.into_iter().map(|field| &field.ty).collect();
        while let Some(mut ty) = open.pop() {
            while let Ty::List(inner) | Ty::Map(inner) = ty {
                ty = inner;
            }
            let Ty::Named(id) = ty else { continue };
            let kind = &self.program.types.at(*id).kind;
            if !matches!(kind, TypeKind::Enum(_)) && needed.insert(*id) {
                open.extend(kind.fields().map(|field| &field.ty));
            }
        }
    }
}

/// `From 0 to 30.`
fn range(constraints: &Constraints) -> Option<String> {
    match (&constraints.min, &constraints.max) {
        (Some(min), Some(max)) => Some(format!("From {} to {}.", min.text, max.text)),
        (Some(min), None) => Some(format!("At least {}.", min.text)),
        (None, Some(max)) => Some(format!("At most {}.", max.text)),
        (None, None) => None,
    }
}

fn constraints(ty: &Ty, limits: &Constraints, schema: &mut Map<String, Value>) {
    let mut add = |name: &str, value: Option<Value>| {
        schema.extend(value.map(|value| (name.to_owned(), value)));
    };
    // Bounds of numbers are read again from their text, so that `0.5` stays `0.5`.
    let bound = |bound: &Option<grantc_core::ir::Bound>| match ty {
        Ty::Integer | Ty::Number => serde_json::from_str(&bound.as_ref()?.text).ok(),
        _ => None,
    };
    add("minimum", bound(&limits.min));
    add("maximum", bound(&limits.max));
    add("minLength", limits.min_length.map(Value::from));
    add("maxLength", limits.max_length.map(Value::from));
    add(
        "pattern",
        limits
            .pattern
            .as_ref()
            .map(|pattern| pattern.value.as_str().into()),
    );
    let (least, most) = match ty {
        Ty::Map(_) => ("minProperties", "maxProperties"),
        _ => ("minItems", "maxItems"),
    };
    add(least, limits.min_items.map(Value::from));
    add(most, limits.max_items.map(Value::from));
    add("uniqueItems", limits.unique.then_some(Value::Bool(true)));
}

/// Puts a member second, where a reader looks for it.
fn insert_after_type(schema: &mut Map<String, Value>, name: &str, value: Value) {
    schema.remove(name);
    let place = usize::from(schema.contains_key("type") || schema.contains_key("$ref"));
    schema.shift_insert(place, name.to_owned(), value);
}
