use super::fold_kernel::{fold_kernel, levels};
use super::{Patterns, finite_diagonal};
use crate::{Result, RsaError, n_pairs};

/// Cross-validated correlation distance, `d_ij = 1 - K_ij / sqrt(K_ii K_jj)`: covariances and variances of the
/// patterns over the channels are taken between folds only,
/// `K = (1 / (R (R - 1))) Σ_{f ≠ g} Ã_f Ã_g'` with `Ã` the patterns less their means over the channels, so that noise
/// which is independent between folds neither lowers the correlations nor adds to the variances. Without unit; noise
/// may take it outside `[0, 2]`.
///
/// # Errors
/// Fewer than two folds or conditions, no channel, a response that is not finite, a condition whose pattern does not
/// come back in another fold: its cross-validated variance `K_ii` is not above 0.
pub fn cv_correlation<'a>(patterns: impl Into<Patterns<'a>>) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    patterns.check_folds()?;
    let n_conditions = patterns.dim().1;
    let levels = levels(patterns);
    let kernel = fold_kernel(patterns, |fold, condition, channels, row| {
        patterns.row(fold, condition, channels, row);
        let level = levels[fold * n_conditions + condition];
        row.iter_mut().for_each(|value| *value -= level);
    });
    let variances = finite_diagonal(&kernel, patterns)?;
    if let Some((condition, &variance)) = variances.iter().enumerate().find(|(_, variance)| **variance <= 0.0)
    {
        return Err(RsaError::UnreliablePattern { condition, variance });
    }
    let mut distances = Vec::with_capacity(n_pairs(n_conditions));
    for (i, variance) in variances.iter().enumerate() {
        let row = kernel.upper_row(i).iter().zip(&variances[i..]).skip(1);
        distances.extend(row.map(|(covariance, other)| 1.0 - covariance / (variance * other).sqrt()));
    }
    Ok(distances)
}
