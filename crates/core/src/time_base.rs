//! When the samples of a signal were taken.

/// Sample times, seconds from the start of the session.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeBase {
    /// Sample `i` at `t0_s + i * dt_s`.
    Regular {
        /// Time of sample 0, seconds.
        t0_s: f64,
        /// Interval between samples, seconds.
        dt_s: f64,
    },
    /// Sample `i` at `t_s[i]`, seconds.
    Explicit(Vec<f64>),
}

impl TimeBase {
    /// Time of sample `i`, seconds; NaN past the end of explicit times.
    pub fn time_s(&self, i: usize) -> f64 {
        match self {
            Self::Regular { t0_s, dt_s } => t0_s + i as f64 * dt_s,
            Self::Explicit(times) => times.get(i).copied().unwrap_or(f64::NAN),
        }
    }

    /// The times of `n` samples, seconds.
    pub fn times_s(&self, n: usize) -> Vec<f64> {
        (0..n).map(|i| self.time_s(i)).collect()
    }
}
