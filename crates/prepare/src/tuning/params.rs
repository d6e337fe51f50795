//! Parameters of `prepare.tuning`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::IntervalSelector;

/// Parameters of `prepare.tuning`. Give exactly one of `behaviour` and `stimulus`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TuningParams {
    /// Conditions are bins of a behavioural variable.
    #[serde(default)]
    pub behaviour: Option<BehaviourParams>,
    /// Conditions are stimuli: groups of intervals.
    #[serde(default)]
    pub stimulus: Option<StimulusParams>,
    /// Only time inside these intervals counts.
    #[serde(default)]
    pub within: Option<IntervalSelector>,
    /// Number of cross-validation folds; each has its own occupancy.
    #[serde(default = "one")]
    pub folds: usize,
    /// Behaviour only: cut the time that counts into blocks of this many seconds and deal them to the folds in
    /// turn (0, 1, 2, 0, 1, 2 ...). By default every fold is one block, all of equal length.
    #[serde(default)]
    pub fold_block_s: Option<f64>,
    /// Standard deviation, in bins, of a gaussian that smooths counts and occupancy alike before they are divided;
    /// it wraps around on a circular variable. 0 for none.
    #[serde(default)]
    pub smooth_bins: f64,
    /// A response is NaN where the neuron was observed for less than this in the condition, seconds.
    #[serde(default = "default_min_occupancy_s")]
    pub min_occupancy_s: f64,
    /// Spikes only: respond with the square root of the rate, whose noise hardly depends on the rate (for Poisson
    /// spikes), so that neurons that fire much do not drown the others in distances between conditions.
    #[serde(default)]
    pub square_root: bool,
    /// Which signal of the traces responds; needed where there are several.
    #[serde(default)]
    pub trace_signal: Option<String>,
}

/// A behavioural variable cut into bins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BehaviourParams {
    /// Name of the behaviour signal: `CompassDirection/ry`.
    pub signal: String,
    /// Channel of the signal, from 0.
    #[serde(default)]
    pub channel: i64,
    /// Whether the variable is a line or a circle.
    #[serde(default)]
    pub geometry: Geometry,
    /// Number of bins.
    pub n_bins: usize,
    /// Lowest and highest value, in the unit of the signal. On a line, values outside are left out, and the
    /// default is the range of the data. On a circle, the difference is the period, and the default is one turn
    /// from 0 for signals in rad or deg.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
    /// Longest interval between samples across which the variable is known, seconds; longer ones are gaps in the
    /// tracking, which count neither as occupancy nor for spikes. By default 5 times the median interval.
    #[serde(default)]
    pub max_gap_s: Option<f64>,
}

/// The topology of a behavioural variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Geometry {
    /// From a lowest to a highest value.
    #[default]
    Linear,
    /// The highest value is the lowest: angles.
    Circular,
}

/// Intervals grouped into stimuli.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StimulusParams {
    /// The set of intervals: `trials`.
    pub interval_set: String,
    /// Only intervals that carry this tag.
    #[serde(default)]
    pub tag: Option<String>,
    /// The column that names the stimulus: `stim_id`. `tags` takes every tag as a stimulus.
    #[serde(default = "default_column")]
    pub column: String,
    /// Start of the response window after the start of the interval, seconds.
    #[serde(default)]
    pub offset_s: f64,
    /// Length of the response window, seconds; by default it ends with the interval.
    #[serde(default)]
    pub duration_s: Option<f64>,
}

fn one() -> usize {
    1
}

fn default_min_occupancy_s() -> f64 {
    0.1
}

fn default_column() -> String {
    "tags".into()
}

impl TuningParams {
    /// Tuning to a behavioural variable, the rest by default.
    pub fn behaviour(behaviour: BehaviourParams) -> Self {
        Self { behaviour: Some(behaviour), ..Self::bare() }
    }

    /// Tuning to stimuli, the rest by default.
    pub fn stimulus(stimulus: StimulusParams) -> Self {
        Self { stimulus: Some(stimulus), ..Self::bare() }
    }

    fn bare() -> Self {
        Self {
            behaviour: None,
            stimulus: None,
            within: None,
            folds: one(),
            fold_block_s: None,
            smooth_bins: 0.0,
            min_occupancy_s: default_min_occupancy_s(),
            square_root: false,
            trace_signal: None,
        }
    }
}

impl BehaviourParams {
    /// `n_bins` bins of channel 0 of `signal`, the rest by default.
    pub fn new(signal: impl Into<String>, geometry: Geometry, n_bins: usize) -> Self {
        Self { signal: signal.into(), channel: 0, geometry, n_bins, range: None, max_gap_s: None }
    }

    fn check(&self, issues: &mut ParamIssues) {
        const MAX_BINS: usize = 100_000;
        issues.require((1..=MAX_BINS).contains(&self.n_bins), "behaviour.n_bins", || {
            format!("must be between 1 and {MAX_BINS}, got {}", self.n_bins)
        });
        issues.require(self.channel >= 0, "behaviour.channel", || {
            format!("must be at least 0, got {}", self.channel)
        });
        if let Some([low, high]) = self.range {
            let holds = low.is_finite() && high.is_finite() && low < high;
            let message = || format!("must be two finite numbers, the lower first, got [{low}, {high}]");
            issues.require(holds, "behaviour.range", message);
        }
        if let Some(max_gap_s) = self.max_gap_s {
            issues.require_positive(max_gap_s, "behaviour.max_gap_s");
        }
    }
}

impl StimulusParams {
    /// The intervals of `interval_set`, grouped by `column`.
    pub fn new(interval_set: impl Into<String>, column: impl Into<String>) -> Self {
        Self {
            interval_set: interval_set.into(),
            tag: None,
            column: column.into(),
            offset_s: 0.0,
            duration_s: None,
        }
    }

    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.offset_s.is_finite(), "stimulus.offset_s", || {
            format!("must be finite, got {}", self.offset_s)
        });
        if let Some(duration_s) = self.duration_s {
            issues.require_positive(duration_s, "stimulus.duration_s");
        }
    }
}

impl StepParams for TuningParams {
    fn check(&self, issues: &mut ParamIssues) {
        const MAX_FOLDS: usize = 10_000;
        match (&self.behaviour, &self.stimulus) {
            (Some(behaviour), None) => behaviour.check(issues),
            (None, Some(stimulus)) => stimulus.check(issues),
            (Some(_), Some(_)) => {
                issues.require(false, "", || "give `behaviour` or `stimulus`, got both".into());
            }
            (None, None) => {
                issues.require(false, "", || "give `behaviour` or `stimulus`, got neither".into());
            }
        }
        issues.require((1..=MAX_FOLDS).contains(&self.folds), "folds", || {
            format!("must be between 1 and {MAX_FOLDS}, got {}", self.folds)
        });
        if let Some(block_s) = self.fold_block_s {
            issues.require_positive(block_s, "fold_block_s");
            issues.require(self.stimulus.is_none(), "fold_block_s", || {
                "has no meaning for stimuli, whose repeats are dealt to the folds in turn".into()
            });
        }
        for (value, path) in [(self.smooth_bins, "smooth_bins"), (self.min_occupancy_s, "min_occupancy_s")] {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
        issues.require(self.smooth_bins <= 1000.0, "smooth_bins", || {
            format!("must be at most 1000, got {}", self.smooth_bins)
        });
        issues.require(self.smooth_bins == 0.0 || self.stimulus.is_none(), "smooth_bins", || {
            "has no meaning for stimuli, which have no neighbours".into()
        });
        if let Some(within) = &self.within {
            within.check(issues, "within");
        }
    }
}
