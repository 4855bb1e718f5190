//! How long a manifest takes, reading apart from the rest: 10, 100, 1,000 and 10,000 tools, with a
//! fifth as many identities and as many assignments.
//!
//! `cargo bench -p grantc-core`. The numbers are of a release build; `build.rs` runs at opt-level 0.

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use grantc_core::check::Acceptance;
use grantc_core::diagnostic::Diagnostics;
use grantc_core::source::Sources;
use grantc_core::{check, graph, lower, resolve, syntax};
use grantc_spec::catalogue::Catalogue;
use std::fmt::Write;

/// A manifest of so many tools, each with an input, an output and two uses.
fn manifest(tools: usize) -> String {
    let identities = (tools / 5).max(1);
    let mut text = String::from(
        "grantc version=1\n\
         server \"bench\" version=\"1.0.0\" { description \"Bench.\"; namespace \"com.example\" }\n\
         azure { resource-group \"rg-bench\"; location \"westeurope\"; isolation \"shared\" }\n",
    );
    for i in 0..identities {
        let _ = write!(
            text,
            "resource \"blob{i}\" type=\"azure.blob\" existing=#true {{ account \"stbench{i}\"; container \"c\" }}\n\
             identity \"who{i}\" type=\"user-assigned\" {{\n\
             assign \"Storage Blob Data {}\" on=\"blob{i}\"\n\
             }}\n",
            ["Reader", "Contributor"].get(i % 2).unwrap_or(&"Reader"),
        );
    }
    for i in 0..tools {
        let who = i % identities;
        let verb = if who.is_multiple_of(2) {
            "read"
        } else {
            "write"
        };
        let _ = write!(
            text,
            "tool \"tool{i}\" {{\n\
             description \"Tool number {i}.\"\n\
             as \"who{who}\"\n\
             uses \"blob{who}\" \"{verb}\"\n\
             input {{ name string max-length=100 doc=\"Name.\"; count integer? min=0 }}\n\
             output {{ text string; total decimal }}\n\
             }}\n",
        );
    }
    text
}

fn compile(criterion: &mut Criterion) {
    let catalogue = Catalogue::embedded();
    for tools in [10, 100, 1_000, 10_000] {
        let text = manifest(tools);
        if tools <= 1_000 {
            criterion.bench_with_input(BenchmarkId::new("reading", tools), &text, |bench, text| {
                bench.iter(|| {
                    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
                    syntax::read("tools.kdl", text.as_bytes(), &mut sources, &mut found)
                });
            });
        }
        let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
        let Some(tree) = syntax::read("tools.kdl", text.as_bytes(), &mut sources, &mut found)
        else {
            continue;
        };
        criterion.bench_with_input(BenchmarkId::new("the rest", tools), &tree, |bench, tree| {
            bench.iter_batched(
                Diagnostics::default,
                |mut found| {
                    let manifest = lower::lower(tree, &mut found);
                    let program = resolve::resolve(&manifest, catalogue, &mut found)?;
                    let graph = graph::build(&program, catalogue);
                    check::check(
                        program,
                        graph,
                        catalogue,
                        &Acceptance::default(),
                        &mut found,
                    )
                    .ok()
                },
                BatchSize::LargeInput,
            );
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = compile
}
criterion_main!(benches);
