//! The clock of a recording: seconds from its first sample, and what is suspicious about it.

use neuroloom_core::{Error, Result};
use neuroloom_math::quantile;

use crate::{Profile, QualityWarning};

/// Gaps of more than so many median intervals are worth a warning.
const GAP: f64 = 20.0;

/// Sample times of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// Seconds from the first sample, strictly increasing.
    pub times_s: Vec<f64>,
    /// Median interval, seconds.
    pub median_dt_s: f64,
}

impl Clock {
    /// The clock of the stamps `t_s`, two or more. In exact all arithmetic is in 64 bits; in compat the stamps
    /// are cast to 32 bits before the first one is subtracted, as published.
    ///
    /// # Errors
    /// When a stamp is not finite or does not come after the one before it; the index of the first is named.
    pub fn new(t_s: &[f64], profile: Profile) -> Result<Self> {
        let first = t_s.first().copied().unwrap_or(0.0);
        let times_s: Vec<f64> = match profile {
            Profile::Exact => t_s.iter().map(|t| t - first).collect(),
            Profile::Compat => t_s.iter().map(|t| f64::from(*t as f32 - first as f32)).collect(),
        };
        check_finite(t_s)?;
        check_increasing(&times_s, profile)?;
        let mut intervals: Vec<f64> = times_s.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let median_dt_s = quantile(&mut intervals, 0.5).unwrap_or(f64::NAN);
        Ok(Self { times_s, median_dt_s })
    }

    /// From the first to the last sample, seconds.
    pub fn duration_s(&self) -> f64 {
        self.times_s.last().copied().unwrap_or(0.0)
    }

    /// Gaps of more than 20 median intervals, and intervals that look like another unit than seconds.
    pub fn warnings(&self) -> Vec<QualityWarning> {
        let mut found = Vec::new();
        for (i, pair) in self.times_s.windows(2).enumerate() {
            let gap_s = pair[1] - pair[0];
            if gap_s > GAP * self.median_dt_s {
                let message = format!(
                    "a gap of {gap_s:.3} s after sample {i}, {:.0} times the median interval: it is interpolated across",
                    gap_s / self.median_dt_s
                );
                found.push(QualityWarning::at("time_gap", i as u64, message));
            }
        }
        if !(1e-3..=60.0).contains(&self.median_dt_s) {
            let message = format!(
                "the median interval is {} s: expected 0.001 to 60 s; check that the times are in seconds",
                self.median_dt_s
            );
            found.push(QualityWarning::new("time_unit", message));
        }
        found
    }
}

fn check_finite(t_s: &[f64]) -> Result<()> {
    let Some(index) = t_s.iter().position(|t| !t.is_finite()) else { return Ok(()) };
    Err(Error::data("a sample time is not a number")
        .at_object("t_s")
        .at_offset(index as u64)
        .expected("finite seconds")
        .found(t_s.get(index).map_or_else(String::new, f64::to_string))
        .hint("cut the recording before it or repair the times"))
}

fn check_increasing(times_s: &[f64], profile: Profile) -> Result<()> {
    let Some(index) = times_s.windows(2).position(|pair| pair[1] <= pair[0]) else { return Ok(()) };
    let pair = times_s.get(index..).unwrap_or_default();
    let (before, after) = (pair.first().copied().unwrap_or(0.0), pair.get(1).copied().unwrap_or(0.0));
    let hint = match profile {
        Profile::Exact => "sort or cut the recording",
        Profile::Compat => "32-bit times cannot tell these samples apart: use `profile: exact`",
    };
    Err(Error::data("the sample times do not increase")
        .at_object("t_s")
        .at_offset(index as u64 + 1)
        .expected("every time after the one before it")
        .found(format!("{after} s after {before} s (from the first sample)"))
        .hint(hint))
}
