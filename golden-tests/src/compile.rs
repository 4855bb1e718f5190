//! Compiling one text, as every case does.

use grantc_core::{Compilation, LoadError, Loader, Options};
use grantc_emitters::Files;
use grantc_spec::catalogue::Catalogue;

/// What a manifest is called in every case.
pub const NAME: &str = "tools.kdl";

/// Compiles a manifest that imports nothing.
pub fn compile(text: &str) -> Compilation {
    grantc_core::compile(NAME, &OneFile(text), Catalogue::embedded(), &Options::default())
}

struct OneFile<'a>(&'a str);

impl Loader for OneFile<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        if path == NAME { Ok(self.0.as_bytes().to_vec()) } else { Err(LoadError::NotFound) }
    }
}
