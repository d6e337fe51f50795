//! Dense and sparse tensors.

use crate::error::{NtfError, Result};
use crate::real::Real;

/// Modes of a tensor at most.
pub const MAX_MODES: usize = 4;

/// A dense tensor of 2 to 4 modes, row-major: the last index runs fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<T> {
    shape: Vec<usize>,
    values: Vec<T>,
}

impl<T: Real> Tensor<T> {
    /// A tensor of `shape` with `values`.
    ///
    /// # Errors
    /// When it has fewer than 2 or more than 4 modes, a mode of length 0, another number of values than its shape,
    /// or a value that is not finite.
    pub fn new(shape: Vec<usize>, values: Vec<T>) -> Result<Self> {
        check_shape(&shape)?;
        let expected = shape.iter().product();
        if values.len() != expected {
            return Err(NtfError::WrongLength { shape, expected, found: values.len() });
        }
        if let Some(place) = values.iter().position(|value| !value.to_f64().is_finite()) {
            return Err(NtfError::NotFinite {
                index: index_of(&shape, place),
                value: values[place].to_f64(),
            });
        }
        Ok(Self { shape, values })
    }

    /// A tensor whose shape and values are known to fit.
    pub(crate) fn unchecked(shape: Vec<usize>, values: Vec<T>) -> Self {
        Self { shape, values }
    }

    /// Length of every mode.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The values, row-major.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The values, for changes that keep them finite.
    pub(crate) fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// Number of negative values and the place of the first.
    pub fn negative(&self) -> Option<(usize, Vec<usize>)> {
        let first = self.values.iter().position(|value| value.to_f64() < 0.0)?;
        let count = self.values.iter().filter(|value| value.to_f64() < 0.0).count();
        Some((count, index_of(&self.shape, first)))
    }
}

/// A sparse tensor of 2 to 4 modes: its entries, each index at most once.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseTensor {
    shape: Vec<usize>,
    indices: Vec<[u32; MAX_MODES]>,
    values: Vec<f64>,
}

impl SparseTensor {
    /// A tensor of `shape` with `entries` (index, value) in any order; of an index the first `shape.len()` numbers count.
    ///
    /// # Errors
    /// As [`Tensor::new`]; and when an index is out of range or stands twice.
    pub fn new(shape: Vec<usize>, mut entries: Vec<([u32; MAX_MODES], f64)>) -> Result<Self> {
        check_shape(&shape)?;
        for (index, value) in &mut entries {
            for (mode, place) in index.iter_mut().enumerate() {
                match shape.get(mode) {
                    None => *place = 0,
                    Some(length) if (*place as usize) < *length => {}
                    Some(length) => {
                        return Err(NtfError::OutOfRange { mode, index: *place as usize, length: *length });
                    }
                }
            }
            if !value.is_finite() {
                return Err(NtfError::NotFinite { index: places(index, shape.len()), value: *value });
            }
        }
        entries.sort_by_key(|(index, _)| *index);
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(NtfError::DuplicateEntry { index: places(&pair[0].0, shape.len()) });
        }
        let (indices, values) = entries.into_iter().unzip();
        Ok(Self { shape, indices, values })
    }

    /// Length of every mode.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Indices of the entries, ascending; of each the first `shape().len()` numbers count.
    pub fn indices(&self) -> &[[u32; MAX_MODES]] {
        &self.indices
    }

    /// Values of the entries.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Number of negative values and the place of the first.
    pub fn negative(&self) -> Option<(usize, Vec<usize>)> {
        let first = self.values.iter().position(|value| *value < 0.0)?;
        let count = self.values.iter().filter(|value| **value < 0.0).count();
        Some((count, places(&self.indices[first], self.shape.len())))
    }
}

fn check_shape(shape: &[usize]) -> Result<()> {
    if !(2..=MAX_MODES).contains(&shape.len()) {
        return Err(NtfError::WrongModes { found: shape.len() });
    }
    match shape.iter().position(|length| *length == 0) {
        Some(mode) => Err(NtfError::EmptyMode { mode }),
        None => Ok(()),
    }
}

fn places(index: &[u32; MAX_MODES], n_modes: usize) -> Vec<usize> {
    index.iter().take(n_modes).map(|place| *place as usize).collect()
}

/// The index of the value at `place` of a row-major tensor.
pub(crate) fn index_of(shape: &[usize], place: usize) -> Vec<usize> {
    let mut rest = place;
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|length| {
            let here = rest % length;
            rest /= length;
            here
        })
        .collect();
    index.reverse();
    index
}
