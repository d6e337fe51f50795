//! Sampled signals: rows of traces and behaviour with their time base.

use std::sync::Arc;

use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, Float64Array, ListArray};
use neuroloom_core::{Error, Result, Table, TimeBase};
use neuroloom_table::Columns;

use crate::Span;
use crate::signal_lists::{lists_like, take_rows, with_columns};
use crate::spike_train::check_ascending;

/// A sampled signal.
pub(crate) struct Sampled {
    /// When its samples were taken.
    pub(crate) base: TimeBase,
    /// The samples; NaN is invalid.
    pub(crate) values: Vec<f64>,
}

impl Sampled {
    /// The signal in list column `column` of `row`.
    ///
    /// # Errors
    /// When its times differ in number from its samples, run backwards or make no sense.
    pub(crate) fn read(table: &Table, column: &str, row: usize) -> Result<Self> {
        let place = |error: Error| error.at_object(format!("{} row {row}", table.kind()));
        let values = table.lists(column)?.get(row).unwrap_or_default().into_owned();
        let base = table.time_base(row)?;
        match &base {
            TimeBase::Explicit(times) if times.len() != values.len() => {
                return Err(place(
                    Error::data("samples and times differ in number")
                        .expected(format!("{} times", values.len()))
                        .found(times.len().to_string()),
                ));
            }
            TimeBase::Explicit(times) => check_ascending(times, "sample times").map_err(place)?,
            TimeBase::Regular { t0_s, dt_s } => check_regular(*t0_s, *dt_s).map_err(place)?,
        }
        Ok(Self { base, values })
    }

    /// The samples inside `spans`, which ascend.
    pub(crate) fn cut(&self, spans: &[Span]) -> Sampled {
        let ranges: Vec<_> =
            spans.iter().map(|span| self.first_at(span.start_s)..self.first_at(span.stop_s)).collect();
        let ranges: Vec<_> = ranges.into_iter().filter(|range| !range.is_empty()).collect();
        let values = ranges.iter().flat_map(|range| self.values[range.clone()].iter().copied()).collect();
        let one_piece = ranges.windows(2).all(|pair| pair[0].end == pair[1].start);
        let base = match (&self.base, ranges.first()) {
            (TimeBase::Regular { dt_s, .. }, Some(first)) if one_piece => {
                TimeBase::Regular { t0_s: self.base.time_s(first.start), dt_s: *dt_s }
            }
            (TimeBase::Regular { .. }, None) => self.base.clone(),
            _ => TimeBase::Explicit(ranges.into_iter().flatten().map(|i| self.base.time_s(i)).collect()),
        };
        Sampled { base, values }
    }

    /// Index of the first sample at `t_s` or later.
    pub(crate) fn first_at(&self, t_s: f64) -> usize {
        let (mut low, mut high) = (0, self.values.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.base.time_s(middle) < t_s { low = middle + 1 } else { high = middle }
        }
        low
    }
}

fn check_regular(t0_s: f64, dt_s: f64) -> Result<()> {
    if t0_s.is_finite() && dt_s.is_finite() && dt_s > 0.0 {
        return Ok(());
    }
    Err(Error::data("the time base makes no sense")
        .expected("finite t0_s, dt_s above 0")
        .found(format!("t0_s = {t0_s}, dt_s = {dt_s}")))
}

/// Rows of a new table: which row of the old one each comes from, and its samples.
#[derive(Default)]
pub(crate) struct Pieces {
    rows: Vec<usize>,
    samples: Vec<Sampled>,
}

impl Pieces {
    /// Adds samples that come from `row`. The rows must be pushed in the order of the key.
    pub(crate) fn push(&mut self, row: usize, piece: Sampled) {
        self.rows.push(row);
        self.samples.push(piece);
    }

    /// The rows as a table: samples and time bases are new, `replaced` columns too, all others taken over.
    pub(crate) fn table<'c>(
        self,
        old: &Table,
        column: &'c str,
        mut replaced: Vec<(&'c str, ArrayRef)>,
    ) -> Result<Table> {
        let regular = |pick: fn(f64, f64) -> f64| -> ArrayRef {
            let number = |piece: &Sampled| match piece.base {
                TimeBase::Regular { t0_s, dt_s } => Some(pick(t0_s, dt_s)),
                TimeBase::Explicit(_) => None,
            };
            Arc::new(self.samples.iter().map(number).collect::<Float64Array>())
        };
        let times = self.samples.iter().map(|piece| match &piece.base {
            TimeBase::Regular { .. } => None,
            TimeBase::Explicit(times) => Some(times.iter().copied().map(Some).collect::<Vec<_>>()),
        });
        let times: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(times));
        replaced.extend([
            ("t0_s", regular(|t0_s, _| t0_s)),
            ("dt_s", regular(|_, dt_s| dt_s)),
            ("t_s", times),
        ]);
        let taken = take_rows(old, &self.rows)?;
        let values = self.samples.into_iter().map(|piece| piece.values).collect();
        replaced.push((column, lists_like(old, column, values)));
        with_columns(&taken, replaced)
    }
}
