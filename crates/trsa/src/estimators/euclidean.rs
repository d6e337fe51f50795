use ndarray::Array2;
use neuroloom_math::{add_gram_upper, column_panels};

use super::{Patterns, check_shape, kernel_distances};
use crate::Result;

/// Squared Euclidean distance per channel, `d_ij = |x_i - x_j|² / p`, of the mean pattern of every condition. Its
/// unit is the square of the responses'.
///
/// Computed from one matrix product, `|x_i|² + |x_j|² - 2 x_i · x_j`, after the mean of every channel was taken
/// away and with negative rounding errors set to 0: as it stands that form loses all digits where the mean is
/// large beside the spread.
///
/// # Errors
/// Fewer than two conditions, no channel, a response that is NaN or infinite.
pub fn euclidean<'a>(patterns: impl Into<Patterns<'a>>) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    let (_, n_conditions, n_channels) = patterns.view().dim();
    check_shape(n_conditions, n_channels)?;
    let mut gram = Array2::zeros((n_conditions, n_conditions));
    for channels in column_panels(n_channels) {
        let mut panel = patterns.mean_panel(channels);
        patterns.centre(&mut panel)?;
        add_gram_upper(&mut gram, panel.view(), 1.0);
    }
    let mut distances = kernel_distances(&gram, n_channels);
    distances.iter_mut().for_each(|distance| *distance = distance.max(0.0));
    Ok(distances)
}
