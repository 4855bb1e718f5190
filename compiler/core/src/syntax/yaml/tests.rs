//! What the reader makes of files, and what it says about those that are wrong.

use crate::ir::TypeKind;
use crate::source::Sources;
use crate::syntax::{self, MAX_FILE_BYTES, Notation};
use crate::{Compilation, Diagnostics, LoadError, Loader, lower};
use grantc_spec::catalogue::Catalogue;
use proptest::prelude::*;

mod wrong;

/// What every manifest here starts with, wide characters included; `tools` is left to each.
pub(super) const FRAME: &str = "\
grantc: 1
server:
  name: desk
  version: 1.4.0
  title: Bücher – 発票
  description: Finds things.
  namespace: com.example
";

struct Text<'a>(&'a str);

impl Loader for Text<'_> {
    fn load(&self, _path: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.as_bytes().to_vec())
    }
}

pub(super) fn compile(text: &str) -> Compilation {
    crate::compile("tools.yaml", &Text(text), Catalogue::embedded()).unwrap()
}

/// Each finding: its code, what it underlines, its message, and its help if it has one.
pub(super) fn said(text: &str) -> Vec<String> {
    let run = compile(text);
    run.diagnostics
        .iter()
        .map(|found| {
            let file = run.sources.get(found.span.file).unwrap();
            let line = format!(
                "{} {:?}: {}",
                found.rule.code,
                file.slice(found.span),
                found.message
            );
            match &found.help {
                Some(help) => format!("{line}; {help}"),
                None => line,
            }
        })
        .collect()
}

/// A tool with these lines below it.
pub(super) fn tool(lines: &str) -> String {
    let indented: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("{FRAME}tools:\n  find:\n    description: Finds.\n{indented}")
}

#[test]
fn the_expected_type_decides_what_a_plain_scalar_is() {
    let text = tool(
        "\
input:
  fields:
    no: { type: string, default: no, example: 0777 }
    yes: { type: boolean, default: true }
    day: { type: date, example: 2026-02-28 }
    exact: { type: decimal, min: 0.10, example: 12.30 }
    real: { type: number, default: 1.50 }
    whole: { type: integer?, default: 5 }
    code: { type: string, pattern: '^[0-9]+$', example: 1e3 }
output: { fields: { off: string } }",
    );
    assert_eq!(said(&text), Vec::<String>::new());
    let run = compile(&text);
    let program = run.program().unwrap();
    assert_eq!(program.server.version.value, "1.4.0");
    let tool = program.tools.iter().next().unwrap().1;
    let sample = |name: &str| {
        let field = tool
            .input
            .iter()
            .find(|field| field.name.value == name)
            .unwrap();
        let json = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
        (json(&field.default), json(&field.example))
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(sample("no"), (text("\"no\""), text("\"0777\"")));
    assert_eq!(sample("yes"), (text("true"), None));
    assert_eq!(sample("day"), (None, text("\"2026-02-28\"")));
    assert_eq!(sample("exact"), (None, text("\"12.30\"")));
    assert_eq!(sample("real").0, text("1.5"));
    assert_eq!(sample("whole").0, text("5"));
    assert_eq!(sample("code").1, text("\"1e3\""));
}

#[test]
fn short_and_long_forms_are_the_same() {
    let short = "enums: { Status: [open, paid] }\n";
    let long = "enums: { Status: { words: [open, paid] } }\n";
    let tools = "input: {}\noutput: { fields: { status: Status } }";
    for version in ["grantc: 1", "grantc: { version: 1 }"] {
        for enums in [short, long] {
            let text = format!("{}{enums}", tool(tools)).replacen("grantc: 1", version, 1);
            assert_eq!(said(&text), Vec::<String>::new(), "{text}");
        }
    }
    let typed = "types: { Found: { fields: { a: { type: string } } } }\n";
    for output in ["output: Found", "output: { type: Found }"] {
        assert_eq!(
            said(&format!("{}{typed}", tool(output))),
            Vec::<String>::new()
        );
    }
}

#[test]
fn an_alternative_of_a_variant_is_a_key_with_fields() {
    let frame = tool("input: { fields: { paid: Payment } }\noutput: {}");
    let text = format!(
        "{frame}variants:\n  Payment:\n    card: {{ fields: {{ last4: string }} }}\n    fields: {{}}\n    cash: {{ fields: {{}} }}\n"
    );
    assert_eq!(said(&text), Vec::<String>::new());
    let run = compile(&text);
    let kind = &run.program().unwrap().types.values().next().unwrap().kind;
    let TypeKind::Variant(all) = kind else {
        panic!("{kind:?}");
    };
    let names: Vec<_> = all.iter().map(|one| one.name.value.as_str()).collect();
    assert_eq!(names, ["card", "fields", "cash"]);
    let wrong = |variants: &str| said(&format!("{frame}variants: {variants}\n"));
    assert_eq!(
        wrong("{ Payment: [card] }"),
        [
            "G0201 \"Payment\": there is no type `Payment`; there are `string`, `integer`, `number`, \
             `decimal`, `boolean`, `date`, `date-time`, `uuid`, `uri`, `bytes`, `json`, `list<T>` and `map<T>`",
            "G0104 \"[card]\": `variants.Payment` is a mapping, not a list; \
             write `name: { fields: { … } }` under it",
        ]
    );
    assert_eq!(
        wrong("{ Payment: { card: { last4: string } } }"),
        ["G0102 \"last4\": `last4` is not a key of `card`; here may stand `fields`"]
    );
    assert_eq!(
        wrong("{ Payment: { card: string } }"),
        [
            // A variant that has lost its only alternative.
            "G0103 \"Payment\": variant `Payment` has no alternatives; \
             write `variant \"Payment\" { one { … }; other { … } }`",
            "G0104 \"string\": `card` is a mapping, not one value; it takes `fields`",
        ]
    );
}

#[test]
fn a_folded_text_ends_without_its_line_break() {
    let text = tool("output: {}").replace(
        "description: Finds.",
        "description: >\n      Finds\n      things.",
    );
    let run = compile(&text);
    let tool = run.program().unwrap().tools.iter().next().unwrap().1;
    assert_eq!(tool.description.value, "Finds things.");
}

#[test]
fn the_end_of_the_name_says_the_notation() {
    let yaml = ["a.yaml", "a.yml", "a/b.c.YAML"].map(Notation::of);
    assert_eq!(yaml, [Notation::Yaml; 3]);
    let kdl = ["a.kdl", "a", "yaml", "a.yaml/b"].map(Notation::of);
    assert_eq!(kdl, [Notation::Kdl; 4]);
}

#[test]
fn limits_are_kept() {
    let mut sources = Sources::default();
    let mut codes = |bytes: &[u8]| {
        let mut found = Diagnostics::default();
        syntax::read("tools.yaml", bytes, &mut sources, &mut found);
        found
            .iter()
            .map(|found| found.rule.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&vec![b'a'; MAX_FILE_BYTES + 1]), ["G0003"]);
    assert_eq!(
        codes(format!("a: [{}]", "1,".repeat(1_000_000)).as_bytes()),
        ["G0003"]
    );
    assert_eq!(codes("[".repeat(100_000).as_bytes()), ["G0002"]);
    assert_eq!(codes("{a: ".repeat(100_000).as_bytes()), ["G0002"]);
    assert_eq!(codes("- ".repeat(100_000).as_bytes()), ["G0002"]);
    let mixed = format!("{}{}{}", "- ".repeat(9), "[".repeat(8), "]".repeat(8));
    assert_eq!(codes(mixed.as_bytes()), ["G0002"]);
    assert_eq!(codes(b"a: \xff"), ["G0004"]);
}

/// Reads anything as far as it goes; every place must be in the file, on characters' borders.
fn survives(text: &str) {
    let mut sources = Sources::default();
    let mut found = Diagnostics::default();
    let tree = syntax::read("tools.yaml", text.as_bytes(), &mut sources, &mut found);
    assert!(tree.is_some() || found.has_errors(), "{text:?}");
    if let Some(tree) = tree {
        lower::lower(&tree, &mut found);
    }
    for found in found.iter() {
        let range = found.span.start as usize..found.span.end as usize;
        let shown = text.strip_prefix('\u{feff}').unwrap_or(text);
        assert!(shown.get(range).is_some(), "{text:?}: {found:?}");
    }
}

/// The invoice desk: every form in one file.
const DESK: &str = include_str!("../../../../../golden-tests/cases/yaml/invoice-desk.yaml");

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,200}") {
        survives(&text);
    }

    #[test]
    fn anything_like_yaml_is_read_without_panic(
        parts in prop::collection::vec(prop::sample::select(vec![
            "a", "grantc", "server", "tools", "types", "fields", "type", "param", "é", "1", "~",
            ": ", ":\n", "\n", "  ", "    ", "- ", "[", "]", "{", "}", ", ", "'", "\"", "|\n", ">\n",
            "&a ", "*a", "!t ", "? ", "---\n", "...\n", "#", "\t", "%", "\u{85}", "\u{feff}", "\r",
        ]), 0..60),
    ) {
        survives(&parts.concat());
    }

    #[test]
    fn a_manifest_with_anything_put_in_is_read_without_panic(
        at in any::<prop::sample::Index>(),
        cut in 0usize..20,
        put in "[a-z:{}\\[\\]&*!'\"|>#%@`é\t \n-]{0,6}",
    ) {
        let start = (0..=at.index(DESK.len())).rev().find(|i| DESK.is_char_boundary(*i)).unwrap();
        let end = (start + cut).min(DESK.len());
        let end = (end..=DESK.len()).find(|i| DESK.is_char_boundary(*i)).unwrap();
        survives(&format!("{}{put}{}", &DESK[..start], &DESK[end..]));
    }
}
