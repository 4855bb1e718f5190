//! What the compiler says when a tool does more than its manifest declares: the texts are a promise,
//! and stand in `tests/refused/*.stderr`.
//!
//! `TRYBUILD=overwrite cargo test -p grantc-runtime --features blob,search --test refused` writes
//! them anew.
#![cfg(all(feature = "blob", feature = "search"))]

#[test]
fn what_is_not_declared_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}
