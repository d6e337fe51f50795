//! Estimators of dissimilarities from responses.
//!
//! All take [`Patterns`]: `[n_conditions, n_channels]`, or with repeats `[n_folds, n_conditions, n_channels]`. Each
//! returns the upper triangle of the RDM, row-major, to be given to [`Rdm::new`](crate::Rdm::new). Channels are
//! worked through in panels: beside its input and an `[n_conditions, n_conditions]` matrix an estimator needs
//! a few MiB.

mod correlation;
mod crossnobis;
mod euclidean;
mod patterns;

use ndarray::Array2;

use crate::{Result, RsaError, n_pairs};

pub use correlation::correlation;
pub use crossnobis::crossnobis;
pub use euclidean::euclidean;
pub use patterns::Patterns;

/// `(K_ii + K_jj - 2 K_ij) / n_channels` from the upper triangle of `K`.
fn kernel_distances(kernel: &Array2<f64>, n_channels: usize) -> Vec<f64> {
    let (diagonal, p) = (kernel.diag().to_vec(), n_channels as f64);
    upper_triangle(kernel, &diagonal, |k_ii, k_jj, k_ij| (k_ii + k_jj - 2.0 * k_ij) / p)
}

/// `entry(a_i, a_j, K_ij)` for all pairs `i < j`, row-major.
fn upper_triangle(kernel: &Array2<f64>, a: &[f64], entry: impl Fn(f64, f64, f64) -> f64) -> Vec<f64> {
    let mut triangle = Vec::with_capacity(n_pairs(a.len()));
    for (i, (row, &a_i)) in kernel.outer_iter().zip(a).enumerate() {
        triangle.extend(a.iter().zip(row).skip(i + 1).map(|(&a_j, &k_ij)| entry(a_i, a_j, k_ij)));
    }
    triangle
}

/// Two conditions and a channel are the least that a distance can be made of.
fn check_shape(n_conditions: usize, n_channels: usize) -> Result<()> {
    if n_conditions < 2 {
        return Err(RsaError::TooFewConditions { needed: 2, found: n_conditions });
    }
    if n_channels == 0 { Err(RsaError::NoChannels) } else { Ok(()) }
}
