//! What the tests of this crate share.

use grantc_core::{LoadError, Loader, Outcome, Verified};
use grantc_spec::catalogue::Catalogue;

struct OneFile<'a>(&'a str);

impl Loader for OneFile<'_> {
    fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.as_bytes().to_vec())
    }
}

/// The program of a manifest that must be right.
pub(crate) fn verified(text: &str) -> Verified {
    let compiled =
        grantc_core::compile("tools.kdl", &OneFile(text), Catalogue::embedded()).unwrap();
    match compiled.outcome {
        Outcome::Verified(verified) => verified,
        _ => panic!("{:#?}", compiled.diagnostics),
    }
}
