//! Configurations of clients. What is secret or not known yet is asked for or read from the
//! environment; no file holds a key.

use super::{Reached, Server};
use serde_json::{Map, Value, json};

/// The configuration of each client, by name.
pub(super) fn clients(servers: &[Server]) -> [(&'static str, Value); 3] {
    let claude = |name: &str| format!("${{{name}}}");
    let cursor = |name: &str| format!("${{env:{name}}}");
    [
        (
            "claude",
            json!({ "mcpServers": entries(servers, |server, what| claude(&variable(server, what))) }),
        ),
        (
            "cursor",
            json!({ "mcpServers": entries(servers, |server, what| cursor(&variable(server, what))) }),
        ),
        ("vscode", vscode(servers)),
    ]
}

fn vscode(servers: &[Server]) -> Value {
    let asked = |server: &Server, what: &str| format!("${{input:{}-{what}}}", server.name);
    let mut file = Map::new();
    file.insert("servers".into(), entries(servers, asked));
    let inputs: Vec<Value> = servers.iter().flat_map(inputs).collect();
    if !inputs.is_empty() {
        file.insert("inputs".into(), inputs.into());
    }
    file.into()
}

/// What VS Code asks for, once.
fn inputs(server: &Server) -> Vec<Value> {
    let mut inputs = Vec::new();
    let name = &server.name;
    if let Reached::Http { url, key } = &server.reached {
        if url.contains("{host}") {
            let description = format!("Host name of the function app of {name}");
            inputs.push(json!({ "type": "promptString", "id": format!("{name}-host"), "description": description }));
        }
        if *key {
            let description = format!("Function key of {name}");
            inputs.push(json!({
                "type": "promptString",
                "id": format!("{name}-key"),
                "description": description,
                "password": true,
            }));
        }
    }
    inputs
}

/// The servers by name; `given` spells a value that the file does not hold.
fn entries(servers: &[Server], given: impl Fn(&Server, &str) -> String) -> Value {
    let one = |server: &Server| match &server.reached {
        Reached::Stdio => json!({ "type": "stdio", "command": server.name, "args": ["--stdio"] }),
        Reached::Http { url, key } => {
            let mut entry = Map::new();
            entry.insert("type".into(), "http".into());
            entry.insert(
                "url".into(),
                url.replace("{host}", &given(server, "host")).into(),
            );
            if *key {
                let headers = json!({ "x-functions-key": given(server, "key") });
                entry.insert("headers".into(), headers);
            }
            entry.into()
        }
    };
    servers
        .iter()
        .map(|server| (server.name.clone(), one(server)))
        .collect::<Map<_, _>>()
        .into()
}

/// A variable of the environment, such as `INVOICE_DESK_KEY`.
fn variable(server: &Server, what: &str) -> String {
    format!("{}_{what}", server.name)
        .replace('-', "_")
        .to_ascii_uppercase()
}
