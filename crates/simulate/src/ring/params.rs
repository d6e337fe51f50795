//! Parameters of `simulate.ring_attractor`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lists::MAX_VALUES;

/// Parameters of `simulate.ring_attractor`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RingParams {
    /// Name of the recording.
    pub recording_id: String,
    /// Length of the recording, seconds; at most a day.
    pub duration_s: f64,
    /// Length of a step of the simulation, seconds; at most a tenth of `tau_s` and of `turn_time_s`.
    pub dt_s: f64,
    /// Cells of the ring whose spikes are recorded, evenly spread over it.
    pub n_units: usize,
    /// Cells of the ring, 16 to 4096. The fewer, the more the bump sticks to the cells when the head turns slowly.
    pub ring_units: usize,
    /// Rate of a cell that points where the head does, above the baseline, Hz.
    pub peak_rate_hz: f64,
    /// Rate of a recorded cell that the ring leaves silent, Hz.
    pub baseline_rate_hz: f64,
    /// Half of the range of directions in which a cell is driven by the ring, rad; 0.5 to 3.
    pub half_width_rad: f64,
    /// Time constant of the cells, seconds.
    pub tau_s: f64,
    /// Noise in the drive of every cell of the ring: the standard deviation that it gives to a cell without
    /// connections, Hz; at most `peak_rate_hz`.
    pub noise_hz: f64,
    /// Share of the bump's drive that comes from landmarks, 0 to 1. With 0 the ring only adds up turns and loses its
    /// bearings in the noise; with 1 it only repeats what it sees.
    pub landmark: f64,
    /// Standard deviation of the angular velocity of the head, rad/s; 0 for a head that is held still.
    pub turn_sd_rad_per_s: f64,
    /// Time in which the angular velocity forgets itself (correlation time), seconds.
    pub turn_time_s: f64,
    /// Interval between samples of the behaviour, seconds; a whole number of steps.
    pub sample_dt_s: f64,
}

impl Default for RingParams {
    fn default() -> Self {
        Self {
            recording_id: "ring".into(),
            duration_s: 600.0,
            dt_s: 0.001,
            n_units: 32,
            ring_units: 128,
            peak_rate_hz: 40.0,
            baseline_rate_hz: 1.0,
            half_width_rad: 1.0,
            tau_s: 0.02,
            noise_hz: 2.0,
            landmark: 0.1,
            turn_sd_rad_per_s: 1.5,
            turn_time_s: 0.5,
            sample_dt_s: 0.02,
        }
    }
}

/// Longest recording: a day.
const MAX_DURATION_S: f64 = 86_400.0;

impl StepParams for RingParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_name(Some(&self.recording_id), "recording_id");
        self.check_times(issues);
        self.check_population(issues);
        self.check_rates(issues);
        if issues.is_empty() {
            self.check_sizes(issues);
        }
    }
}

impl RingParams {
    /// Steps of the simulation.
    pub fn n_steps(&self) -> u64 {
        (self.duration_s / self.dt_s).round() as u64
    }

    /// Steps from one sample of the behaviour to the next.
    pub fn steps_per_sample(&self) -> u64 {
        ((self.sample_dt_s / self.dt_s).round() as u64).max(1)
    }

    /// Samples of the behaviour.
    pub fn n_samples(&self) -> u64 {
        self.n_steps().div_ceil(self.steps_per_sample())
    }

    fn check_times(&self, issues: &mut ParamIssues) {
        let times = [
            (self.duration_s, "duration_s"),
            (self.dt_s, "dt_s"),
            (self.tau_s, "tau_s"),
            (self.turn_time_s, "turn_time_s"),
            (self.sample_dt_s, "sample_dt_s"),
        ];
        for (time_s, path) in times {
            issues.require_positive(time_s, path);
        }
        let found = |at_most: &str, found: f64| format!("must be at most {at_most}, got {found}");
        issues.require(self.duration_s <= MAX_DURATION_S, "duration_s", || {
            found("a day (86400)", self.duration_s)
        });
        for (time_s, name) in [(self.tau_s, "tau_s"), (self.turn_time_s, "turn_time_s")] {
            let small = self.dt_s <= time_s / 10.0 * (1.0 + 1e-9);
            issues.require(small, "dt_s", || found(&format!("a tenth of `{name}` ({time_s})"), self.dt_s));
        }
        issues.require(self.duration_s <= 0.0 || self.dt_s <= self.duration_s, "duration_s", || {
            format!("must be at least one step (dt_s {}), got {}", self.dt_s, self.duration_s)
        });
        let steps = self.sample_dt_s / self.dt_s;
        let whole = steps >= 0.5 && (steps - steps.round()).abs() < 1e-6 * steps;
        issues.require(whole, "sample_dt_s", || {
            format!("must be a whole number of steps (dt_s {}), got {}", self.dt_s, self.sample_dt_s)
        });
    }

    fn check_population(&self, issues: &mut ParamIssues) {
        issues.require((16..=4096).contains(&self.ring_units), "ring_units", || {
            format!("must be between 16 and 4096, got {}", self.ring_units)
        });
        issues.require((1..=self.ring_units).contains(&self.n_units), "n_units", || {
            format!("must be between 1 and `ring_units` ({}), got {}", self.ring_units, self.n_units)
        });
        issues.require((0.5..=3.0).contains(&self.half_width_rad), "half_width_rad", || {
            format!("must be between 0.5 and 3, got {}", self.half_width_rad)
        });
        issues.require((0.0..=1.0).contains(&self.landmark), "landmark", || {
            format!("must be between 0 and 1, got {}", self.landmark)
        });
    }

    fn check_rates(&self, issues: &mut ParamIssues) {
        issues.require_positive(self.peak_rate_hz, "peak_rate_hz");
        let not_negative =
            [(self.baseline_rate_hz, "baseline_rate_hz"), (self.turn_sd_rad_per_s, "turn_sd_rad_per_s")];
        for (value, path) in not_negative {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
        issues.require((0.0..=self.peak_rate_hz).contains(&self.noise_hz), "noise_hz", || {
            format!("must be between 0 and `peak_rate_hz` ({}), got {}", self.peak_rate_hz, self.noise_hz)
        });
        let turn_rad = self.turn_sd_rad_per_s * self.dt_s;
        issues.require(turn_rad <= 0.05, "turn_sd_rad_per_s", || {
            format!("must be at most 0.05 rad per step (dt_s {}), got {turn_rad}", self.dt_s)
        });
    }

    fn check_sizes(&self, issues: &mut ParamIssues) {
        let rate_hz = self.peak_rate_hz + self.baseline_rate_hz + self.noise_hz;
        let spikes = self.n_units as f64 * self.duration_s * rate_hz;
        let samples = 2.0 * self.duration_s / self.sample_dt_s;
        for (n, what) in [(spikes, "spikes"), (samples, "samples of behaviour")] {
            issues.require(n <= MAX_VALUES as f64, "duration_s", || {
                format!("would give up to {n:.0} {what}; one table can hold {MAX_VALUES}")
            });
        }
    }
}
