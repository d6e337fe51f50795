//! Decoding behaviour from rates.

use ndarray::{Array1, Array2, ArrayView2, ArrayView3, Axis};
use neuroloom_core::{Error, Result};

use super::{ALPHAS, FOLDS, Ridge, mean_r2, r2_per_column, ridge_cv};

/// Fewest rows that a decoder is fitted to or scored on.
const MIN_ROWS: usize = 10;

/// Rates and behaviour on the bins of the same trials.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a> {
    /// Rates `[trials, bins, units]`, held-in then held-out units.
    pub rates: ArrayView3<'a, f64>,
    /// Behaviour `[trials, bins, channels]`; NaN where it was not measured.
    pub behaviour: ArrayView3<'a, f64>,
    /// Which trials share a decoder `[trials, masks]`: each column is a decoder of its own.
    pub masks: ArrayView2<'a, bool>,
}

/// One of several decoders.
#[derive(Clone, Debug)]
pub struct Decoder {
    /// The decoder.
    pub ridge: Ridge,
    /// R² of every channel.
    pub channels: Vec<f64>,
    /// Their mean.
    pub r2: f64,
    /// Rows that it was scored on.
    pub n: usize,
}

/// How well behaviour is decoded.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Mean R² over the decoders: the score of the benchmark.
    pub r2: f64,
    /// A decoder for each mask.
    pub decoders: Vec<Decoder>,
}

/// Fits a ridge for each mask to the rows of `train` and scores it on those of `evaluated`: rows are bins of trials;
/// rows whose first channel is NaN are left out where any value is NaN.
///
/// # Errors
/// When shapes do not fit, fewer than 10 rows are left, or rates or behaviour are NaN in rows that count.
pub fn decode(train: Samples<'_>, evaluated: Samples<'_>) -> Result<Decoded> {
    let n_masks = train.masks.ncols();
    if n_masks == 0 || n_masks != evaluated.masks.ncols() {
        return Err(Error::data("training and evaluation do not have the same decode masks")
            .found(format!("{n_masks} and {}", evaluated.masks.ncols())));
    }
    let decoders = (0..n_masks).map(|mask| {
        let place = |what: &str| format!("decode mask {mask} of {what}");
        let (x, y) = rows(train, mask).map_err(|e| e.at_object(place("training")))?;
        let (x_eval, y_eval) = rows(evaluated, mask).map_err(|e| e.at_object(place("evaluation")))?;
        let ridge = ridge_cv(x.view(), y.view(), &ALPHAS, FOLDS)?;
        let predicted = ridge.predict(x_eval.view());
        let channels = r2_per_column(y_eval.view(), predicted.view());
        let r2 = mean_r2(y_eval.view(), predicted.view());
        Ok(Decoder { ridge, channels, r2, n: y_eval.nrows() })
    });
    let decoders = decoders.collect::<Result<Vec<Decoder>>>()?;
    let r2 = decoders.iter().map(|decoder| decoder.r2).sum::<f64>() / n_masks as f64;
    Ok(Decoded { r2, decoders })
}

/// Rows of the trials of a mask.
fn rows(samples: Samples<'_>, mask: usize) -> Result<(Array2<f64>, Array2<f64>)> {
    let (rates, behaviour) = (samples.rates, samples.behaviour);
    let ((n, bins, units), (n_own, bins_own, channels)) = (rates.dim(), behaviour.dim());
    if (n, bins) != (n_own, bins_own) || samples.masks.nrows() != n || channels == 0 {
        return Err(Error::data("rates and behaviour do not fit")
            .expected(format!("{n} trials × {bins} bins of behaviour, and a mask for each trial"))
            .found(format!(
                "{n_own} trials × {bins_own} bins × {channels} channels, {} masks",
                samples.masks.nrows()
            )));
    }
    let trials: Vec<usize> = (0..n).filter(|&trial| samples.masks[[trial, mask]]).collect();
    let has_gaps =
        trials.iter().any(|&trial| behaviour.index_axis(Axis(0), trial).iter().any(|v| v.is_nan()));
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for &trial in &trials {
        for bin in 0..bins {
            let own = behaviour.index_axis(Axis(0), trial);
            let own: Array1<f64> = own.index_axis(Axis(0), bin).to_owned();
            if has_gaps && own[0].is_nan() {
                continue;
            }
            y.extend(own);
            x.extend(rates.index_axis(Axis(0), trial).index_axis(Axis(0), bin));
        }
    }
    let found = y.len() / channels;
    if found < MIN_ROWS {
        return Err(Error::data("too few bins with behaviour to decode")
            .expected(format!("at least {MIN_ROWS}"))
            .found(format!("{found} of {} trials", trials.len())));
    }
    if x.iter().chain(&y).any(|value| !value.is_finite()) {
        return Err(Error::data("rates or behaviour are not finite in bins that are decoded")
            .expected("finite rates; behaviour that is NaN in its first channel wherever it is NaN"));
    }
    let shape = |values: Vec<f64>, columns| {
        Array2::from_shape_vec((found, columns), values).map_err(|e| Error::internal(e.to_string()))
    };
    Ok((shape(x, units)?, shape(y, channels)?))
}
