//! The clock of a recording.

use std::fmt;

use neuroloom_core::{Error, Result, TimeBase};

/// How far a frame may be from its place, in intervals between frames.
const TOLERANCE: f64 = 0.01;

/// Frame `t` was taken at `t0_s + t dt_s`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::steps::affinity) struct Grid {
    /// Time of frame 0, seconds.
    pub t0_s: f64,
    /// Interval between frames, seconds.
    pub dt_s: f64,
}

impl Grid {
    /// Of the time base of a trace of `n_frames`.
    ///
    /// # Errors
    /// Times that are not finite, not as many as frames, or further than 1 % of an interval from a regular grid.
    pub(in crate::steps::affinity) fn of(base: &TimeBase, n_frames: usize) -> Result<Self> {
        let grid = match base {
            TimeBase::Regular { t0_s, dt_s } => Self { t0_s: *t0_s, dt_s: *dt_s },
            TimeBase::Explicit(times) => Self::through(times, n_frames)?,
        };
        if grid.t0_s.is_finite() && grid.dt_s.is_finite() && grid.dt_s > 0.0 {
            return Ok(grid);
        }
        Err(Error::data("the clock makes no sense")
            .expected("a finite start and an interval above 0")
            .found(grid.to_string()))
    }

    fn through(times_s: &[f64], n_frames: usize) -> Result<Self> {
        if times_s.len() != n_frames {
            return Err(Error::data("frames and times differ in number")
                .expected(format!("{n_frames} times"))
                .found(times_s.len().to_string()));
        }
        let (Some(first), Some(last)) = (times_s.first(), times_s.last()) else {
            return Err(Error::data("there is no frame").expected("at least two frames"));
        };
        let grid = Self { t0_s: *first, dt_s: (last - first) / (n_frames.max(2) - 1) as f64 };
        // NaN is within no distance.
        let is_on = |(t, time_s): (usize, &f64)| (time_s - grid.time_s(t)).abs() <= TOLERANCE * grid.dt_s;
        match times_s.iter().enumerate().position(|frame| !is_on(frame)) {
            None => Ok(grid),
            Some(frame) => Err(Error::data("the clock is not regular")
                .at_offset(frame as u64)
                .expected(format!("frames every {:.6} s, within 1 % of that", grid.dt_s))
                .found(format!(
                    "frame {frame} at {} s instead of {:.6} s",
                    times_s[frame],
                    grid.time_s(frame)
                ))
                .hint("bring the recordings to a regular clock with prepare.resample")),
        }
    }

    fn time_s(self, frame: usize) -> f64 {
        self.t0_s + frame as f64 * self.dt_s
    }

    /// Whether the first `n_frames` of both were taken at the same times, within 1 % of the interval.
    pub(in crate::steps::affinity) fn agrees(self, other: Self, n_frames: usize) -> bool {
        let last = n_frames.saturating_sub(1);
        let apart = |frame| (self.time_s(frame) - other.time_s(frame)).abs();
        apart(0).max(apart(last)) <= TOLERANCE * self.dt_s.min(other.dt_s)
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "frames every {} s from {} s", self.dt_s, self.t0_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regular_clock_is_found_in_its_times() {
        let times: Vec<f64> = (0..100).map(|t| 3.0 + 0.25 * f64::from(t) + 1e-4 * f64::from(t % 3)).collect();
        let grid = Grid::of(&TimeBase::Explicit(times.clone()), 100).unwrap();
        assert!((grid.t0_s - 3.0).abs() < 1e-9 && (grid.dt_s - 0.25).abs() < 1e-5);
        assert!(Grid::of(&TimeBase::Explicit(times.clone()), 99).is_err());
        let late =
            times.iter().enumerate().map(|(t, time)| if t == 50 { time + 0.1 } else { *time }).collect();
        let error = Grid::of(&TimeBase::Explicit(late), 100).unwrap_err();
        assert_eq!(error.location().offset, Some(50));
    }

    #[test]
    fn clocks_that_drift_apart_do_not_agree() {
        let grid = Grid { t0_s: 0.0, dt_s: 0.25 };
        let slow = Grid { dt_s: 0.25001, ..grid };
        assert!(grid.agrees(slow, 100) && !grid.agrees(slow, 1000));
        assert!(!grid.agrees(Grid { t0_s: 0.1, ..grid }, 2));
    }

    #[test]
    fn times_that_are_no_numbers_are_refused() {
        assert!(Grid::of(&TimeBase::Explicit(vec![0.0, f64::NAN, 2.0]), 3).is_err());
        assert!(Grid::of(&TimeBase::Explicit(vec![1.0, 1.0, 1.0]), 3).is_err());
        assert!(Grid::of(&TimeBase::Regular { t0_s: 0.0, dt_s: f64::NAN }, 3).is_err());
    }
}
