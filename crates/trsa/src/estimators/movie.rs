use ndarray::{Array4, ArrayView4, Axis, s};
use rayon::prelude::*;

use super::{Estimator, NoiseSource};
use crate::noise::{self, NoiseModel, Precision};
use crate::{Result, RsaError};

/// Time bins that are worked through together: what lies side by side in memory is read once.
const BINS: usize = 8;

/// RDMs over time: the upper triangle of every time bin of signals `[n_folds, n_conditions, n_channels, n_bins]`.
///
/// The noise is that of all bins, so that dissimilarities can be compared over time: folds scatter around the means of
/// every condition in every bin ([`movie_precision`]), which gives `n_bins` times the degrees of freedom of one bin.
///
/// # Errors
/// Those of the estimator, with the number of the bin.
pub fn movie(estimator: &Estimator, signals: ArrayView4<'_, f64>) -> Result<Vec<Vec<f64>>> {
    let precision = movie_precision(estimator, signals)?;
    let n_bins = signals.len_of(Axis(3));
    let first_bins: Vec<usize> = (0..n_bins).step_by(BINS).collect();
    let parts = first_bins.par_iter().map(|&first| {
        let bins = signals.slice(s![.., .., .., first..n_bins.min(first + BINS)]);
        let of_bin = |(number, patterns): (usize, ndarray::ArrayView3<'_, f64>)| {
            let noise = precision.as_ref().map_or(NoiseSource::Repeats, NoiseSource::Precision);
            let rdm = estimator.estimate(patterns.into(), noise);
            rdm.map_err(|error| RsaError::InBin { bin: first + number, source: Box::new(error) })
        };
        bins_first(bins).outer_iter().enumerate().map(of_bin).collect::<Result<Vec<_>>>()
    });
    let parts = parts.collect::<Vec<Result<Vec<_>>>>();
    Ok(parts.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// The precision that all bins share; none where the estimator uses no noise.
///
/// # Errors
/// Those of [`noise::from_repeats`].
pub fn movie_precision(estimator: &Estimator, signals: ArrayView4<'_, f64>) -> Result<Option<Precision>> {
    if estimator.noise == NoiseModel::None || !estimator.method.uses_noise() {
        return Ok(None);
    }
    let (n_folds, n_conditions, n_channels, n_bins) = signals.dim();
    // Every condition in every bin counts as a condition of its own.
    let cells = signals.permuted_axes([0, 3, 1, 2]).as_standard_layout().into_owned();
    let cells = cells.into_shape_with_order((n_folds, n_bins * n_conditions, n_channels));
    let cells = cells.map_err(|_| RsaError::NoChannels)?;
    Ok(Some(noise::from_repeats(&cells, estimator.noise)?.precision()?))
}

/// `[n_bins, n_folds, n_conditions, n_channels]`
fn bins_first(signals: ArrayView4<'_, f64>) -> Array4<f64> {
    let (n_folds, n_conditions, n_channels, n_bins) = signals.dim();
    let mut turned = Array4::zeros((n_bins, n_folds, n_conditions, n_channels));
    let stride = n_folds * n_conditions * n_channels;
    let Some(values) = turned.as_slice_mut() else { return turned };
    let mut frames: Vec<_> = values.chunks_exact_mut(stride.max(1)).collect();
    for (place, bins) in signals.rows().into_iter().enumerate() {
        for (frame, bin) in frames.iter_mut().zip(bins) {
            frame[place] = *bin;
        }
    }
    turned
}
