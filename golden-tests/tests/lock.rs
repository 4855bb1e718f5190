//! `grantc.lock`: what is written is read back, and only what a manifest means is in it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use grantc_core::Diagnostics;
use grantc_core::source::Sources;
use grantc_core::syntax::{self, Node, Tree};
use grantc_emitters::lock::{Grant, Lock, Need, Tool, parse};
use grantc_emitters::{Options, lock};
use grantc_golden_tests::compile::Texts;
use grantc_golden_tests::{annotations, compile, folders, yaml};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use std::path::PathBuf;

/// Any text that a field may hold; what would end a field or a line is frequent.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9_-]{0,12}",
        "[ %\\t\\r\\n\u{85}\u{a0}\u{2028}\u{202e}#,a/*é発]{1,8}",
        "\\PC{1,12}",
        any::<char>().prop_map(String::from),
    ]
}

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_-]{0,12}"
}

fn digest() -> impl Strategy<Value = String> {
    "[0-9a-f]{64}".prop_map(|hex| format!("sha256:{hex}"))
}

fn needs() -> impl Strategy<Value = Need> {
    (name(), name(), text(), name(), prop::option::of(text())).prop_map(
        |(tool, plane, operation, resource, path)| Need {
            tool,
            plane,
            operation,
            resource,
            path,
        },
    )
}

fn any_lock() -> impl Strategy<Value = Lock> {
    let grant =
        (any::<usize>(), digest()).prop_map(|(operations, digest)| Grant { operations, digest });
    let tool = (digest(), btree_set(name(), 0..3))
        .prop_map(|(digest, identities)| Tool { digest, identities });
    (
        btree_map((text(), text()), digest(), 0..4),
        btree_map((name(), text(), text()), grant, 0..4),
        prop::option::of((text(), digest())),
        btree_set(needs(), 0..6),
        btree_map(text(), tool, 0..4),
    )
        .prop_map(|(accepts, assigns, catalogue, needs, tools)| Lock {
            accepts,
            assigns,
            catalogue,
            needs,
            tools,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(lock in any_lock(), other in any_lock(), update in any::<bool>()) {
        let text = lock.to_string();
        prop_assert_eq!(parse(text.as_bytes()), Ok(lock.clone()));
        prop_assert_eq!(parse(text.replace('\n', "\r\n").as_bytes()), Ok(lock.clone()));
        let lines: Vec<&str> = text.lines().skip(1).collect();
        prop_assert!(lines.is_sorted(), "{}", text);
        // What a lock keeps of another one is not lost by keeping it again.
        let kept = lock.clone().keeping(&other, update);
        prop_assert_eq!(lock.keeping(&kept, false), kept);
    }

    #[test]
    fn no_text_makes_reading_panic(lock in any_lock(), cut in any::<prop::sample::Index>(), bytes in vec(any::<u8>(), 0..12)) {
        let mut text = lock.to_string().into_bytes();
        let at = cut.index(text.len());
        text.splice(at..at, bytes);
        if let Err(error) = parse(&text) {
            let lines = text.iter().filter(|byte| **byte == b'\n').count() + 1;
            prop_assert!((1..=lines).contains(&error.line), "{}", error);
        }
    }
}

/// The lock of a text as the manifest at `path`, which may import `files`.
fn lock_of(path: &str, text: &str, files: &Texts) -> String {
    let mut files = files.clone();
    files.insert(path.to_owned(), text.to_owned());
    let run = compile::compile_files(path, &files).unwrap();
    let Some(program) = run.verified() else {
        panic!(
            "{text}\n{}",
            annotations::annotate(&run.sources, run.diagnostics.iter())
        );
    };
    lock(program, &Options::default()).to_string()
}

fn tree(kdl: &str) -> Tree {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    syntax::read("tools.kdl", kdl.as_bytes(), &mut sources, &mut found).unwrap()
}

/// Puts nodes in another order, and what is in identities and tools too.
fn reorder(nodes: &mut [Node], keys: &[u16]) {
    let mut keys = keys.iter().cycle();
    nodes.sort_by_cached_key(|_| *keys.next().unwrap());
    for node in nodes {
        let inner = matches!(node.name.value.as_str(), "identity" | "tool");
        if let (true, Some(children)) = (inner, &mut node.children) {
            children.sort_by_cached_key(|_| *keys.next().unwrap());
        }
    }
}

/// The accepted cases and the examples: each manifest with what it imports.
fn manifests() -> Vec<(String, Texts)> {
    let mut cases = folders::cases("accept").unwrap();
    cases.extend(folders::examples().unwrap());
    let read = |folder: &PathBuf| {
        let mut files = compile::case(folder).unwrap();
        (files.remove(compile::NAME).unwrap(), files)
    };
    cases.values().map(read).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn neither_order_nor_notation_shows(keys in vec(any::<u16>(), 61)) {
        for (kdl, files) in manifests() {
            let mut tree = tree(&kdl);
            // `grantc version=1` comes first.
            reorder(&mut tree.nodes[1..], &keys);
            let other = yaml::render(&tree);
            prop_assert_eq!(
                lock_of("tools.yaml", &other, &files),
                lock_of("tools.kdl", &kdl, &files),
                "{}", other
            );
        }
    }
}
