//! Laplace's approximation and likelihoods.

use std::path::Path;

use ndarray::{Array1, Array2};
use neuroloom_bicluster::{Counts, Design, Family, LoadingPrior, UnitCounts, laplace};

use crate::harness::{Outcome, measure, read};

pub fn run(folder: &Path) -> Outcome {
    let (counts, path): (Array1<i64>, Array2<f64>) = (read(folder, "counts")?, read(folder, "path")?);
    let r: Array1<f64> = read(folder, "r")?;
    let n_bins = counts.len();
    let values = Array2::from_shape_fn((1, n_bins), |(_, t)| counts[t] as u32);
    let counts =
        Counts::new(values, Array2::from_elem((1, n_bins), true), std::iter::once(0..n_bins).collect());
    let design = Design::new(path.view());
    let unit = UnitCounts::new(&counts, 0, r[0], Family::NegativeBinomial);
    let prior = LoadingPrior { mean: 0.0, sd: 1.0 };
    measure("Laplace 500, p 2", || Ok(laplace(&unit, &design, &prior)?))?;
    let coefficients = laplace(&unit, &design, &prior)?.coefficients;
    measure("likelihood 500, p 2", || Ok(unit.kernel(&design, &coefficients)))
}
