//! What a file holds, by its headers.

use neuroloom_core::{Error, Result};

use super::datasets;
use super::read::ReadOptions;
use super::signal::Signal;
use crate::hdf5::File;

const FRAME_RATE: &str = "params/data/fr";

/// Shape, signals and frame rate of a file.
#[derive(Clone, Debug)]
pub(super) struct Contents {
    pub(super) n_components: usize,
    pub(super) n_frames: usize,
    /// The signals to read.
    pub(super) signals: Vec<Signal>,
    /// Whether all of them are of 32 bits.
    pub(super) is_single: bool,
    /// Frames per second, Hz.
    pub(super) fs_hz: f64,
    /// What is missing or contradicts the options.
    pub(super) notes: Vec<String>,
}

impl Contents {
    /// Reads the headers.
    ///
    /// # Errors
    /// When the file holds no results of CaImAn, a signal that is asked for is missing, matrices differ in shape, or no
    /// frame rate is known.
    pub(super) fn of(file: &File, options: &ReadOptions) -> Result<Self> {
        if file.kind("estimates")?.is_none() {
            return Err(file
                .error("estimates", "this HDF5 file holds no results of CaImAn")
                .expected("a group `estimates` with C, S, F_dff …")
                .hint("`neuroloom inspect` lists what is in it"));
        }
        let mut notes = Vec::new();
        let signals = signals(file, options, &mut notes)?;
        let (shape, is_single) = common_shape(file, &signals)?;
        let fs_hz = frame_rate(file, options, &mut notes)?;
        let fits =
            |n: u64| usize::try_from(n).map_err(|_| file.error("estimates", "the matrices are too large"));
        Ok(Self { n_components: fits(shape.0)?, n_frames: fits(shape.1)?, signals, is_single, fs_hz, notes })
    }
}

/// The signals that are asked for, or those that are there.
fn signals(file: &File, options: &ReadOptions, notes: &mut Vec<String>) -> Result<Vec<Signal>> {
    let lacks = |signal: Signal| -> Result<Option<&'static str>> {
        for &dataset in signal.datasets() {
            if datasets::find(file, dataset)?.is_none() {
                return Ok(Some(dataset));
            }
        }
        Ok(None)
    };
    if let Some(asked) = &options.signals {
        let mut asked = asked.clone();
        asked.sort();
        asked.dedup();
        for &signal in &asked {
            if let Some(dataset) = lacks(signal)? {
                return Err(datasets::missing(file, dataset)
                    .expected(format!("the matrix of the signal {}", signal.name()))
                    .hint("leave it out of `signals`, or have CaImAn compute and save it"));
            }
        }
        return Ok(asked);
    }
    let mut found = Vec::new();
    for signal in Signal::STORED {
        match lacks(signal)? {
            None => found.push(signal),
            Some(dataset) => notes.push(format!("no {dataset}, so there is no signal {}", signal.name())),
        }
    }
    if found.is_empty() {
        return Err(datasets::missing(file, "estimates/C").expected("at least one of C, F_dff, S, YrA"));
    }
    Ok(found)
}

/// Components and frames of all matrices, and whether all have 32 bits.
fn common_shape(file: &File, signals: &[Signal]) -> Result<((u64, u64), bool)> {
    let mut common: Option<(u64, u64)> = None;
    let mut is_single = true;
    for &dataset in signals.iter().flat_map(|signal| signal.datasets()) {
        let info = datasets::find(file, dataset)?.ok_or_else(|| datasets::missing(file, dataset))?;
        let wrong = |expected: String| -> Error {
            let error = file.error(dataset, "a signal has another shape");
            error.expected(expected).found(info.shape_text())
        };
        // Without frames, nothing would bound the number of components.
        let (n_components, n_frames) = match *info.shape.as_slice() {
            [n_components, n_frames] if n_frames > 0 => (n_components, n_frames),
            _ => return Err(wrong("(components, frames), at least one frame".to_owned())),
        };
        let (expected_components, expected_frames) = *common.get_or_insert((n_components, n_frames));
        if (n_components, n_frames) != (expected_components, expected_frames) {
            let expected = format!("({expected_components}, {expected_frames}), as the others have");
            return Err(wrong(expected));
        }
        is_single &= info.dtype.is_single();
    }
    let shape = common.ok_or_else(|| Error::internal("CaImAn: the shape of no signal was asked for"))?;
    Ok((shape, is_single))
}

fn frame_rate(file: &File, options: &ReadOptions, notes: &mut Vec<String>) -> Result<f64> {
    let stored = datasets::number(file, FRAME_RATE)?;
    let rate = match (options.fs_hz, stored) {
        (Some(given), Some(stored)) if given != stored => {
            notes.push(format!("{FRAME_RATE} is {stored} Hz; `fs_hz` says {given} Hz and is used"));
            Some(given)
        }
        (given, stored) => given.or(stored),
    };
    rate.filter(|rate| rate.is_finite() && *rate > 0.0).ok_or_else(|| {
        file.error(FRAME_RATE, "the frame rate is not known")
            .expected("a finite number above 0, Hz")
            .found(rate.map_or_else(|| "none".to_owned(), |rate| rate.to_string()))
            .hint("set `fs_hz`")
    })
}
