//! Compiling one text, as every case does.

use grantc_core::{Compilation, LoadError, Loader};
use grantc_spec::catalogue::Catalogue;

/// What a manifest is called in every case.
pub const NAME: &str = "tools.kdl";

/// Compiles a manifest that imports nothing.
///
/// # Errors
///
/// Never, in effect: its one file is always there.
pub fn compile(text: &str) -> Result<Compilation, String> {
    let loader = OneFile(text);
    grantc_core::compile(NAME, &loader, Catalogue::embedded()).map_err(|error| error.to_string())
}

struct OneFile<'a>(&'a str);

impl Loader for OneFile<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        if path == NAME {
            return Ok(self.0.as_bytes().to_vec());
        }
        Err(LoadError { path: path.to_owned(), reason: "there is only one file".to_owned() })
    }
}
