//! Parameters of `prepare.deconvolve`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `prepare.deconvolve`. Without `lambda` and `s_min` the L1 penalty is chosen such that the residual is
/// as large as the noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeconvolveParams {
    /// The signal to deconvolve.
    #[serde(default = "default_signal")]
    pub signal: String,
    /// Time constant of the decay of calcium, seconds: about 0.3 for GCaMP6f, 1 for GCaMP6s.
    pub tau_s: f64,
    /// Percentile of each trace, 0 to 100, that is its baseline and is taken away first; null for a baseline of 0.
    #[serde(default = "default_baseline")]
    pub baseline_percentile: Option<f64>,
    /// L1 penalty on the activity, in the unit of the signal; 0 for none.
    #[serde(default)]
    pub lambda: Option<f64>,
    /// Smallest event, in the unit of the signal, in place of a penalty: events are this large or absent.
    #[serde(default)]
    pub s_min: Option<f64>,
}

fn default_signal() -> String {
    "dff".into()
}

fn default_baseline() -> Option<f64> {
    Some(15.0)
}

impl DeconvolveParams {
    /// Decay with `tau_s` seconds, the rest by default.
    pub fn new(tau_s: f64) -> Self {
        let (signal, baseline_percentile) = (default_signal(), default_baseline());
        Self { signal, tau_s, baseline_percentile, lambda: None, s_min: None }
    }
}

impl StepParams for DeconvolveParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_positive(self.tau_s, "tau_s");
        let percentile = self.baseline_percentile.unwrap_or(0.0);
        issues.require((0.0..=100.0).contains(&percentile), "baseline_percentile", || {
            format!("must be from 0 to 100, got {percentile}")
        });
        let lambda = self.lambda.unwrap_or(0.0);
        issues.require(lambda.is_finite() && lambda >= 0.0, "lambda", || {
            format!("must be a finite number of at least 0, got {lambda}")
        });
        if let Some(s_min) = self.s_min {
            issues.require_positive(s_min, "s_min");
            issues.require(self.lambda.is_none(), "lambda", || "must not be given beside s_min".into());
        }
    }
}
