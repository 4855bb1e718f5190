//! What the Functions host reads beside the server's executable, for each app.
//!
//! An app is a self-hosted MCP server: the host starts the executable and passes every request on.

use crate::view::{App, view};
use crate::{Emitted, Options};
use grantc_core::Verified;
use grantc_core::ir::Auth;
use serde_json::{Map, Value, json};

/// `host.json` and `local.settings.json.example` of every app.
pub fn functions(program: &Verified, options: &Options) -> Emitted {
    let (view, diagnostics) = view(program, options);
    let mut emitted = Emitted {
        diagnostics,
        ..Emitted::default()
    };
    for app in view.iter().flat_map(|view| &view.apps) {
        let folder = format!("functions/{}", app.name);
        let host = host(&program.program().server.auth, options.executable);
        emitted
            .files
            .add(format!("{folder}/host.json"), &pretty(&host));
        let local = local(app);
        emitted.files.add(
            format!("{folder}/local.settings.json.example"),
            &pretty(&local),
        );
    }
    emitted
}

fn host(auth: &Auth, executable: &str) -> Value {
    let level = match auth {
        Auth::Key => "function",
        // The platform has checked the token before the host sees the request.
        Auth::None { .. } | Auth::Entra(_) => "anonymous",
    };
    json!({
        "version": "2.0",
        "configurationProfile": "mcp-custom-handler",
        "customHandler": {
            "description": {
                "defaultExecutablePath": executable,
                "workingDirectory": "",
                "arguments": [],
            },
            "http": { "DefaultAuthorizationLevel": level },
        },
        // Audit events are traces: sampling must not drop them.
        "logging": {
            "applicationInsights": {
                "samplingSettings": { "isEnabled": true, "excludedTypes": "Request;Trace" },
            },
        },
    })
}

/// Settings for `func start` on a laptop: no identity, Azurite for the host's storage.
fn local(app: &App) -> Value {
    let mut values = Map::new();
    values.insert(
        "AzureWebJobsStorage".into(),
        "UseDevelopmentStorage=true".into(),
    );
    values.insert(
        "AzureWebJobsFeatureFlags".into(),
        "EnableMcpCustomHandlerPreview".into(),
    );
    values.insert("FUNCTIONS_WORKER_RUNTIME".into(), "custom".into());
    for setting in &app.settings {
        let value = match setting.name.as_str() {
            "GRANTC_AUTH" => "none".to_owned(),
            name if name.starts_with("GRANTC_IDENTITY_") => continue,
            _ => setting.value.shown(),
        };
        values.insert(setting.name.clone(), value.into());
    }
    json!({ "IsEncrypted": false, "Values": values })
}

fn pretty(value: &Value) -> String {
    // A value of JSON always has a text.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
