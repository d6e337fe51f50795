//! Clocks: units of time, and regular ones told from irregular ones.

use neuroloom_core::{Error, Result, TimeBase};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A clock is regular if no time is further than this part of the sampling interval from its place.
const TOLERANCE: f64 = 1e-3;

/// What the times of a file are in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Seconds.
    #[default]
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Samples of a clock of `fs_hz`.
    Samples,
}

impl TimeUnit {
    /// `times`, in seconds. Milliseconds are divided, not multiplied, so that 250 ms is 0.25 s exactly.
    ///
    /// # Errors
    /// When times in samples come without a rate.
    pub(crate) fn seconds(self, times: Vec<f64>, fs_hz: Option<f64>) -> Result<Vec<f64>> {
        let per_second = match self {
            Self::S => return Ok(times),
            Self::Ms => 1e3,
            Self::Us => 1e6,
            Self::Samples => fs_hz.ok_or_else(|| {
                Error::params("times in samples need a rate").expected("fs_hz").found("none")
            })?,
        };
        Ok(times.into_iter().map(|time| time / per_second).collect())
    }
}

/// The time base of samples at `times_s`: regular if every time is within a thousandth of the interval of its place,
/// else the times themselves.
pub(crate) fn time_base(times_s: Vec<f64>) -> TimeBase {
    let (Some(&t0_s), Some(&last)) = (times_s.first(), times_s.last()) else {
        return TimeBase::Explicit(times_s);
    };
    let dt_s = (last - t0_s) / times_s.len().saturating_sub(1) as f64;
    let is_near = |(i, time): (usize, &f64)| (time - (t0_s + i as f64 * dt_s)).abs() <= TOLERANCE * dt_s;
    if dt_s.is_finite() && dt_s > 0.0 && times_s.iter().enumerate().all(is_near) {
        return TimeBase::Regular { t0_s, dt_s };
    }
    TimeBase::Explicit(times_s)
}

/// The first time that is no finite number, or is earlier than the one before (with `strictly`, not later).
pub(crate) fn first_fall(times: &[f64], strictly: bool) -> Option<usize> {
    let is_fall = |pair: &[f64]| matches!(pair, [a, b] if b < a || (strictly && b == a));
    let infinite = times.iter().position(|time| !time.is_finite());
    let fall = times.windows(2).position(is_fall).map(|i| i + 1);
    infinite.into_iter().chain(fall).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_within_a_thousandth_is_regular() {
        let times = |jitter: f64| vec![0.5, 0.6 + jitter, 0.7, 0.8];
        let TimeBase::Regular { t0_s, dt_s } = time_base(times(0.9e-4)) else { panic!("irregular") };
        assert!(t0_s == 0.5 && (dt_s - 0.1).abs() < 1e-12);
        assert_eq!(time_base(times(1.2e-4)), TimeBase::Explicit(times(1.2e-4)));
        assert_eq!(time_base(vec![3.0]), TimeBase::Explicit(vec![3.0]));
        assert_eq!(time_base(vec![]), TimeBase::Explicit(vec![]));
    }

    #[test]
    fn the_first_fall_is_found() {
        assert_eq!(first_fall(&[0.0, 1.0, 1.0, 0.5], false), Some(3));
        assert_eq!(first_fall(&[0.0, 1.0, 1.0, 0.5], true), Some(2));
        assert_eq!(first_fall(&[0.0, f64::NAN], false), Some(1));
        assert_eq!(first_fall(&[], true), None);
    }

    #[test]
    fn units_of_time_become_seconds() {
        assert_eq!(TimeUnit::Ms.seconds(vec![250.0], None).unwrap(), [0.25]);
        assert_eq!(TimeUnit::Samples.seconds(vec![30.0], Some(30.0)).unwrap(), [1.0]);
        assert!(TimeUnit::Samples.seconds(vec![30.0], None).is_err());
    }
}
