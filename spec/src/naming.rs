//! What created things are called in Azure: `<abbr>-<server>[-<part>]-<suffix>`.
//!
//! The part is the app, or whatever else tells several things of a kind apart. Abbreviations and
//! limits stand in `spec/naming.txt`. Only the middle is cut to fit, never the abbreviation or the
//! suffix; a cut middle ends in four hash characters of the whole, so that two long names stay two
//! names. The suffix is chosen when deploying, so what is computed here is mostly the
//! [stem](azure_name_stem) before it.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

/// How long the suffix is by default, in characters.
pub const SUFFIX_LEN: usize = 6;

/// The longest suffix that leaves every kind at least four characters of its middle.
pub const LONGEST_SUFFIX: usize = 12;

/// A kind of thing with a name in Azure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// A user-assigned managed identity.
    ManagedIdentity,
    /// A storage account.
    StorageAccount,
    /// An App Service plan.
    Plan,
    /// A function app.
    FunctionApp,
    /// A Log Analytics workspace.
    LogAnalytics,
    /// An Application Insights component.
    ApplicationInsights,
    /// A virtual network.
    VirtualNetwork,
    /// A subnet.
    Subnet,
    /// A network security group.
    NetworkSecurityGroup,
    /// A private endpoint.
    PrivateEndpoint,
    /// An AI Search service.
    SearchService,
    /// A key vault.
    KeyVault,
    /// A Cosmos DB account.
    CosmosAccount,
    /// A Service Bus namespace.
    ServiceBus,
    /// An Azure OpenAI account.
    OpenAi,
    /// An Azure SQL server.
    SqlServer,
    /// A nested deployment; it has no abbreviation.
    Deployment,
    /// An app registration, by its display name.
    AppRegistration,
}

impl NameKind {
    /// Every kind, in the order of the table.
    pub const ALL: [NameKind; 18] = [
        NameKind::ManagedIdentity,
        NameKind::StorageAccount,
        NameKind::Plan,
        NameKind::FunctionApp,
        NameKind::LogAnalytics,
        NameKind::ApplicationInsights,
        NameKind::VirtualNetwork,
        NameKind::Subnet,
        NameKind::NetworkSecurityGroup,
        NameKind::PrivateEndpoint,
        NameKind::SearchService,
        NameKind::KeyVault,
        NameKind::CosmosAccount,
        NameKind::ServiceBus,
        NameKind::OpenAi,
        NameKind::SqlServer,
        NameKind::Deployment,
        NameKind::AppRegistration,
    ];

    /// The word of the table.
    pub const fn word(self) -> &'static str {
        match self {
            NameKind::ManagedIdentity => "managed-identity",
            NameKind::StorageAccount => "storage-account",
            NameKind::Plan => "plan",
            NameKind::FunctionApp => "function-app",
            NameKind::LogAnalytics => "log-analytics",
            NameKind::ApplicationInsights => "application-insights",
            NameKind::VirtualNetwork => "virtual-network",
            NameKind::Subnet => "subnet",
            NameKind::NetworkSecurityGroup => "network-security-group",
            NameKind::PrivateEndpoint => "private-endpoint",
            NameKind::SearchService => "search-service",
            NameKind::KeyVault => "key-vault",
            NameKind::CosmosAccount => "cosmos-account",
            NameKind::ServiceBus => "service-bus",
            NameKind::OpenAi => "openai",
            NameKind::SqlServer => "sql-server",
            NameKind::Deployment => "deployment",
            NameKind::AppRegistration => "app-registration",
        }
    }

    /// The row of the table.
    pub fn rule(self) -> &'static NameRule {
        const NONE: NameRule = NameRule {
            kind: "",
            abbreviation: "",
            shortest: 1,
            longest: 24,
            alphabet: Alphabet::Squeezed,
            resource_type: "",
            why: "",
        };
        // A test proves that every kind has its row.
        rules()
            .iter()
            .find(|rule| rule.kind == self.word())
            .unwrap_or(&NONE)
    }
}

/// What Azure accepts as a name of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameRule {
    /// The word of the kind.
    pub kind: &'static str,
    /// What the name begins with; empty when with nothing.
    pub abbreviation: &'static str,
    /// In characters.
    pub shortest: usize,
    /// In characters.
    pub longest: usize,
    /// Which characters.
    pub alphabet: Alphabet,
    /// The type in Azure.
    pub resource_type: &'static str,
    /// Where the limit comes from.
    pub why: &'static str,
}

/// Which characters a name may have; all begin with a letter through their abbreviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `a-z`, `0-9` and dashes.
    Dashes,
    /// The same, never two dashes in a row.
    SingleDashes,
    /// `a-z` and `0-9` only: dashes are squeezed out.
    Squeezed,
}

/// A name without its suffix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stem {
    /// The abbreviation.
    pub prefix: &'static str,
    /// Server and part, cut to fit.
    pub body: String,
    /// What stands between prefix, body and suffix: a dash or nothing.
    pub separator: &'static str,
}

impl Stem {
    /// Everything before the suffix.
    pub fn before_suffix(&self) -> String {
        let words = [self.prefix, &self.body]
            .into_iter()
            .filter(|word| !word.is_empty());
        words
            .map(|word| format!("{word}{}", self.separator))
            .collect()
    }

    /// The whole name.
    pub fn with_suffix(&self, suffix: &str) -> String {
        self.before_suffix() + suffix
    }
}

/// The name of a thing when the suffix is known.
///
/// ```
/// use grantc_spec::naming::{NameKind, azure_name};
///
/// let name = azure_name(NameKind::FunctionApp, "invoice-desk", Some("reading"), "a1b2c3");
/// assert_eq!(name, "func-invoice-desk-reading-a1b2c3");
/// let name = azure_name(NameKind::StorageAccount, "invoice-desk", Some("reading"), "a1b2c3");
/// assert_eq!(name, "stinvoicedeskrbeeba1b2c3");
/// ```
pub fn azure_name(kind: NameKind, server: &str, part: Option<&str>, suffix: &str) -> String {
    azure_name_stem(kind, server, part, suffix.len()).with_suffix(suffix)
}

/// The name of a thing before its suffix, of which only the length is known.
///
/// The whole name is within the limit of its kind for suffixes of up to [`LONGEST_SUFFIX`]
/// characters.
pub fn azure_name_stem(
    kind: NameKind,
    server: &str,
    part: Option<&str>,
    suffix_len: usize,
) -> Stem {
    let whole: Vec<&str> = std::iter::once(server).chain(part).collect();
    let whole = whole.join("-").replace('_', "-").to_ascii_lowercase();
    let rule = kind.rule();
    let separator = if rule.alphabet == Alphabet::Squeezed {
        ""
    } else {
        "-"
    };
    let separators = match rule.abbreviation {
        "" => separator.len(),
        _ => 2 * separator.len(),
    };
    let room = rule
        .longest
        .saturating_sub(rule.abbreviation.len() + separators + suffix_len);
    let mut body = legal(&whole, rule.alphabet);
    if body.len() > room {
        let hash = hash(&whole);
        body.truncate(room.saturating_sub(hash.len()));
        body.extend(hash.chars().take(room));
    }
    Stem {
        prefix: rule.abbreviation,
        body,
        separator,
    }
}

/// What of a text may stand in a name; only ASCII remains.
fn legal(text: &str, alphabet: Alphabet) -> String {
    let mut legal = String::with_capacity(text.len());
    for c in text.chars() {
        let dash = c == '-' && alphabet != Alphabet::Squeezed;
        let second = dash && alphabet == Alphabet::SingleDashes && legal.ends_with('-');
        if c.is_ascii_alphanumeric() || (dash && !second) {
            legal.push(c);
        }
    }
    if alphabet == Alphabet::SingleDashes {
        legal.truncate(legal.trim_end_matches('-').len());
    }
    legal
}

/// The first four hexadecimal digits of the SHA-256 of a text.
fn hash(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .take(2)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn rules() -> &'static [NameRule] {
    static RULES: OnceLock<Vec<NameRule>> = OnceLock::new();
    RULES.get_or_init(|| {
        include_str!("../naming.txt")
            .lines()
            .filter_map(row)
            .collect()
    })
}

fn row(line: &'static str) -> Option<NameRule> {
    let mut words = line.split('\t');
    let kind = words.next().filter(|kind| !kind.starts_with('#'))?;
    let abbreviation = words
        .next()
        .map(|word| if word == "-" { "" } else { word })?;
    let (shortest, longest) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let alphabet = match words.next()? {
        "dashes" => Alphabet::Dashes,
        "single-dashes" => Alphabet::SingleDashes,
        "squeezed" => Alphabet::Squeezed,
        _ => return None,
    };
    let (resource_type, why) = (words.next()?, words.next()?);
    Some(NameRule {
        kind,
        abbreviation,
        shortest,
        longest,
        alphabet,
        resource_type,
        why,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Alphabet, LONGEST_SUFFIX, NameKind, azure_name, azure_name_stem, rules};

    #[test]
    fn every_kind_has_its_row_and_every_row_its_kind() {
        let rows = include_str!("../naming.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        assert_eq!(rules().len(), rows.count());
        let kinds: Vec<&str> = rules().iter().map(|rule| rule.kind).collect();
        assert_eq!(kinds, NameKind::ALL.map(NameKind::word));
        for rule in rules() {
            assert!(
                rule.shortest < rule.longest
                    && !rule.resource_type.is_empty()
                    && !rule.why.is_empty()
            );
        }
    }

    #[test]
    fn a_short_name_stands_as_it_is() {
        let name = |kind| azure_name(kind, "invoice_desk", Some("main"), "a1b2c3");
        assert_eq!(name(NameKind::FunctionApp), "func-invoice-desk-main-a1b2c3");
        assert_eq!(name(NameKind::StorageAccount), "stinvoicedeskmaina1b2c3");
        assert_eq!(name(NameKind::Deployment), "invoice-desk-main-a1b2c3");
        let stem = azure_name_stem(NameKind::ManagedIdentity, "desk", None, 6);
        assert_eq!(
            (stem.prefix, stem.body.as_str(), stem.separator),
            ("id", "desk", "-")
        );
        assert_eq!(stem.before_suffix(), "id-desk-");
        let stem = azure_name_stem(NameKind::Plan, "desk", None, 6);
        assert_eq!(stem.with_suffix("x"), "plan-desk-x");
    }

    #[test]
    fn dashes_are_single_where_azure_wants_it() {
        assert_eq!(
            azure_name(NameKind::SearchService, "a__b_", None, "x"),
            "srch-a-b-x"
        );
        assert_eq!(azure_name(NameKind::Plan, "a__b", None, "x"), "plan-a--b-x");
    }

    #[test]
    fn two_long_names_stay_two_names_of_the_longest_length() {
        for kind in NameKind::ALL {
            let long = "x".repeat(300);
            let (a, b) = (
                azure_name(kind, &long, Some("a"), "123456"),
                azure_name(kind, &long, Some("b"), "123456"),
            );
            assert_ne!(a, b);
            assert_eq!(
                (a.len(), b.len()),
                (kind.rule().longest, kind.rule().longest)
            );
        }
    }

    proptest! {
        #[test]
        fn every_name_is_one_that_azure_accepts(
            server in "[a-z][a-z0-9_-]{0,63}",
            part in proptest::option::of("[a-z][a-z0-9_-]{0,63}"),
            suffix in "[a-z0-9]{1,12}",
        ) {
            prop_assert!(suffix.len() <= LONGEST_SUFFIX);
            for kind in NameKind::ALL {
                let rule = kind.rule();
                let name = azure_name(kind, &server, part.as_deref(), &suffix);
                prop_assert!((rule.shortest..=rule.longest).contains(&name.len()), "{}", name);
                prop_assert!(name.starts_with(rule.abbreviation) && name.ends_with(&suffix));
                prop_assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{}", name);
                let dashes = rule.alphabet != Alphabet::Squeezed;
                prop_assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || (dashes && c == '-')));
                let double = rule.alphabet == Alphabet::SingleDashes && name.contains("--");
                prop_assert!(!double, "{}", name);
            }
        }
    }
}
