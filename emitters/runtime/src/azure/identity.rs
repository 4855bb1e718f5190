//! Identities as which the server acts, and their tokens.
//!
//! | identity | in Azure | elsewhere |
//! |---|---|---|
//! | user-assigned | managed identity, by client id | the developer |
//! | system-assigned | managed identity of the app | the developer |
//! | service principal | an assertion of the host identity stands for its secret | the developer |
//! | delegated | the caller's token, exchanged on their behalf | the developer, for stdio alone |
//!
//! The developer is whoever signed in with the Azure CLI or the Azure Developer CLI. Callers over
//! HTTP never act as the developer: a delegated tool is refused to them outside of Azure.

use super::obo::OnBehalf;
use crate::settings::{Missing, Settings, identity_client_id};
use crate::table::{Identity, IdentityKind};
use crate::{Call, Caller, ErrorKind, ToolError};
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientMethodOptions, ClientOptions, Transport};
use azure_identity::{
    ClientAssertion, ClientAssertionCredential, ClientAssertionCredentialOptions,
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId,
};
use std::collections::BTreeMap;
use std::sync::Arc;

const TENANT: &str = "GRANTC_TENANT_ID";
const HOST: &str = "GRANTC_HOST_CLIENT_ID";
const REGISTRATION: &str = "GRANTC_AUTH_CLIENT_ID";

/// What a host identity's token must be for, to stand for a secret.
const EXCHANGE: &str = "api://AzureADTokenExchange/.default";

/// As whom a request is made.
#[derive(Clone)]
pub(crate) enum Acting {
    /// An identity of the server's own.
    Own(Arc<dyn TokenCredential>),
    /// The user who calls.
    ForUser {
        exchange: Option<Arc<OnBehalf>>,
        developer: Option<Arc<dyn TokenCredential>>,
    },
}

impl Acting {
    /// A token for a scope, in the name of whoever is meant by a call.
    pub(crate) async fn token(&self, call: &Call, scope: &str) -> Result<String, ToolError> {
        let no_token = |error: azure_core::Error| {
            let why = format!("there is no token for `{scope}`");
            ToolError::of(ErrorKind::Unavailable, why).caused_by(error)
        };
        let own = async |credential: &Arc<dyn TokenCredential>| {
            let token = credential
                .get_token(&[scope], None)
                .await
                .map_err(no_token)?;
            Ok(token.token.secret().to_owned())
        };
        match self {
            Acting::Own(credential) => own(credential).await,
            Acting::ForUser {
                exchange,
                developer,
            } => match (call.caller(), exchange, developer) {
                (Caller::User(user), Some(exchange), _) => match &user.token {
                    Some(token) => exchange.token(token, scope).await,
                    None => Err(nobody("the caller's token is not at hand")),
                },
                (Caller::Local, _, Some(developer)) => own(developer).await,
                (Caller::User(_), None, _) => {
                    let why = "on-behalf-of needs the app's identity, which is only in Azure";
                    Err(nobody(why))
                }
                _ => Err(nobody(
                    "the tool acts for a signed-in user, and there is none",
                )),
            },
        }
    }
}

fn nobody(why: &str) -> ToolError {
    ToolError::of(ErrorKind::Denied, why)
}

/// Makes the identities of a server; asks for no token yet.
pub(super) fn all<'a>(
    identities: impl Iterator<Item = &'a Identity>,
    transport: &Transport,
    settings: &Settings,
    missing: &mut Missing,
) -> BTreeMap<&'static str, Acting> {
    let mut maker = Maker {
        transport,
        settings,
        developer: None,
    };
    let made = identities.filter_map(|identity| {
        let acting = maker.make(identity, missing)?;
        Some((identity.name, acting))
    });
    made.collect()
}

struct Maker<'a> {
    transport: &'a Transport,
    settings: &'a Settings,
    developer: Option<Result<Arc<dyn TokenCredential>, String>>,
}

impl Maker<'_> {
    fn make(&mut self, identity: &Identity, missing: &mut Missing) -> Option<Acting> {
        let made = if self.settings.in_azure() {
            self.in_azure(identity, missing)?
        } else {
            let developer = self.developer();
            developer.map(|credential| match identity.kind {
                IdentityKind::Delegated => Acting::ForUser {
                    exchange: None,
                    developer: Some(credential),
                },
                _ => Acting::Own(credential),
            })
        };
        made.map_err(|why| missing.push(format!("identity `{}`", identity.name), why))
            .ok()
    }

    fn developer(&mut self) -> Result<Arc<dyn TokenCredential>, String> {
        let made = self.developer.get_or_insert_with(|| {
            DeveloperToolsCredential::new(None)
                .map(|made| made as Arc<dyn TokenCredential>)
                .map_err(|error| error.to_string())
        });
        made.clone()
    }

    fn in_azure(
        &self,
        identity: &Identity,
        missing: &mut Missing,
    ) -> Option<Result<Acting, String>> {
        let mut need = |name: String, what: &str| {
            let name_it = || what.replace("{}", &format!("`{}`", identity.name));
            missing.need(self.settings, name, name_it)
        };
        let own = identity_client_id(identity.name);
        Some(match identity.kind {
            IdentityKind::UserAssigned => {
                let id = need(
                    own,
                    "client id of identity {}; an app setting of the emitted templates",
                )?;
                self.managed(Some(id)).map(Acting::Own)
            }
            IdentityKind::SystemAssigned => self.managed(None).map(Acting::Own),
            IdentityKind::ServicePrincipal => {
                let id = need(own, "client id of service principal {}; yours to set");
                let tenant = need(
                    TENANT.to_owned(),
                    "directory of service principal {}; yours to set",
                );
                let host = need(
                    HOST.to_owned(),
                    "client id of the host identity, for service principal {}; yours to set",
                );
                self.service_principal(&tenant?, id?, host?)
            }
            IdentityKind::Delegated => {
                let registration = need(
                    REGISTRATION.to_owned(),
                    "client id of the app registration, for identity {}; yours to set",
                );
                let tenant = need(
                    TENANT.to_owned(),
                    "directory of the app registration, for identity {}; yours to set",
                );
                let host = need(
                    HOST.to_owned(),
                    "client id of the host identity, for identity {}; yours to set",
                );
                let (tenant, registration) = (tenant?, registration?);
                self.managed(host).and_then(|host| {
                    let exchange = OnBehalf::new(self.transport, &tenant, registration, host)?;
                    Ok(Acting::ForUser {
                        exchange: Some(Arc::new(exchange)),
                        developer: None,
                    })
                })
            }
        })
    }

    fn managed(&self, client_id: Option<String>) -> Result<Arc<dyn TokenCredential>, String> {
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: client_id.map(UserAssignedId::ClientId),
            client_options: options(self.transport),
        };
        ManagedIdentityCredential::new(Some(options))
            .map(|made| made as Arc<dyn TokenCredential>)
            .map_err(|error| error.to_string())
    }

    fn service_principal(
        &self,
        tenant: &str,
        client_id: String,
        host: String,
    ) -> Result<Acting, String> {
        let assertion = Assertion(self.managed(Some(host))?);
        let options = ClientAssertionCredentialOptions {
            client_options: options(self.transport),
        };
        let made =
            ClientAssertionCredential::new(tenant.to_owned(), client_id, assertion, Some(options));
        made.map(|made| Acting::Own(made as Arc<dyn TokenCredential>))
            .map_err(|error| error.to_string())
    }
}

fn options(transport: &Transport) -> ClientOptions {
    ClientOptions {
        transport: Some(transport.clone()),
        ..ClientOptions::default()
    }
}

/// The host identity's token in place of a secret.
#[derive(Debug)]
pub(super) struct Assertion(pub(super) Arc<dyn TokenCredential>);

#[async_trait::async_trait]
impl ClientAssertion for Assertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let token = self.0.get_token(&[EXCHANGE], None).await?;
        Ok(token.token.secret().to_owned())
    }
}
