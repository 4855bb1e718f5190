//! Transcripts of the command line: the console blocks of the README and of
//! `spec/permissions.md`, and `golden-tests/cases/cli`.
//!
//! `TRYCMD=overwrite cargo test -p grantc --test transcripts` writes what the commands print.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::path::Path;

#[test]
fn transcripts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::set_current_dir(&root).unwrap();
    trycmd::TestCases::new()
        .register_bin("grantc", Path::new(env!("CARGO_BIN_EXE_grantc")))
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .case("README.md")
        .case("spec/permissions.md")
        .case("golden-tests/cases/cli/*.trycmd");
}
