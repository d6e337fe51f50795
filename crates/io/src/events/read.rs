//! Reading a file.

use std::path::Path;

use neuroloom_core::{Result, files};

use super::lines;
use crate::spike_trains::{self, SpikeRecording, UnitRow};

/// Where units and times stand, and what times are in.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadOptions {
    /// Name of the recording; by default the file's, without its ending.
    pub recording_id: Option<String>,
    /// Column of the units, from 0.
    pub unit_column: usize,
    /// Column of the times, from 0.
    pub time_column: usize,
    /// Seconds in one unit of the times: 0.001 for milliseconds.
    pub time_unit_s: f64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { recording_id: None, unit_column: 0, time_column: 1, time_unit_s: 1.0 }
    }
}

impl ReadOptions {
    pub(super) fn recording_id(&self, path: &Path) -> String {
        let stem = || path.file_stem().map_or("events".into(), |stem| stem.to_string_lossy()).into_owned();
        self.recording_id.clone().unwrap_or_else(stem)
    }
}

/// Reads the events in the text file at `path`. They may come in any order.
///
/// # Errors
/// When the file is absent or no text, or a line is no event.
pub fn read(path: &Path, options: &ReadOptions) -> Result<SpikeRecording> {
    let text = files::read_text(path)?;
    let events =
        lines::parse(&text, options.unit_column, options.time_column).map_err(|error| error.at_file(path))?;
    let times_s: Vec<f64> = events.times.iter().map(|time| time * options.time_unit_s).collect();
    let trains = spike_trains::group(&times_s, &events.units, true).map_err(|error| {
        let line = error.location().offset.and_then(|i| events.lines.get(i as usize));
        let place = line.map_or_else(String::new, |line| format!("line {line}"));
        error.at_object(place).at_file(path)
    })?;
    let rows = trains.into_iter().map(|(unit_id, spike_times_s)| UnitRow {
        unit_id,
        spike_times_s,
        ..UnitRow::default()
    });
    let id = options.recording_id(path);
    let spikes = spike_trains::table(&id, rows.collect()).finish()?;
    SpikeRecording::new(&id, "events", path, spikes, Vec::new())
}
