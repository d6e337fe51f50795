//! Reading a file.

use std::path::Path;

use neuroloom_core::{Result, Table, Unit};

use super::bins;
use super::contents::{Contents, SplitContents};
use super::dataset_name::{RATE_TRUTH, SPIKE_COUNT, Split};
use super::matrix::Matrix;
use super::rows::Rows;
use super::truth::{self, TruthUnit};
use crate::hdf5::File;
use crate::recording_row;

/// What to read, and what the file does not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadOptions {
    /// Name of the recording; by default the file's, without its ending.
    pub recording_id: Option<String>,
    /// The HDF5 group with the trials; by default the root, or the only group that has any.
    pub group: Option<String>,
    /// Width of a bin, seconds; by default what the group's name tells (`mc_maze`: 5 ms, `mc_maze_20`: 20 ms).
    pub bin_s: Option<f64>,
    /// What `eval_` stands for.
    pub eval_split: Split,
    /// Unit of true rates; by default the one that fits the counts.
    pub truth_unit: Option<TruthUnit>,
    /// The signals to read; all where none is given.
    pub signals: Option<Vec<String>>,
}

impl ReadOptions {
    fn recording_id(&self, path: &Path) -> String {
        let stem = || path.file_stem().map_or("trials".into(), |stem| stem.to_string_lossy()).into_owned();
        self.recording_id.clone().unwrap_or_else(stem)
    }
}

/// The tables of a recording.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The session, one row.
    pub recordings: Table,
    /// A row per split, signal, trial and unit.
    pub trials: Table,
    /// Trials of each split.
    pub n_trials: Vec<(Split, usize)>,
    /// Units that a model may see.
    pub n_held_in: usize,
    /// Units that it predicts.
    pub n_held_out: usize,
    /// Width of a bin, seconds.
    pub bin_s: f64,
    /// What is left out or contradicts the options.
    pub notes: Vec<String>,
}

/// Reads the binned trials in the HDF5 file at `path`. Units that are held in are called by their number, from 0; those
/// that are held out are numbered behind them. Forward bins stand behind the observed ones.
///
/// # Errors
/// When the file is absent, damaged or holds no trials, datasets do not fit each other, a count is no whole number from
/// 0, no width of the bins is known, or true rates do not fit the counts.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Recording> {
    let file = File::open(path)?;
    let contents = Contents::of(&file, options)?;
    let mut notes = contents.notes.clone();
    let bin_s = bins::width_s(path, &contents, options.bin_s, &mut notes)?;
    let truth_unit = truth::unit(&file, &contents, options.truth_unit, bin_s)?;
    let n_values = contents.matrices().map(Matrix::n_values).sum();
    let mut rows = Rows::with_room(contents.is_single(), n_values, contents.n_rows(), contents.n_held_in)?;
    for split in &contents.splits {
        let source_trials = source_trials(&file, split, &mut notes)?;
        for signal in &split.signals {
            let unit = unit(&signal.name, truth_unit);
            rows.append(&file, split, signal, unit, source_trials.as_deref())?;
        }
    }
    let id = options.recording_id(path);
    let n_held_out = n_held_out(&contents);
    let n_units = contents.n_held_in + n_held_out;
    Ok(Recording {
        // Trials are cut out of a session whose length these files do not keep.
        recordings: recording_row::table(&id, "nlb", path, n_units, None)?,
        trials: rows.table(&id, bin_s)?,
        n_trials: contents.splits.iter().map(|split| (split.split, split.n_trials())).collect(),
        n_held_in: contents.n_held_in,
        n_held_out,
        bin_s,
        notes,
    })
}

/// The unit of a signal: counts and predicted rates are per bin; what a behaviour is measured in is not kept.
fn unit(signal: &str, truth_unit: Option<TruthUnit>) -> Unit {
    match signal {
        SPIKE_COUNT | "rate" => Unit::ONE,
        RATE_TRUTH => truth_unit.map_or(Unit::ARBITRARY, TruthUnit::unit),
        _ => Unit::ARBITRARY,
    }
}

fn n_held_out(contents: &Contents) -> usize {
    use super::dataset_name::Held;
    let blocks = contents.splits.iter().flat_map(|split| &split.signals).flat_map(|signal| &signal.blocks);
    blocks
        .filter(|block| block.held == Some(Held::Out))
        .map(|block| block.observed.n_units)
        .max()
        .unwrap_or(0)
}

/// Numbers of the trials in the source, if the file has them.
fn source_trials(file: &File, split: &SplitContents, notes: &mut Vec<String>) -> Result<Option<Vec<i64>>> {
    let Some(dataset) = &split.source_trials else { return Ok(None) };
    if file.sized_info(dataset)?.n_elements() != Some(split.n_trials() as u64) {
        notes.push(format!("{dataset}: not one number per trial; left out"));
        return Ok(None);
    }
    file.numbers(dataset).map(Some)
}
