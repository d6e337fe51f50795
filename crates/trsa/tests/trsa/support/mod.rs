//! Shared by the tests.
use std::f64::consts::TAU;

use ndarray::Array3;
use neuroloom_core::{Seed, Table};
use neuroloom_table::{TableBuilder, kinds};
use rand::{Rng, RngExt};

/// A stream of its own for every test.
pub fn rng(seed: u64) -> impl Rng {
    Seed::root(seed).rng()
}

/// A standard normal number (Box & Muller 1958).
pub fn gaussian(rng: &mut impl Rng) -> f64 {
    let (radius, angle): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (TAU * angle).cos()
}

/// Labels of `n` conditions.
pub fn labels(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("c{i:04}")).collect()
}

/// Equal to `tolerance` times the largest entry.
#[track_caller]
pub fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(f64::MIN_POSITIVE, |scale, value| scale.max(value.abs()));
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(error <= tolerance * scale, "entry {place}: {found} instead of {expected} ({error:e})");
    }
}

/// Rates of cells tuned to directions on a circle, `[n_folds, n_conditions, n_channels]`, with noise of size `noise`.
pub fn ring_cells(seed: u64, dims: (usize, usize, usize), noise: f64) -> Array3<f64> {
    let mut rng = rng(seed);
    let (_, n_conditions, n_channels) = dims;
    Array3::from_shape_fn(dims, |(_, condition, channel)| {
        let direction = TAU * condition as f64 / n_conditions as f64;
        let preferred = TAU * channel as f64 / n_channels as f64;
        20.0 * (2.0 * ((direction - preferred).cos() - 1.0)).exp() + noise * gaussian(&mut rng)
    })
}

/// A row of a responses table.
#[derive(Clone, Debug)]
pub struct Response {
    pub recording: String,
    pub unit: String,
    pub region: Option<String>,
    pub condition: String,
    pub value: Option<f64>,
    pub fold: i64,
    pub response: f64,
}

/// Rows for `[n_folds, n_conditions, n_channels]` responses to directions.
pub fn direction_rows(recording: &str, region: &str, responses: &Array3<f64>) -> Vec<Response> {
    let n_conditions = responses.dim().1;
    let row = |((fold, condition, channel), &response): ((usize, usize, usize), &f64)| {
        let direction = TAU * (condition as f64 + 0.5) / n_conditions as f64;
        Response {
            recording: recording.to_owned(),
            unit: format!("{region}{channel}"),
            region: Some(region.to_owned()),
            condition: format!("{direction:.4}"),
            value: Some(direction),
            fold: fold as i64,
            response,
        }
    };
    responses.indexed_iter().map(row).collect()
}

/// The rows as a table of rates by direction.
pub fn responses_table(rows: &[Response]) -> Table {
    TableBuilder::new(kinds::RESPONSES)
        .text("recording_id", rows.iter().map(|row| &row.recording))
        .text("unit_id", rows.iter().map(|row| &row.unit))
        .optional_text("region", rows.iter().map(|row| row.region.as_ref()))
        .text("condition", rows.iter().map(|row| &row.condition))
        .optional_numbers("condition_value", rows.iter().map(|row| row.value))
        .optional_text("condition_unit", rows.iter().map(|row| row.value.map(|_| "rad")))
        .integers("fold", rows.iter().map(|row| row.fold))
        .numbers("response", rows.iter().map(|row| row.response))
        .text("response_unit", rows.iter().map(|_| "Hz"))
        .finish()
        .unwrap()
}
