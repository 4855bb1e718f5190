//! Fingerprints: SHA-256 over canonical JSON (RFC 8785), so that the order of members and the way a
//! number is written do not count.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// `sha256:` and the digest of a value.
pub(crate) fn of(value: &Value) -> String {
    let canonical = serde_json_canonicalizer::to_vec(value).unwrap_or_default();
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(canonical) {
        let _ = write!(text, "{byte:02x}"); // writing to a string does not fail
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_digest_is_that_of_the_canonical_form() {
        assert_eq!(
            of(&json!({"b": 1.0, "a": "x"})),
            of(&json!({"a": "x", "b": 1}))
        );
        assert_eq!(
            of(&json!({})), // printf '{}' | sha256sum
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
    }
}
