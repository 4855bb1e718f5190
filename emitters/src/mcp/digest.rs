//! Fingerprints of tools: SHA-256 over canonical JSON (RFC 8785) of the whole tool, so that a
//! changed description shows and another order of members does not.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// `sha256:` and the digest of a value.
pub fn of(value: &Value) -> String {
    // Cannot fail: the numbers of a manifest are within what JSON canonicalises.
    let canonical = serde_json_canonicalizer::to_vec(value).unwrap_or_default();
    let mut out = String::from("sha256:");
    for byte in Sha256::digest(canonical) {
        let _infallible = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::json;

    #[test]
    fn the_order_of_members_does_not_count_and_the_text_does() {
        let a = of(&json!({"name": "a", "description": "b"}));
        assert_eq!(a, of(&json!({"description": "b", "name": "a"})));
        assert_ne!(a, of(&json!({"name": "a", "description": "c"})));
        assert_eq!(
            of(&json!({})),
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
    }
}
