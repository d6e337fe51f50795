//! Parameters of `rsa.movie`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::estimators::{Estimator, Method, NanPolicy, PoissonPrior, Weighting};
use crate::noise::NoiseModel;
use crate::steps::rdm::{GroupBy, check_estimator};

/// Parameters of `rsa.movie`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MovieParams {
    /// The dissimilarity.
    #[serde(default)]
    pub method: Method,
    /// The model of the neurons' noise that is divided out (crossnobis and mahalanobis only). It is estimated once,
    /// from the scatter of the folds in all bins.
    #[serde(default)]
    pub noise: NoiseModel,
    /// How observations with gaps are weighted (crossnobis with `nan: pairwise`).
    #[serde(default)]
    pub weighting: Weighting,
    /// What to do with missing (NaN) responses.
    #[serde(default)]
    pub nan: NanPolicy,
    /// Prior of the rates of poisson and poisson_cv.
    #[serde(default)]
    pub prior: PoissonPrior,
    /// Which neurons make an RDM together.
    #[serde(default)]
    pub group_by: GroupBy,
    /// Groups of fewer neurons are left out, with a warning.
    #[serde(default = "two")]
    pub min_units: usize,
    /// The signal of the traces, where there are several.
    #[serde(default)]
    pub signal: Option<String>,
    /// The column of the intervals that tells the condition of a trial; of `tags`, all together.
    #[serde(default = "tags")]
    pub condition: String,
    /// The set that the intervals of the trials belong to, where there are several.
    #[serde(default)]
    pub interval_set: Option<String>,
    /// Folds: the k-th trial of a condition in a recording is in fold `k mod folds`.
    #[serde(default = "two_folds")]
    pub folds: u32,
    /// Width of a time bin, seconds; responses are means over its samples.
    pub bin_s: f64,
    /// From the start of a bin to that of the next, seconds; by default the width.
    #[serde(default)]
    pub step_s: Option<f64>,
    /// Start of the first bin, seconds from the event; by default the first time that all trials have.
    #[serde(default)]
    pub from_s: Option<f64>,
    /// No bin reaches beyond this time, seconds from the event; by default the last that all trials have.
    #[serde(default)]
    pub to_s: Option<f64>,
    /// The subject is the part of the recording's name before this text; by default the whole name.
    #[serde(default)]
    pub subject_before: Option<String>,
}

fn two() -> usize {
    2
}

fn two_folds() -> u32 {
    2
}

fn tags() -> String {
    "tags".to_owned()
}

impl MovieParams {
    /// The estimator that they describe.
    pub fn estimator(&self) -> Estimator {
        Estimator {
            method: self.method,
            noise: self.noise,
            weighting: self.weighting,
            nan: self.nan,
            prior: self.prior,
        }
    }
}

impl StepParams for MovieParams {
    fn check(&self, issues: &mut ParamIssues) {
        check_estimator(issues, &self.estimator());
        issues.require(self.min_units >= 1, "min_units", || "must be at least 1, got 0".into());
        let compares = self.method.compares_folds() || self.noise != NoiseModel::None;
        let (least, folds) = (if compares { 2 } else { 1 }, self.folds);
        issues.require(folds >= least, "folds", || {
            format!("must be at least {least} for {} with this noise, got {folds}", self.method.name())
        });
        issues.require_positive(self.bin_s, "bin_s");
        if let Some(step_s) = self.step_s {
            issues.require_positive(step_s, "step_s");
        }
        for (name, value) in [("from_s", self.from_s), ("to_s", self.to_s)] {
            issues.require(value.is_none_or(f64::is_finite), name, || "must be finite".into());
        }
        if let (Some(from_s), Some(to_s)) = (self.from_s, self.to_s) {
            let fits = to_s - from_s >= self.bin_s * (1.0 - 1e-6) || !self.bin_s.is_finite();
            issues.require(fits, "to_s", || {
                format!("must leave room for a bin of {} s after from_s = {from_s}, got {to_s}", self.bin_s)
            });
        }
        issues.require_name(Some(&self.condition), "condition");
        issues.require_name(self.signal.as_deref(), "signal");
        issues.require_name(self.interval_set.as_deref(), "interval_set");
        issues.require_name(self.subject_before.as_deref(), "subject_before");
    }
}
