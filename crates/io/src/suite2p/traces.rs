//! The table of traces.

use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type};
use arrow_array::{ArrayRef, Float64Array, ListArray, PrimitiveArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::Field;
use neuroloom_core::{Error, Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::plane::Plane;
use crate::numbers::Numbers;

/// Rows of the table in the making.
pub(super) struct Rows {
    unit_id: Vec<String>,
    signal: Vec<&'static str>,
    is_cell: Vec<Option<bool>>,
    probability: Vec<Option<f64>>,
    offsets: Vec<usize>,
    samples: Samples,
}

/// Samples of one width: a reader keeps the precision of its source.
enum Samples {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

impl Rows {
    /// No rows yet.
    pub(super) fn new(is_single: bool) -> Self {
        let samples = if is_single { Samples::Single(Vec::new()) } else { Samples::Double(Vec::new()) };
        Self {
            unit_id: Vec::new(),
            signal: Vec::new(),
            is_cell: Vec::new(),
            probability: Vec::new(),
            offsets: vec![0],
            samples,
        }
    }

    /// Adds a row for each region of `plane` and each signal, and gives the number of regions. Regions are called
    /// by their number, after `prefix`.
    pub(super) fn append(&mut self, plane: &Plane, prefix: &str, only_cells: bool) -> Result<usize> {
        let cells = plane.cells()?;
        let is_kept = |roi: &usize| !only_cells || cells.is_cell.get(*roi) == Some(&Some(true));
        let kept: Vec<usize> = (0..plane.n_rois).filter(is_kept).collect();
        for &signal in &plane.signals {
            let numbers = plane.samples(signal)?;
            for &roi in &kept {
                self.unit_id.push(format!("{prefix}{roi}"));
                self.signal.push(signal.name());
                self.is_cell.push(cells.is_cell.get(roi).copied().flatten());
                self.probability.push(cells.probability.get(roi).copied().flatten());
                self.samples.extend(&numbers, roi * plane.n_samples..(roi + 1) * plane.n_samples);
                self.offsets.push(self.samples.len());
            }
        }
        Ok(kept.len())
    }

    /// The table, with a sample every `1 / fs_hz` seconds from 0.
    pub(super) fn table(self, recording_id: &str, fs_hz: f64) -> Result<Table> {
        let n = self.unit_id.len();
        let probability: ArrayRef = Arc::new(self.probability.into_iter().collect::<Float64Array>());
        TableBuilder::new(kinds::TRACES)
            .text("recording_id", std::iter::repeat_n(recording_id, n))
            .text("unit_id", &self.unit_id)
            .text("signal", &self.signal)
            .integers("segment", std::iter::repeat_n(0, n))
            .optional_bools("is_cell", self.is_cell)
            .numbers("t0_s", std::iter::repeat_n(0.0, n))
            .numbers("dt_s", std::iter::repeat_n(fs_hz.recip(), n))
            .array("trace", self.samples.column(&self.offsets)?)
            .text("trace_unit", std::iter::repeat_n(Unit::ARBITRARY.as_str(), n))
            .extra("cell_probability", Some(&Unit::ONE), probability)
            .finish()
    }
}

impl Samples {
    fn len(&self) -> usize {
        match self {
            Self::Single(samples) => samples.len(),
            Self::Double(samples) => samples.len(),
        }
    }

    fn extend(&mut self, numbers: &Numbers, range: std::ops::Range<usize>) {
        match (self, numbers) {
            (Self::Single(samples), Numbers::F32(row)) => {
                samples.extend_from_slice(row.get(range).unwrap_or_default());
            }
            (Self::Single(samples), row) => {
                samples.extend(range.filter_map(|i| row.get(i)).map(|value| value as f32));
            }
            (Self::Double(samples), row) => samples.extend(range.filter_map(|i| row.get(i))),
        }
    }

    fn column(self, offsets: &[usize]) -> Result<ArrayRef> {
        match self {
            Self::Single(samples) => column::<Float32Type>(samples, offsets),
            Self::Double(samples) => column::<Float64Type>(samples, offsets),
        }
    }
}

fn column<T: ArrowPrimitiveType>(samples: Vec<T::Native>, offsets: &[usize]) -> Result<ArrayRef> {
    let offsets: Option<Vec<i32>> = offsets.iter().map(|&offset| i32::try_from(offset).ok()).collect();
    let offsets = offsets.ok_or_else(|| {
        Error::data("too many samples for one table")
            .expected(format!("at most {}", i32::MAX))
            .found(samples.len().to_string())
            .hint("read fewer `signals`, set `only_cells: true`, or read the planes one by one")
    })?;
    let item = Arc::new(Field::new_list_field(T::DATA_TYPE, true));
    let values = Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(samples), None));
    let lists = ListArray::try_new(item, OffsetBuffer::new(ScalarBuffer::from(offsets)), values, None);
    Ok(Arc::new(lists.map_err(|e| Error::internal(format!("a column of lists: {e}")))?))
}
