//! Columns that hold no activity: unmeasured, mostly missing, or frozen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::impute::missing_runs;

const WINDOW: usize = 50;
const STRIDE: usize = 25;

/// Limits beyond which a column is dropped; the published ones for Leifer2023 are 0.05 and 0.001.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// Longest stretch of missing samples, as a share of the recording. Absent: any.
    #[serde(default)]
    pub max_missing_run: Option<f64>,
    /// Share of windows of 50 samples (every 25) whose differences, rounded to 3 decimals, are all equal. Judged
    /// after imputation. Absent: any.
    #[serde(default)]
    pub max_constant_windows: Option<f64>,
}

impl Screen {
    /// The published limits for a source: Leifer2023 has some, the others none.
    pub fn published(source: &str) -> Self {
        match source {
            "Leifer2023" => Self { max_missing_run: Some(0.05), max_constant_windows: Some(1e-3) },
            _ => Self::default(),
        }
    }

    /// Why a trace as it was measured is dropped, if it is.
    pub fn before_imputation(&self, trace: &[f64]) -> Option<String> {
        if trace.iter().all(|value| value.is_nan()) {
            return Some("all samples are missing".into());
        }
        let limit = (self.max_missing_run? * trace.len() as f64) as usize;
        let longest = missing_runs(trace).into_iter().map(|run| run.len()).max().unwrap_or(0);
        (longest > limit).then(|| format!("{longest} samples in a row are missing, more than {limit}"))
    }

    /// Why a trace is dropped once it is imputed, if it is.
    pub fn after_imputation(&self, trace: &[f64]) -> Option<String> {
        let limit = self.max_constant_windows?;
        let share = constant_window_share(trace);
        (share > limit).then(|| format!("a share {share:.4} of its windows is frozen, more than {limit}"))
    }
}

/// Share of the windows of 50 samples, every 25, whose differences are all equal once rounded to 3 decimals; 0 for
/// traces shorter than a window.
pub fn constant_window_share(trace: &[f64]) -> f64 {
    let steps: Vec<f64> =
        trace.windows(2).map(|pair| ((pair[1] - pair[0]) * 1e3).round_ties_even()).collect();
    let windows = steps.windows(WINDOW - 1).step_by(STRIDE);
    let (n, constant) = windows.fold((0_usize, 0_usize), |(n, constant), window| {
        (n + 1, constant + usize::from(window.windows(2).all(|pair| pair[0] == pair[1])))
    });
    if n == 0 { 0.0 } else { constant as f64 / n as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frozen_stretches_are_counted_by_windows() {
        let mut trace: Vec<f64> = (0..200).map(|i| f64::from(i * i % 17)).collect();
        assert_eq!(constant_window_share(&trace), 0.0);
        trace[..60].fill(3.0);
        // windows start at 0, 25, ..., 150: only the first lies in the frozen stretch
        assert!((constant_window_share(&trace) - 1.0 / 7.0).abs() < 1e-12);
    }

    #[test]
    fn limits_drop_and_say_why() {
        let screen = Screen::published("Leifer2023");
        let mut trace: Vec<f64> = (0..100).map(f64::from).collect();
        trace[10..15].fill(f64::NAN);
        assert_eq!(screen.before_imputation(&trace), None);
        trace[15] = f64::NAN;
        assert!(screen.before_imputation(&trace).unwrap().contains("6 samples"));
        assert!(Screen::default().before_imputation(&[f64::NAN; 4]).unwrap().contains("all samples"));
    }
}
