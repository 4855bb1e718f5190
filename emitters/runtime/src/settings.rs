//! Settings: what a deployment tells the server through its environment.
//!
//! | setting | what | set by |
//! |---|---|---|
//! | `GRANTC_APP` | which app of the manifest this process is; without it, all tools are served | the emitted templates |
//! | `GRANTC_AUTH` | how callers are authenticated over HTTP; stdio has no callers | the emitted templates |
//! | `GRANTC_IDENTITY_<NAME>_CLIENT_ID` | client id of an identity | the emitted templates |
//! | `GRANTC_RESOURCE_<NAME>_ENDPOINT` | URL of a resource | the emitted templates |
//! | `GRANTC_RESOURCE_<NAME>_<FIELD>` | a field of a resource, such as its container | the emitted templates |
//! | `IDENTITY_ENDPOINT` | that managed identities are at hand | Azure |
//! | `GRANTC_LOCAL_BLOB_ENDPOINT` | Azurite under `--local` | you, when it is not the default |
//! | `GRANTC_LOCAL_<NAME>_FILES` | folder of JSON files that stands in for a search index under `--local` | you |
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
    /// The settings of this process: every `GRANTC_…` and what tells where it runs.
    ///
    /// A variable that is not Unicode or is blank counts as missing.
    pub fn from_env() -> Self {
        let ours = |name: &str| name.starts_with("GRANTC_") || name == IN_AZURE;
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
