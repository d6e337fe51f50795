//! Matrices of signals as Arrow list columns, without a detour over single values.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array, ListArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field};
use ndarray::Array2;
use neuroloom_core::{Error, Result};

/// Rows of 32-bit lists, collected.
#[derive(Debug, Default)]
pub(super) struct SignalLists {
    values: Vec<f32>,
    lengths: Vec<usize>,
}

impl SignalLists {
    /// Room for `rows` lists of `samples` in all.
    pub fn with_capacity(rows: usize, samples: usize) -> Self {
        Self { values: Vec::with_capacity(samples), lengths: Vec::with_capacity(rows) }
    }

    /// Adds every row of `matrix`.
    pub fn push_matrix(&mut self, matrix: &Array2<f32>) {
        self.values.extend(matrix.iter());
        self.lengths.extend(std::iter::repeat_n(matrix.ncols(), matrix.nrows()));
    }

    /// Adds one list.
    pub fn push(&mut self, list: impl IntoIterator<Item = f32>) {
        let before = self.values.len();
        self.values.extend(list);
        self.lengths.push(self.values.len() - before);
    }

    /// The column.
    ///
    /// # Errors
    /// When there are more samples than a column of lists can count (2³¹).
    pub fn finish(self) -> Result<ArrayRef> {
        if i32::try_from(self.values.len()).is_err() {
            return Err(Error::data("the result is too large for one table")
                .expected("fewer than 2147483648 samples per signal")
                .found(self.values.len().to_string())
                .hint("homogenise the sources in several steps, one each"));
        }
        let item = Arc::new(Field::new_list_field(DataType::Float32, true));
        let offsets = OffsetBuffer::from_lengths(self.lengths);
        let values = Arc::new(Float32Array::from(self.values));
        let lists = ListArray::try_new(item, offsets, values, None);
        Ok(Arc::new(lists.map_err(|e| Error::internal(format!("cannot make a list column: {e}")))?))
    }
}
