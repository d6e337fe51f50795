//! The new sample times.

use neuroloom_core::{Error, Result};

use crate::signal_lists::MAX_SAMPLES;

/// How far beyond the trace, in intervals, a new sample may lie: what rounding may take off its ends.
const SLACK: f64 = 1e-6;

/// `n` moments `t0_s + k dt_s`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// The first moment, seconds.
    pub t0_s: f64,
    /// The interval, seconds.
    pub dt_s: f64,
    /// How many.
    pub n: usize,
}

impl Grid {
    /// All moments `start_s + k dt_s`, `k` any whole number, in `[first_s, last_s]`.
    ///
    /// # Errors
    /// When there are more than a table can hold, or double precision cannot tell them apart.
    pub fn inside(first_s: f64, last_s: f64, start_s: f64, dt_s: f64) -> Result<Self> {
        let from = ((first_s - start_s) / dt_s - SLACK).ceil();
        let to = ((last_s - start_s) / dt_s + SLACK).floor();
        let n = to - from + 1.0;
        let largest = first_s.abs().max(last_s.abs());
        if n.is_nan() || n > MAX_SAMPLES as f64 || dt_s <= 16.0 * f64::EPSILON * largest {
            return Err(Error::params("the new samples are too many")
                .at_object("dt_s")
                .expected(format!("at most {MAX_SAMPLES} samples, which double precision can tell apart"))
                .found(format!("{n} samples of {dt_s} s from {first_s} s to {last_s} s")));
        }
        // A cast of a negative number gives 0.
        Ok(Self { t0_s: start_s + from * dt_s, dt_s, n: n as usize })
    }

    /// Moment `k`, seconds.
    pub fn time_s(&self, k: usize) -> f64 {
        self.t0_s + k as f64 * self.dt_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_lies_inside_and_on_multiples() {
        let grid = Grid::inside(0.25, 1.0, 0.0, 0.1).unwrap();
        assert_eq!(grid.n, 8);
        assert!((grid.t0_s - 0.3).abs() < 1e-15 && (grid.time_s(7) - 1.0).abs() < 1e-12);
        assert_eq!(Grid::inside(0.0, 0.3, 0.0, 0.1).unwrap().n, 4, "0.3 / 0.1 = 2.9999999999999996");
        assert_eq!(Grid::inside(0.01, 0.02, 0.0, 0.1).unwrap().n, 0);
        assert!(Grid::inside(0.0, 1e9, 0.0, 1e-9).is_err());
        assert!(Grid::inside(0.0, f64::NAN, 0.0, 1.0).is_err());
    }
}
