//! Restricting spikes and samples to stretches of time.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, Int64Array, ListArray};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::choice::Choice;
use crate::sampled::{Pieces, Sampled};
use crate::signal_lists::with_columns;
use crate::{Support, spike_trains};

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
