//! Restricting spikes and samples to stretches of time.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, Float64Array, Int64Array, ListArray};
use neuroloom_core::{Error, Result, Table, TimeBase};
use neuroloom_table::Columns;

use super::choice::Choice;
use crate::signal_lists::{lists_like, take_rows, with_columns};
use crate::spike_train::check_ascending;
use crate::{Span, Support, spike_trains};

/// The stretches that count, by recording.
pub(super) type Supports = BTreeMap<String, Support>;

/// Spikes inside the stretches of their recording. Units stay even when they fall silent; their stretches of
/// observation shrink accordingly.
///
/// # Errors
/// When spike times cannot be used.
pub(super) fn spikes(table: &Table, supports: &Supports) -> Result<Table> {
    let table = recordings_of(table, supports)?;
    let (mut times, mut starts, mut stops) = (Vec::new(), Vec::new(), Vec::new());
    for train in spike_trains(&table)? {
        let support = supports.get(train.recording_id).cloned().unwrap_or_else(Support::everything);
        let support =
            train.observed.as_ref().map_or_else(|| support.clone(), |own| own.intersection(&support));
        times.push(train.times_s.iter().copied().filter(|&time| support.contains(time)).collect::<Vec<_>>());
        starts.push(support.spans().iter().map(|span| span.start_s).collect::<Vec<_>>());
        stops.push(support.spans().iter().map(|span| span.stop_s).collect::<Vec<_>>());
    }
    let replaced = vec![
        ("spike_times_s", lists(times)),
        ("observed_start_s", lists(starts)),
        ("observed_stop_s", lists(stops)),
    ];
    with_columns(&table, replaced)
}

/// Samples of traces inside the stretches: a segment per stretch, numbered anew within each unit and signal.
///
/// # Errors
/// When sample times cannot be used.
pub(super) fn traces(table: &Table, supports: &Supports) -> Result<Table> {
    let table = recordings_of(table, supports)?;
    let mut pieces = Pieces::default();
    let mut segments: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
    let mut numbers = Vec::new();
    for row in 0..table.n_rows() {
        let name = |column: &str| Ok::<_, Error>(table.text(column)?.get_or_empty(row));
        let recording = name("recording_id")?;
        let next = segments.entry((recording, name("signal")?, name("unit_id")?)).or_default();
        let signal = Sampled::read(&table, "trace", row)?;
        for span in supports.get(recording).map_or(&[][..], Support::spans) {
            let piece = signal.cut(std::slice::from_ref(span));
            if !piece.values.is_empty() {
                pieces.push(row, piece);
                numbers.push(*next);
                *next += 1;
            }
        }
    }
    let segment: ArrayRef = Arc::new(Int64Array::from(numbers));
    pieces.table(&table, "trace", vec![("segment", segment)])
}

/// Samples of behaviour inside the stretches. A signal on a regular time base keeps it if its samples stay in one
/// piece, and gets a time for every sample otherwise.
///
/// # Errors
/// When sample times cannot be used.
pub(super) fn behaviour(table: &Table, supports: &Supports) -> Result<Table> {
    let table = recordings_of(table, supports)?;
    let mut pieces = Pieces::default();
    for row in 0..table.n_rows() {
        let recording = table.text("recording_id")?.get_or_empty(row);
        let spans = supports.get(recording).map_or(&[][..], Support::spans);
        pieces.push(row, Sampled::read(&table, "value", row)?.cut(spans));
    }
    pieces.table(&table, "value", Vec::new())
}

fn recordings_of(table: &Table, supports: &Supports) -> Result<Table> {
    let recordings = table.text("recording_id")?;
    Choice::all(table).retain(|row| supports.contains_key(recordings.get_or_empty(row))).take()
}

fn lists(rows: Vec<Vec<f64>>) -> ArrayRef {
    let rows = rows.into_iter().map(|row| Some(row.into_iter().map(Some)));
    Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(rows))
}

/// A sampled signal.
struct Sampled {
    base: TimeBase,
    values: Vec<f64>,
}

impl Sampled {
    fn read(table: &Table, column: &str, row: usize) -> Result<Self> {
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
    fn cut(&self, spans: &[Span]) -> Sampled {
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
    fn first_at(&self, t_s: f64) -> usize {
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
struct Pieces {
    rows: Vec<usize>,
    samples: Vec<Sampled>,
}

impl Pieces {
    fn push(&mut self, row: usize, piece: Sampled) {
        self.rows.push(row);
        self.samples.push(piece);
    }

    fn table<'c>(
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
