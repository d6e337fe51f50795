//! Parameters of `prepare.resample`.

use neuroloom_core::{ParamIssue, ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How values between samples are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResampleMethod {
    /// A straight line between neighbours. Takes any time base. A coarser result has aliases of what is too fast for it.
    #[default]
    Linear,
    /// A low-pass filter (windowed sinc) at half the slower of the two rates: no aliases. Takes a regular time base.
    Fir,
}

/// Parameters of `prepare.resample`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResampleParams {
    /// Interval between the new samples, seconds.
    pub dt_s: f64,
    /// How values between samples are found.
    #[serde(default)]
    pub method: ResampleMethod,
    /// The new samples lie at this time, seconds, plus whole multiples of `dt_s`, as far as the trace reaches: all units
    /// then share their times. By default every trace starts at its own first sample.
    #[serde(default)]
    pub start_s: Option<f64>,
    /// A linear interpolation does not bridge neighbours further apart than this, seconds: NaN stands between
    /// them. By default 5 times the median interval of the trace.
    #[serde(default)]
    pub max_gap_s: Option<f64>,
}

impl ResampleParams {
    /// New samples every `dt_s` seconds.
    pub fn new(method: ResampleMethod, dt_s: f64) -> Self {
        Self { dt_s, method, start_s: None, max_gap_s: None }
    }
}

impl StepParams for ResampleParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_positive(self.dt_s, "dt_s");
        let finite = self.start_s.is_none_or(f64::is_finite);
        issues.require(finite, "start_s", || {
            format!("must be finite, got {}", self.start_s.unwrap_or_default())
        });
        if let Some(max_gap_s) = self.max_gap_s {
            issues.require_positive(max_gap_s, "max_gap_s");
            if self.method == ResampleMethod::Fir {
                issues.push(ParamIssue {
                    path: "max_gap_s".into(),
                    message: "is of no use with the method fir, which takes regular time bases only".into(),
                    hint: Some("remove it".into()),
                });
            }
        }
    }
}
