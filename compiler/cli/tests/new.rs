//! `grantc new`: what it makes builds, passes its own test and is current.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn grantc(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantc"));
    command.current_dir(folder).args(args).output().unwrap()
}

fn succeeded(output: &Output) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
}

/// Makes a project, and builds, tests and checks it.
fn works(args: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let checkout = root();
    let mut all = vec![
        "new",
        "my-desk",
        "--yes",
        "--grantc",
        checkout.to_str().unwrap(),
    ];
    all.extend(args);
    succeeded(&grantc(folder.path(), &all));
    let project = folder.path().join("my-desk");
    let check = grantc(&project, &["check", "--deny", "warnings"]);
    succeeded(&check);
    assert!(
        String::from_utf8(check.stdout)
            .unwrap()
            .contains("missing 0")
    );
    succeeded(&grantc(&project, &["build", "--out", "infra", "--check"]));
    // The same versions as this repository, and its target folder, so that nothing is fetched and
    // little is compiled.
    fs::copy(checkout.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_BIN_EXE_grantc"))
        .ancestors()
        .nth(2)
        .unwrap();
    let debug = std::env::var("CARGO_PROFILE_DEV_DEBUG");
    let debug = debug.unwrap_or_else(|_| "line-tables-only".to_owned());
    let test = Command::new(env!("CARGO"))
        .current_dir(&project)
        .args(["test", "--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", debug)
        .output()
        .unwrap();
    succeeded(&test);
    let passed = String::from_utf8(test.stdout).unwrap();
    assert!(
        passed.contains("test result: ok.") && !passed.contains(" 0 passed"),
        "{passed}"
    );
}

#[test]
fn a_new_project_works() {
    works(&[]);
}

#[test]
fn a_new_project_in_yaml_is_checked_and_current() {
    let folder = tempfile::tempdir().unwrap();
    for using in ["none", "blob", "search"] {
        let checkout = root();
        let checkout = checkout.to_str().unwrap();
        let args = [
            "new",
            using,
            "--name",
            "desk",
            "--yaml",
            "--resource",
            using,
            "--grantc",
            checkout,
        ];
        succeeded(&grantc(folder.path(), &args));
        let project = folder.path().join(using);
        assert!(project.join("tools.yaml").is_file() && !project.join("tools.kdl").exists());
        succeeded(&grantc(&project, &["build", "--out", "infra", "--check"]));
    }
}

/// These link the Azure SDK, so that they run where that is built in any case.
#[test]
fn projects_that_use_azure_work() {
    if std::env::var_os("GRANTC_REQUIRE_E2E").is_some() {
        works(&["--resource", "blob"]);
        works(&["--resource", "search", "--yaml"]);
    }
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("README.md"), "mine").unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    let args = [
        "new",
        "--name",
        "desk",
        "--grantc",
        root().to_str().unwrap(),
    ]
    .map(str::to_owned);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = grantc(folder.path(), &args);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        text,
        "error: `./README.md` is in the way; nothing was made\n"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    fs::remove_file(folder.path().join("README.md")).unwrap();
    succeeded(&grantc(folder.path(), &args));
}
