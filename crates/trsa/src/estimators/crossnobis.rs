use std::ops::Range;

use ndarray::{Array2, ArrayView2, Zip};
use neuroloom_math::{add_gram_upper, column_panels};

use super::{Patterns, check_shape, kernel_distances};
use crate::noise::Precision;
use crate::{Result, RsaError};

/// Crossnobis distance, the cross-validated squared Mahalanobis distance per channel (Walther et al. 2016), of
/// patterns `[n_folds, n_conditions, n_channels]` with noise precision `P`:
///
/// `d_ij = (1 / (R (R - 1) p)) Σ_{f ≠ g} (a_i^f - a_j^f)' P (a_i^g - a_j^g)`
///
/// which is the mean over folds of `K_ii + K_jj - K_ij - K_ji`, `K = A_train P A_test'`. Noise that is independent
/// between folds adds nothing on average, so a distance may be negative. Without unit where `P` whitens the
/// noise, otherwise in the square of the responses' unit.
///
/// One pass, exact: `K = M M' - Σ_k H_k H_k' / (R (R - 1))`, with the mean `M` of the whitened folds and their
/// `R - 1` Helmert contrasts `H_k`. It equals `(S S' - Σ_f A_f A_f') / (R (R - 1))`, `S = R M`, with one product less
/// and without subtracting two large numbers.
///
/// # Errors
/// Fewer than two folds or conditions, no channel, a response that is NaN or infinite, a precision of the wrong
/// size.
pub fn crossnobis<'a>(patterns: impl Into<Patterns<'a>>, precision: &Precision) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    let (n_folds, n_conditions, n_channels) = patterns.view().dim();
    if n_folds < 2 {
        return Err(RsaError::TooFewFolds { found: n_folds });
    }
    check_shape(n_conditions, n_channels)?;
    precision.check_size(n_channels)?;
    let mut kernel = Array2::zeros((n_conditions, n_conditions));
    if precision.mixes_channels() {
        add_channels(&mut kernel, patterns, 0..n_channels, precision)?;
    } else {
        for channels in column_panels(n_channels) {
            add_channels(&mut kernel, patterns, channels, precision)?;
        }
    }
    Ok(kernel_distances(&kernel, n_channels))
}

/// Adds the part of some channels to the kernel.
fn add_channels(
    kernel: &mut Array2<f64>,
    patterns: Patterns<'_>,
    channels: Range<usize>,
    precision: &Precision,
) -> Result<()> {
    let mut add = |mut contrast: Array2<f64>, weight: f64| {
        patterns.centre(&mut contrast)?;
        add_gram_upper(kernel, precision.whiten(contrast, channels.clone()).view(), weight);
        Ok(())
    };
    let n_folds = patterns.view().dim().0;
    let n = n_folds as f64;
    let mut sum = patterns.fold_panel(0, channels.clone()).to_owned();
    for k in 1..n_folds {
        let fold = patterns.fold_panel(k, channels.clone());
        add(helmert_contrast(&sum, fold, k), -1.0 / (n * (n - 1.0)))?;
        Zip::from(&mut sum).and(fold).par_for_each(|sum, value| *sum += value);
    }
    sum.par_mapv_inplace(|sum| sum / n);
    add(sum, 1.0)
}

/// `H_k = (Σ_{f < k} A_f - k A_k) / sqrt(k (k + 1))` from the sum of the earlier folds.
fn helmert_contrast(sum: &Array2<f64>, fold: ArrayView2<'_, f64>, k: usize) -> Array2<f64> {
    let (k, scale) = (k as f64, ((k * (k + 1)) as f64).sqrt());
    let mut contrast = Array2::zeros(sum.dim());
    Zip::from(&mut contrast)
        .and(sum)
        .and(fold)
        .par_for_each(|contrast, sum, value| *contrast = (sum - k * value) / scale);
    contrast
}
