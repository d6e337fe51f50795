//! The tables of one recording.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, ListArray, StringArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::read::Row;
use crate::Worm;
use crate::worm::Stretch;

/// A row per column, by the number of the column.
pub(super) fn traces(worm: &Worm) -> Result<Table> {
    let recording = &worm.recording;
    let columns = &recording.columns;
    let last = columns.last().map_or(0, |column| column.raw_column);
    // Of one width, so that units are in the order of the columns.
    let width = last.to_string().len().max(3);
    let n = columns.len();
    let samples = lists(columns.iter().map(|column| column.trace.as_ref()))?;
    let labels: StringArray = columns.iter().map(|column| column.label_given.as_deref()).collect();
    let licences: StringArray = std::iter::repeat_n(recording.licence_note.as_deref(), n).collect();
    let numbers: Int64Array = columns.iter().map(|column| Some(column.raw_column)).collect();
    let table = TableBuilder::new(kinds::TRACES)
        .text("recording_id", std::iter::repeat_n(&recording.id, n))
        .text("unit_id", columns.iter().map(|column| format!("{:0width$}", column.raw_column)))
        .text("signal", std::iter::repeat_n("fluorescence", n))
        .integers("segment", std::iter::repeat_n(0, n))
        .array("trace", samples)
        .text("trace_unit", std::iter::repeat_n(&recording.signal_unit, n))
        .extra("label_given", None, Arc::new(labels))
        .extra("raw_column", None, Arc::new(numbers))
        .extra("licence_note", None, Arc::new(licences));
    clock(table, worm, n)?.finish()
}

/// No rows: where nothing could be read, the next step still sees the columns that it expects.
pub(super) fn no_traces() -> Result<Table> {
    let no_text = || std::iter::empty::<&str>();
    let text = || Arc::new(StringArray::from_iter(std::iter::empty::<Option<&str>>()));
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", no_text())
        .text("unit_id", no_text())
        .text("signal", no_text())
        .integers("segment", [])
        .lists("trace", [])
        .text("trace_unit", no_text())
        .extra("label_given", None, text())
        .extra("raw_column", None, Arc::new(Int64Array::from_iter_values([])))
        .extra("licence_note", None, text())
        .finish()
}

/// No rows.
pub(super) fn no_behaviour() -> Result<Table> {
    let no_text = || std::iter::empty::<&str>();
    TableBuilder::new(kinds::BEHAVIOUR)
        .text("recording_id", no_text())
        .text("signal", no_text())
        .integers("channel", [])
        .lists("value", [])
        .text("value_unit", no_text())
        .finish()
}

/// A row per signal of the animal; none where there is no such signal.
pub(super) fn behaviour(worm: &Worm) -> Result<Option<Table>> {
    let n = worm.behaviour.len();
    if n == 0 {
        return Ok(None);
    }
    let table = TableBuilder::new(kinds::BEHAVIOUR)
        .text("recording_id", std::iter::repeat_n(&worm.recording.id, n))
        .text("signal", worm.behaviour.iter().map(|behaviour| &behaviour.signal))
        .integers("channel", std::iter::repeat_n(0, n))
        .array("value", lists(worm.behaviour.iter().map(|behaviour| behaviour.values.as_slice()))?)
        .text("value_unit", worm.behaviour.iter().map(|behaviour| behaviour.unit));
    clock(table, worm, n)?.finish().map(Some)
}

/// A row per recording.
pub(super) fn recordings(rows: &[Row]) -> Result<Table> {
    TableBuilder::new(kinds::RECORDINGS)
        .text("recording_id", rows.iter().map(|row| &row.id))
        .text("source", rows.iter().map(|row| row.source.name()))
        .text("source_file", rows.iter().map(|row| &row.file))
        .optional_text("session_start", rows.iter().map(|row| row.session.start.as_deref()))
        .optional_text("subject_id", rows.iter().map(|row| row.session.subject_id.as_deref()))
        .text("species", rows.iter().map(|_| "Caenorhabditis elegans"))
        .optional_text("strain", rows.iter().map(|row| row.strain.as_deref()))
        .optional_text("sex", rows.iter().map(|row| row.session.sex.as_deref()))
        .optional_text("age", rows.iter().map(|row| row.session.age.as_deref()))
        .optional_text("description", rows.iter().map(|row| row.session.description.as_deref()))
        .integers("n_units", rows.iter().map(|row| i64::try_from(row.n_units).unwrap_or(i64::MAX)))
        .optional_numbers("duration_s", rows.iter().map(|row| row.duration_s))
        .optional_text("skip_reason", rows.iter().map(|row| row.skip_reason.as_deref()))
        .finish()
}

/// A row per stretch, counted from 0 within its recording and set.
pub(super) fn intervals(stretches: &[(String, Stretch)]) -> Result<Table> {
    let mut numbers = std::collections::BTreeMap::<(&str, &str), i64>::new();
    let mut number = |id, set| {
        let next = numbers.entry((id, set)).or_default();
        *next += 1;
        *next - 1
    };
    TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", stretches.iter().map(|(id, _)| id))
        .text("interval_set", stretches.iter().map(|(_, stretch)| stretch.set))
        .integers(
            "interval_id",
            stretches.iter().map(|(id, stretch)| number(id, stretch.set)).collect::<Vec<_>>(),
        )
        .numbers("start_s", stretches.iter().map(|(_, stretch)| stretch.start_s))
        .numbers("stop_s", stretches.iter().map(|(_, stretch)| stretch.stop_s))
        .finish()
}

/// The clock of the recording, in all `n` rows.
fn clock(table: TableBuilder, worm: &Worm, n: usize) -> Result<TableBuilder> {
    Ok(match worm.regular {
        Some((t0_s, dt_s)) => {
            table.numbers("t0_s", std::iter::repeat_n(t0_s, n)).numbers("dt_s", std::iter::repeat_n(dt_s, n))
        }
        None => table.array("t_s", lists(std::iter::repeat_n(worm.recording.times_s.as_ref(), n))?),
    })
}

fn lists<'a>(rows: impl Iterator<Item = &'a [f64]> + Clone) -> Result<ArrayRef> {
    let n_values: usize = rows.clone().map(<[f64]>::len).sum();
    if i32::try_from(n_values).is_err() {
        return Err(Error::data("a recording is too large for one table")
            .expected(format!("at most {} values", i32::MAX))
            .found(n_values.to_string()));
    }
    let mut values = Vec::with_capacity(n_values);
    rows.clone().for_each(|row| values.extend_from_slice(row));
    let offsets = OffsetBuffer::from_lengths(rows.map(<[f64]>::len));
    let field = Arc::new(Field::new_list_field(DataType::Float64, true));
    let array = ListArray::try_new(field, offsets, Arc::new(Float64Array::from(values)), None);
    array
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(|e| Error::internal(format!("a list of samples: {e}")))
}
