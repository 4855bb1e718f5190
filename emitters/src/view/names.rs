//! Azure names: the stem that `spec/naming.txt` gives, then the suffix of the deployment.

use super::Text;
use grantc_spec::naming::{NameKind, SUFFIX_LEN, azure_name_stem};

/// The name of a thing of this kind; `parts` tell several of a kind apart.
pub(super) fn name(kind: NameKind, server: &str, parts: &[&str]) -> Text {
    let part = (!parts.is_empty()).then(|| parts.join("-"));
    let stem = azure_name_stem(kind, server, part.as_deref(), SUFFIX_LEN);
    Text::literal(stem.before_suffix()).then(Text::suffix())
}

#[cfg(test)]
mod tests {
    use super::name;
    use grantc_spec::naming::{NameKind, SUFFIX_LEN};

    #[test]
    fn a_name_ends_in_the_suffix_and_is_within_its_limit() {
        let long = "x".repeat(300);
        for kind in NameKind::ALL {
            let shown = name(kind, "invoice-desk", &[&long, "host"]).shown();
            let shown = shown.strip_suffix("<suffix>").unwrap();
            assert_eq!(shown.len() + SUFFIX_LEN, kind.rule().longest, "{shown}");
        }
        let shown = name(NameKind::ManagedIdentity, "invoice_desk", &["main", "host"]).shown();
        assert_eq!(shown, "id-invoice-desk-main-host-<suffix>");
    }
}
