use ndarray::Array2;
use neuroloom_math::sum_of_squares;

use super::fold_kernel::{fold_kernel, levels};
use super::{Patterns, common_row, finite_diagonal};
use crate::{Result, RsaError, n_pairs};

/// Dissimilarities of conditions between runs (folds): a condition differs from itself in another run.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossRun {
    /// The upper triangle, row-major: mean of `d(i in run f, j in run g)` over all `f ≠ g`.
    pub upper: Vec<f64>,
    /// The same for `i = j`, one per condition: how well its pattern comes back.
    pub diagonal: Vec<f64>,
}

/// Squared Euclidean distance per channel between runs, `|a_i^f - a_j^g|² / p`, mean over all ordered pairs of runs
/// `f ≠ g`. In the square of the responses' unit.
///
/// # Errors
/// Fewer than two folds or conditions, no channel, a response that is not finite.
pub fn cross_run_euclidean<'a>(patterns: impl Into<Patterns<'a>>) -> Result<CrossRun> {
    let patterns = patterns.into();
    patterns.check_folds()?;
    let (n_folds, n_conditions, n_channels) = patterns.dim();
    let origin = common_row(n_folds * n_conditions, n_channels, &|row, values: &mut [f64]| {
        patterns.row(row / n_conditions, row % n_conditions, 0..n_channels, values);
    });
    let row = |fold: usize, condition: usize, channels: std::ops::Range<usize>, row: &mut [f64]| {
        patterns.row(fold, condition, channels.clone(), row);
        row.iter_mut().zip(&origin[channels]).for_each(|(value, origin)| *value -= origin);
    };
    let kernel = fold_kernel(patterns, row);
    let repeated = finite_diagonal(&kernel, patterns)?;
    let mut values = vec![0.0; n_channels];
    let mut square = |fold: usize, condition: usize| {
        row(fold, condition, 0..n_channels, &mut values);
        sum_of_squares(&values) / n_folds as f64
    };
    let squares: Vec<f64> =
        (0..n_conditions).map(|i| (0..n_folds).map(|fold| square(fold, i)).sum()).collect();
    let p = n_channels as f64;
    let mut upper = Vec::with_capacity(n_pairs(n_conditions));
    for (i, square) in squares.iter().enumerate() {
        let others = kernel.upper_row(i).iter().zip(&squares[i..]).skip(1);
        upper.extend(others.map(|(product, other)| ((square + other - 2.0 * product) / p).max(0.0)));
    }
    let own = squares.iter().zip(&repeated).map(|(square, product)| (2.0 * (square - product) / p).max(0.0));
    Ok(CrossRun { upper, diagonal: own.collect() })
}

/// Correlation distance between runs, `1 - r(a_i^f, a_j^g)`, mean over all ordered pairs of runs `f ≠ g`. Without unit,
/// between 0 and 2.
///
/// # Errors
/// As [`cross_run_euclidean`], and a pattern that is the same in all channels.
pub fn cross_run_correlation<'a>(patterns: impl Into<Patterns<'a>>) -> Result<CrossRun> {
    let patterns = patterns.into();
    patterns.check_folds()?;
    let (_, n_conditions, _) = patterns.dim();
    if !patterns.all_finite() {
        return Err(patterns.first_non_finite(f64::NAN));
    }
    let levels = levels(patterns);
    let inverse_lengths = inverse_lengths(patterns, &levels)?;
    let kernel = fold_kernel(patterns, |fold, condition, channels, row| {
        patterns.row(fold, condition, channels, row);
        let level = levels[fold * n_conditions + condition];
        let inverse = inverse_lengths[[fold, condition]];
        row.iter_mut().for_each(|value| *value = (*value - level) * inverse);
    });
    let upper = (0..n_conditions).flat_map(|i| kernel.upper_row(i).iter().skip(1).map(|r| 1.0 - r)).collect();
    Ok(CrossRun { upper, diagonal: kernel.diagonal().map(|r| 1.0 - r).collect() })
}

fn inverse_lengths(patterns: Patterns<'_>, levels: &[f64]) -> Result<Array2<f64>> {
    let (n_folds, n_conditions, n_channels) = patterns.dim();
    let mut inverse = Array2::zeros((n_folds, n_conditions));
    let mut row = vec![0.0; n_channels];
    for (((fold, condition), inverse), level) in inverse.indexed_iter_mut().zip(levels) {
        patterns.row(fold, condition, 0..n_channels, &mut row);
        row.iter_mut().for_each(|value| *value -= level);
        let length = sum_of_squares(&row).sqrt();
        if length <= 2.0 * f64::EPSILON * level.abs() * (n_channels as f64).sqrt() {
            return Err(RsaError::ConstantPattern { condition });
        }
        *inverse = length.recip();
    }
    Ok(inverse)
}
