//! How long a manifest takes, reading apart from the rest: 10, 100, 1,000 and 10,000 tools, with a
//! fifth as many identities and as many assignments.
//!
//! `cargo bench -p grantc-core`. The numbers are of a release build; `build.rs` runs at opt-level 0.
//! The picture beside it is drawn by `examples/speed.rs`.

mod common;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use grantc_spec::catalogue::Catalogue;

fn compile(criterion: &mut Criterion) {
    let catalogue = Catalogue::embedded();
    for tools in [10, 100, 1_000, 10_000] {
        let text = common::manifest(tools);
        if tools <= 1_000 {
            criterion.bench_with_input(BenchmarkId::new("reading", tools), &text, |bench, text| {
                bench.iter(|| common::read(text));
            });
        }
        let Some(tree) = common::read(&text) else {
            continue;
        };
        criterion.bench_with_input(BenchmarkId::new("the rest", tools), &tree, |bench, tree| {
            bench.iter_with_large_drop(|| common::understand(tree, catalogue));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = compile
}
criterion_main!(benches);
