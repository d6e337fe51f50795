//! Evidence of paths and densities of proposed ones.

use ndarray::{Array1, Array2, ArrayView2, s};
use neuroloom_bicluster::{DynamicsPrior, Interaction, StepStatistics, log_evidence};
use neuroloom_math::ln_gamma;

use crate::dense::{invert, log_normal};
use crate::problem::{normals, rng};

const PRIOR: DynamicsPrior = DynamicsPrior { scale: 0.3, extra_df: 2.5, column_scale: 0.7 };
const N_BINS: usize = 18;

fn states() -> Vec<usize> {
    (0..N_BINS).map(|t| [0, 2, 0][t / 5 % 3]).collect()
}

fn evidence(paths: ArrayView2<'_, f64>, interaction: Interaction, width: usize) -> f64 {
    let segments = [0..7, 7..N_BINS];
    let statistics = StepStatistics::new(paths, &states(), &segments, 4);
    log_evidence(paths, &statistics, &segments, &PRIOR, interaction, width).unwrap()
}

/// Product of the multivariate t densities of every step given the steps of its state before.
fn by_prediction(paths: ArrayView2<'_, f64>) -> f64 {
    let d = paths.ncols();
    let first = |t: usize| log_normal(&paths.row(t).to_owned(), &Array2::eye(d));
    let mut sum = first(0) + first(7);
    for state in 0..4 {
        let mut k_inverse = Array2::<f64>::eye(d + 1) / PRIOR.column_scale;
        let mut m = Array2::<f64>::zeros((d, d + 1));
        m.slice_mut(s![.., ..d]).assign(&Array2::eye(d));
        let mut scale = Array2::<f64>::eye(d) * PRIOR.scale;
        let mut nu = d as f64 + PRIOR.extra_df;
        for t in (0..N_BINS - 1).filter(|&t| t != 6 && states()[t] == state) {
            let mut x = Array1::ones(d + 1);
            x.slice_mut(s![..d]).assign(&paths.row(t));
            let k = invert(&k_inverse).0;
            let spread = 1.0 + x.dot(&k.dot(&x));
            let degrees = nu - d as f64 + 1.0;
            let error = &paths.row(t + 1) - &m.dot(&x);
            let (precision, log) = invert(&(&scale * (spread / degrees)));
            sum += ln_gamma(0.5 * (degrees + d as f64)) - ln_gamma(0.5 * degrees) - 0.5 * log;
            sum -= 0.5 * d as f64 * (degrees * std::f64::consts::PI).ln();
            sum -= 0.5 * (degrees + d as f64) * (error.dot(&precision.dot(&error)) / degrees).ln_1p();
            let column = x.clone().insert_axis(ndarray::Axis(1));
            let right = m.dot(&k_inverse) + &paths.row(t + 1).insert_axis(ndarray::Axis(1)).dot(&column.t());
            k_inverse += &column.dot(&column.t());
            m = right.dot(&invert(&k_inverse).0);
            let error = error.insert_axis(ndarray::Axis(1));
            scale += &(error.dot(&error.t()) / spread);
            nu += 1.0;
        }
    }
    sum
}

#[test]
fn the_evidence_is_the_product_of_predictive_densities() {
    let paths = normals((N_BINS, 4), &mut rng(21));
    let (found, expected) = (evidence(paths.view(), Interaction::Full, 2), by_prediction(paths.view()));
    assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    let blocks = by_prediction(paths.slice(s![.., ..2])) + by_prediction(paths.slice(s![.., 2..]));
    let found = evidence(paths.view(), Interaction::Block, 2);
    assert!((found - blocks).abs() < 1e-9, "{found} {blocks}");
}

#[test]
fn adding_and_dropping_a_cluster_equals_computing_anew() {
    let paths = normals((N_BINS, 9), &mut rng(22));
    let segments = [0..7, 7..N_BINS];
    let of = |paths: ArrayView2<'_, f64>, statistics: &StepStatistics| {
        log_evidence(paths, statistics, &segments, &PRIOR, Interaction::Full, 3).unwrap()
    };
    let (old, new) = (paths.slice(s![.., ..6]), paths.slice(s![.., 6..]));
    let before = StepStatistics::new(old, &states(), &segments, 4);
    let after = before.with_latents(old, new, &states(), &segments);
    assert!((of(paths.view(), &after) - evidence(paths.view(), Interaction::Full, 3)).abs() < 1e-9);
    let kept = [0, 1, 2, 6, 7, 8];
    let dropped = paths.select(ndarray::Axis(1), &kept);
    let found = of(dropped.view(), &after.select(&kept));
    assert!((found - evidence(dropped.view(), Interaction::Full, 3)).abs() < 1e-9);
    // The order of clusters does not matter.
    let swapped = paths.select(ndarray::Axis(1), &[3, 4, 5, 0, 1, 2, 6, 7, 8]);
    let found = evidence(swapped.view(), Interaction::Full, 3);
    assert!((found - evidence(paths.view(), Interaction::Full, 3)).abs() < 1e-9);
}
