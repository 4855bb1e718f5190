//! One tool as `tools/list` shows it: the MCP `Tool` object.
//!
//! The same object stands in `tools.json` and in the server's own table, so that what a registry
//! shows, what a reviewer approves and what a model reads are one.

use super::schema::{Direction, schema};
use grantc_core::ir::{Hints, Output, Program, ToolId, TypeKind};
use serde_json::{Map, Value};

/// The MCP `Tool` object of a tool.
pub fn tool(program: &Program, id: ToolId) -> Value {
    let tool = program.tools.at(id);
    let output = match &tool.output {
        Output::Record(fields) => fields.as_slice(),
        Output::Type(ty) => match &program.types.at(*ty).kind {
            TypeKind::Record(fields) => fields.as_slice(),
            TypeKind::Enum(_) | TypeKind::Variant(_) => &[], // `resolve` refuses them
        },
    };
    let mut object = Map::new();
    object.insert("name".into(), tool.name.value.as_str().into());
    object.extend(
        tool.title
            .as_ref()
            .map(|title| ("title".into(), title.value.as_str().into())),
    );
    object.insert("description".into(), tool.description.value.as_str().into());
    object.insert(
        "inputSchema".into(),
        schema(program, &tool.input, Direction::In),
    );
    object.insert(
        "outputSchema".into(),
        schema(program, output, Direction::Out),
    );
    let annotations = annotations(&tool.hints);
    if !annotations.is_empty() {
        object.insert("annotations".into(), annotations.into());
    }
    object.into()
}

fn annotations(hints: &Hints) -> Map<String, Value> {
    let all = [
        ("readOnlyHint", &hints.read_only),
        ("destructiveHint", &hints.destructive),
        ("idempotentHint", &hints.idempotent),
        ("openWorldHint", &hints.open_world),
    ];
    all.into_iter()
        .filter_map(|(name, hint)| Some((name.to_owned(), hint.as_ref()?.value.into())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::verified;
    use serde_json::json;

    fn tools(text: &str) -> Vec<Value> {
        let verified = verified(text);
        let program = verified.program();
        program.tools.ids().map(|id| tool(program, id)).collect()
    }

    #[test]
    fn a_tool_says_what_it_takes_and_gives() {
        let tools = tools(
            r#"
            grantc version=1
            server "s" version="1.0.0" { description "D."; namespace "com.x"; auth "none" }
            enum "Status" { open; paid }
            type "Line" { text string; amount decimal min=0 max=99.5 doc="Net amount." }
            tool "find" {
                title "Find"
                description "Find one."
                input {
                    number string pattern="^[0-9]+$" min-length=1 max-length=9 doc="Its number." example="7"
                    count integer min=1 max=10 default=3
                    ratio number? min=0.5
                    lines list<Line>? max-items=5 unique=#true
                }
                output {
                    status Status
                    lines list<Line>
                    day date?
                    more map<json>
                    file bytes
                    count integer default=3
                }
                hints read-only=#true open-world=#false
            }
            tool "ping" { description "Nothing."; input { }; output { } }
            "#,
        );
        let line = |closed: bool| {
            let mut line = json!({
                "type": "object",
                "properties": {
                    "text": { "type": "string" },
                    "amount": {
                        "type": "string",
                        "description": "Net amount. From 0 to 99.5.",
                        "pattern": "^-?[0-9]{1,28}(\\.[0-9]{1,28})?$",
                    },
                },
                "required": ["text", "amount"],
            });
            if closed {
                line["additionalProperties"] = false.into();
            }
            line
        };
        assert_eq!(
            tools[0],
            json!({
                "name": "find",
                "title": "Find",
                "description": "Find one.",
                "inputSchema": {
                    "type": "object",
                    "properties": {
                        "number": {
                            "type": "string", "description": "Its number.", "minLength": 1,
                            "maxLength": 9, "pattern": "^[0-9]+$", "examples": ["7"],
                        },
                        "count": { "type": "integer", "minimum": 1, "maximum": 10, "default": 3 },
                        "ratio": { "type": "number", "minimum": 0.5 },
                        "lines": {
                            "type": "array", "items": { "$ref": "#/$defs/Line" }, "maxItems": 5,
                            "uniqueItems": true,
                        },
                    },
                    "required": ["number"],
                    "additionalProperties": false,
                    "$defs": { "Line": line(true) },
                },
                "outputSchema": {
                    "type": "object",
                    "properties": {
                        "status": { "type": "string", "enum": ["open", "paid"] },
                        "lines": { "type": "array", "items": { "$ref": "#/$defs/Line" } },
                        "day": { "type": "string", "format": "date" },
                        "more": {
                            "type": "object",
                            "additionalProperties": { "description": "Any JSON value." },
                        },
                        "file": { "type": "string", "contentEncoding": "base64" },
                        "count": { "type": "integer", "default": 3 },
                    },
                    "required": ["status", "lines", "more", "file", "count"],
                    "$defs": { "Line": line(false) },
                },
                "annotations": { "readOnlyHint": true, "openWorldHint": false },
            })
        );
        assert_eq!(
            tools[1]["inputSchema"],
            json!({ "type": "object", "properties": {}, "additionalProperties": false })
        );
        assert_eq!(tools[1].get("annotations"), None);
    }

    #[test]
    fn a_type_that_leads_back_to_itself_is_defined_once() {
        let tools = tools(
            r#"
            grantc version=1
            server "s" version="1.0.0" { description "D."; namespace "com.x"; auth "none" }
            type "Tree" { name string; parent Tree?; children list<Tree> }
            tool "plant" { description "Plant."; input { tree Tree }; output "Tree" }
            "#,
        );
        let output = &tools[0]["outputSchema"];
        assert_eq!(output["type"], "object");
        assert_eq!(
            output["properties"]["parent"],
            json!({ "$ref": "#/$defs/Tree" })
        );
        assert_eq!(output["$defs"]["Tree"]["properties"], output["properties"]);
    }
}
