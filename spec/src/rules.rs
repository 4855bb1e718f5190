//! Every diagnostic the compiler can raise: code, name, level and page in one declaration.
//!
//! A [`Rule`] is the only way to make a diagnostic, and a rule without a page does not compile.
//! Codes are never reused.

/// How much a finding weighs before `--deny`, `--warn` and `--allow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Worth changing.
    Warning,
    /// Nothing is written until it is changed.
    Error,
}

impl Level {
    /// The word that stands for the level in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// One kind of diagnostic.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its code, such as `G0301`.
    pub code: &'static str,
    /// Its name, such as `missing-permission`.
    pub name: &'static str,
    /// Its level, unless the finding or the user says otherwise.
    pub level: Level,
    /// Its page, in Markdown.
    pub page: &'static str,
}

/// The rule of a code, such as `G0301` or `g0301`.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    ALL.iter()
        .copied()
        .find(|rule| rule.code.eq_ignore_ascii_case(code) || rule.name == code)
}

macro_rules! rules {
    ($( $code:ident $ident:ident $name:literal $level:ident; )*) => {
        $(
            #[doc = concat!("`", stringify!($code), "` ", $name)]
            pub static $ident: Rule = Rule {
                code: stringify!($code),
                name: $name,
                level: Level::$level,
                page: include_str!(concat!("../errors/", stringify!($code), ".md")),
            };
        )*
        /// Every rule, by code.
        pub static ALL: &[&Rule] = &[$(&$ident),*];
    };
}

rules! {
    // Syntax: the text cannot be read.
    G0001 SYNTAX "syntax" Error;
    G0002 TOO_DEEP "too-deep" Error;
    G0003 TOO_LARGE "too-large" Error;
    G0004 NOT_UTF8 "not-utf-8" Error;
    G0005 LANGUAGE_VERSION "language-version" Error;
    // Shape: a word is unknown, missing, twice there, or of the wrong kind.
    G0101 UNKNOWN_NODE "unknown-node" Error;
    G0102 UNKNOWN_PROPERTY "unknown-property" Error;
    G0103 MISSING "missing" Error;
    G0104 WRONG_KIND "wrong-kind" Error;
    G0105 REPEATED "repeated" Error;
    G0106 UNEXPECTED "unexpected" Error;
    G0107 BAD_NAME "bad-name" Error;
    G0108 BAD_CONSTRAINT "bad-constraint" Error;
    G0109 BAD_VALUE "bad-value" Error;
    // Names: a name means nothing, two things, or collides.
    G0201 UNRESOLVED "unresolved" Error;
    G0203 DUPLICATE_NAME "duplicate-name" Error;
    G0204 COLLIDING_NAMES "colliding-names" Error;
    G0205 BAD_IMPORT "bad-import" Error;
    G0206 ONE_APP_ONLY "one-app-only" Error;
    // Power: the permission graph.
    G0301 MISSING_PERMISSION "missing-permission" Error;
    G0302 WRONG_PLANE "wrong-plane" Error;
    G0303 UNPROVEN_PERMISSION "unproven-permission" Error;
    G0304 EXCESS_PERMISSION "excess-permission" Warning;
    G0305 SCOPE_TOO_WIDE "scope-too-wide" Warning;
    G0306 UNUSED_ASSIGNMENT "unused-assignment" Warning;
    G0307 SHARED_AUTHORITY "shared-authority" Warning;
    G0308 ESCALATION_PATH "escalation-path" Error;
    G0309 CREDENTIAL_EXPOSURE "credential-exposure" Warning;
    G0310 DELEGATION "delegation" Error;
    G0311 FORBIDDEN "forbidden" Error;
    G0312 NOT_ASSIGNABLE "not-assignable" Error;
    G0313 DEPLOYER_LACKS "deployer-lacks" Warning;
    G0315 HINT_CONTRADICTION "hint-contradiction" Warning;
    G0316 SERVICE_SWITCH "service-switch" Note;
    G0317 CATALOGUE_LAG "catalogue-lag" Note;
    G0318 ACCEPT_EXPIRED "accept-expired" Error;
    G0319 UNUSED_IDENTITY "unused-identity" Warning;
    G0320 UNUSED_RESOURCE "unused-resource" Warning;
    G0321 UNUSED_TYPE "unused-type" Warning;
    G0322 ACCEPT_UNUSED "accept-unused" Warning;
    // Emission: a target cannot express something.
    G0401 NO_AUTHENTICATION "no-authentication" Error;
    G0404 NOT_CREATED "not-created" Warning;
    G0406 NOT_CARRIED_OUT "not-carried-out" Error;
    G0499 TEMPLATE_BUG "template-bug" Error;
    // Interoperability: what clients and models trip over.
    G0501 HIDDEN_TEXT "hidden-text" Warning;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn each_page_has_the_sections_that_the_tests_run() {
        for rule in ALL {
            let title = format!("# {} {}\n", rule.code, rule.name);
            assert!(
                rule.page.starts_with(&title),
                "{} does not start with {title:?}",
                rule.code
            );
            for section in ["\n## Example\n", "\n## Instead\n", "\n## Why\n"] {
                assert!(
                    rule.page.contains(section),
                    "{} lacks {section:?}",
                    rule.code
                );
            }
        }
    }
}
