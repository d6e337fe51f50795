use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::Measure;
use crate::estimators::{Estimator, Method, NanPolicy, PoissonPrior, Weighting};
use crate::noise::NoiseModel;
use crate::steps::rdm::check_estimator;

/// Parameters of `rsa.searchlight`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SearchlightParams {
    /// The dissimilarity.
    pub method: Method,
    /// How the noise of the channels is taken into account (crossnobis and mahalanobis only). `diag` is estimated once
    /// for every channel, full covariances in every searchlight.
    pub noise: NoiseModel,
    /// How observations with gaps are weighted (crossnobis with `nan: pairwise`).
    pub weighting: Weighting,
    /// What to do with missing (NaN) responses; channels that are dropped are no centres either.
    pub nan: NanPolicy,
    /// Prior of the rates of poisson and poisson_cv.
    pub prior: PoissonPrior,
    /// The measures of similarity with the models, each once.
    pub measures: Vec<Measure>,
    /// Radius of the spheres, in position_unit. Needed with `positions`.
    pub radius: Option<f64>,
    /// Searchlights that see fewer channels have no value.
    pub min_channels: usize,
    /// Whether to write the dissimilarities of every centre too.
    pub rdms: bool,
    /// Only this part of the centres, so that parts can be separate jobs.
    pub shard: Shard,
}

/// One of several parts of equal size, in the order of the centres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which part, from 0.
    pub index: usize,
    /// Number of parts.
    pub of: usize,
}

impl Default for Shard {
    fn default() -> Self {
        Self { index: 0, of: 1 }
    }
}

impl Shard {
    /// Those of `n` centres that are in the part.
    pub fn range(self, n: usize) -> std::ops::Range<usize> {
        let first = |part: usize| (part as u128 * n as u128 / self.of.max(1) as u128) as usize;
        first(self.index)..first(self.index + 1)
    }
}

impl Default for SearchlightParams {
    fn default() -> Self {
        Self {
            method: Method::default(),
            noise: NoiseModel::default(),
            weighting: Weighting::default(),
            nan: NanPolicy::default(),
            prior: PoissonPrior::default(),
            measures: vec![Measure::Corr],
            radius: None,
            min_channels: 2,
            rdms: false,
            shard: Shard::default(),
        }
    }
}

impl SearchlightParams {
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

impl StepParams for SearchlightParams {
    fn check(&self, issues: &mut ParamIssues) {
        check_estimator(issues, &self.estimator());
        for (place, measure) in self.measures.iter().enumerate() {
            issues.require(!self.measures[..place].contains(measure), &format!("measures.{place}"), || {
                format!("names {} a second time", measure.name())
            });
        }
        issues.require(self.rdms || !self.measures.is_empty(), "measures", || {
            "must name at least one measure, unless `rdms: true` asks for the dissimilarities".into()
        });
        if let Some(radius) = self.radius {
            issues.require_positive(radius, "radius");
        }
        issues.require(self.min_channels >= 1, "min_channels", || "must be at least 1, got 0".into());
        let Shard { index, of } = self.shard;
        issues
            .require(index < of, "shard", || format!("must have 0 <= index < of, got index {index} of {of}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_cover_everything_once() {
        for (n, of) in [(10, 3), (2, 5), (0, 2), (1000, 1)] {
            let covered: Vec<usize> = (0..of).flat_map(|index| Shard { index, of }.range(n)).collect();
            assert_eq!(covered, (0..n).collect::<Vec<_>>());
        }
    }
}
