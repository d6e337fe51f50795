//! Parameters of `nlb.evaluate`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What bits per spike are counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NullRates {
    /// The mean counts of the very spikes that are scored, as the benchmark has it.
    #[default]
    Evaluated,
    /// The mean counts of the training trials.
    Train,
}

/// What happens when rates are better than the true ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnLeak {
    /// The step fails.
    #[default]
    Error,
    /// The report says so.
    Warn,
}

/// An interval of time that was produced in every trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProducedInterval {
    /// The column of the table of trials that has it: `tp`.
    pub column: String,
    /// Columns that make a condition, within which it is correlated with neural speed: `[is_eye, theta, is_short]`.
    pub by: Vec<String>,
}

/// Parameters of `nlb.evaluate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EvaluateParams {
    /// The splits to score: `valid`, `test`, `train`. By default all that have rates but `train`.
    pub splits: Option<Vec<String>>,
    /// What bits per spike are counted from: `evaluated` or `train`.
    pub bps_null: NullRates,
    /// The signal that is decoded from the rates: `hand_vel`. By default the only one of `hand_vel`, `finger_vel`,
    /// `behavior` that is there.
    pub behaviour: Option<String>,
    /// The column of the table of trials that names the condition of a trial, for responses; without such a column
    /// responses are not scored.
    pub condition: String,
    /// Standard deviation of the Gaussian that measured responses are smoothed with, seconds, where the input `psth` does
    /// not give them.
    pub psth_sigma_s: f64,
    /// Correlate the speed of the rates with an interval that was produced. Needs held-out counts that are NaN outside
    /// of it.
    pub produced_interval: Option<ProducedInterval>,
    /// What happens when held-out units or forward bins are predicted better than by the true rates, by more than three
    /// standard errors: then what was to be predicted was seen.
    pub leak: OnLeak,
}

impl Default for EvaluateParams {
    fn default() -> Self {
        Self {
            splits: None,
            bps_null: NullRates::default(),
            behaviour: None,
            condition: "condition".into(),
            psth_sigma_s: 0.07,
            produced_interval: None,
            leak: OnLeak::default(),
        }
    }
}

impl StepParams for EvaluateParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_any(self.splits.as_deref(), "splits", "split");
        for (place, split) in self.splits.iter().flatten().enumerate() {
            let known = ["train", "valid", "test"].contains(&split.as_str());
            issues.require(known, &format!("splits.{place}"), || {
                format!("must be `train`, `valid` or `test`, got {split:?}")
            });
        }
        issues.require_name(self.behaviour.as_deref(), "behaviour");
        issues.require_name(Some(&self.condition), "condition");
        issues.require_positive(self.psth_sigma_s, "psth_sigma_s");
        if let Some(interval) = &self.produced_interval {
            issues.require_name(Some(&interval.column), "produced_interval.column");
            issues.require_any(Some(&interval.by), "produced_interval.by", "column");
        }
    }
}
