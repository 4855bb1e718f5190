//! Pictures of graphs: current where they are kept, well formed everywhere, and complete.
//!
//! `BLESS=1 cargo test -p grantc-golden-tests --test picture` writes those that are kept: beside
//! the manifests of `cases/picture`, and beside the first example.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use grantc_core::Compilation;
use grantc_core::check::picture::{Picture, picture};
use grantc_golden_tests::{compile, folders};
use grantc_spec::catalogue::Catalogue;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::fmt::Write;

fn drawn(compilation: &Compilation) -> Option<Picture> {
    let (program, graph) = (compilation.program()?, compilation.graph()?);
    let catalogue = Catalogue::embedded();
    Some(picture(program, graph, catalogue, &compilation.sources))
}

/// Every graph of every case and example, by the name of the case.
fn all() -> Vec<(String, Compilation)> {
    let mut all = Vec::new();
    let kinds = ["accept", "reject", "picture"];
    let cases = kinds.iter().flat_map(|kind| {
        let cases = folders::cases(kind).unwrap().into_iter();
        cases.map(move |(name, folder)| (format!("{kind}/{name}"), folder))
    });
    for (name, folder) in cases.chain(folders::examples().unwrap()) {
        let files = compile::case(&folder).unwrap();
        if files.contains_key(compile::NAME) {
            all.push((name, compile::compile_files(compile::NAME, &files).unwrap()));
        }
    }
    all
}

#[test]
fn those_that_are_kept_are_current() {
    let mut kept = vec![(folders::repository("examples/invoice-desk"), false)];
    let cases = folders::cases("picture").unwrap().into_values();
    kept.extend(cases.map(|folder| (folder, true)));
    for (folder, whole) in kept {
        let files = compile::case(&folder).unwrap();
        let compilation = compile::compile_files(compile::NAME, &files).unwrap();
        let picture = drawn(&compilation).unwrap();
        folders::expect(&folder.join("graph.svg"), &picture.svg()).unwrap();
        if whole {
            folders::expect(&folder.join("graph.mmd"), &picture.mermaid()).unwrap();
            folders::expect(&folder.join("graph.dot"), &picture.dot()).unwrap();
        }
    }
}

/// The texts of an SVG, its titles among them; panics where it is not well formed.
fn texts(name: &str, svg: &str) -> Vec<String> {
    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_comments = true;
    let (mut texts, mut text, mut depth) = (Vec::new(), String::new(), 0);
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|e| panic!("{name}: {e}\n{svg}"))
        {
            Event::Start(start) => {
                attributes(name, &start);
                (text, depth) = (String::new(), depth + 1);
            }
            Event::Empty(empty) => attributes(name, &empty),
            Event::Text(part) => text.push_str(&part.decode().unwrap()),
            Event::GeneralRef(reference) => {
                let known = match &*reference.decode().unwrap() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "#39" => '\'',
                    other => panic!("{name}: &{other};"),
                };
                text.push(known);
            }
            Event::End(_) => {
                texts.push(std::mem::take(&mut text));
                depth -= 1;
            }
            Event::Eof => break,
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(depth, 0, "{name}");
    texts
}

fn attributes(name: &str, tag: &quick_xml::events::BytesStart<'_>) {
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap_or_else(|e| panic!("{name}: {e}"));
        let key = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
        let value = String::from_utf8(attribute.value.to_vec()).unwrap();
        assert!(
            !value.contains("NaN") && !value.contains("inf"),
            "{name}: {key}={value}"
        );
        let outside = value.contains("http") && key != "xmlns";
        assert!(!outside && !key.starts_with("on"), "{name}: {key}={value}");
    }
}

#[test]
fn every_svg_is_well_formed_and_names_everything() {
    let mut count = 0;
    for (name, compilation) in all() {
        let Some(picture) = drawn(&compilation) else {
            continue;
        };
        let texts = texts(&name, &picture.svg());
        let says = |wanted: &str| texts.iter().any(|text| text.contains(wanted));
        let program = compilation.program().unwrap();
        for tool in program.tools.values() {
            assert!(says(&tool.name.value), "{name}: no tool {}", tool.name);
        }
        for identity in program.identities.values() {
            assert!(
                says(&identity.name.value),
                "{name}: no identity {}",
                identity.name
            );
        }
        for resource in program.resources.values().filter(|it| !it.implicit) {
            assert!(
                says(&resource.name.value),
                "{name}: no resource {}",
                resource.name
            );
        }
        for assignment in program.assignments.values() {
            let role = &assignment.role_name.value;
            assert!(says(role), "{name}: no role {role}");
        }
        count += 1;
    }
    assert!(count > 60, "only {count} pictures");
}

#[test]
fn mermaid_names_everything_or_counts_it() {
    for (name, compilation) in all() {
        let Some(picture) = drawn(&compilation) else {
            continue;
        };
        let text = picture.mermaid();
        let (opened, closed) = (
            text.matches("subgraph ").count(),
            text.lines().filter(|line| line.trim() == "end").count(),
        );
        assert_eq!(opened, closed, "{name}");
        let program = compilation.program().unwrap();
        if program.tools.len() <= 12 {
            for tool in program.tools.values() {
                assert!(
                    text.contains(&format!("<b>{}</b>", tool.name)),
                    "{name}: {text}"
                );
            }
        }
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with("%%"))
        {
            assert_eq!(line.matches('"').count() % 2, 0, "{name}: {line}");
        }
    }
}

/// Tools with identities and resources of their own, some of them wrong.
fn many(tools: usize) -> String {
    let mut text = String::from(
        r#"grantc version=1
        server "big-desk" version="1.0.0" { description "A desk."; namespace "com.example" }
        azure { resource-group "rg-desk"; location "westeurope" }
        resource "data" type="azure.resource-group" { resource-group "rg-data" }
        "#,
    );
    for at in 0..tools / 3 {
        let _ = writeln!(
            text,
            r#"resource "store-{at}" type="azure.blob" existing=#true {{ account "stdesk"; container "c{at}"; resource-group "rg-data" }}"#
        );
    }
    for at in 0..tools / 5 {
        let on = at % (tools / 3);
        let more = match at % 7 {
            0 => r#"assign "Storage Blob Data Contributor" on="data""#,
            1 => r#"assign "Reader" on="store-0""#,
            _ => "",
        };
        let _ = writeln!(
            text,
            r#"identity "agent-{at}" type="user-assigned" {{ assign "Storage Blob Data Reader" on="store-{on}"; {more} }}"#
        );
    }
    for at in 0..tools {
        let (agent, verb) = (
            at % (tools / 5),
            if at % 40 == 7 { "delete" } else { "read" },
        );
        let on = agent % (tools / 3);
        let _ = writeln!(
            text,
            r#"tool "do_thing_{at}" {{ description "Do."; as "agent-{agent}"; uses "store-{on}" "{verb}"; output {{ ok boolean }} }}"#
        );
    }
    text
}

#[test]
fn a_hundred_and_fifty_tools_fit_on_a_page() {
    for (tools, most) in [(5, 700), (30, 1800), (150, 3000), (300, 3600)] {
        let compilation = compile::compile(&many(tools)).unwrap();
        let picture = drawn(&compilation).unwrap();
        let svg = picture.svg();
        assert_eq!(svg, picture.svg());
        let texts = texts("many", &svg);
        for at in 0..tools {
            let name = format!("do_thing_{at}");
            assert!(texts.iter().any(|text| text.contains(&name)), "no {name}");
        }
        let height = svg
            .split("height=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let height: usize = height.unwrap().parse().unwrap();
        assert!(height <= most, "{tools} tools are {height} high");
        assert!(tools < 20 || texts.iter().any(|text| text.starts_with("Folded: ")));
    }
}
