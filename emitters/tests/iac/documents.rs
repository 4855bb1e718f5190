//! The documents of MCP and of the Functions host.

use crate::manifest::{self, file};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// Each document with the schema that it is held against.
const SCHEMAS: [(&str, &str); 3] = [
    ("tools.json", "mcp-2026-07-28-ListToolsResult.schema.json"),
    ("discover.json", "mcp-2026-07-28-DiscoverResult.schema.json"),
    ("server.json", "registry-server-2025-12-11.schema.json"),
];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_document_is_json_and_follows_its_schema() {
    let schemas = std::env::var_os("GRANTC_MCP_SCHEMAS").map(PathBuf::from);
    for (name, emitted) in manifest::all() {
        for (path, text) in emitted
            .files
            .iter()
            .filter(|(path, _)| path.contains(".json"))
        {
            let document = json(text);
            let schema = SCHEMAS.iter().find(|(file, _)| path.ends_with(file));
            let (Some(folder), Some((_, schema))) = (&schemas, schema) else {
                continue;
            };
            let schema = json(&fs::read_to_string(folder.join(schema)).unwrap());
            let validator = jsonschema::validator_for(&schema).unwrap();
            let wrong: Vec<_> = validator
                .iter_errors(&document)
                .map(|e| e.to_string())
                .collect();
            assert!(wrong.is_empty(), "{name}/{path}: {wrong:?}");
        }
    }
}

#[test]
fn no_client_configuration_holds_a_key() {
    for (name, emitted) in manifest::all() {
        for client in ["claude", "cursor", "vscode"] {
            let document = json(&file(&emitted, &format!("mcp/clients/{client}.json")));
            let servers = document
                .get("servers")
                .or(document.get("mcpServers"))
                .unwrap();
            for (_, server) in servers.as_object().unwrap() {
                let key = server.pointer("/headers/x-functions-key");
                assert!(
                    key.is_none_or(|key| key.as_str().unwrap().starts_with("${")),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn the_host_keeps_audit_events_and_asks_for_a_key() {
    for (name, emitted) in manifest::all() {
        for (path, text) in emitted
            .files
            .iter()
            .filter(|(path, _)| path.ends_with("/host.json"))
        {
            let host = json(text);
            let at = |pointer: &str| {
                host.pointer(pointer)
                    .and_then(Value::as_str)
                    .unwrap()
                    .to_owned()
            };
            assert_eq!(
                at("/customHandler/http/DefaultAuthorizationLevel"),
                "function",
                "{name}/{path}"
            );
            let kept = at("/logging/applicationInsights/samplingSettings/excludedTypes");
            assert!(kept.split(';').any(|kind| kind == "Trace"));
        }
    }
}

#[test]
fn the_digest_of_the_publisher_fits_into_a_registry() {
    for (name, emitted) in manifest::all() {
        for (path, text) in emitted
            .files
            .iter()
            .filter(|(path, _)| path.ends_with("server.json"))
        {
            let meta = json(text)["_meta"]["io.modelcontextprotocol.registry/publisher-provided"]
                .to_string();
            assert!(
                meta.contains("sha256:") && meta.len() < 4096,
                "{name}/{path}"
            );
        }
    }
}
