//! Apps: names of what hosts them and the settings their servers read.

use super::symbols::Symbols;
use super::{Build, Symbol, Text, names};
use grantc_core::ir::{self, Auth, IdentityId, IdentityKind, ResourceId};
use grantc_spec::hosting::{HostTarget, host_roles_of};
use grantc_spec::naming::NameKind;
use grantc_spec::settings;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

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
    /// User-assigned identities that its tools act as.
    pub identities: Vec<Symbol>,
    /// Whether its tools act as its own identity.
    pub system_assigned: bool,
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
    pub role: &'static str,
    /// Its GUID.
    pub guid: &'static str,
    /// What it is held on.
    pub on: HostScope,
    /// What for.
    pub why: &'static str,
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
        if self.part.is_bootstrap() {
            return Vec::new();
        }
        program.apps.values().map(|app| self.app(app)).collect()
    }

    fn app(&mut self, app: &ir::App) -> App {
        let server = self.program.server.name.value.as_str();
        let name = |kind| names::name(kind, server, &[&app.name]);
        let symbol = self.symbols.name("app", &format!("app {}", app.name));
        let host = Text::code(
            format!("{}.outputs.hostName", symbol.bicep),
            format!("module.{}.host_name", symbol.hcl),
        );
        let kind = |id: &IdentityId| self.program.identities.get(*id).map(|it| it.kind);
        let of = |wanted| {
            app.identities
                .iter()
                .filter(move |id| kind(id) == Some(wanted))
        };
        let system_assigned = of(IdentityKind::SystemAssigned).next().is_some();
        let identities = of(IdentityKind::UserAssigned).filter_map(|id| self.identities.get(id));
        App {
            path: format!("app {}", app.name),
            name: app.name.clone(),
            symbol,
            endpoint: Text::literal("https://").then(host).and("/mcp"),
            deployment: names::name(NameKind::Deployment, server, &["app", &app.name]),
            names: AppNames {
                function_app: name(NameKind::FunctionApp),
                host_identity: names::name(NameKind::ManagedIdentity, server, &[&app.name, "host"]),
                insights: name(NameKind::ApplicationInsights),
                plan: name(NameKind::Plan),
                storage: name(NameKind::StorageAccount),
            },
            identities: identities.cloned().collect(),
            system_assigned,
            settings: self.settings(app),
        }
    }

    /// What the server of an app reads, by the contract of [`grantc_spec::settings`].
    fn settings(&self, app: &ir::App) -> Vec<Setting> {
        let auth = match self.program.server.auth {
            Auth::Key => "key",
            Auth::None { .. } => "none",
            Auth::Entra(_) => "app-service",
        };
        let mut values = BTreeMap::from([
            (settings::APP.to_owned(), Text::literal(&app.name)),
            (settings::AUTH.to_owned(), Text::literal(auth)),
        ]);
        for id in &app.identities {
            let Some(value) = self.client_id(*id) else {
                continue;
            };
            values.insert(settings::identity_client_id(self.identity_name(*id)), value);
        }
        for id in used(self.program, app) {
            let Some(resource) = self.program.resources.get(id) else {
                continue;
            };
            let name = &resource.name.value;
            for (field, value) in &resource.fields {
                values.insert(settings::resource_field(name, field), self.text(value));
            }
            if let Some(url) = self.endpoint(resource) {
                values.insert(settings::resource_endpoint(name), url);
            }
        }
        values
            .into_iter()
            .map(|(name, value)| Setting { name, value })
            .collect()
    }
}

/// The resources that an app's tools use, in manifest order.
fn used(program: &ir::Program, app: &ir::App) -> BTreeSet<ResourceId> {
    let tools = app.tools.iter().filter_map(|tool| program.tools.get(*tool));
    tools
        .flat_map(|tool| tool.uses.iter().map(|used| used.resource))
        .collect()
}

/// The roles of the host identity of an app with a server of its own.
pub(super) fn host_roles() -> Vec<HostRole> {
    let mut symbols = Symbols::default();
    let role = |role: &'static grantc_spec::hosting::HostRole| HostRole {
        symbol: symbols.name("role", &format!("host {}", role.role)),
        role: role.role,
        guid: role.id,
        on: match role.on {
            HostTarget::StorageAccount => HostScope::Storage,
            HostTarget::ApplicationInsights => HostScope::Insights,
        },
        why: role.why,
    };
    host_roles_of(false).map(role).collect()
}
