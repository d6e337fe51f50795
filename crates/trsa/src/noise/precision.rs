use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, Zip, s};
use neuroloom_math::{Cholesky, cholesky};

use crate::{Result, RsaError};

/// The inverse of the noise covariance of the channels, checked when it is made.
#[derive(Clone, Debug)]
pub struct Precision(Form);

#[derive(Clone, Debug)]
enum Form {
    Identity,
    /// Square roots of the diagonal.
    Diagonal(Array1<f64>),
    Full(Cholesky),
}

impl Precision {
    /// All channels alike and independent.
    pub fn identity() -> Self {
        Self(Form::Identity)
    }

    /// Independent channels of these `precisions`, `[n_channels]`.
    ///
    /// # Errors
    /// A precision that is not a finite number above 0.
    pub fn diagonal(precisions: impl Into<Array1<f64>>) -> Result<Self> {
        let precisions = precisions.into();
        let bad = precisions.indexed_iter().find(|(_, value)| !(value.is_finite() && **value > 0.0));
        match bad {
            Some((channel, &value)) => Err(RsaError::NotPositive { channel, quantity: "precision", value }),
            None => Ok(Self(Form::Diagonal(precisions.mapv_into(f64::sqrt)))),
        }
    }

    /// Channels whose noise is correlated, `[n_channels, n_channels]`.
    ///
    /// # Errors
    /// When the matrix is not square, finite, symmetric and positive definite; the last names its smallest
    /// eigenvalue.
    pub fn full(precision: ArrayView2<'_, f64>) -> Result<Self> {
        Ok(Self(Form::Full(cholesky(precision)?)))
    }

    /// # Errors
    /// When it is for another number of channels.
    pub(crate) fn check_size(&self, n_channels: usize) -> Result<()> {
        let found = match &self.0 {
            Form::Identity => n_channels,
            Form::Diagonal(roots) => roots.len(),
            Form::Full(factor) => factor.lower.nrows(),
        };
        if found == n_channels {
            Ok(())
        } else {
            Err(RsaError::PrecisionSize { expected: n_channels, found })
        }
    }

    /// Whether whitening a channel needs the others.
    pub(crate) fn mixes_channels(&self) -> bool {
        matches!(self.0, Form::Full(_))
    }

    /// Patterns of `channels` whose plain inner products are those under this precision: `x L` with `P = L L'`. Where
    /// it mixes channels they must be all channels.
    pub(crate) fn whiten(&self, mut patterns: Array2<f64>, channels: Range<usize>) -> Array2<f64> {
        match &self.0 {
            Form::Identity => {}
            Form::Diagonal(roots) => {
                let roots = roots.slice(s![channels]);
                Zip::from(patterns.rows_mut()).par_for_each(|mut pattern| pattern *= &roots);
            }
            Form::Full(factor) => return factor.right_product(patterns.view()),
        }
        patterns
    }
}
