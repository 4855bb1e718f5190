//! The connectors against the catalogue and against their sources.

#![expect(clippy::expect_used, reason = "a panic is how a test fails")]

use grantc_spec::Catalogue;
use grantc_spec::catalogue::Verdict;
use grantc_spec::connectors::{Connector, Level, OpName, builtin};

fn verdict(role: &str, operation: &OpName) -> Verdict {
    let catalogue = Catalogue::embedded();
    let role = catalogue.role_by_name(role).expect(role);
    grantc_spec::catalogue::verdict_of_blocks(
        catalogue.role(role).blocks,
        operation.plane,
        &operation.name,
    )
}

#[test]
fn the_three_connectors_are_there_with_fields_and_verbs_of_the_language() {
    let facts: Vec<(&str, Vec<&str>, Vec<&str>)> = builtin()
        .iter()
        .map(|c| {
            let fields = c.fields.iter().map(|f| f.name.as_str()).collect();
            let verbs = c.verbs.iter().map(|v| v.name.as_str()).collect();
            (c.name.as_str(), fields, verbs)
        })
        .collect();
    assert_eq!(
        facts,
        [
            (
                "azure.blob",
                vec!["account", "container"],
                vec!["read", "list", "create", "write", "delete"]
            ),
            ("azure.resource-group", vec!["resource-group"], vec![]),
            (
                "azure.search",
                vec!["service", "index"],
                vec!["query", "write", "delete"]
            ),
        ]
    );
    let blob = builtin().get("azure.blob").expect("a connector");
    assert!(
        blob.creates
            && !builtin()
                .get("azure.resource-group")
                .expect("a connector")
                .creates
    );
    assert_eq!(
        blob.fields.iter().map(|f| f.required).collect::<Vec<_>>(),
        [true, false]
    );
    assert_eq!(blob.fields[1].level, "container");
    assert_eq!(
        blob.level("container").expect("a level").fields,
        ["account", "container"]
    );
    assert!(builtin().get("azure.blo").is_none());
}

#[test]
fn every_operation_is_in_the_catalogue_on_its_plane_as_spelt_there() {
    let catalogue = Catalogue::embedded();
    for connector in builtin() {
        let needs = connector
            .verbs
            .iter()
            .flat_map(|v| &v.needs)
            .flat_map(|c| &c.any_of);
        let keys = connector.exposes_keys.iter().map(|key| &key.operation);
        for operation in needs.chain(&connector.support).chain(keys) {
            let id = catalogue.operation(operation.plane, &operation.name);
            let known = id.and_then(|id| catalogue.op(id)).map(|op| op.name);
            assert_eq!(
                known.as_deref(),
                Some(operation.name.as_str()),
                "{}",
                connector.name
            );
        }
        for key in &connector.exposes_keys {
            assert!(
                catalogue.is_credential(&key.operation.name),
                "{}",
                key.operation.name
            );
        }
    }
}

#[test]
fn every_verb_is_held_by_a_candidate_and_candidates_stand_narrowest_first() {
    let catalogue = Catalogue::embedded();
    for connector in builtin() {
        for verb in &connector.verbs {
            let grants = |role: &String| {
                verb.needs.iter().all(|clause| {
                    clause
                        .any_of
                        .iter()
                        .any(|op| verdict(role, op) == Verdict::Sure)
                })
            };
            assert!(
                connector.roles.iter().any(grants),
                "{} {}",
                connector.name,
                verb.name
            );
            assert!(
                verb.source.contains("learn.microsoft.com"),
                "{} {}",
                connector.name,
                verb.name
            );
        }
        let counts: Vec<u32> = connector
            .roles
            .iter()
            .map(|role| {
                catalogue
                    .role(catalogue.role_by_name(role).expect(role))
                    .counts
                    .total()
            })
            .collect();
        assert!(
            counts.is_sorted_by(|a, b| a < b),
            "{} {counts:?}",
            connector.name
        );
    }
}

/// The type that an id has by its own segments: every second one after the provider.
fn type_of_id(level: &Level) -> String {
    match level.id.split_once("/providers/") {
        None => "Microsoft.Resources/subscriptions/resourceGroups".to_owned(),
        Some((_, path)) => {
            let mut parts = path.split('/');
            let provider = parts.next().expect("a provider").to_owned();
            parts
                .step_by(2)
                .fold(provider, |found, part| format!("{found}/{part}"))
        }
    }
}

#[test]
fn the_id_of_a_level_has_its_type_and_lies_below_the_wider_level() {
    for connector in builtin() {
        for level in &connector.levels {
            assert_eq!(
                type_of_id(level),
                level.resource_type,
                "{} {}",
                connector.name,
                level.name
            );
        }
        let below = |pair: &[Level]| pair[1].id.starts_with(&format!("{}/", pair[0].id));
        assert!(connector.levels.windows(2).all(below), "{}", connector.name);
        let named = |connector: &Connector, text: &Option<String>| {
            text.iter().all(|text| {
                !text.contains('{')
                    || connector
                        .fields
                        .iter()
                        .any(|f| text.contains(&format!("{{{}}}", f.name)))
            })
        };
        assert!(named(connector, &connector.endpoint), "{}", connector.name);
    }
}

#[cfg(feature = "import")]
mod source {
    use std::fs;
    use std::path::Path;

    use grantc_spec::connectors::source::read;
    use grantc_spec::connectors::{builtin, print};

    fn folder() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors")
    }

    #[test]
    fn the_compiled_form_is_current() {
        let mut files: Vec<(String, String)> = fs::read_dir(folder())
            .expect("the folder of connectors")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "kdl"))
            .map(|path| {
                let text = fs::read_to_string(&path).expect("a file of text");
                (
                    path.file_name()
                        .expect("a name")
                        .to_string_lossy()
                        .into_owned(),
                    text,
                )
            })
            .collect();
        files.sort();
        let connectors = read(&files).unwrap_or_else(|error| panic!("{error}"));
        let text = print(&connectors);
        let path = folder().join("compiled.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &text).expect("the compiled form is written");
            return;
        }
        let current = fs::read_to_string(&path).unwrap_or_default();
        let fix = "BLESS=1 cargo test -p grantc-spec --features import --test connectors";
        assert!(
            text == current,
            "spec/connectors/compiled.txt is not current; run {fix}"
        );
        assert!(
            builtin().iter().eq(&connectors),
            "reading the compiled form gives other connectors"
        );
        for ((file, _), connector) in files.iter().zip(&connectors) {
            assert_eq!(
                *file,
                format!("{}.kdl", connector.name),
                "one file for each, by its name"
            );
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_an_error_with_its_line() {
        let error = |body: &str| {
            let text = format!("connector \"x\" plane=\"azure-rbac\" {{\n{body}\n}}\n");
            read(&[("x.kdl".to_owned(), text)])
                .expect_err(body)
                .to_string()
        };
        let level = "level \"a\" type=\"M.A/a\" id=\"/subscriptions/{subscription}/a/{a}\"";
        assert_eq!(
            error("levle \"a\""),
            "x.kdl:2: `levle` says nothing in a connector"
        );
        assert_eq!(
            error("level \"a\" type=\"t\""),
            "x.kdl:2: `level` needs `id=`"
        );
        assert_eq!(
            error("level \"a\" typ=\"t\""),
            "x.kdl:2: `typ` says nothing here, or stands twice"
        );
        assert_eq!(error(""), "x.kdl:1: `x` has no level");
        assert_eq!(
            error(&format!(
                "{level}\nverb \"v\" level=\"b\" source=\"s\" {{ action \"M.A/a/read\" }}"
            )),
            "x.kdl:1: verb `v` stands at level `b`, which is none"
        );
        assert_eq!(
            error(&format!(
                "{level}\nverb \"v\" level=\"a\" source=\"s\" {{ operation \"SELECT\" }}"
            )),
            "x.kdl:3: `operation` is no operation of `azure-rbac`"
        );
        assert_eq!(
            error(&format!(
                "{level}\nverb \"v\" level=\"a\" source=\"s\" {{ action \"M.A/*\" }}"
            )),
            "x.kdl:3: `M.A/*` has a wildcard; needs are exact"
        );
        assert_eq!(
            error(&format!("{level}\nverb \"v\" level=\"a\" source=\"s\"")),
            "x.kdl:3: a verb needs at least one operation"
        );
        assert!(error("level \"a").starts_with("x.kdl:"));
    }
}
