//! The files of a new project.
//!
//! The manifest is compiled before anything is written, and what follows from it is among the files:
//! a project starts with everything current.

use crate::Failure;
use crate::args::Using;
use camino::Utf8PathBuf;
use grantc_core::{LoadError, Loader};
use grantc_emitters::{Options, lock};
use grantc_spec::catalogue::Catalogue;
use grantc_spec::rules::Level;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use std::collections::BTreeMap;

/// What a project is made from.
pub(super) struct Project {
    pub name: String,
    pub namespace: String,
    pub description: String,
    pub using: Using,
    pub yaml: bool,
    pub origin: Origin,
}

/// Where a project takes the crates of grantc from.
pub(super) enum Origin {
    /// A checkout on this machine.
    Path(Utf8PathBuf),
    /// A repository.
    Git(String),
}

impl Project {
    /// The name of its manifest.
    pub(super) fn manifest(&self) -> &'static str {
        if self.yaml { "tools.yaml" } else { "tools.kdl" }
    }
}

/// A template: where its file goes, and its text.
macro_rules! template {
    ($path:literal, $file:literal) => {
        (
            $path,
            include_str!(concat!("../../../templates/new/", $file)),
        )
    };
}

const TEMPLATES: [(&str, &str); 6] = [
    template!("Cargo.toml", "Cargo.toml.j2"),
    template!("build.rs", "build.rs.j2"),
    template!("src/main.rs", "main.rs.j2"),
    template!("README.md", "README.md.j2"),
    template!(".gitignore", "gitignore"),
    template!(".github/workflows/ci.yml", "ci.yml.j2"),
];

const KDL: (&str, &str) = template!("tools.kdl", "tools.kdl.j2");
const YAML: (&str, &str) = template!("tools.yaml", "tools.yaml.j2");
const DOCUMENTS: (&str, &str) = template!("data/documents/policies.json", "documents.json");

/// Every file of a project, by path.
pub(super) fn files(
    project: &Project,
    catalogue: &Catalogue,
) -> Result<BTreeMap<String, String>, Failure> {
    if project.description.chars().any(char::is_control) {
        return Err(Failure(
            "the description has a control character".to_owned(),
        ));
    }
    let mut files = BTreeMap::new();
    let manifest = if project.yaml { YAML } else { KDL };
    for (path, template) in [manifest].into_iter().chain(TEMPLATES) {
        let text = render(project, template).map_err(Failure::from_error)?;
        files.insert(path.to_owned(), text);
    }
    if project.using == Using::Search {
        let (path, text) = DOCUMENTS;
        files.insert(path.to_owned(), text.to_owned());
    }
    let emitted = emitted(project.manifest(), &files, catalogue)?;
    files.extend(emitted);
    Ok(files)
}

/// What follows from the manifest, its lock included.
fn emitted(
    manifest: &str,
    files: &BTreeMap<String, String>,
    catalogue: &Catalogue,
) -> Result<Vec<(String, String)>, Failure> {
    let made =
        grantc_core::compile(manifest, &Made(files), catalogue).map_err(Failure::from_error)?;
    let error = |found: &grantc_core::Diagnostic| {
        let help = found
            .help
            .as_ref()
            .map_or(String::new(), |help| format!("; {help}"));
        Failure(format!("that makes no server: {}{help}", found.message))
    };
    let first = |all: &grantc_core::Diagnostics| {
        all.iter()
            .find(|found| found.level == Level::Error)
            .map(error)
    };
    let Some(verified) = made.verified() else {
        let unknown = || Failure("that makes no server".to_owned());
        return Err(first(&made.diagnostics).unwrap_or_else(unknown));
    };
    let options = Options {
        catalogue,
        ..Options::default()
    };
    let emitted = grantc_emitters::emit(verified, &options);
    if let Some(failure) = first(&emitted.diagnostics) {
        return Err(failure);
    }
    let files = emitted.files.iter();
    let files = files.map(|(path, text)| (format!("infra/{path}"), text.to_owned()));
    let lock = grantc_emitters::lock(verified, &options).to_string();
    Ok(files.chain([(lock::FILE.to_owned(), lock)]).collect())
}

/// The files that are not on disk yet.
struct Made<'a>(&'a BTreeMap<String, String>);

impl Loader for Made<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let found = self.0.get(path).map(|text| text.clone().into_bytes());
        found.ok_or_else(|| LoadError {
            path: path.to_owned(),
            reason: "it is not part of the project".to_owned(),
        })
    }
}

fn render(project: &Project, template: &str) -> Result<String, minijinja::Error> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()?,
    );
    // KDL, YAML, TOML and Rust read such a text alike.
    engine.add_filter("quoted", |text: String| {
        serde_json::Value::from(text).to_string()
    });
    let dependency = |folder: &str| match &project.origin {
        Origin::Git(url) => format!("git = {}", quoted(url)),
        Origin::Path(path) => format!("path = {}", quoted(path.join(folder).as_str())),
    };
    let (home, path) = match &project.origin {
        Origin::Git(url) => (url.clone(), None),
        Origin::Path(path) => (path.to_string(), Some(path.to_string())),
    };
    let (using, features) = match project.using {
        Using::None => ("none", ""),
        Using::Blob => ("blob", "\"blob\""),
        Using::Search => ("search", "\"search\""),
    };
    let letters = project.name.chars().filter(char::is_ascii_alphanumeric);
    let account: String = "st".chars().chain(letters).take(24).collect();
    let values = context! {
        name => &project.name,
        namespace => &project.namespace,
        description => &project.description,
        manifest => project.manifest(),
        group => format!("rg-{}", project.name),
        account, using, features, home, path,
        runtime => dependency("emitters/runtime"),
        build => dependency("compiler/build"),
    };
    engine.render_str(template, values)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    fn project(using: Using, yaml: bool, origin: Origin) -> Project {
        Project {
            name: "my-desk".to_owned(),
            namespace: "com.example".to_owned(),
            description: r#"Says "hi" \ {{ name }} # // é"#.to_owned(),
            using,
            yaml,
            origin,
        }
    }

    fn made(using: Using, yaml: bool) -> BTreeMap<String, String> {
        let origin = Origin::Git("https://example.com/grantc".to_owned());
        files(&project(using, yaml, origin), Catalogue::embedded()).unwrap()
    }

    #[test]
    fn both_notations_become_the_same_files() {
        for using in Using::value_variants() {
            let (kdl, yaml) = (made(*using, false), made(*using, true));
            let infra = |files: &BTreeMap<String, String>| {
                let infra = files
                    .clone()
                    .into_iter()
                    .filter(|(path, _)| path.starts_with("infra/"));
                infra.collect::<BTreeMap<_, _>>()
            };
            assert!(infra(&kdl).len() > 5, "{:?}", kdl.keys());
            assert_eq!(infra(&kdl), infra(&yaml));
        }
    }

    #[test]
    fn what_is_given_is_escaped_in_every_file() {
        let files = made(Using::None, false);
        for path in ["tools.kdl", "Cargo.toml"] {
            assert!(
                files[path].contains(r#""Says \"hi\" \\ {{ name }} # // é""#),
                "{}",
                files[path]
            );
        }
        assert!(files["Cargo.toml"].contains(r#"{ git = "https://example.com/grantc" }"#));
        assert!(files["src/main.rs"].starts_with("//! Says \"hi\" \\ {{ name }}"));
        assert!(
            files[".github/workflows/ci.yml"]
                .contains("--git \"https://example.com/grantc\" grantc")
        );
    }

    #[test]
    fn what_makes_no_server_is_told_before_anything_is_written() {
        let mut wrong = project(Using::None, false, Origin::Git(String::new()));
        wrong.description = "long ".repeat(30);
        let error = files(&wrong, Catalogue::embedded())
            .unwrap_err()
            .to_string();
        assert!(error.contains("100"), "{error}");
        wrong.description = "fine".to_owned();
        wrong.namespace = "example".to_owned();
        let error = files(&wrong, Catalogue::embedded())
            .unwrap_err()
            .to_string();
        assert!(error.contains("`com.contoso`"), "{error}");
    }
}
