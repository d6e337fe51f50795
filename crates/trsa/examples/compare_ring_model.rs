//! Do cells tuned to head direction represent a ring or a line?
//!
//!     cargo run --release --package neuroloom-trsa --example compare_ring_model

use std::f64::consts::TAU;

use ndarray::Array3;
use neuroloom_trsa::compare::{Measure, compare};
use neuroloom_trsa::noise::Precision;
use neuroloom_trsa::{Rdm, RsaError, estimators, models};

const N_DIRECTIONS: usize = 36;

/// Rates of 40 cells, each with a preferred direction, in two repeats that differ by a slow drift.
fn head_direction_cells() -> Array3<f64> {
    Array3::from_shape_fn((2, N_DIRECTIONS, 40), |(repeat, direction, cell)| {
        let angle = TAU * (direction as f64 / N_DIRECTIONS as f64 - cell as f64 / 40.0);
        let drift = 1.0 + 0.1 * repeat as f64 * (cell as f64).sin();
        30.0 * drift * (3.0 * (angle.cos() - 1.0)).exp()
    })
}

fn main() -> Result<(), RsaError> {
    let directions: Vec<f64> = (0..N_DIRECTIONS).map(|i| TAU * i as f64 / N_DIRECTIONS as f64).collect();
    let labels: Vec<String> = directions.iter().map(|direction| format!("{direction:.2} rad")).collect();

    let dissimilarities = estimators::crossnobis(head_direction_cells().view(), &Precision::identity())?;
    let cells = [Rdm::new("cells", labels.clone(), dissimilarities)?];
    let hypotheses = [
        Rdm::new("ring", labels.clone(), models::ring(&directions, TAU)?)?,
        Rdm::new("line", labels, models::line(&directions)?)?,
    ];
    for measure in [Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA] {
        let similarity = compare(&cells, &hypotheses, measure)?;
        println!("{:<8}  ring {:.3}  line {:.3}", measure.name(), similarity[[0, 0]], similarity[[0, 1]]);
    }
    Ok(())
}
