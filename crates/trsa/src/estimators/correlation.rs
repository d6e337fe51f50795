use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};
use neuroloom_math::{add_gram_upper, column_panels, sum};

use super::{Patterns, check_shape, upper_triangle};
use crate::{Result, RsaError};

/// Correlation distance, `d_ij = 1 - r(x_i, x_j)` with Pearson's r over the channels, of the mean pattern of every
/// condition. Without unit, between 0 and 2.
///
/// # Errors
/// Fewer than two conditions, no channel, a response that is NaN or infinite, a pattern that is the same in
/// all channels (up to rounding).
pub fn correlation<'a>(patterns: impl Into<Patterns<'a>>) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    let (_, n_conditions, n_channels) = patterns.view().dim();
    check_shape(n_conditions, n_channels)?;
    let levels = mean_levels(patterns)?;
    let mut gram = Array2::zeros((n_conditions, n_conditions));
    for channels in column_panels(n_channels) {
        let mut panel = patterns.mean_panel(channels);
        Zip::from(panel.rows_mut()).and(&levels).par_for_each(|mut row, level| row -= *level);
        add_gram_upper(&mut gram, panel.view(), 1.0);
    }
    let lengths = lengths(&gram, &levels, n_channels)?;
    Ok(upper_triangle(&gram, &lengths, |a, b, product| 1.0 - (product / (a * b)).clamp(-1.0, 1.0)))
}

/// Mean of every condition over folds and channels.
fn mean_levels(patterns: Patterns<'_>) -> Result<Array1<f64>> {
    let folds = patterns.view();
    let (n_folds, n_conditions, n_channels) = folds.dim();
    let n = (n_folds * n_channels) as f64;
    let mut levels = Array1::zeros(n_conditions);
    Zip::from(&mut levels).and(folds.axis_iter(Axis(1))).par_for_each(|level, repeats| {
        *level = total(repeats) / n;
    });
    match levels.iter().find(|level| !level.is_finite()) {
        Some(&level) => Err(patterns.first_non_finite(level)),
        None => Ok(levels),
    }
}

fn total(repeats: ArrayView2<'_, f64>) -> f64 {
    repeats.outer_iter().map(|row| row.as_slice().map_or_else(|| sum(&row.to_vec()), sum)).sum()
}

/// Length of every centred pattern.
fn lengths(gram: &Array2<f64>, levels: &Array1<f64>, n_channels: usize) -> Result<Vec<f64>> {
    let length = |(condition, (square, level)): (usize, (&f64, &f64))| {
        // What rounding leaves of a constant is below two units in the last place of each entry.
        let rounding = 2.0 * f64::EPSILON * level.abs() * (n_channels as f64).sqrt();
        let length = square.sqrt();
        if length > rounding { Ok(length) } else { Err(RsaError::ConstantPattern { condition }) }
    };
    gram.diag().iter().zip(levels).enumerate().map(length).collect()
}
