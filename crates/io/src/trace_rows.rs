//! Sampled signals of neurons, gathered into a table of traces.

use arrow_array::ArrayRef;
use arrow_array::types::{Float32Type, Float64Type};
use neuroloom_core::{Error, ErrorKind, Result, TimeBase, Unit};
use neuroloom_table::{TableBuilder, kinds};

use crate::lists::lists;
use crate::numbers::Numbers;
use crate::times::Times;

/// Rows of a table of traces in the making; all have one width, that of their samples.
pub(crate) struct TraceRows {
    rows: Vec<TraceRow>,
    times: Times,
    offsets: Vec<usize>,
    samples: Samples,
}

/// What a row says beside its samples and their times.
#[derive(Clone, Debug)]
pub(crate) struct TraceRow {
    pub(crate) unit_id: String,
    pub(crate) signal: String,
    /// Contiguous stretch within the recording, from 0.
    pub(crate) segment: i64,
    pub(crate) is_cell: Option<bool>,
    pub(crate) unit: Unit,
}

/// Samples of one width: a reader keeps the precision of its source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Samples {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

impl TraceRows {
    /// No rows yet, and room for `n_samples` samples of 32 bits (`single`) or 64.
    ///
    /// # Errors
    /// When there is not that much memory.
    pub(crate) fn with_room(single: bool, n_samples: usize) -> Result<Self> {
        let samples = Samples::with_room(single, n_samples)?;
        Ok(Self { rows: Vec::new(), times: Times::new(), offsets: vec![0], samples })
    }

    /// Adds a row with the items `range` of `numbers`.
    pub(crate) fn push(
        &mut self,
        row: TraceRow,
        times: &TimeBase,
        numbers: &Numbers,
        range: std::ops::Range<usize>,
    ) {
        self.samples.extend(numbers, range);
        self.offsets.push(self.samples.len());
        self.times.push(times);
        self.rows.push(row);
    }

    /// The table in the making, with the columns that all formats share; further ones may be added, an item for each
    /// row in the order of the calls of [`push`](Self::push).
    ///
    /// # Errors
    /// When there are more samples than a column of lists can hold.
    pub(crate) fn into_builder(self, recording_id: &str) -> Result<TableBuilder> {
        let n = self.rows.len();
        let times = self.times.into_columns()?;
        Ok(TableBuilder::new(kinds::TRACES)
            .text("recording_id", std::iter::repeat_n(recording_id, n))
            .text("unit_id", self.rows.iter().map(|row| row.unit_id.as_str()))
            .text("signal", self.rows.iter().map(|row| row.signal.as_str()))
            .integers("segment", self.rows.iter().map(|row| row.segment))
            .optional_bools("is_cell", self.rows.iter().map(|row| row.is_cell))
            .array("t0_s", times.t0_s)
            .array("dt_s", times.dt_s)
            .array("t_s", times.t_s)
            .array("trace", self.samples.into_lists(&self.offsets)?)
            .text("trace_unit", self.rows.iter().map(|row| row.unit.as_str())))
    }
}

impl Samples {
    /// None yet, and room for `n` of 32 bits (`single`) or 64.
    ///
    /// # Errors
    /// When there is not that much memory.
    pub(crate) fn with_room(single: bool, n: usize) -> Result<Self> {
        Ok(if single { Self::Single(room(n)?) } else { Self::Double(room(n)?) })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Single(samples) => samples.len(),
            Self::Double(samples) => samples.len(),
        }
    }

    /// Adds the items `range` of `numbers`.
    pub(crate) fn extend(&mut self, numbers: &Numbers, range: std::ops::Range<usize>) {
        match (self, numbers) {
            (Self::Single(samples), Numbers::F32(own)) => {
                samples.extend_from_slice(own.get(range).unwrap_or_default());
            }
            (Self::Double(samples), Numbers::F64(own)) => {
                samples.extend_from_slice(own.get(range).unwrap_or_default());
            }
            (Self::Single(samples), other) => {
                samples.extend(range.filter_map(|i| other.get(i)).map(|value| value as f32));
            }
            (Self::Double(samples), other) => samples.extend(range.filter_map(|i| other.get(i))),
        }
    }

    /// Adds `n` items of `numbers`, every `step`-th from `first` on: a column of a matrix.
    pub(crate) fn extend_strided(&mut self, numbers: &Numbers, first: usize, step: usize, n: usize) {
        fn strided<T: Copy>(items: &[T], first: usize, step: usize, n: usize) -> impl Iterator<Item = T> {
            items.get(first..).unwrap_or_default().iter().step_by(step.max(1)).take(n).copied()
        }
        match (self, numbers) {
            (Self::Single(samples), Numbers::F32(own)) => samples.extend(strided(own, first, step, n)),
            (Self::Double(samples), Numbers::F64(own)) => samples.extend(strided(own, first, step, n)),
            (samples, other) => {
                let places = (0..n).map(|i| first + i * step);
                let values = places.filter_map(|i| other.get(i));
                match samples {
                    Self::Single(samples) => samples.extend(values.map(|value| value as f32)),
                    Self::Double(samples) => samples.extend(values),
                }
            }
        }
    }

    /// The column whose row `r` holds the samples `offsets[r]..offsets[r + 1]`.
    ///
    /// # Errors
    /// When there are more than a column of lists can hold.
    pub(crate) fn into_lists(self, offsets: &[usize]) -> Result<ArrayRef> {
        match self {
            Self::Single(samples) => lists::<Float32Type>(samples, offsets, None),
            Self::Double(samples) => lists::<Float64Type>(samples, offsets, None),
        }
    }
}

/// An empty list with room for `n` items.
///
/// # Errors
/// When there is not that much memory.
pub(crate) fn room<T>(n: usize) -> Result<Vec<T>> {
    let mut samples = Vec::new();
    samples.try_reserve_exact(n).map_err(|_| {
        Error::new(ErrorKind::Memory, "there is not enough memory for what the file holds")
            .expected(format!("room for {n} values of {} bytes", size_of::<T>()))
            .hint("read fewer signals at a time: name them in `signals`")
    })?;
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use neuroloom_table::Columns;

    use super::*;

    #[test]
    fn rows_keep_the_width_of_their_source_and_their_own_times() {
        let row = |unit_id: &str| TraceRow {
            unit_id: unit_id.into(),
            signal: "dff".into(),
            segment: 0,
            is_cell: None,
            unit: Unit::ONE,
        };
        let mut rows = TraceRows::with_room(true, 4).unwrap();
        let numbers = Numbers::F32(vec![1.0, 2.0, 3.0, 4.0]);
        rows.push(row("b"), &TimeBase::Explicit(vec![0.0, 7.0]), &numbers, 2..4);
        rows.push(row("a"), &TimeBase::Regular { t0_s: 0.5, dt_s: 0.1 }, &Numbers::I16(vec![9]), 0..1);
        let table = rows.into_builder("mouse").unwrap().finish().unwrap();
        let traces = table.lists("trace").unwrap();
        assert_eq!(traces.get(0).unwrap().as_ref(), [9.0]);
        assert_eq!(traces.get(1).unwrap().as_ref(), [3.0, 4.0]);
        assert_eq!(table.time_base(1).unwrap(), TimeBase::Explicit(vec![0.0, 7.0]));
        assert_eq!(table.time_base(0).unwrap(), TimeBase::Regular { t0_s: 0.5, dt_s: 0.1 });
        assert!(!matches!(table.lists("trace").unwrap().get(0).unwrap(), std::borrow::Cow::Borrowed(_)));
    }
}
