//! The files of a plane.

use std::path::PathBuf;

use neuroloom_core::{Error, Result, files};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::folder::PlaneFolder;
use crate::npy;
use crate::numbers::{NumberType, Numbers};

/// A signal of the regions of interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// `F.npy`: mean fluorescence of the region, neuropil not subtracted.
    Fluorescence,
    /// `Fneu.npy`: mean fluorescence of its surround.
    Neuropil,
    /// `spks.npy`: deconvolved activity, in arbitrary units.
    Deconvolved,
}

impl Signal {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fluorescence, Self::Neuropil, Self::Deconvolved];

    /// Its name in the table of traces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fluorescence => "fluorescence",
            Self::Neuropil => "neuropil",
            Self::Deconvolved => "deconvolved",
        }
    }

    /// Its file.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Fluorescence => "F.npy",
            Self::Neuropil => "Fneu.npy",
            Self::Deconvolved => "spks.npy",
        }
    }
}

/// Shape and signals of a plane, by the headers of its files.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    pub(super) folder: PlaneFolder,
    pub(super) n_rois: usize,
    pub(super) n_samples: usize,
    /// The signals that are there.
    pub(super) signals: Vec<Signal>,
    /// Whether all of them are of 32 bits.
    pub(super) is_single: bool,
    pub(super) has_iscell: bool,
}

impl Plane {
    /// Reads the headers of those `signals` that are there.
    ///
    /// # Errors
    /// When one is damaged, has other than two dimensions, or another shape than `F.npy`.
    pub(super) fn of(folder: PlaneFolder, signals: &[Signal]) -> Result<Self> {
        let (n_rois, n_samples) = shape(&folder, Signal::Fluorescence)?.0;
        let has_iscell = files::is_file(&folder.path.join(ISCELL));
        let mut plane = Self { folder, n_rois, n_samples, signals: Vec::new(), is_single: true, has_iscell };
        for &signal in signals.iter().filter(|signal| files::is_file(&plane.folder.path.join(signal.file())))
        {
            let (found, is_single) = shape(&plane.folder, signal)?;
            if found != (n_rois, n_samples) {
                return Err(Error::data("the signals of a plane have different shapes")
                    .at_file(plane.folder.path.join(signal.file()))
                    .expected(format!("{n_rois} regions × {n_samples} frames, as F.npy has"))
                    .found(format!("{} × {}", found.0, found.1)));
            }
            plane.signals.push(signal);
            plane.is_single &= is_single;
        }
        Ok(plane)
    }

    /// The files that are read.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        // The shape is that of F.npy, even if only other signals are asked for.
        let also_read = (!self.signals.contains(&Signal::Fluorescence)).then_some(Signal::Fluorescence);
        let signals = also_read.into_iter().chain(self.signals.iter().copied()).map(Signal::file);
        signals.chain(self.has_iscell.then_some(ISCELL)).map(|file| self.folder.path.join(file)).collect()
    }

    /// The samples of `signal`, region after region.
    pub(super) fn samples(&self, signal: Signal) -> Result<Numbers> {
        let path = self.folder.path.join(signal.file());
        let array = npy::read(&path)?;
        let numbers = array.numbers().map_err(|error| error.at_file(&path))?.into_owned();
        if numbers.len() != self.n_rois.saturating_mul(self.n_samples) {
            return Err(Error::data("a file changed while it was read").at_file(&path));
        }
        Ok(numbers)
    }

    /// What the classifier and the curator say of each region; nothing without `iscell.npy`.
    pub(super) fn cells(&self) -> Result<Cells> {
        if !self.has_iscell {
            return Ok(Cells { is_cell: vec![None; self.n_rois], probability: vec![None; self.n_rois] });
        }
        let path = self.folder.path.join(ISCELL);
        let array = npy::read(&path)?;
        Cells::of(&array, self.n_rois).map_err(|error| error.at_file(&path))
    }
}

const ISCELL: &str = "iscell.npy";

/// Regions and frames of the file of `signal`, and whether its numbers have 32 bits.
fn shape(folder: &PlaneFolder, signal: Signal) -> Result<((usize, usize), bool)> {
    let path = folder.path.join(signal.file());
    let header = npy::read_header(&path)?;
    let is_single = matches!(header.dtype, npy::Dtype::Number(NumberType::F32, _) | npy::Dtype::Half(_));
    match *header.shape.as_slice() {
        // Without frames, nothing would bound the number of regions.
        [n_rois, n_samples] if n_samples > 0 => Ok(((n_rois, n_samples), is_single)),
        _ => Err(Error::data("a signal is no matrix of regions and frames")
            .at_file(path)
            .expected("(regions, frames), at least one frame")
            .found(format!("{:?}", header.shape))),
    }
}

/// Which regions are cells.
pub(super) struct Cells {
    pub(super) is_cell: Vec<Option<bool>>,
    /// Probability by the classifier, 0 to 1.
    pub(super) probability: Vec<Option<f64>>,
}

impl Cells {
    /// Reads `[n_rois, 2]` (accepted, probability), or accepted alone.
    fn of(array: &npy::Array, n_rois: usize) -> Result<Self> {
        let n_columns = match *array.shape.as_slice() {
            [n] if n == n_rois => 1,
            [n, columns] if n == n_rois && columns > 0 => columns,
            _ => {
                return Err(Error::data("iscell.npy does not fit the regions of interest")
                    .expected(format!("({n_rois}, 2)"))
                    .found(format!("{:?}", array.shape)));
            }
        };
        let numbers = array.numbers()?;
        let accepted = |roi: usize| match numbers.get(roi * n_columns) {
            Some(0.0) => Ok(Some(false)),
            Some(1.0) => Ok(Some(true)),
            other => Err(Error::data("a region of interest is neither accepted nor rejected")
                .at_offset(roi as u64)
                .expected("0 or 1 in the first column")
                .found(format!("{other:?}"))),
        };
        let is_cell = (0..n_rois).map(accepted).collect::<Result<_>>()?;
        let probability =
            (0..n_rois).map(|roi| if n_columns > 1 { numbers.get(roi * n_columns + 1) } else { None });
        Ok(Self { is_cell, probability: probability.collect() })
    }
}
