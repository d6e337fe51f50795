//! Shrinkage of a covariance to a multiple of the identity.

use ndarray::Array2;

use super::covariance::{scatter, square_of_scatter, sum_of_fourth_powers, sum_of_square_entries};

/// The covariance of centred `x` `[n, p]` shrunk to a multiple of the identity, and the weight of the latter
/// (Ledoit & Wolf 2004): with `S = X'X / n`, `m = tr S / p`, `d² = |S|² - p m²` and
/// `b² = min(d², (Σ_t |x_t|⁴ / n - |S|²) / n)`
///
/// `(b²/d² m I + (1 - b²/d²) S) n / dof`
///
/// Where there are fewer observations than channels, `|S|² = |X X'|² / n²`.
pub(super) fn shrunk(x: &Array2<f64>, dof: usize) -> (Array2<f64>, f64) {
    let (n_rows, n_channels) = x.dim();
    let (n, p) = (n_rows as f64, n_channels as f64);
    let product = scatter(x);
    let m = product.diagonal().sum::<f64>() / (n * p);
    let square = if n_rows < n_channels {
        square_of_scatter(x) / (n * n)
    } else {
        sum_of_square_entries(&product, n_channels) / (n * n)
    };
    let d2 = square - p * m * m;
    let b2 = ((sum_of_fourth_powers(x) / n - square) / n).min(d2).max(0.0);
    // The sample covariance is the target already.
    let shrinkage = if d2 > 0.0 { b2 / d2 } else { 1.0 };
    let (target, rest) = (shrinkage * m * n / dof as f64, (1.0 - shrinkage) / dof as f64);
    let entry = |i, j, sum| rest * sum + if i == j { target } else { 0.0 };
    (product.into_matrix(entry), shrinkage)
}
