//! App settings: the contract between what is emitted and what the server reads.
//!
//! The table is `spec/settings.txt`. Both targets emit the same settings; the runtime reads them
//! and names a missing one at start. The functions here are the only place where a name of the
//! manifest becomes the name of a setting.

use std::fmt;
use std::sync::OnceLock;

/// A setting, or all settings of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, with `<NAME>` and `<FIELD>` for what the manifest fills in.
    pub name: &'static str,
    /// Who sets it.
    pub set_by: SetBy,
    /// Who reads it.
    pub read_by: ReadBy,
    /// One sentence.
    pub meaning: &'static str,
}

/// Who gives a setting its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetBy {
    /// The emitted templates.
    Templates,
    /// Azure itself.
    Platform,
    /// Whoever runs the server, if at all.
    You,
}

/// Who reads a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadBy {
    /// `grantc-runtime` in the server.
    Runtime,
    /// The Azure Functions host.
    Host,
}

impl SetBy {
    /// The word that stands for it in tables.
    pub const fn word(self) -> &'static str {
        match self {
            SetBy::Templates => "templates",
            SetBy::Platform => "platform",
            SetBy::You => "you",
        }
    }
}

impl fmt::Display for SetBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl ReadBy {
    /// The word that stands for it in tables.
    pub const fn word(self) -> &'static str {
        match self {
            ReadBy::Runtime => "runtime",
            ReadBy::Host => "host",
        }
    }
}

impl fmt::Display for ReadBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Which app of the manifest the process is.
pub const APP: &str = "GRANTC_APP";

/// How callers are authenticated.
pub const AUTH: &str = "GRANTC_AUTH";

/// The values of [`AUTH`].
pub const AUTH_VALUES: [&str; 4] = ["app-service", "jwt", "key", "none"];

/// The setting with the client id of an identity.
///
/// ```
/// use grantc_spec::settings::identity_client_id;
///
/// assert_eq!(identity_client_id("invoice-reader"), "GRANTC_IDENTITY_INVOICE_READER_CLIENT_ID");
/// ```
pub fn identity_client_id(identity: &str) -> String {
    format!("GRANTC_IDENTITY_{}_CLIENT_ID", capitals(identity))
}

/// The setting with the URL of a resource.
pub fn resource_endpoint(resource: &str) -> String {
    resource_field(resource, "endpoint")
}

/// The setting with a field of a resource.
pub fn resource_field(resource: &str, field: &str) -> String {
    format!("GRANTC_RESOURCE_{}_{}", capitals(resource), capitals(field))
}

/// A name of the manifest within the name of a setting: capitals, `_` for `-`.
pub fn capitals(name: &str) -> String {
    name.replace('-', "_").to_ascii_uppercase()
}

/// Every setting of the contract, in the order of the table.
pub fn settings() -> &'static [Setting] {
    static SETTINGS: OnceLock<Vec<Setting>> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        include_str!("../settings.txt")
            .lines()
            .filter_map(row)
            .collect()
    })
}

/// The row of the table that a setting falls under, exact names before patterns.
pub fn setting(name: &str) -> Option<&'static Setting> {
    let exact = settings().iter().find(|setting| setting.name == name);
    exact.or_else(|| settings().iter().find(|setting| covers(setting.name, name)))
}

fn covers(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('<') else {
        return pattern == name;
    };
    let (_, tail) = rest.rsplit_once('>').unwrap_or((rest, ""));
    let filled = name
        .strip_prefix(head)
        .and_then(|rest| rest.strip_suffix(tail));
    // Two blanks need something on both sides of an underscore.
    let blanks = pattern.matches('<').count();
    filled.is_some_and(|filled| match blanks {
        1 => !filled.is_empty(),
        _ => filled
            .split_once('_')
            .is_some_and(|(name, field)| !name.is_empty() && !field.is_empty()),
    })
}

fn row(line: &'static str) -> Option<Setting> {
    let mut words = line.split('\t');
    let name = words.next().filter(|name| !name.starts_with('#'))?;
    let set_by = words.next()?;
    let set_by = [SetBy::Templates, SetBy::Platform, SetBy::You]
        .into_iter()
        .find(|by| by.word() == set_by)?;
    let read_by = words.next()?;
    let read_by = [ReadBy::Runtime, ReadBy::Host]
        .into_iter()
        .find(|by| by.word() == read_by)?;
    Some(Setting {
        name,
        set_by,
        read_by,
        meaning: words.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{
        APP, AUTH, AUTH_VALUES, identity_client_id, resource_endpoint, resource_field, setting,
        settings,
    };

    #[test]
    fn every_row_is_read_and_says_what_it_means() {
        let rows = include_str!("../settings.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        assert_eq!(settings().len(), rows.count());
        for setting in settings() {
            assert!(setting.meaning.ends_with('.'), "{}", setting.name);
        }
        let auth = setting(AUTH).expect("a row").meaning;
        assert!(AUTH_VALUES.iter().all(|value| auth.contains(value)));
        assert!(setting(APP).is_some());
    }

    #[test]
    fn every_name_that_is_built_falls_under_its_row() {
        let row = |name: String| setting(&name).map(|setting| setting.name);
        assert_eq!(
            row(identity_client_id("invoice-reader")),
            Some("GRANTC_IDENTITY_<NAME>_CLIENT_ID")
        );
        assert_eq!(
            row(resource_endpoint("archive")),
            Some("GRANTC_RESOURCE_<NAME>_ENDPOINT")
        );
        assert_eq!(
            row(resource_field("invoice-index", "index")),
            Some("GRANTC_RESOURCE_<NAME>_<FIELD>")
        );
        assert_eq!(row("GRANTC_IDENTITY__CLIENT_ID".to_owned()), None);
        assert_eq!(row("GRANTC_RESOURCE_X".to_owned()), None);
        assert_eq!(row("PATH".to_owned()), None);
    }
}
