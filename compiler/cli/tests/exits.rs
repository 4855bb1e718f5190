//! Exit status 2: every reason why nothing could be done, and what is said of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

const DESK: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../examples/invoice-desk/tools.kdl"
);

fn said(folder: &Path, args: &[&OsStr]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_grantc"))
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {text}");
    text
}

/// Command lines, and the one line that each gets.
#[test]
fn each_reason_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("folder")).unwrap();
    fs::write(here.join("file"), "").unwrap();
    fs::create_dir(here.join("both")).unwrap();
    fs::copy(DESK, here.join("both/tools.kdl")).unwrap();
    fs::write(here.join("both/tools.yaml"), "grantc: 1\n").unwrap();
    fs::copy(DESK, here.join("desk.kdl")).unwrap();
    for (line, wanted) in [
        (
            "check",
            "there is no `tools.kdl` or `tools.yaml` here; name the manifest, go to its folder, or make one with `grantc new`",
        ),
        (
            "build",
            "there is no `tools.kdl` or `tools.yaml` here; name the manifest, go to its folder, or make one with `grantc new`",
        ),
        (
            "check nowhere.kdl",
            "cannot read `nowhere.kdl`: there is no such file",
        ),
        (
            "check nowhere.kdl --watch",
            "cannot read `nowhere.kdl`: there is no such file",
        ),
        (
            "graph nowhere.kdl",
            "cannot read `nowhere.kdl`: there is no such file",
        ),
        (
            "why nowhere.kdl find_invoice read",
            "cannot read `nowhere.kdl`: there is no such file",
        ),
        (
            "why find_invoice read",
            "there is no `tools.kdl` or `tools.yaml` here; name the manifest, go to its folder, or make one with `grantc new`",
        ),
        (
            "why desk.kdl find_invoic read",
            "there is no tool or identity `find_invoic`; did you mean `find_invoice`?",
        ),
        (
            "why desk.kdl find_invoice blobs/raed",
            "`blobs/raed` is no verb or operation of any declared resource; did you mean `blobs/read`?",
        ),
        (
            "who desk.kdl read archiv",
            "there is no resource `archiv`; did you mean `archive`?",
        ),
        (
            "who desk.kdl documents/read archive",
            "`documents/read` is no verb or operation of `archive`; write its name in full, or a verb: `create`, `delete`, `list`, `read` and `write`",
        ),
        (
            "check folder",
            "cannot read `folder`: it is a folder; name the manifest in it",
        ),
        (
            "check file/tools.kdl",
            "cannot read `file/tools.kdl`: what should be a folder is a file",
        ),
        (
            "build desk.kdl --out file",
            "cannot write `file/bicep`: what should be a folder is a file",
        ),
        (
            "check desk.kdl --deny G9999",
            "there is no finding `G9999`; `grantc explain` lists them all",
        ),
        (
            "build desk.kdl --warn excess-permision",
            "there is no finding `excess-permision`; did you mean `excess-permission`?",
        ),
        (
            "check desk.kdl --allow G0301",
            "`G0301` (missing-permission) cannot be lowered; it is an error because what would be written is wrong",
        ),
        (
            "check desk.kdl --watch --format json",
            "`--watch` is for people and `--format json` is not; leave one out",
        ),
        (
            "explain G9999",
            "there is no finding `G9999`; `grantc explain` lists them all",
        ),
        (
            "explain missing-permision",
            "there is no finding `missing-permision`; did you mean `missing-permission`?",
        ),
        (
            "role Storage-Blob-Data-Reader",
            "there is no role `Storage-Blob-Data-Reader`; did you mean `Storage Blob Data Reader`?",
        ),
        (
            "roles --granting Microsoft.Nothing/read",
            "there is no operation `Microsoft.Nothing/read`; the catalogue has no provider `Microsoft.Nothing`",
        ),
        (
            "check desk.kdl --catalogue nowhere",
            "cannot read `nowhere/catalogue.txt`: there is no such file",
        ),
        (
            "catalogue import --roles nowhere.json --date 2026-08-22 --out out",
            "cannot read `nowhere.json`: there is no such file",
        ),
        (
            "new file --yes --grantc .",
            "`.` is no checkout of grantc: there is no emitters/runtime/Cargo.toml in it",
        ),
        (
            "new desk --name Desk",
            "`Desk` cannot name the server: it is not of the form a-z, then a-z, 0-9, `_` and `-`; choose another",
        ),
        (
            "new desk --name tokio",
            "`tokio` cannot name the server: it is taken; choose another",
        ),
    ] {
        let args: Vec<_> = line.split(' ').map(OsStr::new).collect();
        assert_eq!(
            said(here, &args),
            format!("error: {wanted}\n"),
            "grantc {line}"
        );
    }
    let args = [OsStr::new("check")];
    assert_eq!(
        said(&here.join("both"), &args),
        "error: both `tools.kdl` and `tools.yaml` are here; name the manifest\n"
    );
}

#[test]
fn what_clap_refuses() {
    let folder = tempfile::tempdir().unwrap();
    for (line, wanted) in [
        ("chek", "similar subcommands exist: 'schema', 'check'"),
        (
            "check --formt json",
            "a similar argument exists: '--format'",
        ),
        (
            "check --format xml",
            "[possible values: human, json, github]",
        ),
        (
            "completions klingon",
            "[possible values: bash, elvish, fish, powershell, zsh]",
        ),
        ("roles", "--granting <OPERATION>"),
        (
            "why find_invoice",
            "[MANIFEST] <TOOL-OR-IDENTITY> <OPERATION> [RESOURCE]",
        ),
        (
            "who tools.kdl delete archive more",
            "[MANIFEST] <OPERATION> <RESOURCE>",
        ),
        (
            "graph --format png",
            "[possible values: svg, mermaid, dot, json]",
        ),
    ] {
        let args: Vec<_> = line.split(' ').map(OsStr::new).collect();
        let text = said(folder.path(), &args);
        assert!(text.contains(wanted), "grantc {line}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = OsStr::from_bytes(b"caf\xe9.kdl");
    let text = said(folder.path(), &[OsStr::new("check"), path]);
    assert!(text.contains("invalid UTF-8"), "{text}");
}

/// Files without permissions, which root can read and write all the same.
#[cfg(unix)]
#[test]
fn what_is_not_permitted() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret.kdl");
    fs::copy(DESK, &secret).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&secret).is_ok() {
        return;
    }
    let text = said(folder.path(), &["check".as_ref(), "secret.kdl".as_ref()]);
    assert_eq!(text, "error: cannot read `secret.kdl`: permission denied\n");
}
