//! Settings of the search.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ascent::Ascent;

/// How neurons are given to clusters by their responses to the stimuli.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assign {
    /// To the stimulus with the largest response (the published rule).
    #[default]
    Argmax,
    /// To the cluster whose mean profile of responses over all stimuli is most alike (largest cosine).
    Template,
}

/// Whether clusters that respond alike are put together after the splits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// Never: clusters disappear only by running empty (the published rule).
    #[default]
    None,
    /// Where each responds to the other's stimulus at least 0.9 times as strongly as that one itself.
    Confusion,
}

/// How clusters are tried to be split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SplitOptions {
    /// Parts that a cluster is cut into.
    pub parts: usize,
    /// Gradient steps of every evaluation.
    pub steps: usize,
    /// Most passes over all clusters; 0 for no splits.
    pub max_passes: usize,
    /// Evaluations that are averaged, each from noise of its own.
    pub trials: usize,
    /// How much the mean loss must fall, nat.
    pub min_gain: f64,
    /// Whether the losses with and without a split come from the same noise.
    pub paired: bool,
    /// Random cuts of which the one with the largest local objective is tried.
    pub local_starts: usize,
    /// Gradient steps between local assignments.
    pub local_steps: usize,
    /// Most local assignments.
    pub local_max: usize,
}

/// All settings of one search.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Temperature of the softmax over clusters.
    pub tau: f64,
    /// Temperature of the first iteration, over `tau`; falls to 1 in `anneal_iterations`.
    pub anneal_from: f64,
    /// Iterations after which the temperature is `tau`.
    pub anneal_iterations: usize,
    /// How stimuli are optimised.
    pub ascent: Ascent,
    /// Gradient steps per iteration.
    pub steps: usize,
    /// Gradient steps of the first iteration.
    pub steps_first: usize,
    /// Most iterations.
    pub em_max: usize,
    /// Whether stimuli start anew in every iteration.
    pub reinitialize: bool,
    /// How neurons are given to clusters.
    pub assign: Assign,
    /// Splits.
    pub split: SplitOptions,
    /// Merges.
    pub merge: Merge,
    /// Whether the alternation runs again after splits and merges.
    pub em_after: bool,
    /// Gradient steps of the last stimuli, with fixed clusters.
    pub final_steps: usize,
}

impl Options {
    /// Temperature of an iteration.
    pub fn tau_at(&self, iteration: usize) -> f64 {
        if iteration >= self.anneal_iterations {
            return self.tau;
        }
        let left = 1.0 - iteration as f64 / self.anneal_iterations as f64;
        self.tau * self.anneal_from.powf(left)
    }
}
