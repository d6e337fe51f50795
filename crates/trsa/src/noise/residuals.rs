use ndarray::Array2;

use super::covariance::from_centred;
use super::{NoiseCovariance, NoiseModel, Precision};
use crate::estimators::Patterns;
use crate::{Result, RsaError};

/// Noise covariance from the scatter of repeats `[n_folds, n_conditions, n_channels]` around the mean of their
/// condition. Its degrees of freedom count what the means used up: observations less conditions, which is
/// `n_conditions (n_folds - 1)` where all conditions were met in all folds. A pattern that is all NaN was not met.
///
/// # Errors
/// No degree of freedom, a pattern with a gap, a channel whose repeats never differ or are infinite, and what
/// [`from_residuals`](super::from_residuals) refuses.
pub fn from_repeats<'a>(patterns: impl Into<Patterns<'a>>, model: NoiseModel) -> Result<NoiseCovariance> {
    let patterns = patterns.into();
    let (residuals, n_means) = residuals(patterns)?;
    let n_observations = residuals.nrows();
    match n_observations.checked_sub(n_means) {
        None | Some(0) => Err(RsaError::NoDegreesOfFreedom { n_observations, n_parameters: n_means }),
        Some(dof) => from_centred(residuals, dof, model),
    }
}

/// Precision of independent channels from repeats, `1 / s²` with
/// `s² = Σ_{f,i} (a_i^f - m_i)² / (n_conditions (n_folds - 1))` for every channel.
///
/// # Errors
/// As [`from_repeats`].
pub fn diagonal<'a>(patterns: impl Into<Patterns<'a>>) -> Result<Precision> {
    let patterns = patterns.into();
    match patterns.dim().0 {
        found @ (0 | 1) => Err(RsaError::TooFewFolds { found }),
        _ => from_repeats(patterns, NoiseModel::Diag)?.precision(),
    }
}

/// Observations less the mean of their condition `[n_observations, n_channels]`, and the number of means.
fn residuals(patterns: Patterns<'_>) -> Result<(Array2<f64>, usize)> {
    let (n_folds, n_conditions, n_channels) = patterns.dim();
    let met = |condition: usize| -> Vec<usize> {
        (0..n_folds).filter(|&fold| !patterns.is_absent(fold, condition)).collect()
    };
    let met: Vec<Vec<usize>> = (0..n_conditions).map(met).collect();
    let n_observations = met.iter().map(Vec::len).sum();
    let mut residuals = Array2::zeros((n_observations, n_channels));
    let mut rows = residuals.outer_iter_mut();
    let mut mean = vec![0.0; n_channels];
    for (condition, folds) in met.iter().enumerate() {
        mean.fill(0.0);
        for &fold in folds {
            patterns.add_row(fold, condition, 0..n_channels, 1.0 / folds.len() as f64, &mut mean);
        }
        if let Some(channel) = mean.iter().position(|mean| !mean.is_finite()) {
            return Err(gap(patterns, folds, condition, channel));
        }
        for (&fold, mut row) in folds.iter().zip(&mut rows) {
            if let Some(row) = row.as_slice_mut() {
                patterns.row(fold, condition, 0..n_channels, row);
                row.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
            }
        }
    }
    Ok((residuals, met.iter().filter(|folds| !folds.is_empty()).count()))
}

fn gap(patterns: Patterns<'_>, folds: &[usize], condition: usize, channel: usize) -> RsaError {
    let fold = folds.iter().copied().find(|&fold| !patterns.get(fold, condition, channel).is_finite());
    let fold = fold.unwrap_or(0);
    match patterns.get(fold, condition, channel) {
        value if value.is_nan() => RsaError::PartialPattern { fold, condition, channel },
        value => RsaError::NonFiniteResponse { fold, condition, channel, value },
    }
}
