//! Parameters of `prepare.split`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::IntervalSelector;

/// Shares of the trials. They sum to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fractions {
    /// Share to fit on.
    pub train: f64,
    /// Share to choose settings on.
    #[serde(default)]
    pub valid: f64,
    /// Share to report on.
    #[serde(default)]
    pub test: f64,
}

impl Default for Fractions {
    fn default() -> Self {
        Self { train: 0.8, valid: 0.1, test: 0.1 }
    }
}

/// Parameters of `prepare.split`: trials, units, or both are split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SplitParams {
    /// The intervals to split into train, valid and test, recording by recording.
    pub trials: Option<IntervalSelector>,
    /// Shares of the trials.
    pub fractions: Fractions,
    /// A column of words or numbers of the intervals; every value of it is spread over the parts in their shares.
    pub stratify_by: Option<String>,
    /// Share of the units of each recording to hold out, of spikes and traces.
    pub held_out_units: Option<f64>,
}

impl StepParams for SplitParams {
    fn check(&self, issues: &mut ParamIssues) {
        let Fractions { train, valid, test } = self.fractions;
        let proper = [train, valid, test].iter().all(|share| (0.0..=1.0).contains(share));
        issues.require(proper && (train + valid + test - 1.0).abs() < 1e-9, "fractions", || {
            format!("must be from 0 to 1 and sum to 1, got {train}, {valid} and {test}")
        });
        let something = self.trials.is_some() || self.held_out_units.is_some();
        issues.require(something, "trials", || "or held_out_units must be given: nothing is split".into());
        issues.require(self.stratify_by.is_none() || self.trials.is_some(), "stratify_by", || {
            "needs trials to be given".into()
        });
        if let Some(trials) = &self.trials {
            trials.check(issues, "trials");
        }
        if let Some(share) = self.held_out_units {
            issues.require(share > 0.0 && share < 1.0, "held_out_units", || {
                format!("must be between 0 and 1, got {share}")
            });
        }
    }
}
