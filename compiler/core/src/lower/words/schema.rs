//! The JSON Schema of the YAML notation, from the table of words: what an editor completes, shows
//! on hovering and underlines. The explanations are in `docs`, by the path of their keys.
//!
//! It is wider than the compiler in what only the compiler can know (names, types, verbs) and never
//! narrower: what compiles is valid. Words that this version does not carry out are not in it.

use super::docs::doc;
use super::{
    ALTERNATIVE, Arg, Body, CONNECTOR_FIELD, FIELD, FIELDS_KEY, Kind, PARAM_KEY, Prop, ROOT, Since,
    Times, WORDS_KEY, Word, Yaml,
};
use grantc_spec::connectors::{self, Connector};
use serde_json::{Map, Value, json};

/// What names may be; `names::is_name` and its siblings say the same.
const NAME: &str = "^[a-z][a-z0-9_-]{0,63}$";
const TYPE_NAME: &str = "^[A-Z][A-Za-z0-9]*$";
const FIELD_NAME: &str = "^[A-Za-z_][A-Za-z0-9_-]*$";

/// A type expression, as far as a pattern can tell.
const TYPE: &str = r"^\s*((list|map)\s*<\s*)*[A-Za-z][A-Za-z0-9-]*\s*[>?\s]*$";

/// The schema as it stands in `spec/schema/manifest.schema.json`.
pub fn text() -> String {
    format!("{:#}\n", schema())
}

/// The schema.
pub fn schema() -> Value {
    // An imported file has no server, and only the compiler knows which file is the root.
    let mut root = object(children(ROOT, ""), &["grantc"]);
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A grantc manifest in YAML",
        "description": "Tools for AI agents, the cloud resources they touch, the identities they act as and the roles those hold.",
    });
    let defs = json!({
        "text": { "type": SCALARS },
        "deploy": {
            "anyOf": [
                { "$ref": "#/$defs/text" },
                {
                    "type": "object",
                    "description": "A value supplied at deployment.",
                    "properties": { PARAM_KEY: { "description": "Name of a parameter of the manifest.", "$ref": "#/$defs/name" } },
                    "required": [PARAM_KEY],
                    "additionalProperties": false,
                },
            ],
        },
        "name": { "type": "string", "pattern": NAME },
        "typeName": { "type": "string", "pattern": TYPE_NAME },
        "type": { "type": "string", "pattern": TYPE },
        "field": node(&FIELD, "field"),
        "fields": {
            "type": "object",
            "propertyNames": { "pattern": FIELD_NAME },
            "additionalProperties": { "$ref": "#/$defs/field" },
        },
    });
    let mut whole = members(head);
    whole.append(&mut root);
    whole.insert("$defs".to_owned(), defs);
    Value::Object(whole)
}

/// A plain scalar is what is expected: `1.40` may be meant as text.
const SCALARS: [&str; 3] = ["string", "number", "boolean"];

/// The keys of known nodes.
fn children(known: &[Word], above: &str) -> Map<String, Value> {
    let carried_out = known.iter().filter(|word| word.since == Since::Now);
    let key = |word: &Word| {
        let path = under(above, word.key());
        (
            word.key().to_owned(),
            described(doc(&path), place(word, &path)),
        )
    };
    carried_out.map(key).collect()
}

/// What stands under the key of a word.
fn place(word: &Word, path: &str) -> Value {
    match (word.yaml, word.args.first()) {
        (Yaml::Single, _) => node(word, path),
        (Yaml::List(_), _) => json!({ "type": "array", "items": node(word, path) }),
        (Yaml::Map(_), first) => {
            let mut map = json!({ "type": "object", "additionalProperties": node(word, path) });
            let pattern = match first.map(|arg| arg.kind) {
                Some(Kind::Name) => Some(NAME),
                Some(Kind::TypeName) => Some(TYPE_NAME),
                _ => None,
            };
            if let (Some(pattern), Some(map)) = (pattern, map.as_object_mut()) {
                map.insert("propertyNames".to_owned(), json!({ "pattern": pattern }));
            }
            map
        }
    }
}

/// One node: a value alone, a list of words, a mapping, or whichever of them it may be.
fn node(word: &Word, path: &str) -> Value {
    let mut forms = Vec::new();
    let args = word.keyed_args();
    let props = word.props.iter().filter(|prop| prop.required);
    let open = args.iter().skip(1).filter(|arg| arg.required).count();
    let needs_more = open > 0 || !required_children(word).is_empty();
    let short = word.props.iter().find(|prop| Some(prop.name) == word.short);
    match (args.first(), short) {
        (Some(arg), _) if !needs_more && props.clone().count() == 0 => {
            forms.push(described(doc(&under(path, arg.key())), values(arg)));
        }
        (None, Some(prop)) if !needs_more && props.clone().all(|it| it.name == prop.name) => {
            forms.push(described(doc(&under(path, prop.name)), kind(prop.kind)));
        }
        _ => {}
    }
    if matches!(word.body, Body::Words) {
        forms.push(words());
    }
    if !word.is_bare() {
        forms.push(Value::Object(mapping(word, path)));
    }
    match forms.as_slice() {
        [only] => only.clone(),
        _ => json!({ "anyOf": forms }),
    }
}

/// A node's mapping: its arguments, properties and children.
fn mapping(word: &Word, path: &str) -> Map<String, Value> {
    let args = word.keyed_args();
    let mut keys: Map<String, Value> = args.iter().map(|arg| argument(arg, path)).collect();
    keys.extend(word.props.iter().map(|prop| property(prop, path)));
    let mut required: Vec<&str> = Vec::new();
    required.extend(args.iter().filter(|arg| arg.required).map(Arg::key));
    required.extend(word.props.iter().filter(|it| it.required).map(|it| it.name));
    required.extend(required_children(word));
    match word.body {
        Body::Nodes(known) => keys.extend(children(known, path)),
        Body::Fields => {
            let fields = json!({ "$ref": "#/$defs/fields" });
            let doc = "The fields, by name; `number: string` is short for a type alone.";
            keys.insert(FIELDS_KEY.to_owned(), described(doc, fields));
        }
        Body::Words => {
            let doc = doc(&under(path, WORDS_KEY));
            keys.insert(WORDS_KEY.to_owned(), described(doc, words()));
        }
        Body::ConnectorFields(known) => {
            keys.extend(children(known, path));
            return resource(keys, &required);
        }
        Body::Alternatives => {
            let mut object = object(keys, &required);
            object.insert("propertyNames".to_owned(), json!({ "pattern": FIELD_NAME }));
            object.insert(
                "additionalProperties".to_owned(),
                node(&ALTERNATIVE, "alternative"),
            );
            object.insert("minProperties".to_owned(), json!(1));
            return object;
        }
        Body::None | Body::Skip => {}
    }
    let mut object = object(keys, &required);
    if let Some(open) = word.open_props {
        object.insert("additionalProperties".to_owned(), kind(open));
    }
    object
}

/// The children that must be there.
fn required_children(word: &Word) -> Vec<&'static str> {
    let (Body::Nodes(known) | Body::ConnectorFields(known)) = word.body else {
        return Vec::new();
    };
    let once = known.iter().filter(|word| word.times == Times::Once);
    once.map(Word::key).collect()
}

fn argument(arg: &Arg, path: &str) -> (String, Value) {
    let doc = doc(&under(path, arg.key()));
    (arg.key().to_owned(), described(doc, values(arg)))
}

/// The values of an argument: one of several may stand without brackets.
fn values(arg: &Arg) -> Value {
    let one = kind(arg.kind);
    match arg.rest {
        Some(_) => json!({ "anyOf": [{ "type": "array", "items": one }, one] }),
        None => one,
    }
}

fn property(prop: &Prop, path: &str) -> (String, Value) {
    (
        prop.name.to_owned(),
        described(doc(&under(path, prop.name)), kind(prop.kind)),
    )
}

/// A resource: its type says which fields it has.
fn resource(mut keys: Map<String, Value>, required: &[&str]) -> Map<String, Value> {
    let built_in: Vec<&Connector> = connectors::builtin().iter().map(|it| &**it).collect();
    let names: Vec<&str> = built_in.iter().map(|it| it.name.as_str()).collect();
    let doc = keys
        .get("type")
        .and_then(|it| it.get("description"))
        .cloned();
    let ty = json!({
        "description": doc,
        "anyOf": [
            { "enum": names },
            { "type": "string", "not": { "pattern": r"^(azure|microsoft|aws|gcp)\." } },
        ],
    });
    keys.insert("type".to_owned(), ty);
    for (name, doc) in [
        (
            "subscription",
            "Subscription it is in; by default that of `azure`.",
        ),
        (
            "resource-group",
            "Resource group it is in; by default that of `azure`.",
        ),
    ] {
        keys.insert(name.to_owned(), described(doc, node(&CONNECTOR_FIELD, "")));
    }
    let mut object = object(keys, required);
    object.remove("additionalProperties");
    let mut cases: Vec<Value> = built_in.iter().map(|it| case(it)).collect();
    // The fields of a connector that the manifest declares are not known here.
    cases.push(json!({
        "if": { "properties": { "type": { "enum": names } } },
        "else": { "additionalProperties": true },
    }));
    object.insert("allOf".to_owned(), Value::Array(cases));
    object.insert("unevaluatedProperties".to_owned(), json!(false));
    object
}

/// The fields of one type of resource.
fn case(connector: &Connector) -> Value {
    let field = |field: &connectors::Field| {
        let doc = match field.required {
            true => format!("The {} of this {}.", field.name, connector.name),
            false => format!(
                "The {} of this {}; without it the wider level is meant.",
                field.name, connector.name
            ),
        };
        (
            field.name.clone(),
            described(&doc, node(&CONNECTOR_FIELD, "")),
        )
    };
    let fields: Map<String, Value> = connector.fields.iter().map(field).collect();
    // What is in no other place is in that of `azure`.
    let own = |name: &str| !matches!(name, "subscription" | "resource-group");
    let required = connector.fields.iter();
    let required = required.filter(|field| field.required && own(&field.name));
    let required: Vec<&str> = required.map(|field| field.name.as_str()).collect();
    json!({
        "if": { "properties": { "type": { "const": connector.name } }, "required": ["type"] },
        "then": { "properties": fields, "required": required },
    })
}

fn words() -> Value {
    json!({ "type": "array", "items": { "type": SCALARS } })
}

fn kind(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::Scalar => json!({ "$ref": "#/$defs/text" }),
        Kind::Deploy => json!({ "$ref": "#/$defs/deploy" }),
        Kind::Name => json!({ "$ref": "#/$defs/name" }),
        Kind::TypeName => json!({ "$ref": "#/$defs/typeName" }),
        Kind::Type => json!({ "$ref": "#/$defs/type" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Count => json!({ "type": "integer", "minimum": 0 }),
        Kind::OneOf(words) => json!({ "enum": words }),
    }
}

fn object(keys: Map<String, Value>, required: &[&str]) -> Map<String, Value> {
    let mut object = members(json!({ "type": "object", "properties": keys }));
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    object.insert("additionalProperties".to_owned(), json!(false));
    object
}

/// A schema with what hovering shows, which comes first.
fn described(doc: &str, schema: Value) -> Value {
    if doc.is_empty() {
        return schema;
    }
    let mut out = members(json!({ "description": doc }));
    out.extend(members(schema));
    Value::Object(out)
}

/// The path of a key, by which its explanation is found.
fn under(above: &str, key: &str) -> String {
    match above {
        "" => key.to_owned(),
        _ => format!("{above}.{key}"),
    }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// What stands under a key without an explanation.
    fn unexplained(schema: &Value, path: &str, found: &mut Vec<String>) {
        match schema {
            Value::Object(members) => {
                if let Some(Value::Object(keys)) = members.get("properties") {
                    for (key, schema) in keys.iter().filter(|(_, schema)| schema.is_object()) {
                        let a_condition =
                            schema.get("enum").is_some() || schema.get("const").is_some();
                        if schema.get("description").is_none() && !(key == "type" && a_condition) {
                            found.push(format!("{path}.{key}"));
                        }
                    }
                }
                for (key, schema) in members {
                    unexplained(schema, &format!("{path}.{key}"), found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| unexplained(item, path, found)),
            _ => {}
        }
    }

    #[test]
    fn every_key_is_explained() {
        let mut found = Vec::new();
        unexplained(&schema(), "", &mut found);
        assert!(found.is_empty(), "without an entry in docs.rs: {found:#?}");
    }
}
