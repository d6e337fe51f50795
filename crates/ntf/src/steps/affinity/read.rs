//! From tables to the traces of named neurons.

mod grid;
mod homogenised;
mod traces;

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table, TableKind};
use neuroloom_table::kinds;

pub(super) use grid::Grid;

/// The neurons of one recording.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    /// Its name.
    pub id: String,
    /// When its frames were taken.
    pub grid: Grid,
    /// Frames of every trace.
    pub n_frames: usize,
    /// Traces by the name of the neuron.
    pub neurons: BTreeMap<String, Vec<f64>>,
    /// Neurons whose names say nothing beyond this recording, and are left out.
    pub n_unnamed: usize,
}

/// # Errors
/// A kind of table that has no activity; homogenised activity without its clock.
pub(super) fn check_kind(kind: TableKind, has_clock: bool) -> Result<()> {
    let wrong = |message: &str| Error::params(message).at_object("traces");
    if kind == kinds::HOMOGENISED && !has_clock {
        return Err(wrong("homogenised activity comes without its clock")
            .expected("the recordings of the homogenisation at the input `recordings`")
            .hint("connect both outputs: `in: { traces: STEP.traces, recordings: STEP.recordings }`"));
    }
    if [kinds::TRACES, kinds::HOMOGENISED, TableKind::ANY].contains(&kind) {
        return Ok(());
    }
    Err(wrong("there is no activity in such a table").expected("traces or homogenised").found(kind.name()))
}

/// The recordings of `table`, sorted by name, each with the neurons that have a name to be known by. A single
/// recording needs none: there, all neurons count.
///
/// # Errors
/// A table without activity, without the `signal`, or with several and none named; a neuron that stands twice in a
/// recording; traces of one recording with different clocks or lengths; an irregular clock.
pub(super) fn recordings(
    table: &Table,
    clocks: Option<&Table>,
    signal: Option<&str>,
) -> Result<Vec<Recording>> {
    check_kind(table.kind(), clocks.is_some())?;
    let rows = match clocks.filter(|_| table.kind() == kinds::HOMOGENISED) {
        Some(clocks) => homogenised::rows(table, clocks, signal)?,
        None => traces::rows(table, signal)?,
    };
    let mut recordings: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        recordings.entry(row.recording_id.clone()).or_default().push(row);
    }
    let is_single = recordings.len() == 1;
    recordings.into_iter().map(|(id, rows)| recording(id, rows, is_single)).collect()
}

/// A trace as its table has it.
struct Row {
    recording_id: String,
    neuron: String,
    /// Whether the name means the same neuron in other recordings.
    is_named: bool,
    grid: Grid,
    trace: Vec<f64>,
}

fn recording(id: String, rows: Vec<Row>, is_single: bool) -> Result<Recording> {
    let mut rows = rows.into_iter();
    let Some(first) = rows.next() else { return Err(Error::internal("a recording without rows")) };
    let mut recording = Recording {
        id,
        grid: first.grid,
        n_frames: first.trace.len(),
        neurons: BTreeMap::new(),
        n_unnamed: 0,
    };
    for row in std::iter::once(first).chain(rows) {
        recording.check(&row)?;
        if !(row.is_named || is_single) {
            recording.n_unnamed += 1;
            continue;
        }
        let place = format!("{}: neuron {}", recording.id, row.neuron);
        if recording.neurons.insert(row.neuron, row.trace).is_some() {
            return Err(Error::data("a neuron stands twice in a recording")
                .at_object(place)
                .expected("one trace per neuron, signal and recording")
                .hint("join segments first, or give the two neurons names of their own"));
        }
    }
    Ok(recording)
}

impl Recording {
    fn check(&self, row: &Row) -> Result<()> {
        let wrong =
            |message: &str| Error::data(message).at_object(format!("{}: neuron {}", self.id, row.neuron));
        if row.trace.len() != self.n_frames {
            return Err(wrong("the traces of a recording differ in length")
                .expected(format!("{} frames", self.n_frames))
                .found(row.trace.len().to_string()));
        }
        if !row.grid.agrees(self.grid, self.n_frames) {
            return Err(wrong("the traces of a recording are on different clocks")
                .expected(self.grid.to_string())
                .found(row.grid.to_string())
                .hint("bring them to one clock with prepare.resample"));
        }
        Ok(())
    }
}
