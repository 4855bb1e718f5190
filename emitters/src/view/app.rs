//! Apps: names of what hosts them and the settings their servers read.

use super::{Build, Symbol, Text, names};
use grantc_core::ir::{self, Auth, ResourceId};
use serde::Serialize;
use std::collections::BTreeSet;

/// A function app and what belongs to it.
#[derive(Clone, Debug, Serialize)]
pub struct App {
    /// Path of its node.
    pub path: String,
    /// Its name in the manifest.
    pub name: String,
    /// Identifier of its module.
    pub symbol: Symbol,
    /// Where MCP clients connect.
    pub endpoint: Text,
    /// Name of its deployment.
    pub deployment: Text,
    /// Names of what it is made of.
    pub names: AppNames,
    /// Identities that its tools act as.
    pub identities: Vec<Symbol>,
    /// What its server reads, by name.
    pub settings: Vec<Setting>,
}

/// Names of what an app is made of.
#[derive(Clone, Debug, Serialize)]
pub struct AppNames {
    /// The site.
    pub function_app: Text,
    /// Its host identity.
    pub host_identity: Text,
    /// Application Insights.
    pub insights: Text,
    /// The plan.
    pub plan: Text,
    /// The storage account of the host.
    pub storage: Text,
}

/// One app setting.
#[derive(Clone, Debug, Serialize)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Text,
}

/// A role that the host identity of every app holds.
#[derive(Clone, Debug, Serialize)]
pub struct HostRole {
    /// Its identifier.
    pub symbol: Symbol,
    /// Name of the role.
    pub role: String,
    /// Its GUID.
    pub guid: String,
    /// What it is held on.
    pub on: HostScope,
    /// What for.
    pub why: String,
}

/// What a role of the host identity is held on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HostScope {
    /// The storage account of the host.
    Storage,
    /// Application Insights.
    Insights,
}

impl Build<'_> {
    pub(super) fn apps(&mut self) -> Vec<App> {
        let program = self.program;
        program.apps.values().map(|app| self.app(app)).collect()
    }

    fn app(&mut self, app: &ir::App) -> App {
        let server = self.program.server.name.value.as_str();
        let name = |kind| names::name(kind, &[server, &app.name]);
        let symbol = self.symbols.name("app", &format!("app {}", app.name));
        let host = Text::code(
            format!("{}.outputs.hostName", symbol.bicep),
            format!("module.{}.host_name", symbol.hcl),
        );
        let identities = app.identities.iter().filter_map(|id| self.identities.get(id));
        App {
            path: format!("app {}", app.name),
            name: app.name.clone(),
            symbol,
            endpoint: Text::literal("https://").then(host).and("/mcp"),
            deployment: names::name(names::DEPLOYMENT, &[server, "app", &app.name]),
            names: AppNames {
                function_app: name(names::FUNCTION_APP),
                host_identity: names::name(names::IDENTITY, &[server, &app.name, "host"]),
                insights: name(names::INSIGHTS),
                plan: name(names::PLAN),
                storage: name(names::STORAGE),
            },
            identities: identities.cloned().collect(),
            settings: self.settings(app),
        }
    }

    /// What the server of an app reads, by the contract of [`grantc_spec::settings`].
    fn settings(&self, app: &ir::App) -> Vec<Setting> {
        let auth = match self.program.server.auth {
            Auth::Key => "key",
            Auth::None { .. } => "none",
        };
        let mut settings = vec![
            setting("GRANTC_APP", Text::literal(&app.name)),
            setting("GRANTC_AUTH", Text::literal(auth)),
        ];
        for id in &app.identities {
            let Some(symbol) = self.identities.get(id) else { continue };
            let value = Text::code(
                format!("{}.properties.clientId", symbol.bicep),
                format!("azurerm_user_assigned_identity.{}.client_id", symbol.hcl),
            );
            let name = upper(&self.program.identities[*id].name.value);
            settings.push(setting(format!("GRANTC_IDENTITY_{name}_CLIENT_ID"), value));
        }
        for id in used(self.program, app) {
            let resource = &self.program.resources[id];
            let name = upper(&resource.name.value);
            let fields = resource.fields.iter();
            let fields = fields.map(|(field, value)| (upper(field), self.text(value)));
            let endpoint = self.endpoint(resource).map(|url| ("ENDPOINT".to_owned(), url));
            for (field, value) in fields.chain(endpoint) {
                settings.push(setting(format!("GRANTC_RESOURCE_{name}_{field}"), value));
            }
        }
        settings.sort_by(|a, b| a.name.cmp(&b.name));
        settings
    }
}

fn setting(name: impl Into<String>, value: Text) -> Setting {
    Setting { name: name.into(), value }
}

fn upper(name: &str) -> String {
    name.replace('-', "_").to_ascii_uppercase()
}

/// The resources that an app's tools use, in manifest order.
fn used(program: &ir::Program, app: &ir::App) -> BTreeSet<ResourceId> {
    let tools = app.tools.iter().map(|tool| &program.tools[*tool]);
    tools.flat_map(|tool| tool.uses.iter().map(|used| used.resource)).collect()
}

/// The roles of the host identity.
pub(super) fn host_roles() -> Vec<HostRole> {
    let role = |name: &str, role: &str, guid: &str, on, why: &str| HostRole {
        symbol: Symbol { bicep: format!("host{name}"), hcl: format!("host_{}", name.to_ascii_lowercase()) },
        role: role.to_owned(),
        guid: guid.to_owned(),
        on,
        why: why.to_owned(),
    };
    vec![
        role("Blobs", "Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", HostScope::Storage, "The package, locks and keys."),
        role("Metrics", "Monitoring Metrics Publisher", "3913510d-42f4-4e42-8a64-420c390055eb", HostScope::Insights, "Telemetry."),
    ]
}
