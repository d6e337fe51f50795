//! From traces to the counts of every recording.

mod layout;
mod recording;
mod rows;

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Seed, Table};
use neuroloom_table::Columns;

use super::params::SampleParams;
use rows::{Row, rows_of};

pub(super) use recording::Recording;

/// The recordings of a table of traces, sorted, with what chains do not see taken out.
///
/// # Errors
/// No row of the signal; what is wrong with a recording, naming neuron, bin and value.
pub(super) fn recordings(traces: &Table, params: &SampleParams, seed: Seed) -> Result<Vec<Recording>> {
    let mut by_recording: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for (recording, row) in rows_of(traces, &params.signal)? {
        by_recording.entry(recording).or_default().push(row);
    }
    if by_recording.is_empty() {
        return Err(no_such_signal(traces, &params.signal)?);
    }
    by_recording.into_iter().map(|(name, rows)| Recording::new(name, rows, params, seed)).collect()
}

fn no_such_signal(traces: &Table, signal: &str) -> Result<Error> {
    let signals = traces.text("signal")?;
    let found: std::collections::BTreeSet<&str> =
        (0..traces.n_rows()).map(|row| signals.get_or_empty(row)).collect();
    Ok(Error::data("the traces hold no spike counts")
        .at_object("signal")
        .expected(format!("{signal:?}"))
        .found(format!("{:?}", found.into_iter().collect::<Vec<_>>()))
        .hint("make counts with prepare.bin, or set `signal`"))
}
