//! Identities: what they are made of in each language, and whose tokens stand for them.
//!
//! Everything that tells kinds apart is decided here; assignments, settings and modules only ask
//! for the id that names are made of, the principal's id and the client id.

use super::later::not_yet;
use super::{App, Build, Symbol, Text, names};
use grantc_core::ir::{self, IdentityId, IdentityKind, Issuer};
use grantc_spec::naming::NameKind;
use serde::Serialize;

/// An identity that tools act as, or that deploys.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    /// Path of its node.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// What it is.
    pub kind: Principal,
    /// Its name in Azure.
    pub name: Text,
    /// Whether it holds anything, so that its id is needed in names.
    pub holds: bool,
    /// What tells it apart in names: known before it exists, and never its principal's id.
    pub id: Text,
    /// The id of its principal.
    pub principal: Text,
    /// Its client id; none where no setting carries one.
    pub client_id: Option<Text>,
    /// Identifier of its service principal, where that is another thing than itself.
    pub service_principal: Symbol,
    /// Whose tokens stand for it, each added after the one before.
    pub trusts: Vec<Trust>,
}

/// What an identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// A user-assigned managed identity.
    UserAssigned,
    /// The identity of an app.
    SystemAssigned,
    /// An app registration and its service principal.
    Registered,
    /// A service principal that exists already.
    Existing,
}

/// A federated credential.
#[derive(Clone, Debug, Serialize)]
pub struct Trust {
    /// Where it comes from.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Its name.
    pub name: String,
    /// Its name below a registration.
    pub child: Text,
    /// Who issues the tokens.
    pub issuer: Text,
    /// For whom.
    pub subject: Text,
    /// What the tokens are for.
    pub audience: Text,
    /// The one before: two at a time on one identity are refused.
    pub after: Option<Symbol>,
}

/// What tokens are for that are exchanged with Microsoft Entra.
const EXCHANGE: &str = "api://AzureADTokenExchange";

/// The issuer of GitHub Actions.
const GITHUB: &str = "https://token.actions.githubusercontent.com";

impl Build<'_> {
    /// Names the identities of this part.
    pub(super) fn name_identities(&mut self) {
        let program = self.program;
        for (id, identity) in program.identities.iter() {
            if !self.has(id) || identity.kind == IdentityKind::Delegated {
                continue;
            }
            let name = &identity.name.value;
            let symbol = self.symbols.name("identity", name);
            self.identities.insert(id, symbol);
            if identity.kind == IdentityKind::ServicePrincipal {
                let words = format!("{name} principal");
                let symbol = self.symbols.name("principal", &words);
                self.principals.insert(id, symbol);
            }
        }
    }

    /// Whether an identity belongs to what is being written: who deploys is made beforehand.
    pub(super) fn has(&self, id: IdentityId) -> bool {
        let identity = self.program.identities.get(id);
        identity.is_some_and(|identity| identity.deploys == self.part.is_bootstrap())
    }

    /// The client id of an identity, as its app is told; the platform knows that of the app's own.
    pub(super) fn client_id(&self, id: IdentityId) -> Option<Text> {
        let symbol = self.identities.get(&id)?;
        let identity = self.program.identities.get(id)?;
        match (identity.kind, &identity.client_id) {
            (IdentityKind::UserAssigned, _) => Some(Text::code(
                format!("{}.properties.clientId", symbol.bicep),
                format!("azurerm_user_assigned_identity.{}.client_id", symbol.hcl),
            )),
            (IdentityKind::ServicePrincipal, Some(known)) => Some(self.text(known)),
            (IdentityKind::ServicePrincipal, None) => Some(Text::code(
                format!("{}.appId", symbol.bicep),
                format!("azuread_application_registration.{}.client_id", symbol.hcl),
            )),
            (IdentityKind::SystemAssigned | IdentityKind::Delegated, _) => None,
        }
    }

    /// The identities of this part, in manifest order.
    pub(super) fn identities(&mut self, apps: &[App]) -> Vec<Identity> {
        let program = self.program;
        let mut all = Vec::new();
        for (id, identity) in program.identities.iter() {
            let Some(symbol) = self.identities.get(&id).cloned() else {
                continue;
            };
            // Apps stand in the order of the program, none in the part that comes before.
            let of = program.apps.values().zip(apps);
            let of = of.filter(|(app, _)| app.identities.contains(&id));
            let of: Vec<&App> = of.map(|(_, app)| app).collect();
            let holds = program.assignments.values().any(|it| it.identity == id);
            if identity.kind == IdentityKind::SystemAssigned && of.is_empty() {
                if holds {
                    let what = "what a system-assigned identity of no app holds";
                    let help = "let a tool act as it, or remove it";
                    self.diagnostics.push(not_yet(identity.span, what, help));
                }
                continue;
            }
            let principal = self.principals.get(&id).cloned().unwrap_or_default();
            all.push(self.identity(id, identity, (symbol, principal), holds, &of));
        }
        all
    }

    fn identity(
        &mut self,
        id: IdentityId,
        identity: &ir::Identity,
        (symbol, service_principal): (Symbol, Symbol),
        holds: bool,
        of: &[&App],
    ) -> Identity {
        let server = &self.program.server.name.value;
        let name = |kind| names::name(kind, server, &[&identity.name.value]);
        let known = identity.client_id.as_ref().map(|id| self.text(id));
        let (kind, name, unique, principal) = match (identity.kind, known, of.first()) {
            (IdentityKind::SystemAssigned, _, Some(app)) => (
                Principal::SystemAssigned,
                app.names.function_app.clone(),
                Text::of(
                    Text::code(&symbol.bicep, ""),
                    under_group("Microsoft.Web/sites").then(app.names.function_app.clone()),
                ),
                Text::code(
                    format!("{}.outputs.principalId", app.symbol.bicep),
                    format!("module.{}.principal_id", app.symbol.hcl),
                ),
            ),
            (IdentityKind::ServicePrincipal, known, _) => {
                let name = name(NameKind::AppRegistration);
                let (kind, unique, hcl) = match known {
                    Some(known) => (Principal::Existing, known, "data.azuread_service_principal"),
                    None => (
                        Principal::Registered,
                        name.clone(),
                        "azuread_service_principal",
                    ),
                };
                let principal = Text::code(
                    format!("{}.id", service_principal.bicep),
                    format!("{hcl}.{}.object_id", symbol.hcl),
                );
                (kind, name, unique, principal)
            }
            _ => {
                let made = format!("azurerm_user_assigned_identity.{}", symbol.hcl);
                let hcl = under_group("Microsoft.ManagedIdentity/userAssignedIdentities")
                    .then(Text::code("", format!("{made}.name")));
                (
                    Principal::UserAssigned,
                    name(NameKind::ManagedIdentity),
                    Text::of(Text::code(format!("{}.id", symbol.bicep), ""), hcl),
                    Text::code(
                        format!("{}.properties.principalId", symbol.bicep),
                        format!("{made}.principal_id"),
                    ),
                )
            }
        };
        let mut trusts = Vec::new();
        if identity.kind == IdentityKind::ServicePrincipal {
            for app in of {
                trusts.push(self.host_trust(identity, app));
            }
        }
        for federation in &identity.federated {
            trusts.extend(self.trust(identity, federation));
        }
        let mut before: Option<Symbol> = None;
        for trust in &mut trusts {
            trust.child = Text::code(format!("{}.uniqueName", symbol.bicep), "")
                .and(format!("/{}", trust.name));
            trust.after = before.replace(trust.symbol.clone());
        }
        Identity {
            path: format!("identity {}", identity.name),
            symbol,
            kind,
            name,
            holds,
            id: unique,
            principal,
            client_id: self.client_id(id),
            service_principal,
            trusts,
        }
    }

    /// The host identity of an app, whose token stands for a service principal: no secret is needed.
    fn host_trust(&mut self, identity: &ir::Identity, app: &App) -> Trust {
        let words = format!("host {}", app.name);
        let symbol = self.trust_symbol(identity, &words);
        Trust {
            path: format!("identity {} › app {}", identity.name, app.name),
            name: credential_name(&symbol.hcl),
            symbol,
            issuer: Text::of(
                Text::code("environment().authentication.loginEndpoint", "")
                    .then(Text::code("tenant().tenantId", ""))
                    .and("/v2.0"),
                Text::literal("https://login.microsoftonline.com/")
                    .then(Text::code(
                        "",
                        "data.azuread_client_config.current.tenant_id",
                    ))
                    .and("/v2.0"),
            ),
            subject: Text::code(
                format!("{}.outputs.hostPrincipalId", app.symbol.bicep),
                format!("module.{}.host_principal_id", app.symbol.hcl),
            ),
            audience: Text::literal(EXCHANGE),
            child: Text::default(),
            after: None,
        }
    }

    /// The trust that a `federated` node asks for.
    fn trust(&mut self, identity: &ir::Identity, federation: &ir::Federation) -> Option<Trust> {
        let (words, issuer, subject) = match &federation.issuer {
            Issuer::GitHub {
                repository,
                ids,
                context: (kind, name),
            } => {
                let shown = name.as_ref().map(|name| self.shown(name));
                let words = format!("github {kind} {}", shown.unwrap_or_default());
                let Some(repository) = self.repository(repository, *ids) else {
                    let what = "the immutable subject of a repository that is no `owner/name`";
                    let help = "write `repository=\"owner/name\"`, or leave out the numbers";
                    self.diagnostics.push(not_yet(federation.span, what, help));
                    return None;
                };
                let subject = Text::literal("repo:")
                    .then(repository)
                    .and(format!(":{kind}"));
                let subject = match name {
                    Some(name) => subject.then(self.text(name)),
                    None => subject,
                };
                (words, Text::literal(GITHUB), subject)
            }
            Issuer::Other { issuer, subject } => {
                let words = format!("oidc {}", self.shown(subject));
                (words, self.text(issuer), self.text(subject))
            }
        };
        let symbol = self.trust_symbol(identity, &words);
        let audience = federation.audience.as_ref().map(|it| self.text(it));
        Some(Trust {
            path: format!("identity {} › federated", identity.name),
            name: credential_name(&symbol.hcl),
            symbol,
            issuer,
            subject,
            audience: audience.unwrap_or_else(|| Text::literal(EXCHANGE)),
            child: Text::default(),
            after: None,
        })
    }

    /// `owner/name`, or `owner@1/name@2` where the subject carries the numbers of both.
    fn repository(&self, repository: &ir::Text, ids: Option<(u32, u32)>) -> Option<Text> {
        let Some((owner_id, repository_id)) = ids else {
            return Some(self.text(repository));
        };
        let (owner, name) = repository.literal()?.split_once('/')?;
        let whole = !owner.is_empty() && !name.is_empty() && !name.contains('/');
        whole.then(|| Text::literal(format!("{owner}@{owner_id}/{name}@{repository_id}")))
    }

    fn trust_symbol(&mut self, identity: &ir::Identity, words: &str) -> Symbol {
        self.symbols
            .name("federation", &format!("{} {words}", identity.name))
    }
}

/// The beginning of the id of something in the manifest's own resource group, in HCL.
fn under_group(ty: &str) -> Text {
    Text::code("", "local.resource_group_id").and(format!("/providers/{ty}/"))
}

/// Longest name of a federated credential.
const LONGEST: usize = 120;

/// The name of a federated credential: letters, digits and dashes, unique where the words are.
fn credential_name(words: &str) -> String {
    let parts = words.split(|c: char| !c.is_ascii_alphanumeric());
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    let name = parts.join("-");
    // The end tells names apart.
    name.get(name.len().saturating_sub(LONGEST)..)
        .unwrap_or_default()
        .trim_start_matches('-')
        .to_owned()
}
