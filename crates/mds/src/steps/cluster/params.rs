//! Parameters of `mds.cluster`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ascent::{Ascent, Stop};
use crate::encoder::{History, Output};
use crate::gain::Gain;
use crate::options::{Assign, Merge, Options, SplitOptions};
use crate::projection::Projection;
use crate::restarts::Choose;

/// Which search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// With the parameters as they are given.
    #[default]
    Consistent,
    /// As the authors' program: one search from 5 chunks, 50 steps per iteration, at most 10 iterations, the largest response
    /// decides, one unpaired trial of every split into 5 parts, and no alternation after the splits. These replace the
    /// parameters of the same meaning.
    Released,
}

/// What searches start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Random chunks of neurons.
    #[default]
    Chunks,
    /// The labels at the input `start`.
    Given,
    /// k-means on the weights that neurons give to the features of the encoder.
    Readouts,
}

/// Parameters of `mds.cluster`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClusterParams {
    /// Which search.
    pub variant: Variant,
    /// Frames of a stimulus.
    pub frames: usize,
    /// Last frames whose mean output is the response.
    pub window: usize,
    /// What the response of simulated cells is the mean of; that of an encoder is what it was fitted to.
    pub output: Output,
    /// What an encoder sees before the first frame.
    pub history: History,
    /// Whether all neurons of an encoder look at the middle of the screen. Otherwise clusters follow their places.
    pub centre: bool,
    /// Least correlation with the test movies, where `quality` is connected.
    pub min_test_correlation: f64,
    /// Norm of the stimuli over all values; without one, the mean norm of windows of the training movie of the same
    /// length.
    pub norm: Option<f64>,
    /// Lowest and highest value of every channel; empty for no limits.
    pub clip: Vec<(f64, f64)>,
    /// Temperature of the softmax over clusters.
    pub tau: f64,
    /// Temperature of the first iteration, over `tau`; it falls to 1 in `anneal_iterations`.
    pub anneal_from: f64,
    /// Iterations after which the temperature is `tau`.
    pub anneal_iterations: usize,
    /// How responses are normalised before clusters are averaged.
    pub gain: Gain,
    /// Step length of the gradient ascent. 10 suits stimuli of the norm of movies; the published 100 is for a norm of 30.
    pub learning_rate: f64,
    /// Weight of roughness in the loss.
    pub smooth: f64,
    /// When a stimulus is done before its steps are.
    pub stop: Stop,
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
    /// What searches start from.
    pub init: Init,
    /// Clusters to start from; fewer may be left.
    pub k_init: usize,
    /// Splits of clusters after the alternation.
    pub split: SplitParams,
    /// Merges of clusters after the splits.
    pub merge: Merge,
    /// Gradient steps of the last stimuli.
    pub final_steps: usize,
    /// Searches from different starts.
    pub restarts: usize,
    /// What is made of the searches.
    pub choose: Choose,
    /// Share of the searches that neurons of a consensus cluster are together in, on average; 0.5 is the majority.
    pub together: f64,
    /// Consensus clusters with fewer neurons are dissolved.
    pub min_cluster: usize,
    /// Share of the neurons of every recording that take no part in the search.
    pub held_out: f64,
    /// Clusters with fewer fitted neurons are marked as not reported.
    pub min_report: usize,
}

/// How clusters are split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SplitParams {
    /// Parts that a cluster is cut into.
    pub parts: usize,
    /// Gradient steps of every evaluation.
    pub steps: usize,
    /// Most passes over all clusters; 0 for no splits.
    pub max_passes: usize,
    /// Evaluations that are averaged.
    pub trials: usize,
    /// How much the mean loss must fall, nat.
    pub min_gain: f64,
    /// Whether the losses with and without a split come from the same noise.
    pub paired: bool,
    /// Random cuts of which the best is tried.
    pub local_starts: usize,
    /// Gradient steps between local assignments.
    pub local_steps: usize,
    /// Most local assignments.
    pub local_max: usize,
}

impl Default for SplitParams {
    fn default() -> Self {
        Self {
            parts: 2,
            steps: 20,
            max_passes: 5,
            trials: 3,
            min_gain: 0.0,
            paired: true,
            local_starts: 1,
            local_steps: 1,
            local_max: 50,
        }
    }
}

impl Default for ClusterParams {
    fn default() -> Self {
        Self {
            variant: Variant::Consistent,
            frames: 50,
            window: 10,
            output: Output::Calcium,
            history: History::Blank,
            centre: true,
            min_test_correlation: 0.2,
            norm: None,
            clip: Vec::new(),
            tau: 1.6,
            anneal_from: 1.0,
            anneal_iterations: 0,
            gain: Gain::None,
            learning_rate: 10.0,
            smooth: 0.0,
            stop: Stop::Steps,
            steps: 50,
            steps_first: 100,
            em_max: 30,
            reinitialize: false,
            assign: Assign::Template,
            init: Init::Chunks,
            k_init: 30,
            split: SplitParams::default(),
            merge: Merge::None,
            final_steps: 100,
            restarts: 10,
            choose: Choose::Consensus,
            together: 0.5,
            min_cluster: 3,
            held_out: 0.25,
            min_report: 10,
        }
    }
}

impl StepParams for ClusterParams {
    fn check(&self, issues: &mut ParamIssues) {
        self.check_sizes(issues);
        let positive = [
            (self.tau, "tau"),
            (self.anneal_from, "anneal_from"),
            (self.learning_rate, "learning_rate"),
            (self.norm.unwrap_or(1.0), "norm"),
        ];
        for (value, path) in positive {
            issues.require_positive(value, path);
        }
        let not_negative = [(self.smooth, "smooth"), (self.split.min_gain, "split.min_gain")];
        for (value, path) in not_negative {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
        for (low, high) in &self.clip {
            issues.require(low < high, "clip", || format!("must be lower < upper, got [{low}, {high}]"));
        }
        issues.require((0.0..1.0).contains(&self.held_out), "held_out", || {
            format!("must be at least 0 and less than 1, got {}", self.held_out)
        });
        issues.require((-1.0..=1.0).contains(&self.min_test_correlation), "min_test_correlation", || {
            format!("must be between -1 and 1, got {}", self.min_test_correlation)
        });
        issues.require(self.together > 0.0 && self.together <= 1.0, "together", || {
            format!("must be above 0 and at most 1, got {}", self.together)
        });
    }
}

impl ClusterParams {
    /// The parameters that are meant: those of the variant.
    pub(super) fn settled(&self) -> Self {
        /// Clusters to start from and parts of a split, steps, iterations of the authors' example.
        const RELEASED: [usize; 3] = [5, 50, 10];
        let [k_init, steps, em_max] = RELEASED;
        match self.variant {
            Variant::Consistent => self.clone(),
            Variant::Released => Self {
                k_init,
                steps,
                steps_first: steps,
                em_max,
                anneal_iterations: 0,
                reinitialize: false,
                assign: Assign::Argmax,
                merge: Merge::None,
                restarts: 1,
                choose: Choose::LargestJ,
                split: SplitParams {
                    parts: k_init,
                    trials: 1,
                    min_gain: 0.0,
                    paired: false,
                    local_starts: 1,
                    local_steps: 1,
                    ..self.split.clone()
                },
                ..self.clone()
            },
        }
    }

    fn check_sizes(&self, issues: &mut ParamIssues) {
        const MOST: usize = 100_000;
        let counts = [
            (self.frames, 1, "frames"),
            (self.steps, 1, "steps"),
            (self.steps_first, 1, "steps_first"),
            (self.em_max, 1, "em_max"),
            (self.k_init, 2, "k_init"),
            (self.restarts, 1, "restarts"),
            (self.split.parts, 2, "split.parts"),
            (self.split.steps, 1, "split.steps"),
            (self.split.trials, 1, "split.trials"),
            (self.split.local_starts, 1, "split.local_starts"),
            (self.split.local_steps, 1, "split.local_steps"),
        ];
        for (count, least, path) in counts {
            issues.require((least..=MOST).contains(&count), path, || {
                format!("must be between {least} and {MOST}, got {count}")
            });
        }
        issues.require((1..=self.frames).contains(&self.window), "window", || {
            format!("must be between 1 and `frames` ({}), got {}", self.frames, self.window)
        });
    }

    /// The settings of a search with stimuli of a norm.
    pub(super) fn options(&self, norm: Option<f64>, display_scale: f64) -> Options {
        let split = &self.split;
        Options {
            tau: self.tau,
            anneal_from: self.anneal_from,
            anneal_iterations: self.anneal_iterations,
            ascent: Ascent {
                learning_rate: self.learning_rate,
                smooth: self.smooth,
                stop: self.stop,
                display_scale,
                projection: Projection { norm, clip: self.clip.clone() },
                init_scale: 1.0,
            },
            steps: self.steps,
            steps_first: self.steps_first,
            em_max: self.em_max,
            reinitialize: self.reinitialize,
            assign: self.assign,
            split: SplitOptions {
                parts: split.parts,
                steps: split.steps,
                max_passes: split.max_passes,
                trials: split.trials,
                min_gain: split.min_gain,
                paired: split.paired,
                local_starts: split.local_starts,
                local_steps: split.local_steps,
                local_max: split.local_max,
            },
            merge: self.merge,
            em_after: self.variant == Variant::Consistent,
            final_steps: self.final_steps,
        }
    }
}
