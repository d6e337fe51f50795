//! Shrinkage of a covariance to its diagonal.

use ndarray::{Array1, Array2};

use super::covariance::{scatter, square_of_scatter, sum_of_fourth_powers};

/// The covariance of centred `x` `[n, p]` with its off-diagonal entries shrunk, and by how much (Schaefer & Strimmer
/// 2005): with `s = X'X / dof`, `z = x / sqrt(diag s)`, `r = Z'Z / (n - 1)`, `off2 = Σ_{i≠j} r_ij²` and
/// `q = Σ_t (|z_t|⁴ - Σ_i z_ti⁴)`
///
/// `λ = clip((n / dof²) (q / (n - 1) - off2) / off2, 0, 1)`, `s_ij → (1 - λ) s_ij` for `i ≠ j`
///
/// where `q` is the sum of `(z_ti z_tj)²` over `i ≠ j`: no matrix of squared products is needed. `off2` comes from
/// `Z Z'` where that is the smaller matrix. Uncorrelated channels (`off2 = 0`) are shrunk wholly.
pub(super) fn shrunk(x: &Array2<f64>, dof: usize, variances: &Array1<f64>) -> (Array2<f64>, f64) {
    let (n_rows, n_channels) = x.dim();
    let product = scatter(x);
    let n = n_rows as f64;
    // Z: x over the standard deviations, so that the diagonal of Z'Z is dof.
    let z = x / &variances.mapv(f64::sqrt);
    let all = if n_rows < n_channels {
        square_of_scatter(&z)
    } else {
        let inverse = variances.mapv(f64::recip);
        let row = |i: usize| {
            let row = product.upper_row(i).iter().zip(inverse.iter().skip(i)).skip(1);
            2.0 * inverse[i] * row.map(|(sum, inverse)| sum * sum * inverse).sum::<f64>()
        };
        (0..n_channels).map(row).sum::<f64>() + (dof * dof * n_channels) as f64
    };
    let off2 = (all - (dof * dof * n_channels) as f64) / ((n - 1.0) * (n - 1.0));
    let q = sum_of_fourth_powers(&z) - z.iter().map(|z| (z * z) * (z * z)).sum::<f64>();
    let dof = dof as f64;
    let shrinkage =
        if off2 > 0.0 { ((n / (dof * dof)) * (q / (n - 1.0) - off2) / off2).clamp(0.0, 1.0) } else { 1.0 };
    let entry = |i, j, sum: f64| if i == j { sum / dof } else { (1.0 - shrinkage) * sum / dof };
    (product.into_matrix(entry), shrinkage)
}
