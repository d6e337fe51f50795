use std::ops::Range;

use ndarray::{Array2, Zip};
use neuroloom_math::SymmetricProduct;

use super::mahalanobis::add_centred_whitened;
use super::{Patterns, kernel_distances};
use crate::Result;
use crate::noise::Precision;

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
/// Fewer than two folds or conditions, no channel, a response that is NaN or infinite, a condition that is absent in
/// a fold, a precision of the wrong size.
pub fn crossnobis<'a>(patterns: impl Into<Patterns<'a>>, precision: &Precision) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    patterns.check_folds()?;
    let (_, n_conditions, n_channels) = patterns.dim();
    precision.check_size(n_channels)?;
    let mut kernel = SymmetricProduct::new(n_conditions);
    for channels in precision.panels(n_channels) {
        add_channels(&mut kernel, patterns, channels, precision);
    }
    kernel_distances(&kernel, patterns)
}

/// Adds the part of some channels to the kernel.
fn add_channels(
    kernel: &mut SymmetricProduct,
    patterns: Patterns<'_>,
    channels: Range<usize>,
    precision: &Precision,
) {
    let (n_folds, n_conditions, _) = patterns.dim();
    let n = n_folds as f64;
    // The sum of the folds before the k-th; the first alone stays where it is.
    let mut sum: Option<Array2<f64>> = None;
    for k in 1..n_folds {
        // H_k = (Σ_{f < k} A_f - k A_k) / sqrt(k (k + 1))
        let contrast = -1.0 / (n * (n - 1.0) * (k * (k + 1)) as f64);
        let mut terms = vec![(contrast, -(k as f64))];
        if k + 1 == n_folds {
            terms.push((1.0 / (n * n), 1.0));
        }
        for (weight, factor) in terms {
            add_centred_whitened(
                kernel,
                n_conditions,
                channels.clone(),
                weight,
                precision,
                |condition, row| {
                    earlier(patterns, sum.as_ref(), condition, channels.clone(), row);
                    patterns.add_row(k, condition, channels.clone(), factor, row);
                },
            );
        }
        if k + 1 < n_folds {
            sum = Some(with_fold(patterns, sum, k, channels.clone()));
        }
    }
}

fn earlier(
    patterns: Patterns<'_>,
    sum: Option<&Array2<f64>>,
    condition: usize,
    channels: Range<usize>,
    row: &mut [f64],
) {
    match sum.map(|sum| sum.row(condition)) {
        Some(sum) => row.iter_mut().zip(sum).for_each(|(value, sum)| *value = *sum),
        None => patterns.row(0, condition, channels, row),
    }
}

fn with_fold(
    patterns: Patterns<'_>,
    sum: Option<Array2<f64>>,
    fold: usize,
    channels: Range<usize>,
) -> Array2<f64> {
    let n_conditions = patterns.dim().1;
    let is_first = sum.is_none();
    let mut sum = sum.unwrap_or_else(|| Array2::zeros((n_conditions, channels.len())));
    Zip::indexed(sum.rows_mut()).par_for_each(|condition, mut row| {
        if let Some(row) = row.as_slice_mut() {
            if is_first {
                patterns.row(0, condition, channels.clone(), row);
            }
            patterns.add_row(fold, condition, channels.clone(), 1.0, row);
        }
    });
    sum
}
