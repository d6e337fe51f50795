use ndarray::{Array2, Axis};
use neuroloom_math::{add_cross_gram, column_panels};

use super::{Patterns, common_row};
use crate::noise::{NoiseCovariance, Precision};
use crate::{Result, RsaError, n_pairs, pairs};

/// Crossnobis distance of folds whose noise differs, from a noise covariance `C_f` per fold: the mean over PAIRS of
/// folds
///
/// `d_ij = (2 / (R (R - 1) p)) Σ_{f < g} (a_i^f - a_j^f)' P_fg (a_i^g - a_j^g)`, `P_fg = ((C_f + C_g) / 2)^-1`
///
/// # Errors
/// As [`crossnobis`](super::crossnobis), another number of covariances than folds, a mean of covariances that is not
/// positive definite.
pub fn crossnobis_per_fold<'a>(
    patterns: impl Into<Patterns<'a>>,
    covariances: &[NoiseCovariance],
) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    patterns.check_folds()?;
    let (n_folds, n_conditions, n_channels) = patterns.dim();
    if covariances.len() != n_folds {
        return Err(RsaError::FoldCovariances { expected: n_folds, found: covariances.len() });
    }
    if !patterns.all_finite() {
        return Err(patterns.first_non_finite(f64::NAN));
    }
    let mut distances = vec![0.0; n_pairs(n_conditions)];
    let share = 1.0 / (n_pairs(n_folds) * n_channels) as f64;
    for (f, g) in pairs(n_folds) {
        let precision = covariances[f].mean_with(&covariances[g])?.precision()?;
        precision.check_size(n_channels)?;
        let kernel = fold_pair_kernel(patterns, f, g, &precision);
        for (distance, (i, j)) in distances.iter_mut().zip(pairs(n_conditions)) {
            *distance += share * (kernel[[i, i]] + kernel[[j, j]] - kernel[[i, j]] - kernel[[j, i]]);
        }
    }
    Ok(distances)
}

/// `A_f P A_g'` up to what cancels in the differences of conditions.
fn fold_pair_kernel(patterns: Patterns<'_>, f: usize, g: usize, precision: &Precision) -> Array2<f64> {
    let (_, n_conditions, n_channels) = patterns.dim();
    let whitened = |fold: usize| {
        precision.whiten(centred_rows(n_conditions, n_channels, |condition, row| {
            patterns.row(fold, condition, 0..n_channels, row);
        }))
    };
    let (a, b) = (whitened(f), whitened(g));
    let mut kernel = Array2::zeros((n_conditions, n_conditions));
    for panel in column_panels(n_channels) {
        let of_panel = |x: &Array2<f64>| x.slice_axis(Axis(1), panel.clone().into()).to_owned();
        add_cross_gram(&mut kernel, of_panel(&a).view(), of_panel(&b).view());
    }
    kernel
}

/// The rows of `fill` less a common one, `[n_rows, width]`.
pub(super) fn centred_rows(n_rows: usize, width: usize, fill: impl Fn(usize, &mut [f64])) -> Array2<f64> {
    let origin = common_row(n_rows, width, &fill);
    let mut rows = Array2::zeros((n_rows, width));
    for (row, mut values) in rows.outer_iter_mut().enumerate() {
        if let Some(values) = values.as_slice_mut() {
            fill(row, values);
            values.iter_mut().zip(&origin).for_each(|(value, origin)| *value -= origin);
        }
    }
    rows
}
