//! Reading a folder.

use std::path::Path;

use neuroloom_core::{Error, Result, Table, Unit, files};

use super::signal::Signal;
use super::variable::Variable;
use crate::recording_row;
use crate::span::Span;
use crate::trace_rows::{TraceRow, TraceRows};

/// What to read, and what the folder does not say.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadOptions {
    /// Frames per second of the movie that Minian read, Hz.
    pub fs_hz: f64,
    /// Name of the recording; by default that of the folder above `minian`.
    pub recording_id: Option<String>,
    /// The signals to read; all that are there where none is given.
    pub signals: Option<Vec<Signal>>,
}

impl ReadOptions {
    /// All signals, at `fs_hz` frames per second.
    pub fn new(fs_hz: f64) -> Self {
        Self { fs_hz, recording_id: None, signals: None }
    }

    pub(super) fn recording_id(&self, path: &Path) -> String {
        let by_path = || recording_row::recording_id(path, |name| name == "minian", "minian");
        self.recording_id.clone().unwrap_or_else(by_path)
    }
}

/// The tables of a recording.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The session, one row.
    pub recordings: Table,
    /// A row per unit and signal.
    pub traces: Table,
    /// What is missing.
    pub notes: Vec<String>,
}

/// Reads Minian's output in the folder `path`, which holds `C.zarr` and the like.
///
/// # Errors
/// When there is none, a signal that was asked for is missing, or an array is damaged or does not fit its coordinates.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Recording> {
    let variables = variables(path, options)?;
    let single = variables.iter().all(Variable::is_single);
    let mut rows = TraceRows::with_room(single, variables.iter().map(Variable::n_values).sum())?;
    let mut span = Span::default();
    for variable in &variables {
        let (ids, times, samples) =
            (variable.unit_ids()?, variable.times(options.fs_hz)?, variable.samples()?);
        span.add(times.time_s(0));
        span.add(times.time_s(variable.n_frames - 1));
        for (i, id) in ids.iter().enumerate() {
            let row = TraceRow {
                unit_id: id.to_string(),
                signal: variable.signal.name().to_owned(),
                segment: 0,
                is_cell: None,
                unit: Unit::ARBITRARY,
            };
            rows.push(row, &times, &samples, i * variable.n_frames..(i + 1) * variable.n_frames);
        }
    }
    let n_units = variables.iter().map(|variable| variable.n_units).max().unwrap_or(0);
    let id = options.recording_id(path);
    Ok(Recording {
        recordings: recording_row::table(&id, "minian", path, n_units, span.duration_s())?,
        traces: rows.into_builder(&id)?.finish()?,
        notes: notes(&variables, options),
    })
}

/// The variables to read, by their headers.
pub(super) fn variables(path: &Path, options: &ReadOptions) -> Result<Vec<Variable>> {
    if !(options.fs_hz.is_finite() && options.fs_hz > 0.0) {
        return Err(Error::params("fs_hz is no frame rate")
            .expected("a finite number above 0")
            .found(options.fs_hz.to_string()));
    }
    let mut signals = options.signals.clone().unwrap_or_else(|| Signal::ALL.to_vec());
    signals.sort();
    signals.dedup();
    let mut variables = Vec::new();
    for signal in signals {
        match Variable::open(path, signal)? {
            Some(variable) => variables.push(variable),
            None if options.signals.is_some() => {
                return Err(Error::data(format!("the signal {} is not there", signal.name()))
                    .at_file(path)
                    .expected(format!("{}.zarr", signal.variable()))
                    .hint("leave it out of `signals`"));
            }
            None => {}
        }
    }
    if variables.is_empty() {
        return Err(Error::data("no output of Minian")
            .at_file(path)
            .expected("a folder with C.zarr, S.zarr or YrA.zarr")
            .found(if files::is_folder(path) { "a folder without them" } else { "no such folder" }));
    }
    Ok(variables)
}

fn notes(variables: &[Variable], options: &ReadOptions) -> Vec<String> {
    if options.signals.is_some() {
        return Vec::new();
    }
    let is_there = |signal: &Signal| variables.iter().any(|variable| variable.signal == *signal);
    let missing = Signal::ALL.into_iter().filter(|signal| !is_there(signal));
    missing
        .map(|signal| format!("no {}.zarr, so there is no signal {}", signal.variable(), signal.name()))
        .collect()
}
