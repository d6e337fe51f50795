//! Reading a whole file.

use std::path::Path;

use neuroloom_core::{Result, Table};

use super::contents::{self, Contents};
use super::session::Session;
use super::{behaviour, intervals, open, traces, units};
use crate::hdf5::File;
use crate::span::Span;

/// What to read of a file, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Name of the recording; by default the file's, without its ending.
    pub recording_id: Option<String>,
    /// The series to read, by name (`CompassDirection/ry`), path or container; all where none is given.
    pub signals: Option<Vec<String>>,
    /// Raw recordings (`ElectricalSeries` and the like) to read besides, which are left out otherwise.
    pub series: Vec<String>,
    /// Whether to read the numeric series of `/stimulus/presentation` too.
    pub stimuli: bool,
    /// Whether to put spike times in order where they run backwards, instead of refusing them.
    pub sort_spikes: bool,
}

impl ReadOptions {
    /// Name of the recording in the file at `path`.
    pub fn recording_id(&self, path: &Path) -> String {
        let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.recording_id.clone().unwrap_or_else(stem)
    }
}

/// The tables of a recording; those that the file has nothing for are absent.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The session, one row.
    pub recordings: Table,
    /// Spike times, a row per unit.
    pub spikes: Option<Table>,
    /// Signals of regions of interest.
    pub traces: Option<Table>,
    /// Other series, a row per channel.
    pub behaviour: Option<Table>,
    /// Trials, epochs and other intervals.
    pub intervals: Option<Table>,
    /// What was left out or looks odd.
    pub notes: Vec<String>,
}

/// Reads the NWB file at `path`.
///
/// # Errors
/// When the file is absent, is no NWB 2 file, or is damaged; see `docs/formats/nwb.md` for what is checked.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Recording> {
    let file = open::open(path)?;
    let contents = contents::of(&file, options)?;
    read_contents(&file, contents, options)
}

fn read_contents(file: &File, contents: Contents, options: &ReadOptions) -> Result<Recording> {
    let id = options.recording_id(file.path());
    let mut notes = contents.notes;
    let mut span = Span::default();
    let mut n_units = 0;
    let mut spikes = None;
    if contents.has_spikes {
        let read = units::read(file, &id, options.sort_spikes, &mut notes)?;
        span.join(read.span);
        n_units += read.table.n_rows();
        spikes = Some(read.table);
    }
    let mut traces = None;
    if !contents.rois.is_empty() {
        let read = traces::read(file, &id, &contents.rois, &mut notes)?;
        span.join(read.span);
        n_units += read.n_units;
        traces = Some(read.table);
    }
    let mut behaviour = None;
    if !contents.behaviour.is_empty() {
        let (table, covered) = behaviour::read(file, &id, &contents.behaviour, &mut notes)?;
        span.join(covered);
        behaviour = Some(table);
    }
    let mut intervals = None;
    if !contents.intervals.is_empty() {
        let (table, covered) = intervals::read(file, &id, &contents.intervals, &mut notes)?;
        span.join(covered);
        intervals = Some(table);
    }
    let recordings = Session::of(file)?.table(&id, file.path(), n_units, span.duration_s())?;
    Ok(Recording { recordings, spikes, traces, behaviour, intervals, notes })
}
