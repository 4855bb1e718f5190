//! A whole manifest, several files in either notation, from text to report.
//!
//! The input is what a folder would hold: a line `--- PATH` before each file, the first of which is
//! the root manifest. Half of the mutations know what a manifest is made of: they copy and drop
//! nodes, and put words and texts where others stood, so that most of them come past the reader.
//!
//! `golden-tests/fuzz/run front` fills the corpus from the golden manifests and runs it.

#![no_main]

mod mutate;

use grantc_core::check::{proof, report};
use grantc_core::{LoadError, Loader};
use grantc_spec::catalogue::Catalogue;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use std::collections::BTreeMap;

struct Folder<'a>(BTreeMap<&'a str, &'a [u8]>);

impl Loader for Folder<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let found = self.0.get(path).map(|bytes| bytes.to_vec());
        found.ok_or_else(|| LoadError {
            path: path.to_owned(),
            reason: "there is no such file".to_owned(),
        })
    }
}

/// The files of an input, and the path of the first.
fn folder(bytes: &[u8]) -> (&str, Folder<'_>) {
    let mut files = BTreeMap::new();
    let mut root = None;
    let (mut path, mut start, mut at) = ("tools.kdl", 0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let name = line.strip_prefix(b"--- ").and_then(|name| std::str::from_utf8(name).ok());
        if let Some(name) = name {
            if at > 0 {
                root.get_or_insert(path);
                files.entry(path).or_insert(&bytes[start..at]);
            }
            (path, start) = (name.trim(), at + line.len());
        }
        at += line.len();
    }
    let root = *root.get_or_insert(path);
    files.entry(path).or_insert(&bytes[start..]);
    (root, Folder(files))
}

fuzz_target!(|bytes: &[u8]| {
    let catalogue = Catalogue::embedded();
    let (root, folder) = folder(bytes);
    let Ok(run) = grantc_core::compile(root, &folder, catalogue) else {
        return;
    };
    let found = run.program().zip(run.graph());
    let _ = report::report(found, catalogue, &run.diagnostics, &run.sources);
    if let Some((program, graph)) = found {
        let _ = proof::proof(program, graph, catalogue).within(80);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    match mutate::mutate(&data[..size], max_size, seed) {
        Some(changed) => {
            data[..changed.len()].copy_from_slice(&changed);
            changed.len()
        }
        None => fuzzer_mutate(data, size, max_size),
    }
});
