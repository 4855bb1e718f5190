//! What others say about the expected files: Terraform, the published types of Bicep, the schemas
//! of MCP and the Rust compiler.
//!
//! Each trial needs something from outside of the repository, and is ignored without it:
//!
//! - `GRANTC_IAC_CHECKS`: folder with the commands `check-terraform` and `check-bicep`;
//! - `GRANTC_MCP_SCHEMAS`: folder with the JSON schemas of MCP and of its registry;
//! - `GRANTC_REQUIRE_E2E=1`: time to compile what links the Azure SDK.

use grantc_golden_tests::{folders, generated};
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each document with the schema that it is held against.
const SCHEMAS: [(&str, &str); 3] = [
    ("tools.json", "mcp-2026-07-28-ListToolsResult.schema.json"),
    ("discover.json", "mcp-2026-07-28-DiscoverResult.schema.json"),
    ("server.json", "registry-server-2025-12-11.schema.json"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for (name, folder) in outputs()? {
        trials.extend(infrastructure(&name, &folder));
        for (path, place) in folders::files(&folder.join("mcp"))? {
            trials.extend(document(&name, &path, place));
        }
    }
    let cases = folders::cases("accept")?;
    let compiling = env::var_os("GRANTC_REQUIRE_E2E").is_some();
    let run = move || generated::check(&cases).map_err(Failed::from);
    trials.push(Trial::test("rust/every case compiles", run).with_ignored_flag(!compiling));
    libtest_mimic::run(&arguments, trials).exit()
}

/// The folders of written files: those of the cases and of the examples.
fn outputs() -> std::io::Result<BTreeMap<String, PathBuf>> {
    let mut outputs = folders::cases("accept")?;
    outputs
        .values_mut()
        .for_each(|folder| folder.push("expected"));
    for (name, folder) in folders::examples()? {
        outputs.insert(name, folder.join("infra"));
    }
    Ok(outputs)
}

/// The trials of the folders `terraform` and `bicep`, where there are such.
fn infrastructure(name: &str, folder: &Path) -> Vec<Trial> {
    let checks = env::var_os("GRANTC_IAC_CHECKS").map(PathBuf::from);
    let all = [
        "terraform",
        "bicep",
        "bootstrap/terraform",
        "bootstrap/bicep",
    ];
    let targets = all
        .into_iter()
        .filter(|target| folder.join(target).is_dir());
    let trial = |target: &str| {
        let command = checks.as_ref().map(|folder| {
            folder.join(format!("check-{}", target.trim_start_matches("bootstrap/")))
        });
        let ignored = command.is_none();
        let place = folder.join(target);
        let run = move || run(&command.unwrap_or_default(), &place);
        Trial::test(format!("{target}/{name}"), run).with_ignored_flag(ignored)
    };
    targets.map(trial).collect()
}

fn run(command: &Path, folder: &Path) -> Result<(), Failed> {
    let output = Command::new(command).arg("--strict").arg(folder).output()?;
    if output.status.success() {
        return Ok(());
    }
    let streams = [&output.stdout, &output.stderr];
    Err(streams
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
        .into())
}

/// The trial of one document, when there is a schema of its kind.
fn document(name: &str, path: &str, place: PathBuf) -> Option<Trial> {
    let file = path.rsplit('/').next()?;
    let (_, schema) = SCHEMAS.iter().find(|(document, _)| *document == file)?;
    let schema = env::var_os("GRANTC_MCP_SCHEMAS").map(|folder| Path::new(&folder).join(schema));
    let ignored = schema.is_none();
    let run = move || validate(&schema.unwrap_or_default(), &place);
    Some(Trial::test(format!("mcp/{name}/{path}"), run).with_ignored_flag(ignored))
}

fn validate(schema: &Path, document: &Path) -> Result<(), Failed> {
    let schema = serde_json::from_slice(&fs::read(schema)?)?;
    let document = serde_json::from_slice(&fs::read(document)?)?;
    let validator = jsonschema::validator_for(&schema)?;
    let mistakes: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    if mistakes.is_empty() {
        Ok(())
    } else {
        Err(mistakes.join("\n").into())
    }
}
