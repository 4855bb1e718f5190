//! Imports a folder of JSON into `spec/catalogue/`:
//! `cargo run -p grantc-spec --features import --example import-catalogue -- FOLDER DATE`.
//!
//! The command line's `grantc catalogue import` does the same for any folder; this one makes the
//! catalogue that is part of the program, before there is a command line.

use std::error::Error;
use std::fs;
use std::path::Path;

use grantc_spec::catalogue::import::{Source, Sources, import};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .ok_or("the folder with the JSON files comes first")?;
    let date = arguments
        .next()
        .ok_or("the day of the facts comes second")?;
    let read = |name: &str| {
        let path = format!("{folder}/{name}");
        fs::read_to_string(&path).map(|text| (path, text))
    };
    let roles = read("azure/roles.json")?;
    let operations = read("azure/operations.json")?;
    let graph = read("graph/permissions.json")?;
    let retired = read("azure/operations-retired.json")?;
    let credentials = read("azure/credential-actions.json")?;
    fn source((name, text): &(String, String)) -> Option<Source<'_>> {
        Some(Source { name, text })
    }
    let sources = Sources {
        roles: source(&roles),
        operations: source(&operations),
        graph: source(&graph),
        retired: source(&retired),
        credentials: source(&credentials),
        renamed: Some(Source {
            name: "renamed roles",
            text: r#"[{"name":"Azure AI User","id":"53ca6127-db72-4b80-b1b0-d745d6d5456d"}]"#,
        }),
    };
    let imported = import(&sources, &date, None)?;
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    fs::create_dir_all(&to)?;
    for (name, text) in imported.texts.files() {
        fs::write(to.join(name), text)?;
    }
    Ok(())
}
