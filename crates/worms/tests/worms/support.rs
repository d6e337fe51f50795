//! Fixtures and how to read them.

use std::path::{Path, PathBuf};

use neuroloom_celegans::Profile;
use neuroloom_core::{Inputs, Registry, Result, RunContext, StepOutput, Table, files};
use neuroloom_worms::{Listing, ReadOptions, Source, Worm, collection};
use serde_json::Value;

/// Samples of every fixture.
pub const T: usize = 24;

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

pub fn fixture(file: &str) -> PathBuf {
    fixtures().join(file)
}

/// Samples of column `neuron` of `worm`, as the fixtures have them.
pub fn trace(worm: usize, neuron: usize) -> Vec<f64> {
    (0..T).map(|t| (1000 * worm + 100 * neuron + t) as f64 + 0.5 * (t % 3) as f64).collect()
}

pub fn times(t0_s: f64, dt_s: f64) -> Vec<f64> {
    (0..T).map(|t| t0_s + dt_s * t as f64).collect()
}

pub fn options(profile: Profile) -> ReadOptions {
    ReadOptions { profile, ..ReadOptions::default() }
}

pub fn listing(source: Source, path: &Path, options: &ReadOptions) -> Result<Listing> {
    Listing::of(&collection::find(path, Some(source), &[])?, options)
}

/// All worms at `path`, with their ids.
pub fn read(source: Source, path: &Path, options: &ReadOptions) -> Result<Vec<(String, Worm)>> {
    let listing = listing(source, path, options)?;
    listing.units.iter().map(|unit| Ok((unit.id.clone(), unit.read()?))).collect()
}

/// The worms of the fixture `file`.
pub fn worms(source: Source, file: &str, profile: Profile) -> Vec<(String, Worm)> {
    read(source, &fixture(file), &options(profile)).unwrap()
}

pub fn labels(worm: &Worm) -> Vec<&str> {
    worm.recording.columns.iter().map(|column| column.label_given.as_deref().unwrap_or("")).collect()
}

pub fn traces(worm: &Worm) -> Vec<Vec<f64>> {
    worm.recording.columns.iter().map(|column| column.trace.to_vec()).collect()
}

/// Pearson correlation of the traces with two labels.
pub fn correlation(worm: &Worm, left: &str, right: &str) -> f64 {
    let z = |label: &str| -> Vec<f64> {
        let column = labels(worm).iter().position(|found| *found == label).unwrap();
        let values = &worm.recording.columns[column].trace;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let length = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>().sqrt();
        values.iter().map(|v| (v - mean) / length).collect()
    };
    z(left).iter().zip(z(right)).map(|(a, b)| a * b).sum()
}

/// Equal, where NaN equals NaN.
pub fn assert_same(found: &[f64], expected: &[f64]) {
    let bits = |values: &[f64]| -> Vec<u64> { values.iter().map(|value| value.to_bits()).collect() };
    let tame = |values: &[f64]| -> Vec<f64> {
        values.iter().map(|v| if v.is_nan() { f64::NAN } else { *v }).collect()
    };
    assert_eq!(bits(&tame(found)), bits(&tame(expected)), "{found:?} is not {expected:?}");
}

pub fn registry() -> Registry {
    neuroloom_celegans::register(neuroloom_worms::register(Registry::default()))
}

pub fn run(base: &Path, threads: usize, step: &str, params: &Value, inputs: &Inputs) -> Result<StepOutput> {
    let registry = registry();
    let step = registry.get(step).unwrap();
    let params = step.check(params).unwrap();
    let ctx = RunContext::new(
        base,
        threads,
        neuroloom_core::Seed::root(1),
        std::sync::Arc::new(neuroloom_core::NoProgress),
        neuroloom_core::CancelToken::default(),
    );
    step.run(&ctx, &params, inputs)
}

pub fn ingest(base: &Path, params: &Value) -> Result<StepOutput> {
    run(base, 1, "ingest.celegans", params, &Inputs::default())
}

/// The parts of a table that was written in parts, or the whole one.
pub fn parts(output: &StepOutput, port: &str) -> Vec<Table> {
    match output.stored.get(port) {
        Some(stored) => (0..stored.n_parts()).map(|i| stored.part(i).unwrap()).collect(),
        None => vec![output.tables[port].clone()],
    }
}

/// A copy of the fixtures of `source` that a test may change.
pub fn copied(source: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files::list_files(&fixture(source)).unwrap() {
        let bytes = files::read_bytes(&fixture(source).join(&file)).unwrap();
        files::write_bytes(&folder.path().join(&file), &bytes).unwrap();
    }
    folder
}
