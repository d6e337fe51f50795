use std::ops::Range;

use ndarray::{Array2, ArrayBase, ArrayView2, ArrayView3, Axis, Data, Ix2, Ix3, Zip, s};
use neuroloom_math::{column_means, column_panels};

use crate::{Result, RsaError};

/// Responses to conditions, viewed: `[n_folds, n_conditions, n_channels]`. Made from a reference to a matrix
/// `[n_conditions, n_channels]` (one fold) or to an array of three dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Patterns<'a>(ArrayView3<'a, f64>);

impl<'a, S: Data<Elem = f64>> From<&'a ArrayBase<S, Ix2>> for Patterns<'a> {
    fn from(patterns: &'a ArrayBase<S, Ix2>) -> Self {
        Self(patterns.view().insert_axis(Axis(0)))
    }
}

impl<'a, S: Data<Elem = f64>> From<&'a ArrayBase<S, Ix3>> for Patterns<'a> {
    fn from(folds: &'a ArrayBase<S, Ix3>) -> Self {
        Self(folds.view())
    }
}

impl<'a> From<ArrayView3<'a, f64>> for Patterns<'a> {
    fn from(folds: ArrayView3<'a, f64>) -> Self {
        Self(folds)
    }
}

impl<'a> Patterns<'a> {
    /// The array `[n_folds, n_conditions, n_channels]`.
    pub fn view(&self) -> ArrayView3<'a, f64> {
        self.0
    }

    /// Mean pattern of every condition over the folds, `[n_conditions, n_channels]`.
    pub fn mean(&self) -> Array2<f64> {
        let (_, n_conditions, n_channels) = self.0.dim();
        let mut mean = Array2::zeros((n_conditions, n_channels));
        for panel in column_panels(n_channels) {
            mean.slice_mut(s![.., panel.clone()]).assign(&self.mean_panel(panel));
        }
        mean
    }

    /// The same for a range of channels.
    pub(crate) fn mean_panel(&self, channels: Range<usize>) -> Array2<f64> {
        let folds = self.0.slice(s![.., .., channels]);
        let (n_folds, n_conditions, n_channels) = folds.dim();
        let mut mean = Array2::zeros((n_conditions, n_channels));
        Zip::from(mean.rows_mut()).and(folds.axis_iter(Axis(1))).par_for_each(|mut row, folds| {
            folds.outer_iter().for_each(|fold| row += &fold);
            row /= n_folds as f64;
        });
        mean
    }

    /// One fold of a range of channels.
    pub(crate) fn fold_panel(&self, fold: usize, channels: Range<usize>) -> ArrayView2<'a, f64> {
        self.0.index_axis_move(Axis(0), fold).slice_move(s![.., channels])
    }

    /// Takes the mean of every channel over the conditions away from a panel. Distances do not change, but
    /// their Gram form no longer cancels where the mean is large beside the spread.
    ///
    /// # Errors
    /// When a response is not finite.
    pub(crate) fn centre(&self, panel: &mut Array2<f64>) -> Result<()> {
        let means = column_means(panel.view());
        if let Some(&mean) = means.iter().find(|mean| !mean.is_finite()) {
            return Err(self.first_non_finite(mean));
        }
        Zip::from(panel.rows_mut()).par_for_each(|mut row| row -= &means);
        Ok(())
    }

    /// The first response that is not finite, as an error. `otherwise` stands for finite responses whose sum is not.
    pub(crate) fn first_non_finite(&self, otherwise: f64) -> RsaError {
        let found = self.0.indexed_iter().find(|(_, value)| !value.is_finite());
        let ((fold, condition, channel), &value) = found.unwrap_or(((0, 0, 0), &otherwise));
        RsaError::NonFiniteResponse { fold, condition, channel, value }
    }
}
