//! Reading a folder.

use std::path::Path;

use neuroloom_core::{Error, Result, Table};

use super::folder::{self, is_generic};
use super::plane::{Plane, Signal};
use super::traces::Rows;
use crate::recording_row;

/// What to read, and what the folder does not say.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadOptions {
    /// Frames per second of one plane, Hz.
    pub fs_hz: f64,
    /// Name of the recording; by default that of the folder above `suite2p`.
    pub recording_id: Option<String>,
    /// The signals to read; all that are there where none is given.
    pub signals: Option<Vec<Signal>>,
    /// Whether to leave out regions that are not accepted as cells.
    pub only_cells: bool,
}

impl ReadOptions {
    /// All signals of all regions, at `fs_hz` frames per second.
    pub fn new(fs_hz: f64) -> Self {
        Self { fs_hz, recording_id: None, signals: None, only_cells: false }
    }

    pub(super) fn recording_id(&self, path: &Path) -> String {
        let by_path = || recording_row::recording_id(path, is_generic, "suite2p");
        self.recording_id.clone().unwrap_or_else(by_path)
    }
}

/// The tables of a recording.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The session, one row.
    pub recordings: Table,
    /// A row per region of interest and signal.
    pub traces: Table,
    /// Imaging planes.
    pub n_planes: usize,
    /// Regions of interest.
    pub n_rois: usize,
    /// Length, seconds.
    pub duration_s: f64,
    /// What was left out or is missing.
    pub notes: Vec<String>,
}

/// Reads the Suite2p output in the folder `path`: `suite2p`, the one above it, or that of one plane.
///
/// # Errors
/// When there is none, a file is damaged, the signals of a plane differ in shape, a signal that was asked for is
/// missing, or `only_cells` is set and `iscell.npy` is missing.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Recording> {
    let planes = planes(path, options)?;
    let notes = notes(&planes, options);
    let mut rows = Rows::of(&planes, options.fs_hz)?;
    let (mut n_rois, mut n_samples) = (0, 0);
    for plane in &planes {
        let prefix = if planes.len() > 1 { format!("{}/", plane.folder.name) } else { String::new() };
        n_rois += rows.append(plane, &prefix, options.only_cells)?;
        n_samples = n_samples.max(plane.n_samples);
    }
    // From the first sample to the last.
    let duration_s = n_samples.saturating_sub(1) as f64 / options.fs_hz;
    let id = options.recording_id(path);
    let recordings = recording_row::table(&id, "suite2p", path, n_rois, Some(duration_s))?;
    let traces = rows.table(&id)?;
    Ok(Recording { recordings, traces, n_planes: planes.len(), n_rois, duration_s, notes })
}

/// The planes, by their headers.
pub(super) fn planes(path: &Path, options: &ReadOptions) -> Result<Vec<Plane>> {
    if !(options.fs_hz.is_finite() && options.fs_hz > 0.0) {
        return Err(Error::params("fs_hz is no frame rate")
            .expected("a finite number above 0")
            .found(options.fs_hz.to_string()));
    }
    let mut signals = options.signals.clone().unwrap_or_else(|| Signal::ALL.to_vec());
    signals.sort();
    signals.dedup();
    let folders = folder::planes(path)?;
    let planes = folders.into_iter().map(|folder| Plane::of(folder, &signals)).collect::<Result<Vec<_>>>()?;
    for plane in &planes {
        let missing = signals.iter().find(|signal| !plane.signals.contains(signal));
        if let Some(missing) = missing.filter(|_| options.signals.is_some()) {
            return Err(Error::data(format!("the signal {} is not there", missing.name()))
                .at_file(&plane.folder.path)
                .expected(missing.file())
                .hint("leave it out of `signals`"));
        }
        if options.only_cells && !plane.has_iscell {
            return Err(Error::data("which regions are cells is not said")
                .at_file(&plane.folder.path)
                .expected("iscell.npy")
                .hint("set `only_cells: false`"));
        }
    }
    Ok(planes)
}

fn notes(planes: &[Plane], options: &ReadOptions) -> Vec<String> {
    let mut notes = Vec::new();
    for plane in planes {
        let name = &plane.folder.name;
        if options.signals.is_none() {
            let missing = Signal::ALL.iter().filter(|signal| !plane.signals.contains(signal));
            notes.extend(missing.map(|signal| format!("{name}: no {}", signal.file())));
        }
        if !plane.has_iscell {
            notes.push(format!("{name}: no iscell.npy, so is_cell is unknown"));
        }
    }
    let lengths = || planes.iter().map(|plane| plane.n_samples);
    if lengths().min() != lengths().max() {
        notes.push("the planes differ in their number of frames".to_owned());
    }
    notes
}
