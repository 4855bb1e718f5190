//! `tools.json`, `discover.json` and `server.json`.

use super::{Reached, Server, digest, tool};
use grantc_core::ir::Program;
use serde_json::{Map, Value, json};

/// How long a list may be kept: as long as the runtime says when it is asked.
const TTL_MS: u64 = 300_000;

/// The protocol versions that the runtime answers in.
const VERSIONS: [&str; 5] = [
    "2024-11-05",
    "2025-03-26",
    "2025-06-18",
    "2025-11-25",
    "2026-07-28",
];

/// The schema that `server.json` follows.
const REGISTRY: &str =
    "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// Where a registry keeps what a publisher says.
const PUBLISHER: &str = "io.modelcontextprotocol.registry/publisher-provided";

/// The answer to `tools/list`, with a digest of each tool in `_meta`.
pub(super) fn tools(program: &Program, server: &Server) -> Value {
    let tools = list(program, server);
    let digests: Map<String, Value> = tools
        .iter()
        .filter_map(|tool| Some((name(tool)?, digest::of(tool).into())))
        .collect();
    let mut result = Map::new();
    if let Some(prefix) = prefix(program) {
        result.insert(
            "_meta".into(),
            json!({ format!("{prefix}/digests"): digests }),
        );
    }
    result.insert("resultType".into(), "complete".into());
    result.insert("ttlMs".into(), TTL_MS.into());
    result.insert("cacheScope".into(), "private".into());
    result.insert("tools".into(), tools.into());
    result.into()
}

/// The answer to `server/discover`.
pub(super) fn discover(program: &Program, server: &Server) -> Value {
    let about = &program.server;
    let mut info = Map::new();
    info.insert("name".into(), server.name.clone().into());
    let optional = [
        ("title", &about.title),
        ("description", &about.description),
        ("websiteUrl", &about.website),
    ];
    for (member, text) in optional {
        info.extend(
            text.as_ref()
                .map(|text| (member.to_owned(), text.value.clone().into())),
        );
    }
    info.insert("version".into(), about.version.value.clone().into());
    let mut result = Map::new();
    result.insert(
        "_meta".into(),
        json!({ "io.modelcontextprotocol/serverInfo": info }),
    );
    result.insert("resultType".into(), "complete".into());
    result.insert("ttlMs".into(), TTL_MS.into());
    result.insert("cacheScope".into(), "private".into());
    result.insert("supportedVersions".into(), VERSIONS.as_slice().into());
    result.insert("capabilities".into(), json!({ "tools": {} }));
    if let Some(instructions) = &about.instructions {
        result.insert("instructions".into(), instructions.value.clone().into());
    }
    result.into()
}

/// The registry's entry; none without the namespace and description that it requires.
pub(super) fn server(program: &Program, server: &Server) -> Option<Value> {
    let about = &program.server;
    let mut entry = Map::new();
    entry.insert("$schema".into(), REGISTRY.into());
    entry.insert(
        "name".into(),
        format!("{}/{}", prefix(program)?, server.name).into(),
    );
    entry.extend(
        about
            .title
            .as_ref()
            .map(|title| ("title".into(), title.value.clone().into())),
    );
    entry.insert(
        "description".into(),
        about.description.as_ref()?.value.clone().into(),
    );
    entry.insert("version".into(), about.version.value.clone().into());
    entry.extend(
        about
            .website
            .as_ref()
            .map(|url| ("websiteUrl".into(), url.value.clone().into())),
    );
    if let Reached::Http { url, key } = &server.reached {
        entry.insert("remotes".into(), json!([remote(url, *key)]));
    }
    let tools = digest::of(&Value::Array(list(program, server)));
    entry.insert(
        "_meta".into(),
        json!({ PUBLISHER: { "tools-digest": tools } }),
    );
    Some(entry.into())
}

fn remote(url: &str, key: bool) -> Value {
    let mut remote = Map::new();
    remote.insert("type".into(), "streamable-http".into());
    remote.insert("url".into(), url.into());
    if key {
        let header = json!({
            "name": "x-functions-key",
            "description": "Function key of the app.",
            "isRequired": true,
            "isSecret": true,
        });
        remote.insert("headers".into(), json!([header]));
    }
    if url.contains("{host}") {
        let host = json!({
            "description": "Host name of the function app.",
            "isRequired": true,
        });
        remote.insert("variables".into(), json!({ "host": host }));
    }
    remote.into()
}

fn list(program: &Program, server: &Server) -> Vec<Value> {
    server
        .tools
        .iter()
        .map(|id| tool::tool(program, *id))
        .collect()
}

fn name(tool: &Value) -> Option<String> {
    tool.get("name")?.as_str().map(str::to_owned)
}

/// The publisher's reverse-DNS prefix.
fn prefix(program: &Program) -> Option<&str> {
    program
        .server
        .namespace
        .as_ref()
        .map(|namespace| namespace.value.as_str())
}
