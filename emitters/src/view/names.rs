//! Azure names: `<abbr>-<server>[-<app>]-<suffix>`, each within the limit of its type.
//!
//! Only the middle is cut, never the abbreviation or the suffix, and a cut middle ends in four hash
//! characters of the whole, so that two long names stay two names.

use super::Text;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Longest suffix that a deployment may choose; by default it is as long.
pub(super) const SUFFIX: usize = 6;

/// A kind of thing with a name in Azure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    abbreviation: &'static str,
    limit: usize,
    /// Letters and digits only, for what becomes a DNS label without dashes.
    squeezed: bool,
}

const fn kind(abbreviation: &'static str, limit: usize) -> Kind {
    Kind { abbreviation, limit, squeezed: false }
}

pub(super) const IDENTITY: Kind = kind("id", 128);
pub(super) const FUNCTION_APP: Kind = kind("func", 32);
pub(super) const PLAN: Kind = kind("plan", 60);
pub(super) const INSIGHTS: Kind = kind("appi", 255);
pub(super) const WORKSPACE: Kind = kind("log", 63);
pub(super) const STORAGE: Kind = Kind { abbreviation: "st", limit: 24, squeezed: true };
/// A nested deployment, which Azure shows under this name.
pub(super) const DEPLOYMENT: Kind = kind("", 64);

/// The name of a thing of this kind.
pub(super) fn name(kind: Kind, words: &[&str]) -> Text {
    let dash = if kind.squeezed { "" } else { "-" };
    let middle = middle(kind, words);
    let stem = match kind.abbreviation {
        "" => format!("{middle}{dash}"),
        abbreviation => format!("{abbreviation}{dash}{middle}{dash}"),
    };
    Text::literal(stem).then(Text::suffix())
}

fn middle(kind: Kind, words: &[&str]) -> String {
    let dashes = match (kind.squeezed, kind.abbreviation) {
        (true, _) => 0,
        (false, "") => 1,
        (false, _) => 2,
    };
    let whole = words.join("-").replace('_', "-").to_ascii_lowercase();
    let legal = |c: &char| c.is_ascii_alphanumeric() || (*c == '-' && !kind.squeezed);
    let plain: String = whole.chars().filter(legal).collect();
    let room = kind.limit.saturating_sub(kind.abbreviation.len() + dashes + SUFFIX);
    if plain.len() <= room {
        return plain;
    }
    // All characters are ASCII by now.
    let kept: String = plain.chars().take(room.saturating_sub(4)).collect();
    format!("{kept}{}", hash(&whole))
}

/// Four hexadecimal characters of the SHA-256 of a text.
fn hash(text: &str) -> String {
    let mut out = String::new();
    for byte in Sha256::digest(text).iter().take(2) {
        let _infallible = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: Kind, words: &[&str]) -> String {
        name(kind, words).shown()
    }

    #[test]
    fn a_short_name_stands_as_it_is() {
        assert_eq!(shown(FUNCTION_APP, &["invoice-desk", "main"]), "func-invoice-desk-main-<suffix>");
        assert_eq!(shown(STORAGE, &["invoice_desk", "main"]), "stinvoicedeskmain<suffix>");
        assert_eq!(shown(DEPLOYMENT, &["a", "b"]), "a-b-<suffix>");
    }

    #[test]
    fn a_long_name_is_cut_to_the_limit_and_keeps_a_hash_of_the_whole() {
        for kind in [IDENTITY, FUNCTION_APP, PLAN, INSIGHTS, WORKSPACE, STORAGE, DEPLOYMENT] {
            let long = "x".repeat(300);
            let (a, b) = (shown(kind, &[&long, "a"]), shown(kind, &[&long, "b"]));
            assert_ne!(a, b);
            for name in [a, b] {
                assert_eq!(name.replace("<suffix>", "abc123").len(), kind.limit, "{name}");
                assert!(name.starts_with(kind.abbreviation));
            }
        }
    }
}
