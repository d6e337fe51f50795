//! Spike counts of trials with the same units and bins.

mod check;
mod read;

use neuroloom_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::options::DataSize;

pub use read::ReadOptions;

/// Trials of one recording.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialSet {
    /// The recording.
    pub recording_id: String,
    /// Units: those that a model sees, then those held out, each in the order of their ids.
    pub units: Vec<String>,
    /// Sizes.
    pub size: DataSize,
    /// Start of the first bin of every trial, s.
    pub t0_s: f64,
    /// Width of a bin, s.
    pub dt_s: f64,
    /// Trials.
    pub trials: Vec<TrialInfo>,
    /// Counts `[trials, bins, units]`; NaN where they are not known.
    pub(crate) counts: Vec<f32>,
    /// True rates in Hz `[trials, bins, units]`, where they are known.
    pub(crate) truth_hz: Option<Vec<f32>>,
    /// Things the user should know that are no errors.
    pub warnings: Vec<String>,
}

/// A trial of a set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialInfo {
    /// What it is for.
    pub split: Split,
    /// Its number in the split.
    pub trial: i64,
    /// Its number in the source, where that has its own.
    pub source_trial: Option<i64>,
    /// Its condition, where it has one.
    pub condition: Option<i64>,
}

/// What a trial is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Split {
    /// To fit.
    Train,
    /// To choose the best fit.
    Valid,
    /// To judge it.
    Test,
}

impl Split {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::Train, Self::Valid, Self::Test];

    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|split| split.name() == name)
    }
}

impl TrialSet {
    /// The trials of one recording with counts `[trials, bins, units]`, units that a model sees first; true rates in Hz
    /// where they are known.
    ///
    /// # Errors
    /// When the sizes do not fit, or a count is not what a model can learn from.
    pub fn from_counts(
        size: DataSize,
        dt_s: f64,
        trials: Vec<TrialInfo>,
        counts: Vec<f32>,
        truth_hz: Option<Vec<f32>>,
    ) -> Result<Self> {
        let n = trials.len() * size.n_bins * size.n_out;
        if counts.len() != n || truth_hz.as_ref().is_some_and(|truth| truth.len() != n) {
            return Err(Error::data("the counts or the true rates do not fit the trials")
                .expected(format!("{n} values"))
                .found(counts.len().to_string()));
        }
        let units = (0..size.n_out).map(|unit| unit.to_string()).collect();
        let recording_id = String::new();
        let (t0_s, warnings) = (0.0, Vec::new());
        let mut set = Self { recording_id, units, size, t0_s, dt_s, trials, counts, truth_hz, warnings };
        set.check()?;
        Ok(set)
    }

    /// Counts of a trial `[bins, units]`.
    ///
    /// # Panics
    /// When there is no such trial.
    pub fn counts(&self, trial: u32) -> &[f32] {
        let n = self.size.n_bins * self.size.n_out;
        &self.counts[trial as usize * n..][..n]
    }

    /// True rates of a trial in Hz `[bins, units]`, where they are known.
    pub fn truth_hz(&self, trial: u32) -> Option<&[f32]> {
        let n = self.size.n_bins * self.size.n_out;
        self.truth_hz.as_ref()?.get(trial as usize * n..)?.get(..n)
    }

    /// Numbers of the trials of a split.
    pub fn of(&self, split: Split) -> Vec<u32> {
        let trials = self.trials.iter().enumerate().filter(|(_, info)| info.split == split);
        trials.map(|(number, _)| number as u32).collect()
    }

    /// Whether a unit is held out.
    pub fn is_held_out(&self, unit: usize) -> bool {
        unit >= self.size.n_in
    }
}
