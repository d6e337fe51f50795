//! Parameters of `simulate.worms`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lists::MAX_VALUES;

/// Parameters of `simulate.worms`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WormsParams {
    /// Animals.
    pub n_worms: usize,
    /// Neurons; every animal has all of them.
    pub n_neurons: usize,
    /// Frames of every recording.
    pub n_frames: usize,
    /// Interval between frames, seconds.
    pub dt_s: f64,
    /// Motifs.
    pub n_motifs: usize,
    /// Neurons of a motif, drawn from all: motifs overlap by chance.
    pub motif_neurons: usize,
    /// Share of the animals that have a motif, above 0 to 1; one has it at least.
    pub motif_worms: f64,
    /// Intervals of a motif, one in each of so many equal parts of the recording.
    pub n_intervals: usize,
    /// Length of an interval, frames.
    pub interval_frames: usize,
    /// Mean distance between the events of a motif in its interval, frames.
    pub event_gap_frames: f64,
    /// Frames in which an event rises: each takes its own time between the first number and the second one.
    pub rise_frames: [f64; 2],
    /// Frames in which an event decays to 1/e.
    pub decay_frames: f64,
    /// Standard deviation of the times of a neuron about those of the motif, frames.
    pub jitter_frames: f64,
    /// Events that a neuron has alone, per 1000 frames.
    pub background_events: f64,
    /// Standard deviation of the noise; an event of weight 1 has the height 1.
    pub noise_sd: f64,
    /// Share of the neurons of an animal that are not identified, 0 to less than 1: no name says which they are.
    pub unidentified_share: f64,
}

impl Default for WormsParams {
    fn default() -> Self {
        Self {
            n_worms: 8,
            n_neurons: 48,
            n_frames: 1600,
            dt_s: 0.25,
            n_motifs: 4,
            motif_neurons: 12,
            motif_worms: 0.6,
            n_intervals: 2,
            interval_frames: 240,
            event_gap_frames: 60.0,
            rise_frames: [8.0, 40.0],
            decay_frames: 25.0,
            jitter_frames: 1.0,
            background_events: 2.0,
            noise_sd: 0.05,
            unidentified_share: 0.1,
        }
    }
}

impl StepParams for WormsParams {
    fn check(&self, issues: &mut ParamIssues) {
        self.check_counts(issues);
        self.check_shapes(issues);
        let values =
            (self.n_worms as u64).saturating_mul(self.n_neurons as u64).saturating_mul(self.n_frames as u64);
        issues.require(values <= MAX_VALUES, "", || {
            format!("ask for {values} samples (worms x neurons x frames); one table can hold {MAX_VALUES}")
        });
    }
}

impl WormsParams {
    /// Animals that have a motif.
    pub fn worms_of_motif(&self) -> usize {
        ((self.motif_worms * self.n_worms as f64).round() as usize).clamp(1, self.n_worms.max(1))
    }

    /// Frames of the part of the recording in which an interval lies.
    pub(super) fn part_frames(&self) -> usize {
        self.n_frames / self.n_intervals.max(1)
    }

    fn check_counts(&self, issues: &mut ParamIssues) {
        const MOST: usize = 100_000;
        let counts = [
            (self.n_worms, "n_worms"),
            (self.n_neurons, "n_neurons"),
            (self.n_motifs, "n_motifs"),
            (self.n_intervals, "n_intervals"),
        ];
        for (count, path) in counts {
            issues.require((1..=MOST).contains(&count), path, || {
                format!("must be between 1 and {MOST}, got {count}")
            });
        }
        issues.require((1..=self.n_neurons).contains(&self.motif_neurons), "motif_neurons", || {
            format!("must be between 1 and `n_neurons` ({}), got {}", self.n_neurons, self.motif_neurons)
        });
        issues.require((1..=self.part_frames()).contains(&self.interval_frames), "interval_frames", || {
            format!(
                "must be at least 1 and fit into a part of the recording ({} frames: n_frames over n_intervals), got {}",
                self.part_frames(),
                self.interval_frames
            )
        });
    }

    fn check_shapes(&self, issues: &mut ParamIssues) {
        const MOST_EVENTS: f64 = 1000.0;
        issues.require_positive(self.dt_s, "dt_s");
        issues.require_positive(self.decay_frames, "decay_frames");
        let gap = self.event_gap_frames;
        issues.require(gap.is_finite() && gap >= 1.0, "event_gap_frames", || {
            format!("must be a finite number of at least 1, got {gap}")
        });
        let [shortest, longest] = self.rise_frames;
        let ascends = shortest > 0.0 && shortest <= longest && longest.is_finite();
        issues.require(ascends, "rise_frames", || {
            format!("must be two finite numbers above 0 that do not descend, got {shortest} and {longest}")
        });
        issues.require(self.motif_worms > 0.0 && self.motif_worms <= 1.0, "motif_worms", || {
            format!("must be above 0 and at most 1, got {}", self.motif_worms)
        });
        issues.require((0.0..1.0).contains(&self.unidentified_share), "unidentified_share", || {
            format!("must be at least 0 and less than 1, got {}", self.unidentified_share)
        });
        for (value, path) in [(self.jitter_frames, "jitter_frames"), (self.noise_sd, "noise_sd")] {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
        issues.require((0.0..=MOST_EVENTS).contains(&self.background_events), "background_events", || {
            format!("must be between 0 and {MOST_EVENTS}, got {}", self.background_events)
        });
    }
}
