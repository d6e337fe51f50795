use neuroloom_math::SymmetricProduct;

use super::{Patterns, add_centred, euclidean, kernel_distances, not_negative};
use crate::Result;
use crate::noise::Precision;

/// Squared Mahalanobis distance per channel, `d_ij = (x_i - x_j)' P (x_i - x_j) / p`, of the mean pattern of every
/// condition with noise precision `P`. Without unit where `P` whitens the noise; biased upwards by noise, unlike
/// [`crossnobis`](super::crossnobis).
///
/// # Errors
/// As [`euclidean`], and a precision of the wrong size.
pub fn mahalanobis<'a>(patterns: impl Into<Patterns<'a>>, precision: &Precision) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    patterns.check_shape()?;
    let (_, n_conditions, n_channels) = patterns.dim();
    precision.check_size(n_channels)?;
    if precision.is_identity() {
        return euclidean(patterns);
    }
    let mut kernel = SymmetricProduct::new(n_conditions);
    for channels in precision.panels(n_channels) {
        add_centred_whitened(
            &mut kernel,
            n_conditions,
            channels.clone(),
            1.0,
            precision,
            |condition, row| {
                patterns.mean_row(condition, channels.clone(), row);
            },
        );
    }
    Ok(not_negative(kernel_distances(&kernel, patterns)?))
}

/// Adds `weight X P X'` of some channels whose rows are those of `fill` less a common one; where the precision mixes
/// channels they must be all.
pub(super) fn add_centred_whitened(
    kernel: &mut SymmetricProduct,
    n_rows: usize,
    channels: std::ops::Range<usize>,
    weight: f64,
    precision: &Precision,
    fill: impl Fn(usize, &mut [f64]) + Sync,
) {
    let width = channels.len();
    if let Some(roots) = precision.roots(channels) {
        add_centred(kernel, n_rows, width, weight, |row, values| {
            fill(row, values);
            values.iter_mut().zip(roots).for_each(|(value, root)| *value *= root);
        });
    } else if precision.mixes_channels() {
        let whitened = precision.whiten(super::fold_pairs::centred_rows(n_rows, width, fill));
        for panel in SymmetricProduct::panels(width) {
            kernel.add(panel.len(), weight, |row, values| {
                let row = whitened.row(row);
                let row = row.slice(ndarray::s![panel.clone()]);
                values.iter_mut().zip(row).for_each(|(value, whitened)| *value = *whitened);
            });
        }
    } else {
        add_centred(kernel, n_rows, width, weight, fill);
    }
}
