//! What several tests need.

use std::fs::File;
use std::path::Path;

use ndarray::{ArrayBase, Dimension, Ix0, OwnedRepr};
use ndarray_npy::NpzReader;
use neuroloom_core::{Error, Inputs, Registry, RunContext, StepOutput, Table};
use neuroloom_table::Columns;
use serde_json::{Value, json};

/// An array of `tests/fixtures/FILE.npz`, made by `benches/peers/make_nlb_fixtures.py`.
pub fn fixture<D: Dimension>(file: &str, name: &str) -> ArrayBase<OwnedRepr<f64>, D, f64> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{file}.npz"));
    NpzReader::new(File::open(path).unwrap()).unwrap().by_name(name).unwrap()
}

/// A number of a fixture.
pub fn number(file: &str, name: &str) -> f64 {
    fixture::<Ix0>(file, name).into_scalar()
}

/// Asserts that two numbers agree, relative to the second.
#[track_caller]
pub fn assert_near(ours: f64, peer: f64, tolerance: f64) {
    assert!((ours - peer).abs() <= tolerance * peer.abs().max(1.0), "{ours} instead of {peer}");
}

/// Runs a step of this crate, of `simulate.*` or of `ingest.*` on whole tables.
pub fn run(id: &str, params: &Value, inputs: &[(&str, &Table)]) -> Result<StepOutput, Error> {
    run_on(1, id, params, inputs)
}

/// The same on `threads` threads.
pub fn run_on(
    threads: usize,
    id: &str,
    params: &Value,
    inputs: &[(&str, &Table)],
) -> Result<StepOutput, Error> {
    let step = registry();
    let step = step.get(id).unwrap();
    let params = step.check(params).unwrap();
    let inputs = Inputs::new(inputs.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| step.run(&RunContext::for_test("."), &params, &inputs))
}

/// What is wrong with parameters.
pub fn refused(id: &str, params: &Value) -> Vec<String> {
    let issues = registry().get(id).unwrap().check(params).unwrap_err();
    issues.iter().map(ToString::to_string).collect()
}

pub fn registry() -> Registry {
    let registry = neuroloom_io::register(Registry::default());
    let registry = neuroloom_prepare::register(registry);
    let registry = neuroloom_simulate::register(registry);
    neuroloom_nlb::register(registry)
}

/// A small Lorenz set of 240 trials.
pub fn lorenz(changes: &Value) -> Table {
    let mut params = json!({ "n_conditions": 20, "n_repeats": 12, "rate_hz": 10.0 });
    params.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    run("simulate.lorenz", &params, &[]).unwrap().tables["trials"].clone()
}

/// The score of all units together.
pub fn metric(output: &StepOutput, name: &str) -> Option<f64> {
    let table = &output.tables["metrics"];
    let (metrics, units) = (table.text("metric").unwrap(), table.text("unit_id").unwrap());
    let (channels, values) = (table.text("channel").unwrap(), table.numbers("value").unwrap());
    let all = |row: &usize| {
        metrics.get(*row) == Some(name) && units.get(*row).is_none() && channels.get(*row).is_none()
    };
    (0..table.n_rows()).find(all).and_then(|row| values.get(row))
}
