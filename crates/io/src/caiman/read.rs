//! Reading a file.

use std::path::Path;

use neuroloom_core::{Error, Result, Table, TimeBase};

use super::components::Components;
use super::contents::Contents;
use super::signal::Signal;
use crate::hdf5::File;
use crate::numbers::Numbers;
use crate::recording_row;
use crate::trace_rows::{TraceRow, TraceRows};

/// What to read, and what the file may not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// Name of the recording; by default the file's, without its ending.
    pub recording_id: Option<String>,
    /// Frames per second, Hz; by default that of `params/data/fr`.
    pub fs_hz: Option<f64>,
    /// The signals to read; all that stand in the file where none is given.
    pub signals: Option<Vec<Signal>>,
    /// Whether to leave out components that are not accepted.
    pub only_cells: bool,
}

impl ReadOptions {
    fn recording_id(&self, path: &Path) -> String {
        let stem = || path.file_stem().map_or("caiman".into(), |stem| stem.to_string_lossy()).into_owned();
        self.recording_id.clone().unwrap_or_else(stem)
    }
}

/// The tables of a recording.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The session, one row.
    pub recordings: Table,
    /// A row per component and signal.
    pub traces: Table,
    /// Components that were read.
    pub n_components: usize,
    /// Frames per second, Hz.
    pub fs_hz: f64,
    /// From the first to the last frame, seconds.
    pub duration_s: f64,
    /// What is missing or contradicts the options.
    pub notes: Vec<String>,
}

/// Reads the results of CaImAn in the HDF5 file at `path`. Components are called by their number, from 0; frame `i`
/// is at `i / fs_hz` seconds.
///
/// # Errors
/// When the file is absent, damaged or holds no such results, a signal that was asked for is missing, matrices and
/// lists do not fit each other, no frame rate is known, or `only_cells` is set and no component was ever evaluated.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Recording> {
    let file = File::open(path)?;
    let contents = Contents::of(&file, options)?;
    let mut notes = contents.notes.clone();
    let components = Components::read(&file, contents.n_components, &mut notes)?;
    let kept = kept(&file, &components, options, contents.n_components)?;
    let id = options.recording_id(path);
    let traces = traces(&file, &contents, &components, &kept, &id)?;
    let duration_s = contents.n_frames.saturating_sub(1) as f64 / contents.fs_hz;
    let recordings = recording_row::table(&id, "caiman", path, kept.len(), Some(duration_s))?;
    Ok(Recording { recordings, traces, n_components: kept.len(), fs_hz: contents.fs_hz, duration_s, notes })
}

/// The components to read.
fn kept(file: &File, components: &Components, options: &ReadOptions, n: usize) -> Result<Vec<usize>> {
    if options.only_cells && components.is_cell.iter().any(Option::is_none) {
        return Err(file
            .error("estimates/idx_components", "which components are cells is not said")
            .expected("a list of accepted components")
            .hint("set `only_cells: false`, or have CaImAn evaluate the components"));
    }
    Ok((0..n).filter(|&component| !options.only_cells || components.is_accepted(component)).collect())
}

fn traces(
    file: &File,
    contents: &Contents,
    components: &Components,
    kept: &[usize],
    recording_id: &str,
) -> Result<Table> {
    let n_samples = kept.len().saturating_mul(contents.n_frames).saturating_mul(contents.signals.len());
    let mut rows = TraceRows::with_room(contents.is_single, n_samples)?;
    let times = TimeBase::Regular { t0_s: 0.0, dt_s: contents.fs_hz.recip() };
    let mut component_of_row = Vec::with_capacity(kept.len() * contents.signals.len());
    for &signal in &contents.signals {
        let matrix = matrix(file, signal, contents)?;
        for &component in kept {
            let row = TraceRow {
                unit_id: component.to_string(),
                signal: signal.name().to_owned(),
                segment: 0,
                is_cell: components.is_cell.get(component).copied().flatten(),
                unit: signal.unit(),
            };
            let range = component * contents.n_frames..(component + 1) * contents.n_frames;
            rows.push(row, &times, &matrix, range);
            component_of_row.push(component);
        }
    }
    components.add_columns(rows.into_builder(recording_id)?, &component_of_row).finish()
}

/// The samples of `signal`, component after component.
fn matrix(file: &File, signal: Signal, contents: &Contents) -> Result<Numbers> {
    let mut sum: Option<Vec<f64>> = None;
    for dataset in signal.datasets() {
        let numbers = numbers(file, dataset, contents)?;
        if signal.datasets().len() == 1 {
            return Ok(numbers);
        }
        match &mut sum {
            None => sum = Some(numbers.to_f64()),
            Some(sum) => {
                for (i, total) in sum.iter_mut().enumerate() {
                    *total += numbers.get(i).unwrap_or(0.0);
                }
            }
        }
    }
    sum.map(Numbers::F64).ok_or_else(|| Error::internal("a signal of CaImAn has no matrix"))
}

fn numbers(file: &File, dataset: &str, contents: &Contents) -> Result<Numbers> {
    let numbers = match contents.is_single {
        true => Numbers::F32(file.numbers(dataset)?),
        false => Numbers::F64(file.numbers(dataset)?),
    };
    if numbers.len() == contents.n_components.saturating_mul(contents.n_frames) {
        return Ok(numbers);
    }
    Err(file.error(dataset, "the matrix has another length than its header says"))
}
