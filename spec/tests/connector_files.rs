//! The files of the connectors, and the compiled form that is part of the program.

#![cfg(feature = "import")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::path::Path;

use grantc_spec::connectors::draft::{
    Draft, DraftKey, DraftLevel, DraftOperation, DraftVerb, Origin,
};
use grantc_spec::connectors::source::read;
use grantc_spec::connectors::{PlaneFamily, PrivateEndpoint, Switch, builtin, parse, print};
use proptest::prelude::*;

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
    let fix = "BLESS=1 cargo test -p grantc-spec --features import --test connector_files";
    assert!(
        text == current,
        "spec/connectors/compiled.txt is not current; run {fix}"
    );
    assert!(
        builtin().iter().map(AsRef::as_ref).eq(&connectors),
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
    let level =
        "level \"a\" type=\"M.A/a\" id=\"/subscriptions/{subscription}/providers/M.A/a/{a}\"";
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
        "x.kdl:3: verb `v` stands at level `b`, which is none"
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
    assert_eq!(
        error(&format!(
            "{level}\nverb \"v\" level=\"a\" {{ action \"M.A/a/read\" }}"
        )),
        "x.kdl:3: `verb` needs `source=`"
    );
    assert_eq!(
        error(&format!("{level}\nverbs from=\"resource\"")),
        "x.kdl:3: verbs of `entra-app` come from there only"
    );
    assert_eq!(
        error(&format!("{level}\nverbs from=\"nowhere\"")),
        "x.kdl:3: verbs do not come from `nowhere`"
    );
    assert!(error("level \"a").starts_with("x.kdl:"));
}

#[test]
fn a_line_that_cannot_be_read_is_given_by_its_number() {
    let good = "connector\tx\tazure-rbac\trefers\n";
    let bad = |text: &str| parse(&format!("{good}{text}\n")).expect_err(text);
    assert_eq!(parse("field\ta\n"), Err(1));
    assert_eq!(bad("level\ta\tt"), 2);
    assert_eq!(bad("level\ta\tt\t/a\tnone-before"), 2);
    assert_eq!(bad("need\tcontrol\tM.A/a/read"), 2);
    assert_eq!(bad("verbs\tnowhere"), 2);
    assert_eq!(bad("support\tcontrol"), 2);
}

/// A level for each number: which earlier level it lies below.
fn levels(parents: &[usize]) -> Vec<DraftLevel> {
    let mut levels: Vec<DraftLevel> = Vec::new();
    for (at, parent) in parents.iter().enumerate() {
        let above = levels.get(parent % at.max(1));
        let (ty, id) = above.map_or(
            ("M.A", "/subscriptions/{subscription}/providers/M.A"),
            |l| (l.resource_type.as_str(), l.id.as_str()),
        );
        let level = DraftLevel {
            name: format!("level-{at}"),
            resource_type: format!("{ty}/t{at}"),
            id: format!("{id}/t{at}/{{f{at}}}"),
            parent: above.map(|level| level.name.clone()),
        };
        levels.push(level);
    }
    levels
}

fn operation() -> impl Strategy<Value = DraftOperation> {
    let word = prop_oneof![Just("action"), Just("data-action")];
    (word, "M\\.[A-C]/[a-d]{1,3}/(read|write|act/action)").prop_map(|(word, name)| DraftOperation {
        word: word.to_owned(),
        name,
    })
}

prop_compose! {
    fn draft()(
        parents in prop::collection::vec(0usize..6, 1..6),
        verbs in prop::collection::vec(
            (
                prop::collection::vec(0usize..6, 0..3),
                any::<bool>(),
                prop::collection::vec(prop::collection::vec(operation(), 1..3), 1..3),
                "[ -~]{1,20}",
            ),
            0..4,
        ),
        support in prop::collection::vec(operation(), 0..3),
        roles in prop::collection::btree_set("[A-Z][a-z ]{0,8}", 0..3),
        keys in prop::collection::vec(("M\\.A/[a-d]{1,3}/action", any::<bool>()), 0..3),
        switch in prop::option::of(prop::collection::vec("[a-z]{1,5}(=[a-z]{1,5})?", 1..3)),
        private in prop::option::of("[a-z]{1,5}"),
        endpoint in prop::option::of(Just("https://{host}.example/{f0}".to_owned())),
        creates in any::<bool>(),
    ) -> Draft {
        let levels = levels(&parents);
        let level = |at: &usize| levels[at % levels.len()].name.clone();
        let named = verbs.into_iter().enumerate();
        let verbs = named.map(|(at, (at_levels, path, needs, source))| DraftVerb {
            name: format!("verb{at}"),
            listing: false,
            levels: at_levels.iter().map(level).collect(),
            path,
            needs,
            source: Some(source),
        }).collect();
        let keys = keys.into_iter().map(|(operation, off)| DraftKey {
            operation,
            off_when: off.then(|| "off=true".to_owned()),
        });
        Draft {
            fields: endpoint.iter().map(|_| "host".to_owned()).collect(),
            endpoint,
            creates,
            verbs,
            support,
            roles: roles.into_iter().collect(),
            exposes_keys: keys.collect(),
            switches: switch.into_iter().map(|on_when| Switch { name: "s".to_owned(), on_when }).collect(),
            private_endpoint: private.map(|group| PrivateEndpoint { zone: group.clone(), group }),
            levels,
            ..Draft::new(Origin::Program, "x.y", PlaneFamily::AzureRbac)
        }
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(drafts in prop::collection::vec(draft(), 1..3)) {
        let connectors: Vec<_> = drafts
            .into_iter()
            .map(|draft| draft.finish().expect("a well-formed draft"))
            .collect();
        prop_assert_eq!(parse(&print(&connectors)), Ok(connectors));
    }
}

/// The table of verbs on the language page is that of the data; `BLESS=1` writes it.
#[test]
fn the_verbs_of_the_language_page_are_current() {
    const STARTS: &str = "<!-- table of verbs: written by BLESS=1 cargo test -p grantc-spec --features import --test connector_files -->";
    const ENDS: &str = "<!-- end of the table of verbs -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("language.md");
    let page = fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(STARTS).expect("the table starts");
    let (_, after) = rest.split_once(ENDS).expect("the table ends");
    let mut table = "| type | verb | on | `path=` | needs |\n|---|---|---|---|---|\n".to_owned();
    for connector in builtin() {
        for verb in &connector.verbs {
            let clause = |clause: &grantc_spec::connectors::Clause| {
                let any: Vec<String> = clause
                    .any_of
                    .iter()
                    .map(|one| format!("`{}`", one.name))
                    .collect();
                any.join(" or ")
            };
            let needs: Vec<String> = verb.needs.iter().map(clause).collect();
            let on: Vec<String> = verb
                .levels
                .iter()
                .map(|level| format!("`{level}`"))
                .collect();
            let path = if verb.path { "yes" } else { "" };
            let (name, verb, on) = (&connector.name, &verb.name, on.join(" or "));
            let needs = needs.join("; ");
            table.push_str(&format!(
                "| `{name}` | `{verb}` | {on} | {path} | {needs} |\n"
            ));
        }
    }
    let wanted = format!("{before}{STARTS}\n{table}{ENDS}{after}");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, wanted).expect("the page is written");
        return;
    }
    let fix = "BLESS=1 cargo test -p grantc-spec --features import --test connector_files";
    assert!(
        wanted == page,
        "the table of verbs is not current; run {fix}"
    );
}
