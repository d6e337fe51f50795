//! Parameters of `prepare.bin`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::IntervalSelector;

/// Parameters of `prepare.bin`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BinParams {
    /// Width of a bin, seconds.
    pub dt_s: f64,
    /// Start of the first bin, seconds from the start of the session. By default the earliest stretch of
    /// observation starts it; where none is known, 0 or the first spike, whichever is earlier.
    #[serde(default)]
    pub start_s: Option<f64>,
    /// End of the window, seconds; a remainder shorter than a bin is left out. By default the end of the last
    /// stretch of observation; where none is known, the bins reach just past the last spike of the recording.
    #[serde(default)]
    pub stop_s: Option<f64>,
    /// Bin each of these intervals by itself, from its own start: a segment per interval. `start_s` and
    /// `stop_s` then cut the intervals.
    #[serde(default)]
    pub within: Option<IntervalSelector>,
}

impl BinParams {
    /// Bins of `dt_s` seconds over the whole recording.
    pub fn new(dt_s: f64) -> Self {
        Self { dt_s, start_s: None, stop_s: None, within: None }
    }
}

impl StepParams for BinParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_positive(self.dt_s, "dt_s");
        for (value, path) in [(self.start_s, "start_s"), (self.stop_s, "stop_s")] {
            let finite = value.is_none_or(f64::is_finite);
            issues.require(finite, path, || format!("must be finite, got {}", value.unwrap_or_default()));
        }
        if let (Some(start_s), Some(stop_s)) = (self.start_s, self.stop_s) {
            let message = || format!("must be after start_s = {start_s}, got {stop_s}");
            issues.require(start_s < stop_s, "stop_s", message);
        }
        if let Some(within) = &self.within {
            within.check(issues, "within");
        }
    }
}
