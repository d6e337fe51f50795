//! Parameters of `nlb.trials`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A behaviour to cut beside the spikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BehaviourSignal {
    /// Its name in the table of behaviour, or the last part of it: `hand_vel` of `behavior/hand_vel`.
    pub signal: String,
    /// How much later than the spikes its window begins and ends, seconds.
    #[serde(default)]
    pub lag_s: f64,
}

/// Windows that begin later than they would, by chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Jitter {
    /// Latest, seconds.
    pub max_s: f64,
    /// Column of the trials with a time that has to fit besides: a window is late by at most `total_s` minus it.
    pub column: String,
    /// Unit of that column in seconds: 0.001 for milliseconds.
    pub column_unit_s: f64,
    /// The time that it has to fit into, seconds.
    pub total_s: f64,
}

/// Parameters of `nlb.trials`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CutParams {
    /// The intervals that are trials.
    #[serde(default = "trials")]
    pub interval_set: String,
    /// Column of the intervals with the event of a trial, seconds of the session: `move_onset_time`, `start_s`. Trials
    /// without it are left out.
    pub align: String,
    /// Start of the window, seconds from the event.
    pub from_s: f64,
    /// End of the window that a model may see, seconds from the event.
    pub to_s: f64,
    /// Time behind the window that a model has to predict, seconds.
    #[serde(default = "forward_s")]
    pub forward_s: f64,
    /// Width of a bin, seconds.
    pub bin_s: f64,
    /// Width of the grid on which spikes are counted first, and behaviour is sampled, seconds. Bins begin at whole
    /// multiples of `bin_s` from the start of the session.
    #[serde(default = "grid_s")]
    pub grid_s: f64,
    /// Column of the intervals that says which part a trial belongs to: `train`, `val` or `valid`, `test`; others are left
    /// out.
    #[serde(default = "split")]
    pub split: String,
    /// Column of the spikes that is true of units which are held out; without it all are held in.
    #[serde(default = "heldout")]
    pub held_out: String,
    /// Units to hold out besides, by `unit_id`: for spikes without such a column.
    #[serde(default)]
    pub held_out_units: Vec<String>,
    /// Behaviours to cut.
    #[serde(default)]
    pub behaviour: Vec<BehaviourSignal>,
    /// Columns of the intervals that make the condition of a trial; none for no conditions.
    #[serde(default)]
    pub condition: Vec<String>,
    /// Column that is true of trials to which no condition and no kept number belongs: `is_outlier`.
    #[serde(default)]
    pub outlier: Option<String>,
    /// Columns of the intervals to keep.
    #[serde(default)]
    pub keep: Vec<String>,
    /// Column of the intervals whose values have a decoder each.
    #[serde(default)]
    pub decode_mask: Option<String>,
    /// Standard deviation of the Gaussian that reference responses are smoothed with, seconds; none for no responses.
    #[serde(default)]
    pub psth_sigma_s: Option<f64>,
    /// Column with an event from which on to `align` the held-out units of validation and test count: `set_time`. Their
    /// other bins become NaN.
    #[serde(default)]
    pub evaluate_from: Option<String>,
    /// Windows of training and validation trials begin later by chance.
    #[serde(default)]
    pub jitter: Option<Jitter>,
}

fn trials() -> String {
    "trials".into()
}

fn forward_s() -> f64 {
    0.2
}

fn grid_s() -> f64 {
    0.001
}

fn split() -> String {
    "split".into()
}

fn heldout() -> String {
    "heldout".into()
}

/// Most bins of a trial.
const MAX_BINS: f64 = 1e6;

impl CutParams {
    /// Bins that a model may see.
    pub fn n_observed(&self) -> usize {
        ((self.to_s - self.from_s) / self.bin_s).round() as usize
    }

    /// All bins.
    pub fn n_bins(&self) -> usize {
        self.n_observed() + (self.forward_s / self.bin_s).round() as usize
    }

    /// Steps of the grid in a bin.
    pub fn steps_per_bin(&self) -> usize {
        (self.bin_s / self.grid_s).round() as usize
    }
}

impl StepParams for CutParams {
    fn check(&self, issues: &mut ParamIssues) {
        let names = [
            (&self.interval_set, "interval_set"),
            (&self.align, "align"),
            (&self.split, "split"),
            (&self.held_out, "held_out"),
        ];
        for (name, path) in names {
            issues.require_name(Some(name), path);
        }
        issues.require_positive(self.bin_s, "bin_s");
        issues.require_positive(self.grid_s, "grid_s");
        let (from_s, to_s) = (self.from_s, self.to_s);
        issues.require(from_s.is_finite(), "from_s", || format!("must be finite, got {from_s}"));
        issues.require(to_s.is_finite() && (from_s < to_s || !from_s.is_finite()), "to_s", || {
            format!("must be after from_s = {from_s}, got {to_s}")
        });
        let holds = self.forward_s.is_finite() && self.forward_s >= 0.0;
        issues.require(holds, "forward_s", || {
            format!("must be a finite number of at least 0, got {}", self.forward_s)
        });
        if issues.is_empty() {
            self.check_multiples(issues);
        }
        for (place, behaviour) in self.behaviour.iter().enumerate() {
            issues.require_name(Some(&behaviour.signal), &format!("behaviour.{place}.signal"));
            let lag_s = behaviour.lag_s;
            issues.require(lag_s.is_finite(), &format!("behaviour.{place}.lag_s"), || {
                format!("must be finite, got {lag_s}")
            });
        }
        if let Some(sigma) = self.psth_sigma_s {
            issues.require_positive(sigma, "psth_sigma_s");
            issues.require(!self.condition.is_empty(), "psth_sigma_s", || "needs `condition`".into());
        }
        if let Some(jitter) = &self.jitter {
            for (value, path) in [
                (jitter.max_s, "jitter.max_s"),
                (jitter.column_unit_s, "jitter.column_unit_s"),
                (jitter.total_s, "jitter.total_s"),
            ] {
                issues.require_positive(value, path);
            }
        }
    }
}

impl CutParams {
    fn check_multiples(&self, issues: &mut ParamIssues) {
        let whole = |value: f64, of: f64| ((value / of) - (value / of).round()).abs() < 1e-6;
        issues.require(whole(self.bin_s, self.grid_s) && self.bin_s > 0.5 * self.grid_s, "bin_s", || {
            format!("must be a whole number of steps (grid_s {}), got {}", self.grid_s, self.bin_s)
        });
        let window = self.to_s - self.from_s;
        for (length, path) in [(window, "to_s"), (self.forward_s, "forward_s")] {
            issues.require(whole(length, self.bin_s), path, || {
                format!("must make whole bins (bin_s {}), got {length} s", self.bin_s)
            });
        }
        let bins = (window + self.forward_s) / self.bin_s;
        issues.require(bins <= MAX_BINS, "bin_s", || {
            format!("gives {bins:.0} bins to a trial, expected at most {MAX_BINS}")
        });
    }
}
