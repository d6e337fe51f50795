use std::ops::Range;

use ndarray::{Array2, Array3, ArrayBase, ArrayView3, Axis, Data, Ix2, Ix3, s};

use crate::{Result, RsaError};

/// Responses to conditions, viewed: `[n_folds, n_conditions, n_channels]`, in 32 or 64 bits. Made from a reference to a
/// matrix `[n_conditions, n_channels]` (one fold) or to an array of three dimensions. A NaN is a missing response.
///
/// Estimators widen 32 bits as they read them and add up in 64.
#[derive(Clone, Copy, Debug)]
pub struct Patterns<'a>(Values<'a>);

/// A view, and its memory where that is in order: rows are then found without its strides.
#[derive(Clone, Copy, Debug)]
enum Values<'a> {
    Wide(ArrayView3<'a, f64>, Option<&'a [f64]>),
    Narrow(ArrayView3<'a, f32>, Option<&'a [f32]>),
}

/// A type of responses: `f32` or `f64`.
pub trait Response: Copy + Into<f64> {
    /// The view as patterns.
    fn patterns(folds: ArrayView3<'_, Self>) -> Patterns<'_>;
}

impl Response for f64 {
    fn patterns(folds: ArrayView3<'_, Self>) -> Patterns<'_> {
        Patterns(Values::Wide(folds, folds.to_slice()))
    }
}

impl Response for f32 {
    fn patterns(folds: ArrayView3<'_, Self>) -> Patterns<'_> {
        Patterns(Values::Narrow(folds, folds.to_slice()))
    }
}

impl<'a, T: Response, S: Data<Elem = T>> From<&'a ArrayBase<S, Ix2>> for Patterns<'a> {
    fn from(patterns: &'a ArrayBase<S, Ix2>) -> Self {
        T::patterns(patterns.view().insert_axis(Axis(0)))
    }
}

impl<'a, T: Response, S: Data<Elem = T>> From<&'a ArrayBase<S, Ix3>> for Patterns<'a> {
    fn from(folds: &'a ArrayBase<S, Ix3>) -> Self {
        T::patterns(folds.view())
    }
}

impl<'a, T: Response> From<ArrayView3<'a, T>> for Patterns<'a> {
    fn from(folds: ArrayView3<'a, T>) -> Self {
        T::patterns(folds)
    }
}

impl Patterns<'_> {
    /// `(n_folds, n_conditions, n_channels)`.
    pub fn dim(&self) -> (usize, usize, usize) {
        match self.0 {
            Values::Wide(folds, _) => folds.dim(),
            Values::Narrow(folds, _) => folds.dim(),
        }
    }

    /// Mean pattern of every condition over the folds, `[n_conditions, n_channels]`.
    pub fn mean(&self) -> Array2<f64> {
        let (_, n_conditions, n_channels) = self.dim();
        let mut mean = Array2::zeros((n_conditions, n_channels));
        for (condition, mut row) in mean.outer_iter_mut().enumerate() {
            if let Some(row) = row.as_slice_mut() {
                self.mean_row(condition, 0..n_channels, row);
            }
        }
        mean
    }

    /// The responses in 64 bits.
    pub fn to_array(&self) -> Array3<f64> {
        match self.0 {
            Values::Wide(folds, _) => folds.to_owned(),
            Values::Narrow(folds, _) => folds.mapv(f64::from),
        }
    }

    /// The responses of some channels, in 64 bits.
    pub fn select_channels(&self, channels: &[usize]) -> Array3<f64> {
        match self.0 {
            Values::Wide(folds, _) => folds.select(Axis(2), channels),
            Values::Narrow(folds, _) => folds.select(Axis(2), channels).mapv(f64::from),
        }
    }

    /// One response.
    pub(crate) fn get(&self, fold: usize, condition: usize, channel: usize) -> f64 {
        match self.0 {
            Values::Wide(folds, _) => folds[[fold, condition, channel]],
            Values::Narrow(folds, _) => folds[[fold, condition, channel]].into(),
        }
    }

    /// Some channels of the pattern of a condition in a fold.
    pub(crate) fn row(&self, fold: usize, condition: usize, channels: Range<usize>, out: &mut [f64]) {
        self.combine(fold, condition, channels, out, |out, value| *out = value);
    }

    /// Adds `factor` times these to `out`.
    pub(crate) fn add_row(
        &self,
        fold: usize,
        condition: usize,
        channels: Range<usize>,
        factor: f64,
        out: &mut [f64],
    ) {
        self.combine(fold, condition, channels, out, |out, value| *out += factor * value);
    }

    /// Their mean over the folds.
    pub(crate) fn mean_row(&self, condition: usize, channels: Range<usize>, out: &mut [f64]) {
        let n_folds = self.dim().0;
        self.row(0, condition, channels.clone(), out);
        for fold in 1..n_folds {
            self.combine(fold, condition, channels.clone(), out, |out, value| *out += value);
        }
        if n_folds > 1 {
            let share = 1.0 / n_folds as f64;
            out.iter_mut().for_each(|value| *value *= share);
        }
    }

    fn combine(
        &self,
        fold: usize,
        condition: usize,
        channels: Range<usize>,
        out: &mut [f64],
        put: impl Fn(&mut f64, f64),
    ) {
        match self.0 {
            Values::Wide(folds, memory) => combine(folds, memory, [fold, condition], channels, out, put),
            Values::Narrow(folds, memory) => combine(folds, memory, [fold, condition], channels, out, put),
        }
    }

    /// Whether no response is NaN or infinite.
    pub(crate) fn all_finite(&self) -> bool {
        match self.0 {
            Values::Wide(folds, _) => folds.iter().all(|value| value.is_finite()),
            Values::Narrow(folds, _) => folds.iter().all(|value| value.is_finite()),
        }
    }

    /// Whether there is no response at all to a condition in a fold.
    pub(crate) fn is_absent(&self, fold: usize, condition: usize) -> bool {
        (0..self.dim().2).all(|channel| self.get(fold, condition, channel).is_nan())
    }

    /// What is wrong with the first response that is not finite. `otherwise` stands for finite responses whose sum is not.
    pub(crate) fn first_non_finite(&self, otherwise: f64) -> RsaError {
        let (n_folds, n_conditions, n_channels) = self.dim();
        for fold in 0..n_folds {
            for condition in 0..n_conditions {
                for channel in 0..n_channels {
                    let value = self.get(fold, condition, channel);
                    if value.is_nan() && n_folds > 1 && self.is_absent(fold, condition) {
                        return self.absent_conditions();
                    }
                    if !value.is_finite() {
                        return RsaError::NonFiniteResponse { fold, condition, channel, value };
                    }
                }
            }
        }
        RsaError::NonFiniteResponse { fold: 0, condition: 0, channel: 0, value: otherwise }
    }

    fn absent_conditions(&self) -> RsaError {
        let (n_folds, n_conditions, _) = self.dim();
        let cells = (0..n_folds).flat_map(|fold| (0..n_conditions).map(move |condition| (condition, fold)));
        RsaError::AbsentConditions {
            cells: cells.filter(|&(condition, fold)| self.is_absent(fold, condition)).collect(),
        }
    }

    /// # Errors
    /// Fewer than two folds or conditions, or no channel.
    pub(crate) fn check_folds(&self) -> Result<()> {
        match self.dim().0 {
            found @ (0 | 1) => Err(RsaError::TooFewFolds { found }),
            _ => self.check_shape(),
        }
    }

    /// Two conditions and a channel are the least that a distance can be made of.
    ///
    /// # Errors
    /// When there are fewer, or no fold.
    pub(crate) fn check_shape(&self) -> Result<()> {
        let (n_folds, n_conditions, n_channels) = self.dim();
        if n_conditions < 2 || n_folds == 0 {
            return Err(RsaError::TooFewConditions { needed: 2, found: n_conditions * n_folds.min(1) });
        }
        if n_channels == 0 { Err(RsaError::NoChannels) } else { Ok(()) }
    }
}

#[inline]
fn combine<T: Response>(
    folds: ArrayView3<'_, T>,
    memory: Option<&[T]>,
    [fold, condition]: [usize; 2],
    channels: Range<usize>,
    out: &mut [f64],
    put: impl Fn(&mut f64, f64),
) {
    if let Some(memory) = memory {
        let (_, n_conditions, n_channels) = folds.dim();
        let first = (fold * n_conditions + condition) * n_channels;
        let row = &memory[first + channels.start..first + channels.end];
        out.iter_mut().zip(row).for_each(|(out, &value)| put(out, value.into()));
    } else {
        let row = folds.slice_move(s![fold, condition, channels]);
        out.iter_mut().zip(row).for_each(|(out, &value)| put(out, value.into()));
    }
}
