//! What the clients of Azure resources share: one HTTP client, tokens by identity, readable errors.

mod errors;
mod identity;
mod obo;
mod rest;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use errors::{Doing, in_time};
pub(crate) use identity::Acting;
pub(crate) use rest::{Answer, Rest, join};

use crate::settings::{Missing, Settings, resource_field};
use crate::table::{Identity, Resource};
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, HttpClientOptions, Transport, Url, new_http_client};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The way to Azure: a transport and a credential for each identity.
pub(crate) struct Cloud {
    transport: Transport,
    acting: BTreeMap<&'static str, Acting>,
    in_azure: bool,
}

impl Cloud {
    /// Makes the credentials of `identities`; asks for no token yet.
    pub(crate) fn new<'a>(
        identities: impl Iterator<Item = &'a Identity>,
        settings: &Settings,
        missing: &mut Missing,
    ) -> Self {
        let transport = transport();
        let acting = identity::all(identities, &transport, settings, missing);
        Self {
            transport,
            acting,
            in_azure: settings.in_azure(),
        }
    }

    /// The credential of an identity of the server's own, for clients of the SDK.
    pub(crate) fn credential(&self, identity: &str) -> Option<Arc<dyn TokenCredential>> {
        match self.acting.get(identity)? {
            Acting::Own(credential) => Some(Arc::clone(credential)),
            // The manifest's compiler lets users act on what is reached by REST alone.
            Acting::ForUser { .. } => None,
        }
    }

    /// As whom an identity acts.
    pub(crate) fn acting(&self, identity: &str) -> Option<Acting> {
        self.acting.get(identity).cloned()
    }

    /// Options that put a client on the shared transport.
    pub(crate) fn client_options(&self) -> ClientOptions {
        ClientOptions {
            transport: Some(self.transport.clone()),
            ..ClientOptions::default()
        }
    }

    /// A field of a resource: its setting, or, outside of Azure, what the manifest says.
    pub(crate) fn field(
        &self,
        resource: &Resource,
        field: &str,
        settings: &Settings,
        missing: &mut Missing,
    ) -> Option<String> {
        let name = resource_field(resource.name, field);
        let stands = settings.get(&name).is_none() && !self.in_azure;
        if let Some(literal) = literal(resource, field).filter(|_| stands) {
            return Some(literal.to_owned());
        }
        missing.need(settings, name, || {
            format!(
                "{field} of resource `{}`; an app setting of the emitted templates",
                resource.name
            )
        })
    }

    /// The scope of tokens for a resource: its audience, filled in.
    pub(crate) fn scope(
        &self,
        resource: &Resource,
        settings: &Settings,
        missing: &mut Missing,
    ) -> Option<String> {
        let mut scope = String::new();
        let mut rest = resource.audience;
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after.split_once('}')?;
            scope.push_str(before);
            scope.push_str(&self.field(resource, field, settings, missing)?);
            rest = after;
        }
        scope.push_str(rest);
        if scope.is_empty() {
            let why = "its connector does not say what tokens are for";
            missing.push(format!("resource `{}`", resource.name), why);
            return None;
        }
        Some(format!("{}/.default", scope.trim_end_matches('/')))
    }

    /// The endpoint of a resource: an `https` URL that ends in `/`.
    pub(crate) fn endpoint(
        &self,
        resource: &Resource,
        settings: &Settings,
        missing: &mut Missing,
    ) -> Option<Url> {
        let text = self.field(resource, "endpoint", settings, missing)?;
        let url = Url::parse(&text)
            .ok()
            .filter(|url| url.scheme() == "https" && url.has_host());
        if url.is_none() {
            missing.push(
                resource_field(resource.name, "endpoint"),
                "is not an `https` URL",
            );
        }
        url
    }
}

/// The value of a field that the manifest writes out.
pub(crate) fn literal(resource: &Resource, field: &str) -> Option<&'static str> {
    resource
        .fields
        .iter()
        .find(|(name, _)| *name == field)
        .map(|(_, value)| *value)
}

/// The one HTTP client, with its pool of connections.
pub(crate) fn transport() -> Transport {
    // `Err` means that the program has chosen a provider of its own, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Decompression is off: ranges of blobs would not add up.
    Transport::new(new_http_client(Some(HttpClientOptions {
        automatic_decompression: false,
    })))
}

/// Options for an emulator on this machine: it answers at once or it is not there.
#[cfg(feature = "blob")]
pub(crate) fn local_client_options() -> ClientOptions {
    use azure_core::http::{ExponentialRetryOptions, RetryOptions};
    let retry = ExponentialRetryOptions {
        max_retries: 1,
        ..ExponentialRetryOptions::default()
    };
    ClientOptions {
        transport: Some(transport()),
        retry: RetryOptions::exponential(retry),
        ..ClientOptions::default()
    }
}
