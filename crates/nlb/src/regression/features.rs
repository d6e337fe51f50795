//! Standardised inputs of a regression.

use ndarray::{Array2, ArrayView2, Axis};
use neuroloom_core::{Error, Result};

/// Inputs with mean 0 and standard deviation 1, a row per feature, and a last row of ones.
#[derive(Clone, Debug)]
pub struct Features {
    /// `[n_features + 1, n]`.
    pub(super) rows: Array2<f64>,
    /// Of every feature.
    pub(super) means: Vec<f64>,
    /// Of every feature; 1 where it does not vary.
    pub(super) deviations: Vec<f64>,
}

impl Features {
    /// Of samples `x` `[n, n_features]`.
    ///
    /// # Errors
    /// When there are no samples, or a value is not finite.
    pub fn new(x: ArrayView2<'_, f64>) -> Result<Self> {
        let (n, n_features) = x.dim();
        if n == 0 || x.iter().any(|value| !value.is_finite()) {
            return Err(Error::data("the inputs of a regression are not finite, or there are none")
                .found(format!("{n} samples of {n_features} features")));
        }
        let mut rows = Array2::ones((n_features + 1, n));
        let (mut means, mut deviations) = (Vec::with_capacity(n_features), Vec::with_capacity(n_features));
        for (mut row, column) in rows.axis_iter_mut(Axis(0)).zip(x.columns()) {
            let mean = column.sum() / n as f64;
            let variance = column.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n as f64;
            let deviation = if variance > 1e-24 * (1.0 + mean * mean) { variance.sqrt() } else { 1.0 };
            row.iter_mut().zip(column).for_each(|(out, value)| *out = (value - mean) / deviation);
            means.push(mean);
            deviations.push(deviation);
        }
        Ok(Self { rows, means, deviations })
    }

    /// Number of samples.
    pub fn n(&self) -> usize {
        self.rows.ncols()
    }
}
