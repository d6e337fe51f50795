//! Parameters of `bicluster.summarise`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PointEstimate;

/// Parameters of `bicluster.summarise`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SummariseParams {
    /// What the partitions of neurons and bins that stand for all draws are the best of.
    pub point: PointEstimate,
    /// Draws of a recording that are used at most, evenly spread over the chains. Diagnostics are of these draws.
    pub max_draws: usize,
    /// Draws of a recording that latents, rates and dynamics are averaged over at most.
    pub latent_draws: usize,
    /// Draws that the similarity of bins is counted over at most.
    pub state_draws: usize,
    /// Bins that are compared with each other at most; of more, every second, third, ... one.
    pub similarity_bins: usize,
    /// Whether the tables of similarities are given out: a number per pair.
    pub similarity: bool,
    /// Signal of the table at `counts`.
    pub signal: String,
    /// Column of the table at `truth` with the known group of every neuron.
    pub truth_column: String,
    /// Which set of intervals of the table at `epochs` has the known states, by its `interval_set`; needed where there
    /// are several.
    pub epoch_set: Option<String>,
}

impl Default for SummariseParams {
    fn default() -> Self {
        Self {
            point: PointEstimate::Pear,
            max_draws: 10_000,
            latent_draws: 400,
            state_draws: 1000,
            similarity_bins: 5000,
            similarity: false,
            signal: "spike_count".into(),
            truth_column: "cluster".into(),
            epoch_set: None,
        }
    }
}

impl StepParams for SummariseParams {
    fn check(&self, issues: &mut ParamIssues) {
        let counts = [
            (self.max_draws, 4, "max_draws"),
            (self.latent_draws, 1, "latent_draws"),
            (self.state_draws, 1, "state_draws"),
            (self.similarity_bins, 2, "similarity_bins"),
        ];
        for (value, least, path) in counts {
            issues.require(value >= least, path, || format!("must be at least {least}, got {value}"));
        }
        const MOST_BINS: usize = 20_000;
        issues.require(self.similarity_bins <= MOST_BINS, "similarity_bins", || {
            format!("must be at most {MOST_BINS}, got {}", self.similarity_bins)
        });
        issues.require_name(Some(&self.signal), "signal");
        issues.require_name(Some(&self.truth_column), "truth_column");
        issues.require_name(self.epoch_set.as_deref(), "epoch_set");
    }
}
