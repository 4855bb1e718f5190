//! The two notations say the same: what is accepted in KDL becomes the same bytes from YAML, with
//! the same findings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use grantc_core::source::Sources;
use grantc_core::{Compilation, Diagnostics, syntax};
use grantc_emitters::Options;
use grantc_golden_tests::compile::Texts;
use grantc_golden_tests::{annotations, compile, folders, markdown, yaml};
use grantc_spec::rules::Level;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::collections::BTreeMap;
use std::fs;

/// Compiles a text as the manifest at `path`, which may import `files`.
fn compiled(path: &str, text: &str, files: &Texts) -> Compilation {
    let mut files = files.clone();
    files.insert(path.to_owned(), text.to_owned());
    compile::compile_files(path, &files).unwrap()
}

/// Every file of every target, the lock, and each finding's code, message and path.
fn becomes(run: &Compilation) -> (BTreeMap<String, String>, Vec<String>) {
    let emitted = compile::emit(run);
    let files = emitted.files.iter();
    let mut files: BTreeMap<_, _> = files
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    if let Some(program) = run.verified() {
        files.insert("tools.rs".to_owned(), grantc_emitters::rust::emit(program));
        let lock = grantc_emitters::lock(program, &Options::default());
        files.insert(grantc_emitters::lock::FILE.to_owned(), lock.to_string());
    }
    let found = run.diagnostics.iter().chain(emitted.diagnostics.iter());
    let mut found: Vec<_> = found
        .map(|it| format!("{} {} {:?}", it.rule.code, it.message, it.path))
        .collect();
    found.sort();
    (files, found)
}

/// A KDL manifest in YAML.
fn rendered(kdl: &str) -> String {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let tree = syntax::read("tools.kdl", kdl.as_bytes(), &mut sources, &mut found);
    let Some(tree) = tree else {
        panic!("{}", annotations::annotate(&sources, found.iter()));
    };
    yaml::render(&tree)
}

/// Holds the two notations of a manifest against each other; says whether it was accepted.
fn agree(kdl: &str, yaml: &str) -> bool {
    agree_with(kdl, yaml, &Texts::new())
}

/// Likewise, where the manifest imports some of `files`, which stay as they are.
fn agree_with(kdl: &str, yaml: &str, files: &Texts) -> bool {
    let from_kdl = compiled("tools.kdl", kdl, files);
    let from_yaml = compiled("tools.yaml", yaml, files);
    let (files, found) = becomes(&from_kdl);
    let (yaml_files, yaml_found) = becomes(&from_yaml);
    assert_eq!(yaml_found, found, "{kdl}\n{yaml}");
    for (path, text) in &files {
        let other = yaml_files.get(path);
        assert_eq!(other, Some(text), "{path} of\n{yaml}");
    }
    assert_eq!(files.len(), yaml_files.len());
    from_kdl.verified().is_some()
}

#[test]
fn the_invoice_desk_becomes_the_same_bytes() {
    let kdl = folders::repository("examples/invoice-desk/tools.kdl");
    let yaml = folders::here().join("cases/yaml/invoice-desk.yaml");
    let [kdl, yaml] = [kdl, yaml].map(|path| fs::read_to_string(path).unwrap());
    assert!(agree(&kdl, &yaml));
}

#[test]
fn every_accepted_case_becomes_the_same_bytes() {
    let mut cases = folders::cases("accept").unwrap();
    cases.extend(folders::examples().unwrap());
    for folder in cases.values() {
        let mut files = compile::case(folder).unwrap();
        let kdl = files.remove(compile::NAME).unwrap();
        let agreed = agree_with(&kdl, &rendered(&kdl), &files);
        assert!(agreed, "{}", folder.display());
    }
}

/// Cases that are not refused by what is KDL about them say the same in YAML, but for help.
#[test]
fn what_is_rejected_for_its_meaning_says_the_same() {
    for (name, folder) in folders::cases("reject").unwrap() {
        if name.as_str() < "G0203" || name.starts_with("G0203") {
            continue;
        }
        let mut files = compile::case(&folder).unwrap();
        let kdl = files.remove(compile::NAME).unwrap();
        agree_with(&kdl, &rendered(&kdl), &files);
    }
}

#[test]
fn every_manifest_of_the_language_page_says_the_same() {
    let page = fs::read_to_string(folders::repository("spec/language.md")).unwrap();
    let blocks = markdown::blocks(&page);
    for block in blocks.iter().filter(|block| block.is_manifest()) {
        let kdl = block.manifest();
        let files = markdown::files(&blocks, block.heading);
        agree_with(&kdl, &rendered(&kdl), &files);
    }
}

/// What the language page shows in YAML compiles without a finding.
#[test]
fn every_yaml_of_the_language_page_compiles() {
    let page = fs::read_to_string(folders::repository("spec/language.md")).unwrap();
    let blocks = markdown::blocks(&page);
    let yaml = blocks
        .iter()
        .filter(|block| block.info.first() == Some(&"yaml") && block.file().is_none());
    let mut count = 0;
    for block in yaml {
        let files = markdown::files(&blocks, block.heading);
        let run = compiled("tools.yaml", &block.text, &files);
        let found: Vec<_> = run
            .diagnostics
            .iter()
            .filter(|it| it.level > Level::Note)
            .collect();
        assert!(
            found.is_empty(),
            "spec/language.md:{}: {found:#?}",
            block.line
        );
        count += 1;
    }
    assert!(count > 0);
}

/// The table of the language page is that of the code; `BLESS=1` writes it.
#[test]
fn the_table_of_the_language_page_is_current() {
    let path = folders::repository("spec/language.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page
        .split_once(TABLE_STARTS)
        .expect("the page has the table's start");
    let (_, after) = rest
        .split_once(TABLE_ENDS)
        .expect("the page has the table's end");
    let wanted = format!(
        "{before}{TABLE_STARTS}\n{}{TABLE_ENDS}{after}",
        yaml::table()
    );
    folders::expect(&path, &wanted).unwrap();
}

const TABLE_STARTS: &str =
    "<!-- table of words: written by BLESS=1 cargo test -p grantc-golden-tests --test yaml -->";
const TABLE_ENDS: &str = "<!-- end of the table of words -->";

/// Text in quotes, as KDL has them; what YAML could take for something else included.
fn text() -> impl Strategy<Value = String> {
    let words = select(vec![
        "no",
        "~",
        "null",
        "0777",
        "1.4.0",
        "true",
        "a: b",
        "# c",
        "- d",
        "&e",
        "*f",
        "!g",
        "{h}",
        "%i",
        "é – 発票",
        "it's",
        "say \"hi\"",
        "back\\slash",
        " spaces ",
        "|",
        ">",
        "@",
        "`",
        "2026-11-23",
        "a\nb",
        "tab\there",
        "${x}",
    ]);
    prop_oneof![words.prop_map(str::to_owned), "[ -~éß発]{1,20}"]
        .prop_filter("empty text is refused", |text| !text.trim().is_empty())
        .prop_map(|text| format!("{text:?}"))
}

/// The fields of a record.
fn fields() -> impl Strategy<Value = String> {
    let types = select(vec![
        "string min-length=1 max-length=40",
        "string? pattern=#\"^[a-z: #-]+$\"# default=\"no\"",
        "string default=\"0777\" example=\"true\"",
        "integer min=-5 max=9 default=0",
        "number? min=0.50 default=1.5",
        "decimal min=0.10 max=99999999999999.99 example=\"12.30\"",
        "decimal default=1.50",
        "boolean default=#true",
        "boolean? example=#false",
        "date example=\"2026-02-28\"",
        "date-time?",
        "uuid",
        "uri max-length=200",
        "bytes",
        "json",
        "list<string> min-items=1 max-items=10 unique=#true",
        "map<list<decimal>>?",
        "Colour default=\"null\"",
        "list<Colour>",
        "Choice",
        "map<Choice>? max-items=3",
    ]);
    let names = vec![
        "no", "type", "on", "null", "a-b", "fields", "param", "x1", "Zed", "default",
    ];
    (
        subsequence(names, 0..6),
        prop::collection::vec((types, prop::option::of(text())), 6),
    )
        .prop_map(|(names, types)| {
            let lines = names.iter().zip(types).map(|(name, (ty, doc))| {
                let doc = doc.map_or(String::new(), |doc| format!(" doc={doc}"));
                format!("        \"{name}\" {ty}{doc}\n")
            });
            lines.collect()
        })
}

fn maybe(start: &'static str) -> impl Strategy<Value = String> {
    prop::option::of(text())
        .prop_map(move |text| text.map_or(String::new(), |text| format!("    {start} {text}\n")))
}

fn tool(name: &'static str) -> impl Strategy<Value = String> {
    let uses = select(vec![
        "",
        "    as reader\n    uses archive read\n",
        "    as reader\n    uses archive read list\n    uses index query as=searcher\n",
        "    as searcher\n    uses index data-action=\"Microsoft.Search/searchServices/indexes/documents/read\"\n",
        "    as reader\n    uses archive read path=\"a: b/*\"\n    uses archive list\n",
    ]);
    let more = select(vec![
        "",
        "    hints read-only=#true\n    limits timeout=\"10s\" concurrency=3\n",
        "    hints\n    limits response=\"1MiB\"\n",
    ]);
    let output = prop_oneof![
        Just("    output Row\n".to_owned()),
        fields().prop_map(|fields| format!("    output {{\n{fields}    }}\n")),
    ];
    let input = prop::option::of(fields());
    (text(), maybe("title"), uses, input, output, more).prop_map(
        move |(doc, title, uses, input, output, more)| {
            let input = input.map_or(String::new(), |fields| {
                format!("    input {{\n{fields}    }}\n")
            });
            format!("tool {name} {{\n    description {doc}\n{title}{uses}{input}{output}{more}}}\n")
        },
    )
}

fn manifest() -> impl Strategy<Value = String> {
    let head = (text(), maybe("title"), maybe("instructions")).prop_map(|(doc, title, more)| {
        format!(
            "grantc version=1\nserver desk version=\"1.4.0\" {{\n    description {doc}\n{title}{more}    \
             namespace \"com.example\"\n}}\n"
        )
    });
    let azure = (text(), any::<bool>()).prop_map(|(tag, given)| {
        let tags = format!("    tags \"a: b\"={tag} no=(param)where\n    logs retention-days=90\n");
        format!(
            "param where default=\"no\" doc={tag}\nazure {{\n    resource-group \"rg\"\n    location (param)where\n    \
             isolation shared\n{}}}\n",
            if given { tags } else { String::new() }
        )
    });
    let rest = "\
resource archive type=\"azure.blob\" existing=#true sensitivity=\"no\" { account stone; container docs; resource-group (param)where }
resource index type=\"azure.search\" existing=#true { service srch-one; index docs }
identity reader type=user-assigned { assign \"Blob Reader\" on=archive; }
identity searcher type=user-assigned { assign \"Search Index Data Reader\" on=index; }
role \"Blob Reader\" {
    data-action \"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read\"
}
enum Colour { \"null\"; no; yes }
";
    // `Choice` leads back to itself, unless it is `none`.
    let choice = prop::collection::vec(fields(), 3).prop_map(|bodies| {
        let alternatives = ["on", "fields", "a-b"].into_iter().zip(bodies);
        let alternatives: String = alternatives
            .map(|(name, fields)| format!("    \"{name}\" {{\n{fields}    }}\n"))
            .collect();
        format!("variant Choice {{\n{alternatives}    none\n}}\n")
    });
    (
        head,
        azure,
        fields(),
        choice,
        tool("find"),
        tool("find-more"),
    )
        .prop_map(move |(head, azure, row, choice, one, two)| {
            format!("{head}{azure}{rest}type Row {{\n{row}}}\n{choice}{one}{two}")
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_manifest_says_the_same(kdl in manifest()) {
        agree(&kdl, &rendered(&kdl));
    }
}

/// The generator is of use only if most of its manifests are accepted.
#[test]
fn random_manifests_are_accepted_often() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let accepted = (0..32).filter(|_| {
        let kdl = manifest().new_tree(&mut runner).unwrap().current();
        agree(&kdl, &rendered(&kdl))
    });
    assert!(accepted.count() >= 8);
}
