//! Random manifests, and what the compiler reports of one.

use grantc_core::{LoadError, Loader};
use grantc_laws::facts::op;
use grantc_laws::grow::{self, Gene, Genes, Seed};
use grantc_laws::{Model, render};
use grantc_spec::catalogue::Catalogue;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use serde_json::Value;

/// Manifests of one runner, which starts from a seed of its own.
const SHARE: u64 = 50;

/// A number from the environment.
fn number(variable: &str, otherwise: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// How many manifests `GRANTC_DIFFERENTIAL` asks for; some hundreds unless it does.
pub(crate) fn wanted() -> u64 {
    number("GRANTC_DIFFERENTIAL", 200)
}

fn genes() -> impl Strategy<Value = Genes> {
    any::<[Gene; 8]>()
}

fn seed() -> impl Strategy<Value = Seed> {
    (
        genes(),
        vec(genes(), 1..9),
        vec(vec(genes(), 1..6), 0..4),
        vec((any::<Gene>(), vec(genes(), 0..6)), 1..5),
        vec((any::<Gene>(), vec(genes(), 0..5)), 1..6),
    )
        .prop_map(|(whole, resources, roles, identities, tools)| Seed {
            whole,
            resources,
            roles,
            identities,
            tools,
        })
}

/// Holds something of so many random manifests, on every core there is. A failure is made small,
/// and told with the seed that leads to it.
pub(crate) fn hold(manifests: u64, law: impl Fn(&Model, &Genes) -> Result<(), String> + Sync) {
    let shares = manifests.div_ceil(SHARE);
    let first = number("GRANTC_SEED", 0) << 32;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let law = &law;
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let own = (0..shares).skip(thread).step_by(threads);
            scope.spawn(move || own.for_each(|share| hold_share(first + share, law)));
        }
    });
}

fn hold_share(share: u64, law: &impl Fn(&Model, &Genes) -> Result<(), String>) {
    let config = Config {
        cases: SHARE as u32,
        failure_persistence: None,
        max_shrink_iters: 500,
        ..Config::default()
    };
    let mut start = [0; 32];
    start[..8].copy_from_slice(&share.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &start);
    let mut runner = TestRunner::new_with_rng(config, rng);
    // The genes of the whole choose what a law changes, too.
    let tried = runner.run(&seed(), |seed| {
        law(&grow::grow(&seed), &seed.whole).map_err(TestCaseError::fail)
    });
    match tried {
        Ok(()) => {}
        Err(TestError::Fail(why, seed)) => {
            let model = grow::grow(&seed);
            let (name, text) = (render::name(&model), render::text(&model));
            panic!("share {share}: {why}\n--- {name}\n{text}");
        }
        Err(TestError::Abort(why)) => panic!("share {share}: {why}"),
    }
}

struct Text(String);

impl Loader for Text {
    fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
        Ok(self.0.clone().into_bytes())
    }
}

/// What `check --format json` says of a model.
pub(crate) fn report(model: &Model) -> Result<Value, String> {
    let source = Text(render::text(model));
    let run = grantc_core::compile(render::name(model), &source, Catalogue::embedded())
        .map_err(|error| error.to_string())?;
    let mut found = run.diagnostics.iter();
    if let Some(early) = found.find(|found| found.rule.code < "G0300") {
        let (code, message) = (early.rule.code, &early.message);
        return Err(format!(
            "the manifest is not even well formed: {code} {message}"
        ));
    }
    let report = grantc_core::check::report::report(
        run.program().zip(run.graph()),
        Catalogue::embedded(),
        &run.diagnostics,
        &run.sources,
    );
    serde_json::to_value(&report).map_err(|error| error.to_string())
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn operation(value: &Value) -> String {
    op(&text(&value["plane"]), &text(&value["operation"]))
}

/// Operations with their resources.
pub(crate) fn reaches(said: &Value) -> Vec<(String, String)> {
    let all = list(said).iter();
    all.map(|one| (text(&one["resource"]), operation(one)))
        .collect()
}
