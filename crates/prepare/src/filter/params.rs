//! Parameters of `prepare.filter`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `prepare.filter`: a unit stays that meets every criterion given for its table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilterParams {
    /// Lowest mean rate over the time a unit was observed, Hz; of spikes.
    pub min_rate_hz: Option<f64>,
    /// Highest mean rate over the time a unit was observed, Hz; of spikes.
    pub max_rate_hz: Option<f64>,
    /// Lowest presence ratio, 0 to 1: the share of stretches of `presence_bin_s` in which the unit fires; of spikes.
    pub min_presence_ratio: Option<f64>,
    /// Length of the stretches of the presence ratio, seconds.
    pub presence_bin_s: f64,
    /// Lowest signal-to-noise ratio; of traces. All segments of a unit's signal count together.
    pub min_snr: Option<f64>,
}

impl Default for FilterParams {
    fn default() -> Self {
        Self {
            min_rate_hz: None,
            max_rate_hz: None,
            min_presence_ratio: None,
            presence_bin_s: 60.0,
            min_snr: None,
        }
    }
}

impl StepParams for FilterParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_positive(self.presence_bin_s, "presence_bin_s");
        let limits = [
            (self.min_rate_hz, "min_rate_hz", f64::INFINITY),
            (self.max_rate_hz, "max_rate_hz", f64::INFINITY),
            (self.min_presence_ratio, "min_presence_ratio", 1.0),
            (self.min_snr, "min_snr", f64::INFINITY),
        ];
        for (value, path, most) in limits {
            let Some(value) = value else { continue };
            let proper = value.is_finite() && (0.0..=most).contains(&value);
            let range = if most.is_finite() { format!("from 0 to {most}") } else { "of at least 0".into() };
            issues.require(proper, path, || format!("must be a finite number {range}, got {value}"));
        }
        if let (Some(min), Some(max)) = (self.min_rate_hz, self.max_rate_hz) {
            issues.require(min <= max, "max_rate_hz", || {
                format!("must not be below min_rate_hz = {min}, got {max}")
            });
        }
    }
}
