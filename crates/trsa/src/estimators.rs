//! Estimators of dissimilarities from responses.
//!
//! All take [`Patterns`]: `[n_conditions, n_channels]`, or with repeats `[n_folds, n_conditions, n_channels]`, in 32 or
//! 64 bits. Each returns the upper triangle of the RDM, row-major, to be given to [`Rdm::new`](crate::Rdm::new).
//! [`Estimator`] holds a choice of one with its options. Channels are worked through in panels: beside its input and
//! an `[n_conditions, n_conditions]` matrix an estimator needs a few MiB, unless a full precision mixes the channels.

mod correlation;
mod cross_run;
mod crossnobis;
mod cv_correlation;
mod estimator;
mod euclidean;
mod fold_kernel;
mod fold_pairs;
mod mahalanobis;
mod movie;
mod pairwise;
mod patterns;
mod poisson;
mod unbalanced;

use neuroloom_math::SymmetricProduct;

use crate::{Result, n_pairs};

pub use correlation::correlation;
pub use cross_run::{CrossRun, cross_run_correlation, cross_run_euclidean};
pub use crossnobis::crossnobis;
pub use cv_correlation::cv_correlation;
pub use estimator::{Dissimilarities, Estimator, Method, NanPolicy, NoiseSource};
pub use euclidean::euclidean;
pub use fold_pairs::crossnobis_per_fold;
pub use mahalanobis::mahalanobis;
pub use movie::{movie, movie_precision};
pub use pairwise::{correlation_pairwise, euclidean_pairwise, poisson_pairwise};
pub use patterns::{Patterns, Response};
pub use poisson::{PoissonPrior, poisson, poisson_cv};
pub use unbalanced::{Weighting, crossnobis_unbalanced};

/// Rows whose mean is taken away from all before their products are added up. Distances do not change, but their
/// Gram form no longer cancels where the mean is large beside the spread; for that, a rough mean is as good as the
/// exact one, which would cost a pass over all rows.
const ORIGIN_ROWS: usize = 4;

/// Adds `weight X X'` of a panel whose rows are those of `fill` less a common one.
fn add_centred(
    product: &mut SymmetricProduct,
    n_rows: usize,
    width: usize,
    weight: f64,
    fill: impl Fn(usize, &mut [f64]) + Sync,
) {
    let origin = common_row(n_rows, width, &fill);
    product.add(width, weight, |row, values| {
        fill(row, values);
        values.iter_mut().zip(&origin).for_each(|(value, origin)| *value -= origin);
    });
}

/// The mean of a few rows, evenly spread.
fn common_row(n_rows: usize, width: usize, fill: &impl Fn(usize, &mut [f64])) -> Vec<f64> {
    let (mut origin, mut row) = (vec![0.0; width], vec![0.0; width]);
    let n = ORIGIN_ROWS.min(n_rows);
    for place in 0..n {
        fill(place * n_rows / n, &mut row);
        origin.iter_mut().zip(&row).for_each(|(sum, value)| *sum += value / n as f64);
    }
    origin
}

/// The diagonal of a kernel.
///
/// # Errors
/// When it is not finite, which it is where all responses are.
fn finite_diagonal(kernel: &SymmetricProduct, patterns: Patterns<'_>) -> Result<Vec<f64>> {
    let diagonal: Vec<f64> = kernel.diagonal().collect();
    match diagonal.iter().find(|square| !square.is_finite()) {
        Some(&square) => Err(patterns.first_non_finite(square)),
        None => Ok(diagonal),
    }
}

/// `(K_ii + K_jj - 2 K_ij) / n_channels` from the upper triangle of `K`.
///
/// # Errors
/// When a response is not finite.
fn kernel_distances(kernel: &SymmetricProduct, patterns: Patterns<'_>) -> Result<Vec<f64>> {
    let diagonal = finite_diagonal(kernel, patterns)?;
    let share = 1.0 / patterns.dim().2 as f64;
    let mut distances = Vec::with_capacity(n_pairs(diagonal.len()));
    for (i, &k_ii) in diagonal.iter().enumerate() {
        let row = kernel.upper_row(i).iter().zip(&diagonal[i..]).skip(1);
        distances.extend(row.map(|(k_ij, k_jj)| (k_ii + k_jj - 2.0 * k_ij) * share));
    }
    Ok(distances)
}

/// Sets negative rounding errors of distances to 0.
fn not_negative(mut distances: Vec<f64>) -> Vec<f64> {
    distances.iter_mut().for_each(|distance| *distance = distance.max(0.0));
    distances
}
