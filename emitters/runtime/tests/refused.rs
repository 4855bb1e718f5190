//! What the compiler says when a tool does more than its manifest declares: the texts are a promise,
//! and stand in `tests/refused/*.stderr` and `tests/refused_api/*.stderr`.
//!
//! `TRYBUILD=overwrite cargo test -p grantc-runtime --all-features --test refused` writes them anew.
#![cfg(all(
    feature = "blob",
    feature = "search",
    feature = "graph",
    feature = "http",
    feature = "cosmos",
    feature = "servicebus",
    feature = "token"
))]

#[test]
fn what_is_not_declared_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/refused/*.rs");
    cases.compile_fail("tests/refused_api/*.rs");
}
