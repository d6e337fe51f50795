//! Activity in a table of homogenised recordings of C. elegans.

use std::collections::HashMap;

use neuroloom_core::{Error, Result, Table, TimeBase};
use neuroloom_table::{Columns, ListColumn};

use super::{Grid, Row};

/// The signals that a homogenised table may have; the first one is the default.
const SIGNALS: [&str; 5] = [
    "raw_calcium_data",
    "calcium_data",
    "smooth_calcium_data",
    "residual_calcium",
    "smooth_residual_calcium",
];

/// The rows of one signal, with the clocks of their recordings.
pub(super) fn rows(table: &Table, clocks: &Table, signal: Option<&str>) -> Result<Vec<Row>> {
    let signal = signal.unwrap_or(SIGNALS[0]);
    let traces = signal_lists(table, signal)?;
    let clocks = clocks_by_recording(clocks)?;
    let (ids, neurons, is_labeled) =
        (table.text("recording_id")?, table.text("neuron")?, table.bools("is_labeled")?);
    let read = |row: usize| {
        let (recording_id, neuron) = (ids.get_or_empty(row).to_owned(), neurons.get_or_empty(row).to_owned());
        let place = |error: Error| error.at_object(format!("{recording_id}: neuron {neuron}"));
        let trace = traces.get(row).ok_or_else(|| place(absent(signal)))?.into_owned();
        let times_s = clocks.get(&recording_id).ok_or_else(|| place(without_clock()))?;
        let grid = Grid::of(&TimeBase::Explicit(times_s.clone()), trace.len()).map_err(place)?;
        Ok(Row { recording_id, neuron, is_named: is_labeled.value(row), grid, trace })
    };
    (0..table.n_rows()).map(read).collect()
}

fn signal_lists<'a>(table: &'a Table, signal: &str) -> Result<ListColumn<'a>> {
    if SIGNALS.contains(&signal) {
        return table.lists(signal);
    }
    Err(Error::params("homogenised activity has no such signal on the common clock")
        .at_object("signal")
        .expected(format!("one of {}", SIGNALS.join(", ")))
        .found(signal))
}

fn clocks_by_recording(table: &Table) -> Result<HashMap<String, Vec<f64>>> {
    let (ids, times) = (table.text("recording_id")?, table.lists("time_in_seconds")?);
    let clock = |row| Some((ids.get_or_empty(row).to_owned(), times.get(row)?.into_owned()));
    Ok((0..table.n_rows()).filter_map(clock).collect())
}

fn absent(signal: &str) -> Error {
    Error::data(format!("the recordings were homogenised without {signal}"))
        .expected(format!("{signal} for every neuron"))
        .hint("list it in `store` of celegans.homogenise, or choose another `signal`")
}

fn without_clock() -> Error {
    Error::data("the clock of a recording is missing")
        .expected("a row with time_in_seconds at the input `recordings`")
        .hint("connect `recordings` of the same homogenisation as `traces`")
}
