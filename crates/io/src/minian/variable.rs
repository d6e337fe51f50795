//! A variable of Minian: a matrix of units and frames with its coordinates.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, TimeBase, files};

use super::array::ZarrArray;
use super::signal::Signal;
use crate::numbers::Numbers;

/// Header of a variable.
pub(super) struct Variable {
    pub(super) signal: Signal,
    folder: PathBuf,
    matrix: ZarrArray,
    pub(super) n_units: usize,
    pub(super) n_frames: usize,
    /// Whether frames come first.
    frame_first: bool,
}

impl Variable {
    /// Opens the variable of `signal` in the folder `path`; none where it is not there.
    ///
    /// # Errors
    /// When it is damaged or no matrix of units and frames.
    pub(super) fn open(path: &Path, signal: Signal) -> Result<Option<Self>> {
        let folder = path.join(format!("{}.zarr", signal.variable()));
        if !files::is_folder(&folder) {
            return Ok(None);
        }
        let matrix = ZarrArray::open(&folder.join(signal.variable()))?;
        let names: Vec<&str> = matrix.dimensions.iter().map(String::as_str).collect();
        let (frame_first, n_units, n_frames) = match (names.as_slice(), matrix.shape.as_slice()) {
            (["unit_id", "frame"], &[units, frames]) if frames > 0 => (false, units, frames),
            (["frame", "unit_id"], &[frames, units]) if frames > 0 => (true, units, frames),
            (names, shape) => {
                return Err(Error::data("a variable is no matrix of units and frames")
                    .at_file(folder)
                    .expected("the dimensions unit_id and frame, at least one frame")
                    .found(format!("{names:?} {shape:?}")));
            }
        };
        Ok(Some(Self { signal, folder, matrix, n_units, n_frames, frame_first }))
    }

    /// Number of values.
    pub(super) fn n_values(&self) -> usize {
        self.matrix.n_values()
    }

    /// Whether 32-bit floats are what it has.
    pub(super) fn is_single(&self) -> bool {
        self.matrix.is_single()
    }

    /// The values, unit after unit.
    ///
    /// # Errors
    /// When a chunk is damaged.
    pub(super) fn samples(&self) -> Result<Numbers> {
        let values = self.matrix.read()?;
        if !self.frame_first {
            return Ok(values);
        }
        let places = (0..self.n_units).flat_map(|unit| (0..self.n_frames).map(move |frame| (frame, unit)));
        Ok(values.reordered(places.map(|(frame, unit)| frame * self.n_units + unit)))
    }

    /// Minian's numbers of the units.
    ///
    /// # Errors
    /// When they are missing, damaged, or repeat.
    pub(super) fn unit_ids(&self) -> Result<Vec<i64>> {
        let ids = self.coordinate("unit_id", self.n_units)?;
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| matches!(pair, [a, b] if a == b)) {
            Some(pair) => Err(Error::data("two units have the same number")
                .at_file(self.folder.join("unit_id"))
                .found(format!("{:?} twice", pair.first()))),
            None => Ok(ids),
        }
    }

    /// When the frames were taken, counted from frame 0 of the movie at `fs_hz` frames per second: frames that were left
    /// out or taken together leave gaps.
    ///
    /// # Errors
    /// When their numbers are missing, damaged, or do not ascend.
    pub(super) fn times(&self, fs_hz: f64) -> Result<TimeBase> {
        let frames = self.coordinate("frame", self.n_frames)?;
        if let Some(i) = frames.windows(2).position(|pair| matches!(pair, [a, b] if b <= a)) {
            return Err(Error::data("the numbers of the frames do not ascend")
                .at_file(self.folder.join("frame"))
                .at_offset(i as u64 + 1));
        }
        let (first, second) = (frames.first().copied().unwrap_or(0), frames.get(1).copied());
        let step = second.and_then(|second| second.checked_sub(first)).unwrap_or(1);
        let is_regular =
            frames.windows(2).all(|pair| matches!(pair, [a, b] if b.checked_sub(*a) == Some(step)));
        Ok(if is_regular {
            TimeBase::Regular { t0_s: first as f64 / fs_hz, dt_s: step as f64 / fs_hz }
        } else {
            TimeBase::Explicit(frames.iter().map(|&frame| frame as f64 / fs_hz).collect())
        })
    }

    /// The files that are read.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>> {
        let mut files = self.matrix.files()?;
        for name in ["unit_id", "frame"] {
            files.extend(ZarrArray::open(&self.folder.join(name))?.files()?);
        }
        Ok(files)
    }

    fn coordinate(&self, name: &str, n: usize) -> Result<Vec<i64>> {
        let folder = self.folder.join(name);
        let array = ZarrArray::open(&folder)?;
        if array.shape != [n] {
            return Err(Error::data("a coordinate does not fit its variable")
                .at_file(folder)
                .expected(format!("{n} numbers"))
                .found(format!("{:?}", array.shape)));
        }
        array.read()?.to_i64().map_err(|error| error.at_file(folder))
    }
}
