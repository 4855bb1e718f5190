//! What the manifest does not declare does not compile, and the error says so in its words.
//!
//! The texts stand beside the programs in `tests/ui`; `TRYBUILD=overwrite` rewrites them.

#[test]
fn what_is_not_declared_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
