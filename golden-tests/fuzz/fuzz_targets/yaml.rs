//! Any bytes as `tools.yaml`, through reading, lowering, resolving, graph and check.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir golden-tests/fuzz yaml golden-tests/fuzz/corpus/yaml -- -dict=golden-tests/fuzz/yaml.dict`

#![no_main]

use grantc_core::{LoadError, Loader};
use grantc_spec::catalogue::Catalogue;
use libfuzzer_sys::fuzz_target;

struct Bytes<'a>(&'a [u8]);

impl Loader for Bytes<'_> {
    fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.to_vec())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let _ = grantc_core::compile("tools.yaml", &Bytes(bytes), Catalogue::embedded());
});
