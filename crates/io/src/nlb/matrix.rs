//! A dataset of trials, bins and units.

use neuroloom_core::{Error, Result};

use crate::hdf5::{Dtype, File};
use crate::numbers::Numbers;

/// Header of a dataset `[trials, bins, units]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matrix {
    pub(super) dataset: String,
    pub(super) n_trials: usize,
    pub(super) n_bins: usize,
    pub(super) n_units: usize,
    /// Whether 32-bit floats hold its values.
    pub(super) is_single: bool,
}

impl Matrix {
    /// Reads the header of `dataset`; none where it is no matrix of three dimensions with something in it.
    ///
    /// # Errors
    /// When it is damaged or claims more than the file can hold.
    pub(super) fn of(file: &File, dataset: &str) -> Result<Option<Self>> {
        let info = file.sized_info(dataset)?;
        let extents: Option<Vec<usize>> = info
            .shape
            .iter()
            .map(|&extent| usize::try_from(extent).ok().filter(|&extent| extent > 0))
            .collect();
        let (true, Some(&[n_trials, n_bins, n_units])) = (info.dtype.is_numeric(), extents.as_deref()) else {
            return Ok(None);
        };
        let narrow = matches!(info.dtype, Dtype::Int(8 | 16) | Dtype::Uint(8 | 16));
        let is_single = narrow || info.dtype.is_single();
        Ok(Some(Self { dataset: dataset.to_owned(), n_trials, n_bins, n_units, is_single }))
    }

    /// Number of values.
    pub(super) fn n_values(&self) -> usize {
        // The header was checked against the length of the file.
        self.n_trials.saturating_mul(self.n_bins).saturating_mul(self.n_units)
    }

    /// The values, the units running fastest, with 32 (`single`) or 64 bits.
    ///
    /// # Errors
    /// When the dataset is damaged.
    pub(super) fn read(&self, file: &File, single: bool) -> Result<Numbers> {
        let numbers = if single {
            Numbers::F32(file.numbers(&self.dataset)?)
        } else {
            Numbers::F64(file.numbers(&self.dataset)?)
        };
        if numbers.len() == self.n_values() {
            return Ok(numbers);
        }
        Err(file.error(&self.dataset, "the dataset has another length than its header says"))
    }

    /// An error of this dataset, of which something else was expected.
    pub(super) fn unfit(&self, file: &File, message: &str, expected: String) -> Error {
        let found = format!("{} trials × {} bins × {} units", self.n_trials, self.n_bins, self.n_units);
        file.error(&self.dataset, message).expected(expected).found(found)
    }
}
