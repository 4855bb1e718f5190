//! MCP documents: what clients and registries read without asking the server.
//!
//! - [`tool`]: one tool as `tools/list` shows it, the server's own table included;
//! - [`schema`]: the JSON Schema of a record;
//! - `documents`: `tools.json`, `discover.json` and `server.json`;
//! - `clients`: configurations for VS Code, Claude Code and Cursor;
//! - [`digest`]: fingerprints of tools.
//!
//! Several apps are several MCP servers, `<server>-<app>`, each with its own folder; the client
//! configurations list them together. A host that nobody knows yet is a variable.

mod clients;
pub mod digest;
mod documents;
pub mod schema;
pub mod tool;

use crate::{Emitted, Options};
use grantc_core::Verified;
use grantc_core::ir::{Auth, Program, ToolId};
use serde_json::Value;

/// The MCP documents of a program.
pub fn mcp(program: &Verified, _options: &Options) -> Emitted {
    let program = program.program();
    let servers = servers(program);
    let mut emitted = Emitted::default();
    let mut add = |path: String, document: &Value| emitted.files.add(path, &pretty(document));
    for server in &servers {
        let folder = match servers.len() {
            0 | 1 => "mcp".to_owned(),
            _ => format!("mcp/{}", server.app),
        };
        add(
            format!("{folder}/tools.json"),
            &documents::tools(program, server),
        );
        add(
            format!("{folder}/discover.json"),
            &documents::discover(program, server),
        );
        if let Some(document) = documents::server(program, server) {
            add(format!("{folder}/server.json"), &document);
        }
    }
    for (client, document) in clients::clients(&servers) {
        add(format!("mcp/clients/{client}.json"), &document);
    }
    emitted
}

/// One MCP server: an app of the program.
struct Server {
    /// Its name.
    name: String,
    /// The app's name.
    app: String,
    /// Its tools, in manifest order.
    tools: Vec<ToolId>,
    /// How it is reached.
    reached: Reached,
}

/// How a server is reached.
enum Reached {
    /// By starting it.
    Stdio,
    /// At this URL, which may have `{host}` in it.
    Http {
        /// The URL.
        url: String,
        /// Whether a function key goes with each request.
        key: bool,
    },
}

fn servers(program: &Program) -> Vec<Server> {
    let name = &program.server.name.value;
    let reached = || match (&program.server.auth, &program.azure, &program.server.url) {
        (Auth::None { .. }, _, _) | (_, None, None) => Reached::Stdio,
        (auth, _, url) => Reached::Http {
            url: address(url.as_ref().map(|u| u.value.as_str())),
            key: *auth == Auth::Key,
        },
    };
    if let [] | [_] = program.apps.values().as_slice() {
        let app = program.apps.values().next().map(|app| app.name.clone());
        return vec![Server {
            name: name.clone(),
            app: app.unwrap_or_default(),
            tools: program.tools.ids().collect(),
            reached: reached(),
        }];
    }
    let server = |app: &grantc_core::ir::App| Server {
        name: format!("{name}-{}", app.name),
        app: app.name.clone(),
        tools: app.tools.clone(),
        reached: match reached() {
            // One URL cannot be that of several servers.
            Reached::Http { key, .. } => Reached::Http {
                url: address(None),
                key,
            },
            stdio => stdio,
        },
    };
    program.apps.values().map(server).collect()
}

/// Where a server answers below its base URL.
fn address(base: Option<&str>) -> String {
    match base {
        Some(base) => format!("{}/mcp", base.trim_end_matches('/')),
        None => "https://{host}/mcp".to_owned(),
    }
}

fn pretty(document: &Value) -> String {
    // A value of JSON always has a text.
    serde_json::to_string_pretty(document).unwrap_or_default()
}
