use std::ops::Range;

use ndarray::{Array1, Array2, Array3, ArrayView2, Axis, Zip};
use neuroloom_math::{Cholesky, SymmetricProduct, cholesky};

use crate::estimators::Patterns;
use crate::{Result, RsaError};

/// The inverse of the noise covariance of the channels, checked when it is made.
#[derive(Clone, Debug)]
pub struct Precision(Form);

#[derive(Clone, Debug)]
enum Form {
    Identity,
    /// Square roots of the diagonal.
    Diagonal(Array1<f64>),
    /// `L` of `P = L L'`.
    Full(Cholesky),
    /// `L` of the covariance `P^-1 = L L'`.
    Inverse(Cholesky),
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

    /// The inverse of a covariance of the channels, `[n_channels, n_channels]`, by its Cholesky factor: the inverse
    /// itself is never formed.
    ///
    /// # Errors
    /// When the matrix is not square, finite, symmetric and positive definite; the last names its smallest
    /// eigenvalue.
    pub fn from_covariance(covariance: ArrayView2<'_, f64>) -> Result<Self> {
        Ok(Self(Form::Inverse(cholesky(covariance)?)))
    }

    /// # Errors
    /// When it is for another number of channels.
    pub(crate) fn check_size(&self, n_channels: usize) -> Result<()> {
        let found = match &self.0 {
            Form::Identity => n_channels,
            Form::Diagonal(roots) => roots.len(),
            Form::Full(factor) | Form::Inverse(factor) => factor.lower.nrows(),
        };
        if found == n_channels {
            Ok(())
        } else {
            Err(RsaError::PrecisionSize { expected: n_channels, found })
        }
    }

    /// Whether all channels are alike.
    pub(crate) fn is_identity(&self) -> bool {
        matches!(self.0, Form::Identity)
    }

    /// Whether whitening a channel needs the others.
    pub(crate) fn mixes_channels(&self) -> bool {
        matches!(self.0, Form::Full(_) | Form::Inverse(_))
    }

    /// Ranges of channels that can be whitened on their own.
    pub(crate) fn panels(&self, n_channels: usize) -> Vec<Range<usize>> {
        if self.mixes_channels() {
            std::iter::once(0..n_channels).collect()
        } else {
            SymmetricProduct::panels(n_channels).collect()
        }
    }

    /// Square roots of the precisions of some channels, where these are independent and differ.
    pub(crate) fn roots(&self, channels: Range<usize>) -> Option<&[f64]> {
        match &self.0 {
            Form::Diagonal(roots) => roots.as_slice().and_then(|roots| roots.get(channels)),
            _ => None,
        }
    }

    /// Patterns `[n_patterns, n_channels]` whose plain inner products are those under this precision: `X L` with
    /// `P = L L'`, or `X L'^-1` with `P^-1 = L L'`.
    pub(crate) fn whiten(&self, mut patterns: Array2<f64>) -> Array2<f64> {
        match &self.0 {
            Form::Identity => {}
            Form::Diagonal(roots) => {
                Zip::from(patterns.rows_mut()).par_for_each(|mut pattern| pattern *= roots);
            }
            Form::Full(factor) => return factor.right_product(patterns.view()),
            Form::Inverse(factor) => return factor.right_quotient(patterns),
        }
        patterns
    }

    /// The same for `[n_folds, n_conditions, n_channels]` with gaps, which are whole patterns where the precision mixes
    /// channels.
    ///
    /// # Errors
    /// A pattern with a gap under a precision that mixes channels, a precision of the wrong size.
    pub(crate) fn whiten_with_gaps(&self, patterns: Patterns<'_>) -> Result<Array3<f64>> {
        let (n_folds, n_conditions, n_channels) = patterns.dim();
        self.check_size(n_channels)?;
        let mut whitened = patterns.to_array();
        for fold in 0..n_folds {
            for condition in 0..n_conditions {
                let gap = (0..n_channels).find(|&channel| patterns.get(fold, condition, channel).is_nan());
                let gap = gap.filter(|_| self.mixes_channels() && !patterns.is_absent(fold, condition));
                if let Some(channel) = gap {
                    return Err(RsaError::PartialPattern { fold, condition, channel });
                }
            }
            // Absent patterns are NaN throughout and stay so.
            let rows = self.whiten(whitened.index_axis(Axis(0), fold).to_owned());
            whitened.index_axis_mut(Axis(0), fold).assign(&rows);
        }
        Ok(whitened)
    }
}
