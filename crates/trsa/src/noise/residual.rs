use ndarray::Array1;

use super::Precision;
use crate::estimators::Patterns;
use crate::{Result, RsaError};

/// Precision of independent channels from the scatter of repeats `[n_folds, n_conditions, n_channels]` around the
/// mean of their condition: `1 / s²` with `s² = Σ_{f,i} (a_i^f - m_i)² / (n_conditions (n_folds - 1))` for every
/// channel. The degrees of freedom count what the means used up.
///
/// # Errors
/// Fewer than two folds, or a channel whose repeats never differ or are not finite.
pub fn diagonal<'a>(patterns: impl Into<Patterns<'a>>) -> Result<Precision> {
    let patterns = patterns.into();
    let folds = patterns.view();
    let (n_folds, n_conditions, n_channels) = folds.dim();
    if n_folds < 2 {
        return Err(RsaError::TooFewFolds { found: n_folds });
    }
    let means = patterns.mean();
    let mut variances = Array1::<f64>::zeros(n_channels);
    for fold in folds.outer_iter() {
        for (pattern, mean) in fold.outer_iter().zip(means.outer_iter()) {
            ndarray::azip!((s in &mut variances, &x in pattern, &m in mean) *s += (x - m) * (x - m));
        }
    }
    variances /= (n_conditions * (n_folds - 1)) as f64;
    let bad = variances.indexed_iter().find(|(_, variance)| !(variance.is_finite() && **variance > 0.0));
    if let Some((channel, &value)) = bad {
        return Err(RsaError::NotPositive { channel, quantity: "variance", value });
    }
    Precision::diagonal(variances.mapv_into(f64::recip))
}
