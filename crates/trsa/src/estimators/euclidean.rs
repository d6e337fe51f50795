use neuroloom_math::SymmetricProduct;

use super::{Patterns, add_centred, kernel_distances, not_negative};
use crate::Result;

/// Squared Euclidean distance per channel, `d_ij = |x_i - x_j|² / p`, of the mean pattern of every condition. Its
/// unit is the square of the responses'.
///
/// Computed from one matrix product, `|x_i|² + |x_j|² - 2 x_i · x_j`, after a common pattern was taken away and with
/// negative rounding errors set to 0: as it stands that form loses all digits where the mean is large beside the
/// spread.
///
/// # Errors
/// Fewer than two conditions, no channel, a response that is NaN or infinite.
pub fn euclidean<'a>(patterns: impl Into<Patterns<'a>>) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    patterns.check_shape()?;
    let (_, n_conditions, n_channels) = patterns.dim();
    let mut kernel = SymmetricProduct::new(n_conditions);
    for channels in SymmetricProduct::panels(n_channels) {
        add_centred(&mut kernel, n_conditions, channels.len(), 1.0, |condition, row| {
            patterns.mean_row(condition, channels.clone(), row);
        });
    }
    Ok(not_negative(kernel_distances(&kernel, patterns)?))
}
