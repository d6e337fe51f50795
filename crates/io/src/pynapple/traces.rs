//! `Tsd` and `TsdFrame` into the table of traces.

use neuroloom_core::{Result, Table, Unit};

use super::object::Object;
use super::segments;
use super::series::Series;
use crate::span::Span;
use crate::trace_rows::{TraceRow, TraceRows};

/// The table of traces, its number of units, and the time that it covers. The signal is called like the object; its units
/// like the columns, or by their number.
///
/// # Errors
/// When a file is damaged.
pub(super) fn read(
    recording_id: &str,
    objects: &[&Object],
    notes: &mut Vec<String>,
) -> Result<(Table, usize, Span)> {
    let all = objects.iter().map(|object| Series::read(object, notes)).collect::<Result<Vec<_>>>()?;
    let single = all.iter().all(Series::is_single);
    let mut rows = TraceRows::with_room(single, all.iter().map(|series| series.samples.len()).sum())?;
    let (mut span, mut n_units) = (Span::default(), 0);
    for (object, series) in objects.iter().zip(&all) {
        span.add_all(&series.times_s);
        n_units += series.n_channels;
        append(&mut rows, object, series, notes);
    }
    Ok((rows.into_builder(recording_id)?.finish()?, n_units, span))
}

fn append(rows: &mut TraceRows, object: &Object, series: &Series, notes: &mut Vec<String>) {
    let (segments, n_outside) = segments::segments(&series.times_s, series.support.as_ref());
    if n_outside > 0 {
        notes.push(format!("{}: {n_outside} samples lie outside of its time support; left out", object.name));
    }
    for (segment, range) in segments.iter().enumerate() {
        let times = segments::time_base(series.times_s.get(range.clone()).unwrap_or_default());
        for channel in 0..series.n_channels {
            let name = series.columns.as_ref().and_then(|columns| columns.get(channel)).cloned();
            let row = TraceRow {
                unit_id: name.unwrap_or_else(|| channel.to_string()),
                signal: object.name.clone(),
                segment: segment as i64,
                is_cell: None,
                unit: Unit::ARBITRARY,
            };
            rows.push(row, &times, &series.samples, series.place(channel, range));
        }
    }
}
