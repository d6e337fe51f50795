use ndarray::Array2;
use neuroloom_math::cholesky;

use super::nnls::solve;
use crate::Result;

/// The solution of the normal equations `A w = b` for a positive definite `a` `[K, K]`.
///
/// # Errors
/// When `a` is not positive definite: components depend linearly on each other and there is no ridge.
pub fn ridge(a: &Array2<f64>, b: &[f64]) -> Result<Vec<f64>> {
    // The decomposition tells a singular matrix apart with its smallest eigenvalue.
    cholesky(a.view())?;
    let all: Vec<usize> = (0..b.len()).collect();
    Ok(solve(a, b, &all).unwrap_or_else(|| vec![0.0; b.len()]))
}
