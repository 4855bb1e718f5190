//! What others say about the written files, where they are at hand.

use crate::manifest;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn the_checks_of_bicep_and_terraform_find_nothing() {
    let Some(checks) = std::env::var_os("GRANTC_IAC_CHECKS").map(PathBuf::from) else {
        return;
    };
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("iac");
    let _absent = fs::remove_dir_all(&root);
    for (name, emitted) in manifest::all() {
        for (path, text) in emitted.files.iter() {
            let path = root.join(&name).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        for target in ["bicep", "terraform"] {
            for place in [root.join(&name), root.join(&name).join("bootstrap")] {
                let folder = place.join(target);
                if folder.is_dir() {
                    run(&checks.join(format!("check-{target}")), &folder);
                }
            }
        }
    }
}

fn run(command: &Path, folder: &Path) {
    let output = Command::new(command)
        .arg("--strict")
        .arg(folder)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}
