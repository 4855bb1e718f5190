//! Endpoints: the URL of a resource, from what its connector says.

use super::{Build, Text};
use grantc_core::ir::Resource;

/// Ends of host names that differ between clouds, with what Bicep calls them. Bicep's linter
/// refuses the plain names, and rightly so.
const CLOUD: [(&str, &str); 3] = [
    ("core.windows.net", "environment().suffixes.storage"),
    (
        ".database.windows.net",
        "environment().suffixes.sqlServerHostname",
    ),
    (".vault.azure.net", "environment().suffixes.keyvaultDns"),
];

impl Build<'_> {
    /// The URL of a resource, when its kind has one.
    pub(super) fn endpoint(&self, resource: &Resource) -> Option<Text> {
        let template: &str = resource.connector.endpoint.as_deref()?;
        let mut text = Text::default();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after.split_once('}')?;
            text = text
                .then(in_cloud(before))
                .then(self.text(resource.field(field)?));
            rest = after;
        }
        Some(text.then(in_cloud(rest)))
    }
}

/// Literal text in which the ends of host names are the cloud's own.
pub(super) fn in_cloud(text: &str) -> Text {
    let literal = Text::literal(text);
    for (end, bicep) in CLOUD {
        if let Some((before, after)) = text.split_once(end) {
            let there = Text::literal(before).then(Text::code(bicep, "")).and(after);
            return Text::of(there, literal);
        }
    }
    literal
}
