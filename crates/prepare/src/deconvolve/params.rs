//! Parameters of `prepare.deconvolve`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How calcium follows activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalciumModel {
    /// It jumps and decays: an autoregressive process of order 1.
    #[default]
    Ar1,
    /// It rises and decays: order 2.
    Ar2,
}

/// Where the level comes from that calcium stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BaselineFrom {
    /// It is found together with the activity.
    #[default]
    Estimate,
    /// It is the percentile `baseline_percentile` of the trace.
    Percentile,
    /// It is 0: the trace stands on it already.
    Zero,
}

/// Parameters of `prepare.deconvolve`. Without `lambda` and `s_min` the L1 penalty is chosen such that the residual is
/// as large as the noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeconvolveParams {
    /// The signal to deconvolve.
    pub signal: String,
    /// How calcium follows activity.
    pub model: CalciumModel,
    /// Time constant of the decay of calcium, seconds: about 0.3 for GCaMP6f, 1 for GCaMP6s. Without it the time
    /// constants are estimated from the autocovariance of each trace.
    pub tau_decay_s: Option<f64>,
    /// Time constant of the rise, seconds; for `model: ar2` beside `tau_decay_s`, and shorter.
    pub tau_rise_s: Option<f64>,
    /// Refine the decay on this many of the largest events of each trace; 0 not to. For `model: ar1` with the penalty
    /// chosen by the noise.
    pub refine_events: usize,
    /// Where the baseline of each trace comes from.
    pub baseline: BaselineFrom,
    /// Percentile of each trace, 0 to 100, for `baseline: percentile`.
    pub baseline_percentile: f64,
    /// L1 penalty on the activity, in the unit of the signal; 0 for none.
    pub lambda: Option<f64>,
    /// Smallest event, in the unit of the signal, in place of a penalty: events are this large or absent. For
    /// `model: ar1`.
    pub s_min: Option<f64>,
}

impl Default for DeconvolveParams {
    fn default() -> Self {
        Self {
            signal: "dff".into(),
            model: CalciumModel::Ar1,
            tau_decay_s: None,
            tau_rise_s: None,
            refine_events: 0,
            baseline: BaselineFrom::Estimate,
            baseline_percentile: 15.0,
            lambda: None,
            s_min: None,
        }
    }
}

impl StepParams for DeconvolveParams {
    fn check(&self, issues: &mut ParamIssues) {
        self.check_kinetics(issues);
        let percentile = self.baseline_percentile;
        issues.require((0.0..=100.0).contains(&percentile), "baseline_percentile", || {
            format!("must be from 0 to 100, got {percentile}")
        });
        let lambda = self.lambda.unwrap_or(1.0);
        issues.require(lambda.is_finite() && lambda >= 0.0, "lambda", || {
            format!("must be a finite number of at least 0, got {lambda}")
        });
        issues.require(lambda != 0.0 || self.baseline != BaselineFrom::Estimate, "lambda", || {
            "must be above 0 with `baseline: estimate`: without a penalty a lower baseline is always better".into()
        });
        let first_order = self.model == CalciumModel::Ar1;
        if let Some(s_min) = self.s_min {
            issues.require_positive(s_min, "s_min");
            issues.require(self.lambda.is_none(), "lambda", || "must not be given beside s_min".into());
            issues.require(first_order, "s_min", || "needs `model: ar1`".into());
        }
        let chosen = self.lambda.is_none() && self.s_min.is_none();
        issues.require(self.refine_events == 0 || (first_order && chosen), "refine_events", || {
            "needs `model: ar1`, and neither lambda nor s_min".into()
        });
    }
}

impl DeconvolveParams {
    /// Decay with `tau_decay_s` seconds, the rest by default.
    pub fn decaying(tau_decay_s: f64) -> Self {
        Self { tau_decay_s: Some(tau_decay_s), ..Self::default() }
    }

    fn check_kinetics(&self, issues: &mut ParamIssues) {
        for (tau_s, path) in [(self.tau_decay_s, "tau_decay_s"), (self.tau_rise_s, "tau_rise_s")] {
            if let Some(tau_s) = tau_s {
                issues.require_positive(tau_s, path);
            }
        }
        let wanted = self.model == CalciumModel::Ar2 && self.tau_decay_s.is_some();
        issues.require(wanted == self.tau_rise_s.is_some(), "tau_rise_s", || {
            "must be given for `model: ar2` with tau_decay_s, and only then".into()
        });
        if let (Some(rise_s), Some(decay_s)) = (self.tau_rise_s, self.tau_decay_s) {
            issues.require(rise_s < decay_s, "tau_rise_s", || {
                format!("must be shorter than tau_decay_s = {decay_s}, got {rise_s}")
            });
        }
    }
}
