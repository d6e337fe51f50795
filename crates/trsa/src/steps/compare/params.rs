//! Parameters of `rsa.compare`.

use std::collections::BTreeMap;

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::{Measure, Missing};

/// Parameters of `rsa.compare`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareParams {
    /// The measures of similarity, each once.
    #[serde(default = "default_measures")]
    pub measures: Vec<Measure>,
    /// What becomes of pairs of conditions without a value.
    #[serde(default)]
    pub nan: MissingPolicy,
    /// Which conditions enter.
    #[serde(default)]
    pub conditions: ConditionPolicy,
    /// Variance of the pattern estimate of every condition (1 over its number of repeats, say), for whitened measures.
    /// Without it, and without the input `sigma`, all are alike.
    #[serde(default)]
    pub variances: Option<BTreeMap<String, f64>>,
    /// What the covariance that whitened measures take out depends on.
    #[serde(default)]
    pub whitening: WhiteningName,
    /// Folds of the crossnobis distances in `whitening: signal`, at least 2.
    #[serde(default = "two")]
    pub n_folds: usize,
}

fn default_measures() -> Vec<Measure> {
    vec![Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA]
}

fn two() -> usize {
    2
}

/// What becomes of pairs of conditions without a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingPolicy {
    /// Stop and name the first.
    #[default]
    Error,
    /// Leave a pair that is missing in either RDM out of their comparison. Not for measures of whole matrices.
    Pairwise,
}

impl From<MissingPolicy> for Missing {
    fn from(policy: MissingPolicy) -> Self {
        match policy {
            MissingPolicy::Error => Self::Error,
            MissingPolicy::Pairwise => Self::Pairwise,
        }
    }
}

/// Which conditions enter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConditionPolicy {
    /// All, which must be the same in all RDMs.
    #[default]
    Same,
    /// Those that all RDMs have.
    Intersect,
}

/// What the covariance that whitened measures take out depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhiteningName {
    /// The noise alone, as published.
    #[default]
    Noise,
    /// The noise and the mean of the RDMs at `rdms`, which are crossnobis distances of `n_folds` folds.
    Signal,
}

impl CompareParams {
    /// Whether a measure makes use of the covariance of the pattern estimates.
    pub(super) fn uses_sigma(&self) -> bool {
        let uses = |measure: &Measure| {
            matches!(measure, Measure::CosineCov | Measure::CorrCov | Measure::NegRiemDist)
        };
        self.measures.iter().any(uses)
    }
}

impl StepParams for CompareParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(!self.measures.is_empty(), "measures", || "must name at least one measure".into());
        for (place, measure) in self.measures.iter().enumerate() {
            let first = !self.measures[..place].contains(measure);
            issues.require(first, &format!("measures.{place}"), || {
                format!("names {} a second time", measure.name())
            });
            let complete = self.nan == MissingPolicy::Error || !measure.needs_all_pairs();
            issues.require(complete, "nan", || {
                format!("must be `error` with {}, which needs every pair", measure.name())
            });
        }
        for (label, &variance) in self.variances.iter().flatten() {
            issues.require_positive(variance, &format!("variances.{label}"));
        }
        issues.require(self.variances.is_none() || self.uses_sigma(), "variances", || {
            "need a measure that uses them: cosine_cov, corr_cov or neg_riem_dist".into()
        });
        let uses_signal = self.whitening == WhiteningName::Noise || self.uses_sigma();
        issues.require(uses_signal, "whitening", || "needs cosine_cov or corr_cov".into());
        issues.require(self.n_folds >= 2, "n_folds", || format!("must be at least 2, got {}", self.n_folds));
    }
}
