//! Parameters of `simulate.lorenz`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Dynamics;
use super::dynamics::N_STATES;
use crate::lists::MAX_VALUES;

/// Parameters of `simulate.lorenz`. The defaults are the usual benchmark: 65 conditions, 24 trials each, 29 units,
/// trials of 1 s.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LorenzParams {
    /// Name of the recording.
    pub recording_id: String,
    /// What drives the population: `constant` is the null hypothesis.
    pub dynamics: Dynamics,
    /// Conditions, each with a start of its own.
    pub n_conditions: usize,
    /// Trials of each condition.
    pub n_repeats: usize,
    /// Units.
    pub n_units: usize,
    /// Bins of a trial.
    pub n_bins: usize,
    /// Width of a bin, seconds.
    pub bin_s: f64,
    /// Interval at which latents and rates are computed, seconds; a bin is a whole number of them, whose mean it has.
    pub dt_s: f64,
    /// `lorenz` only: how much of the system's own time passes in a second, 1/s; `dt_s` times this is the step of the
    /// Runge–Kutta method, at most 0.02.
    pub lorenz_time_per_s: f64,
    /// `lorenz` only: time before a trial in which a start that was drawn at random comes to the attractor, seconds.
    pub burn_in_s: f64,
    /// `rotation` only: turns per second, Hz.
    pub rotation_hz: f64,
    /// Rate of a unit where all latents are 0, Hz.
    pub rate_hz: f64,
    /// Share of the units that a model does not see and has to predict, at least 0 and less than 1; rounded down.
    pub held_out_share: f64,
    /// Bins at the end of a trial that a model does not see and has to predict.
    pub n_forward_bins: usize,
    /// Every so manieth trial is for validation, at least 2.
    pub valid_every: usize,
}

impl Default for LorenzParams {
    fn default() -> Self {
        Self {
            recording_id: "lorenz".into(),
            dynamics: Dynamics::Lorenz,
            n_conditions: 65,
            n_repeats: 24,
            n_units: 29,
            n_bins: 50,
            bin_s: 0.02,
            dt_s: 0.001,
            lorenz_time_per_s: 2.4,
            burn_in_s: 10.0,
            rotation_hz: 1.0,
            rate_hz: 5.0,
            held_out_share: 0.25,
            n_forward_bins: 10,
            valid_every: 5,
        }
    }
}

/// Longest step of the Runge–Kutta method on the Lorenz system, in its own time.
const MAX_LORENZ_STEP: f64 = 0.02;

impl StepParams for LorenzParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_name(Some(&self.recording_id), "recording_id");
        self.check_counts(issues);
        self.check_times(issues);
        if issues.is_empty() {
            self.check_sizes(issues);
        }
    }
}

impl LorenzParams {
    /// Trials.
    pub fn n_trials(&self) -> usize {
        self.n_conditions.saturating_mul(self.n_repeats)
    }

    /// Steps of a bin.
    pub fn steps_per_bin(&self) -> usize {
        ((self.bin_s / self.dt_s).round() as usize).max(1)
    }

    /// Steps of a trial.
    pub fn steps_per_trial(&self) -> usize {
        self.steps_per_bin().saturating_mul(self.n_bins)
    }

    /// Steps before a trial.
    pub fn burn_in_steps(&self) -> usize {
        (self.burn_in_s / self.dt_s).round() as usize
    }

    /// Units that a model does not see.
    pub fn n_held_out(&self) -> usize {
        (self.held_out_share * self.n_units as f64) as usize
    }

    /// Rows of the table of trials.
    pub(super) fn n_rows(&self) -> u64 {
        let per_trial = (self.n_units as u64).saturating_mul(2).saturating_add(N_STATES as u64);
        (self.n_trials() as u64).saturating_mul(per_trial)
    }

    fn check_counts(&self, issues: &mut ParamIssues) {
        let counts = [
            (self.n_conditions, "n_conditions"),
            (self.n_repeats, "n_repeats"),
            (self.n_units, "n_units"),
            (self.n_bins, "n_bins"),
        ];
        for (count, path) in counts {
            issues.require(count >= 1, path, || "must be at least 1, got 0".into());
        }
        issues.require(self.valid_every >= 2, "valid_every", || {
            format!("must be at least 2, got {}", self.valid_every)
        });
        issues.require(self.n_forward_bins < self.n_bins.max(1), "n_forward_bins", || {
            format!("must leave a bin to see (n_bins {}), got {}", self.n_bins, self.n_forward_bins)
        });
        issues.require((0.0..1.0).contains(&self.held_out_share), "held_out_share", || {
            format!("must be at least 0 and less than 1, got {}", self.held_out_share)
        });
    }

    fn check_times(&self, issues: &mut ParamIssues) {
        let positive = [
            (self.bin_s, "bin_s"),
            (self.dt_s, "dt_s"),
            (self.lorenz_time_per_s, "lorenz_time_per_s"),
            (self.rate_hz, "rate_hz"),
        ];
        for (value, path) in positive {
            issues.require_positive(value, path);
        }
        for (value, path) in [(self.burn_in_s, "burn_in_s"), (self.rotation_hz, "rotation_hz")] {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
        let steps = self.bin_s / self.dt_s;
        let whole = steps >= 0.5 && (steps - steps.round()).abs() < 1e-6 * steps;
        issues.require(whole, "bin_s", || {
            format!("must be a whole number of steps (dt_s {}), got {}", self.dt_s, self.bin_s)
        });
        let step = self.dt_s * self.lorenz_time_per_s;
        issues.require(step <= MAX_LORENZ_STEP, "lorenz_time_per_s", || {
            format!("times dt_s must be at most {MAX_LORENZ_STEP}, got {step}")
        });
    }

    fn check_sizes(&self, issues: &mut ParamIssues) {
        const MAX_BURN_IN_STEPS: usize = 1_000_000_000;
        const MAX_RATE_HZ: f64 = 10_000.0;
        let values = self.n_rows().saturating_mul(self.n_bins as u64);
        issues.require(values <= MAX_VALUES, "", || {
            format!("ask for {values} values (conditions x repeats x (2 units + 3) x bins); one table can hold {MAX_VALUES}")
        });
        let latents = (self.n_conditions as u64).saturating_mul(self.steps_per_trial() as u64);
        issues.require(latents <= MAX_VALUES, "dt_s", || {
            format!("gives {latents} steps of all conditions, expected at most {MAX_VALUES}")
        });
        issues.require(self.burn_in_steps() <= MAX_BURN_IN_STEPS, "burn_in_s", || {
            format!("must be at most {MAX_BURN_IN_STEPS} steps, got {}", self.burn_in_steps())
        });
        issues.require(self.rate_hz <= MAX_RATE_HZ, "rate_hz", || {
            format!("must be at most {MAX_RATE_HZ}, got {}", self.rate_hz)
        });
    }
}
