//! Settings: what a deployment tells the server through its environment.
//!
//! | setting | what | set by |
//! |---|---|---|
//! | `GRANTC_APP` | which app of the manifest this process is; without it, all tools are served | the emitted templates |
//! | `GRANTC_AUTH` | how callers are authenticated over HTTP; stdio has no callers | the emitted templates |
//! | `GRANTC_AUTH_ISSUER` | who issues the tokens of callers, under `jwt` | you |
//! | `GRANTC_AUTH_AUDIENCE` | what their tokens are for, under `jwt`; several with commas | you |
//! | `GRANTC_AUTH_SCOPE_PREFIX` | what clients put before a scope to ask for it, such as `api://…/` | you |
//! | `GRANTC_AUTH_CLIENT_ID` | client id of the app registration that acts on behalf of users | you |
//! | `GRANTC_TENANT_ID` | the directory of that registration, and of service principals | you |
//! | `GRANTC_HOST_CLIENT_ID` | client id of the host identity, which those trust | you |
//! | `GRANTC_KEY` | the key of callers under `key`, where no Functions host checks one | you |
//! | `GRANTC_ALLOWED_HOSTS` | host names that callers may use, with commas | you |
//! | `GRANTC_ALLOWED_ORIGINS` | web pages that may call, `https://host:port`, with commas | you |
//! | `GRANTC_PUBLIC_URL` | what clients call the server, when it is not its host's name | you |
//! | `GRANTC_IDENTITY_<NAME>_CLIENT_ID` | client id of an identity | the emitted templates |
//! | `GRANTC_RESOURCE_<NAME>_ENDPOINT` | URL of a resource | the emitted templates |
//! | `GRANTC_RESOURCE_<NAME>_<FIELD>` | a field of a resource, such as its container | the emitted templates |
//! | `WEBSITE_AUTH_ENABLED` | that App Service authenticates callers; else its headers are not believed | Azure |
//! | `WEBSITE_HOSTNAME` | the public name of the app | Azure |
//! | `FUNCTIONS_CUSTOMHANDLER_PORT` | the port on which the Functions host expects the server | Azure |
//! | `IDENTITY_ENDPOINT` | that managed identities are at hand | Azure |
//! | `GRANTC_LOCAL_BLOB_ENDPOINT` | Azurite under `--local` | you, when it is not the default |
//! | `GRANTC_LOCAL_<NAME>_FILES` | folder of JSON files that stands in for a resource under `--local` | you |
//!
//! `<NAME>` and `<FIELD>` are the manifest's names in capitals, with `_` for `-`. Everything that
//! is missing is named at start, at once.

use std::collections::BTreeMap;
use std::fmt;

/// Where settings come from: the environment, or pairs in tests.
#[derive(Clone, Default)]
pub struct Settings {
    values: BTreeMap<String, String>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish() // names only
    }
}

impl Settings {
    /// The settings of this process: every `GRANTC_…` and what Azure says of where it runs.
    ///
    /// A variable that is not Unicode or is blank counts as missing.
    pub fn from_env() -> Self {
        let ours = |name: &str| name.starts_with("GRANTC_") || PLATFORM.contains(&name);
        let text = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        text.filter(|(name, _)| ours(name)).collect()
    }

    /// The value of a setting that is not blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// Whether the process runs where managed identities are: App Service, Functions and
    /// Container Apps say so.
    pub fn in_azure(&self) -> bool {
        self.get(IN_AZURE).is_some()
    }

    /// The name that the platform gives the app.
    pub(crate) fn hostname(&self) -> Option<&str> {
        self.get(HOSTNAME)
    }

    /// The port on which the Functions host expects the server.
    pub(crate) fn host_port(&self) -> Option<&str> {
        self.get(HOST_PORT)
    }

    /// Whether App Service authenticates callers.
    pub(crate) fn app_service_authenticates(&self) -> bool {
        self.get(APP_SERVICE)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A setting with several values, between commas.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.get(name).unwrap_or_default().split(',');
        values
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Settings {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(pairs: T) -> Self {
        Self {
            values: pairs
                .into_iter()
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
        }
    }
}

/// Set by Azure beside every managed identity.
const IN_AZURE: &str = "IDENTITY_ENDPOINT";
const HOSTNAME: &str = "WEBSITE_HOSTNAME";
const HOST_PORT: &str = "FUNCTIONS_CUSTOMHANDLER_PORT";
pub(crate) const APP_SERVICE: &str = "WEBSITE_AUTH_ENABLED";

/// What is read beside our own settings.
const PLATFORM: [&str; 4] = [IN_AZURE, HOSTNAME, HOST_PORT, APP_SERVICE];

pub(crate) const AUTH: &str = "GRANTC_AUTH";
pub(crate) const KEY: &str = "GRANTC_KEY";
pub(crate) const ALLOWED_HOSTS: &str = "GRANTC_ALLOWED_HOSTS";
pub(crate) const ALLOWED_ORIGINS: &str = "GRANTC_ALLOWED_ORIGINS";
pub(crate) const PUBLIC_URL: &str = "GRANTC_PUBLIC_URL";
pub(crate) const SCOPE_PREFIX: &str = "GRANTC_AUTH_SCOPE_PREFIX";

/// Whether a host name, with or without a port, is this machine's own.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') =>
        {
            name
        }
        _ => host,
    };
    let name = name.trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The setting with an identity's client id.
pub fn identity_client_id(identity: &str) -> String {
    format!("GRANTC_IDENTITY_{}_CLIENT_ID", upper(identity))
}

/// The setting with a field of a resource; the field `endpoint` is its URL.
pub fn resource_field(resource: &str, field: &str) -> String {
    format!("GRANTC_RESOURCE_{}_{}", upper(resource), upper(field))
}

/// The setting with the folder that stands in for a resource under `--local`.
pub fn local_files(resource: &str) -> String {
    format!("GRANTC_LOCAL_{}_FILES", upper(resource))
}

fn upper(name: &str) -> String {
    name.replace('-', "_").to_ascii_uppercase()
}

/// Why a server does not start: every setting that is missing or unusable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    lines: Vec<(String, String)>,
}

impl Missing {
    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Names a setting, and says what it is for and who sets it; each only once.
    pub(crate) fn push(&mut self, name: impl Into<String>, what: impl Into<String>) {
        let name = name.into();
        if !self.lines.iter().any(|(known, _)| *known == name) {
            self.lines.push((name, what.into()));
        }
    }

    /// The setting, or nothing, having named it.
    #[cfg_attr(
        not(feature = "azure"),
        allow(dead_code, reason = "connectors ask for settings")
    )]
    pub(crate) fn need(
        &mut self,
        settings: &Settings,
        name: String,
        what: impl FnOnce() -> String,
    ) -> Option<String> {
        let value = settings.get(&name).map(str::to_owned);
        if value.is_none() {
            self.push(name, what());
        }
        value
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.lines.len();
        write!(
            f,
            "{count} setting{} missing or unusable",
            if count == 1 { " is" } else { "s are" }
        )?;
        self.lines
            .iter()
            .try_for_each(|(name, what)| write!(f, "\n  {name}  {what}"))
    }
}

impl std::error::Error for Missing {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_capitals() {
        assert_eq!(
            identity_client_id("invoice-reader"),
            "GRANTC_IDENTITY_INVOICE_READER_CLIENT_ID"
        );
        assert_eq!(
            resource_field("invoice-index", "endpoint"),
            "GRANTC_RESOURCE_INVOICE_INDEX_ENDPOINT"
        );
        assert_eq!(
            local_files("invoice-index"),
            "GRANTC_LOCAL_INVOICE_INDEX_FILES"
        );
    }

    #[test]
    fn this_machine_has_several_names() {
        for name in [
            "localhost",
            "LOCALHOST:7071",
            "127.0.0.1:1",
            "[::1]:8080",
            "::1",
        ] {
            assert!(is_loopback(name), "{name}");
        }
        for name in [
            "desk.azurewebsites.net",
            "localhost.evil.example",
            "10.0.0.1:80",
        ] {
            assert!(!is_loopback(name), "{name}");
        }
    }

    #[test]
    fn blank_is_missing_and_values_are_never_shown() {
        let settings: Settings = [("GRANTC_APP", " "), ("GRANTC_X", "secret")]
            .into_iter()
            .collect();
        assert_eq!(settings.get("GRANTC_APP"), None);
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn everything_missing_is_named_once() {
        let mut missing = Missing::default();
        for _ in 0..2 {
            missing.need(&Settings::default(), "GRANTC_A".into(), || {
                "the letter".into()
            });
        }
        missing.push("GRANTC_B", "another");
        assert_eq!(
            missing.to_string(),
            "2 settings are missing or unusable\n  GRANTC_A  the letter\n  GRANTC_B  another"
        );
    }
}
