//! Parameters of `prepare.dff`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `prepare.dff`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DffParams {
    /// The signal that becomes ΔF/F.
    pub signal: String,
    /// Length of the window around each sample over which the baseline is taken, seconds; cut at the ends of the
    /// trace. Much longer than a transient, shorter than bleaching and drift.
    pub window_s: f64,
    /// The percentile of the window that is the baseline, 0 to 100, interpolated linearly between samples.
    pub percentile: f64,
    /// Where the baseline is not above this, ΔF/F is NaN: a ratio to nothing means nothing. In the unit of the
    /// signal.
    pub min_baseline: f64,
}

impl Default for DffParams {
    fn default() -> Self {
        Self { signal: "fluorescence".into(), window_s: 60.0, percentile: 8.0, min_baseline: 0.0 }
    }
}

impl StepParams for DffParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_positive(self.window_s, "window_s");
        let percentile = self.percentile;
        issues.require((0.0..=100.0).contains(&percentile), "percentile", || {
            format!("must be from 0 to 100, got {percentile}")
        });
        let least = self.min_baseline;
        issues.require(least.is_finite() && least >= 0.0, "min_baseline", || {
            format!("must be a finite number of at least 0, got {least}")
        });
    }
}
