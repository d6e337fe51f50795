//! Parameters of `rsa.rdm`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::estimators::{Estimator, Method, NanPolicy, PoissonPrior, Weighting};
use crate::noise::NoiseModel;

/// Parameters of `rsa.rdm`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RdmParams {
    /// The dissimilarity.
    #[serde(default)]
    pub method: Method,
    /// Which neurons make an RDM together.
    #[serde(default)]
    pub group_by: GroupBy,
    /// The model of the neurons' noise that is divided out (crossnobis and mahalanobis only).
    #[serde(default)]
    pub noise: NoiseModel,
    /// Where the noise is estimated from.
    #[serde(default)]
    pub noise_from: NoiseFrom,
    /// Degrees of freedom of the residuals where they are not the number of observations less 1, because a model with
    /// more parameters was fitted.
    #[serde(default)]
    pub residual_dof: Option<usize>,
    /// Whether every fold has a noise covariance of its own, from the residuals of that fold (crossnobis only).
    #[serde(default)]
    pub per_fold: bool,
    /// How observations with gaps are weighted (crossnobis with `nan: pairwise`).
    #[serde(default)]
    pub weighting: Weighting,
    /// Groups of fewer neurons are left out, with a warning.
    #[serde(default = "two")]
    pub min_units: usize,
    /// What to do with responses that are missing (NaN).
    #[serde(default)]
    pub nan: NanPolicy,
    /// Prior of the rates of poisson and poisson_cv.
    #[serde(default)]
    pub prior: PoissonPrior,
    /// The subject is the part of the recording's name before this text: `_` makes `m3` of `m3_day2`. By default the
    /// recording stands for the subject.
    #[serde(default)]
    pub subject_before: Option<String>,
    /// Memory in MiB that the responses, their noise and the RDMs may take; more is an error that tells how much it
    /// would be.
    #[serde(default)]
    pub memory_limit_mib: Option<u64>,
}

fn two() -> usize {
    2
}

/// Which neurons make an RDM together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Those of a region of a recording: `recording/region`.
    #[default]
    Region,
    /// Those of a recording: `recording`.
    Recording,
    /// All of all recordings, which must have met the same conditions: `pooled`.
    None,
}

/// Where the noise is estimated from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoiseFrom {
    /// The scatter of the folds around the mean of their condition.
    #[default]
    Repeats,
    /// The input `residuals`.
    Residuals,
}

impl RdmParams {
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

impl StepParams for RdmParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.min_units >= 1, "min_units", || "must be at least 1, got 0".into());
        check_estimator(issues, &self.estimator());
        let from_residuals = self.noise_from == NoiseFrom::Residuals && self.noise != NoiseModel::None;
        issues.require(self.noise_from == NoiseFrom::Repeats || from_residuals, "noise_from", || {
            "needs a model of the noise, `noise`".into()
        });
        let per_fold = from_residuals && self.method == Method::Crossnobis;
        issues.require(!self.per_fold || per_fold, "per_fold", || {
            "needs `method: crossnobis`, a model of the noise and `noise_from: residuals`".into()
        });
        issues.require(self.residual_dof.is_none_or(|dof| dof >= 1), "residual_dof", || {
            "must be at least 1, got 0".into()
        });
        let single = self.residual_dof.is_none() || (from_residuals && !self.per_fold);
        issues.require(single, "residual_dof", || {
            "needs `noise_from: residuals`, and the same residuals for all folds".into()
        });
        let separator = self.subject_before.as_deref().is_none_or(|text| !text.is_empty());
        issues.require(separator, "subject_before", || "must not be empty".into());
    }
}

/// What an estimator asks of its options, for all steps that have them.
pub(in crate::steps) fn check_estimator(issues: &mut ParamIssues, estimator: &Estimator) {
    let fits = estimator.noise == NoiseModel::None || estimator.method.uses_noise();
    issues.require(fits, "noise", || {
        "needs `method: crossnobis` or `mahalanobis`; other methods do not use it".into()
    });
    let gaps = estimator.nan != NanPolicy::Pairwise || estimator.method.allows_gaps();
    issues.require(gaps, "nan", || {
        format!("pairwise is not defined for {}; use error or drop_channel", estimator.method.name())
    });
    issues.require_positive(estimator.prior.rate, "prior.rate");
    issues.require_positive(estimator.prior.weight, "prior.weight");
}
