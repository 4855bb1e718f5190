//! Whether generated Rust compiles: a workspace with one small crate per case, made under
//! `target/` with the repository's own lock file, so that nothing is fetched.

use crate::folders;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles the expected Rust of every case, warnings refused.
///
/// # Errors
///
/// What the compiler said, or why it could not be asked.
pub fn check(cases: &BTreeMap<String, PathBuf>) -> Result<(), String> {
    let root = folders::repository("target/golden-rust");
    write_workspace(&root, cases).map_err(|error| format!("{}: {error}", root.display()))?;
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--workspace", "--color=never"])
        .env("CARGO_TARGET_DIR", folders::repository("target"))
        .current_dir(&root)
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(())
    } else {
        Err(said.into_owned())
    }
}

fn write_workspace(root: &Path, cases: &BTreeMap<String, PathBuf>) -> std::io::Result<()> {
    let mut members = String::new();
    for (name, folder) in cases {
        // Cannot fail: it is a string.
        let _ = write!(members, "{name:?}, ");
        let source = format!(
            "//! Generated for the case `{name}`.\n#![deny(warnings, missing_docs)]\n\ninclude!({:?});\n",
            folder.join("expected/rust/tools.rs")
        );
        write(&root.join(name).join("src/lib.rs"), &source)?;
        write(&root.join(name).join("Cargo.toml"), &manifest(name))?;
    }
    let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n");
    write(&root.join("Cargo.toml"), &workspace)?;
    fs::copy(folders::repository("Cargo.lock"), root.join("Cargo.lock")).map(|_| ())
}

/// Every client, whichever a case uses: one build of the runtime serves all of them.
const FEATURES: &str = r#""blob", "search", "cosmos", "servicebus", "graph", "http", "token""#;

fn manifest(name: &str) -> String {
    let runtime = folders::repository("emitters/runtime");
    format!(
        "[package]\nname = \"golden-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\ngrantc-runtime = {{ path = {runtime:?}, features = [{FEATURES}] }}\n"
    )
}

/// Writes a file unless it is as it should be, so that Cargo sees no change where there is none.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, text)
}
