//! Parameters of `prepare.split`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::IntervalSelector;

/// Shares of the trials or blocks. They sum to 1.
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

/// Which blocks go to which part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockOrder {
    /// By chance, in exact shares.
    #[default]
    Shuffled,
    /// The first train, the next valid, the last test.
    InTime,
}

/// Blocks of time. They become intervals of the set `blocks`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Blocks {
    /// Length of a block, seconds; adjusted so that whole blocks fill the time.
    pub length_s: f64,
    /// Time between blocks of different parts that belongs to neither, seconds: longer than the signals remember.
    #[serde(default)]
    pub gap_s: f64,
    /// Which blocks go to which part.
    #[serde(default)]
    pub order: BlockOrder,
    /// Only the time inside these intervals. By default each recording from the first to the last moment of the spikes
    /// and traces that are connected.
    #[serde(default)]
    pub within: Option<IntervalSelector>,
}

impl Blocks {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_positive(self.length_s, "blocks.length_s");
        let (gap_s, length_s) = (self.gap_s, self.length_s);
        issues.require(gap_s >= 0.0 && gap_s < length_s, "blocks.gap_s", || {
            format!("must be at least 0 and shorter than length_s = {length_s}, got {gap_s}")
        });
        if let Some(within) = &self.within {
            within.check(issues, "blocks.within");
        }
    }
}

/// Parameters of `prepare.split`: trials, time, units, or several of them are split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SplitParams {
    /// The intervals to split into train, valid and test, recording by recording.
    pub trials: Option<IntervalSelector>,
    /// Shares of the trials, or of the blocks.
    pub fractions: Fractions,
    /// A column of words or numbers of the intervals; every value of it is spread over the parts in their shares.
    pub stratify_by: Option<String>,
    /// Blocks of time to split into train, valid and test, recording by recording.
    pub blocks: Option<Blocks>,
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
        let something = self.trials.is_some() || self.blocks.is_some() || self.held_out_units.is_some();
        issues.require(something, "trials", || {
            "or blocks or held_out_units must be given: nothing is split".into()
        });
        issues.require(self.stratify_by.is_none() || self.trials.is_some(), "stratify_by", || {
            "needs trials to be given".into()
        });
        if let Some(trials) = &self.trials {
            trials.check(issues, "trials");
        }
        if let Some(blocks) = &self.blocks {
            blocks.check(issues);
        }
        if let Some(share) = self.held_out_units {
            issues.require(share > 0.0 && share < 1.0, "held_out_units", || {
                format!("must be between 0 and 1, got {share}")
            });
        }
    }
}
