//! How many directions the neurons (or pairs) of a model take up.

use neuroloom_math::{MathError, symmetric_eigen};

use crate::factors::{Factor, gram};

/// The normalised nuclear norm of the variance of a factor with unit columns: of `S = A'` minus its column means, with
/// singular values `s` and `v = s^2 / (R - 1)`, the sum of `v / max v`. It grows with every component that adds a new
/// direction, and flattens where further ones add none. 0 for one component.
///
/// # Errors
/// When the eigenvalues cannot be computed.
pub fn nuclear_norm(factor: &Factor) -> Result<f64, MathError> {
    let rank = factor.ncols();
    if rank < 2 {
        return Ok(0.0);
    }
    // The squares of the singular values of S are the eigenvalues of S S', which is the doubly centred Gram matrix: the
    // mean that is subtracted from a column of S is that over components.
    let mut gram = gram(factor);
    let mean = gram.mean_axis(ndarray::Axis(0)).unwrap_or_default();
    let overall = mean.mean().unwrap_or(0.0);
    for ((p, q), value) in gram.indexed_iter_mut() {
        *value += overall - mean[p] - mean[q];
    }
    crate::factors::mirror(&mut gram);
    let values = symmetric_eigen(gram.view())?.values;
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(*value));
    if largest <= 0.0 {
        return Ok(0.0);
    }
    Ok(values.iter().map(|value| value.max(0.0) / largest).sum())
}
