//! What a file holds.

use std::fmt;
use std::path::PathBuf;

use neuroloom_core::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::npy::{Archive, Array, Values};

/// The class of Pynapple that a file holds an object of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Ts,
    Tsd,
    TsdFrame,
    TsdTensor,
    TsGroup,
    IntervalSet,
}

/// The table that an object goes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Spike times: `TsGroup`, `Ts`.
    Spikes,
    /// Signals of neurons: `Tsd`, `TsdFrame`.
    Traces,
    /// Signals of the animal or its surroundings: `Tsd`, `TsdFrame`.
    Behaviour,
    /// Stretches of time: `IntervalSet`; or points in time: `Ts`.
    Intervals,
    /// None: the file is not read.
    Skip,
}

/// A file and what it holds.
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// Name of the object: that of the file, without its ending, after those of the folders that it lies in.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) class: Class,
    pub(super) target: Target,
}

/// Stretches of time, seconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Support {
    pub(super) starts: Vec<f64>,
    pub(super) ends: Vec<f64>,
}

impl Class {
    const ALL: [Self; 6] =
        [Self::Ts, Self::Tsd, Self::TsdFrame, Self::TsdTensor, Self::TsGroup, Self::IntervalSet];

    /// The class that an archive names, or the one that its arrays tell; none where it is no object of Pynapple.
    ///
    /// # Errors
    /// When its `type` is damaged.
    pub(super) fn of(archive: &mut Archive) -> Result<Option<Self>> {
        if archive.has("type")
            && let Values::Texts(words) = archive.read("type")?.values
            && let Some(named) = Self::ALL.into_iter().find(|class| words.first() == Some(&class.to_string()))
        {
            return Ok(Some(named));
        }
        let has = |names: &[&str]| names.iter().all(|name| archive.has(name));
        if has(&["t", "index"]) {
            return Ok(Some(Self::TsGroup));
        }
        if has(&["t", "d"]) {
            return Ok(Some(match archive.read("d")?.shape.len() {
                0 | 1 => Self::Tsd,
                2 => Self::TsdFrame,
                _ => Self::TsdTensor,
            }));
        }
        if has(&["t"]) {
            return Ok(Some(Self::Ts));
        }
        Ok(has(&["start", "end"]).then_some(Self::IntervalSet))
    }

    /// The table that its objects go into unless another is asked for; none for those that fit no table.
    pub(super) fn usual_target(self) -> Option<Target> {
        match self {
            Self::Ts | Self::TsGroup => Some(Target::Spikes),
            Self::Tsd | Self::TsdFrame => Some(Target::Behaviour),
            Self::IntervalSet => Some(Target::Intervals),
            Self::TsdTensor => None,
        }
    }

    /// Whether its objects fit into the table `target`.
    pub(super) fn admits(self, target: Target) -> bool {
        match target {
            Target::Skip => true,
            Target::Spikes => matches!(self, Self::Ts | Self::TsGroup),
            Target::Traces | Target::Behaviour => matches!(self, Self::Tsd | Self::TsdFrame),
            Target::Intervals => matches!(self, Self::Ts | Self::IntervalSet),
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Target {
    /// Its name, as parameters write it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Spikes => "spikes",
            Self::Traces => "traces",
            Self::Behaviour => "behaviour",
            Self::Intervals => "intervals",
            Self::Skip => "skip",
        }
    }
}

/// Times, seconds: one dimension, all finite, none earlier than the one before.
///
/// # Errors
/// When they are not, or the array is damaged.
pub(super) fn times(archive: &mut Archive, name: &str) -> Result<Vec<f64>> {
    let array = archive.read(name)?;
    let times = list(&array).map_err(|error| error.at_object(name))?;
    let wrong = |i: usize, message: &str, expected: &str| {
        Error::data(message)
            .at_object(name)
            .at_offset(i as u64)
            .expected(expected)
            .found(times.get(i).copied().unwrap_or(f64::NAN).to_string())
    };
    if let Some(i) = times.iter().position(|time| !time.is_finite()) {
        return Err(wrong(i, "a time is no finite number", "seconds"));
    }
    if let Some(i) = times.windows(2).position(|pair| matches!(pair, [a, b] if b < a)) {
        return Err(wrong(i + 1, "times run backwards", "ascending times"));
    }
    Ok(times)
}

/// The numbers of an array of one dimension, as 64-bit floats.
///
/// # Errors
/// When it has more or fewer dimensions, or holds text.
pub(super) fn list(array: &Array) -> Result<Vec<f64>> {
    if array.shape.len() != 1 {
        return Err(Error::data("an array is no list")
            .expected("one dimension")
            .found(format!("{:?}", array.shape)));
    }
    Ok(array.numbers()?.to_f64())
}

/// Starts and ends of the stretches in which the object was recorded; none where the file does not keep them.
///
/// # Errors
/// When they are damaged or differ in number, or one ends before it starts.
pub(super) fn time_support(archive: &mut Archive) -> Result<Option<Support>> {
    if !(archive.has("start") && archive.has("end")) {
        return Ok(None);
    }
    let (starts, ends) = (list(&archive.read("start")?)?, list(&archive.read("end")?)?);
    if starts.len() != ends.len() {
        return Err(Error::data("starts and ends differ in number")
            .at_object("end")
            .expected(starts.len().to_string())
            .found(ends.len().to_string()));
    }
    let is_wrong = |(start, end): (&f64, &f64)| !(start.is_finite() && end.is_finite() && start <= end);
    if let Some(i) = starts.iter().zip(&ends).position(is_wrong) {
        return Err(Error::data("an interval ends before it starts, or never")
            .at_object("end")
            .at_offset(i as u64)
            .expected("a finite end not before its start")
            .found(format!("{:?} to {:?}", starts.get(i), ends.get(i))));
    }
    Ok(Some(Support { starts, ends }))
}
