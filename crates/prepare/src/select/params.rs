//! Parameters of `prepare.select`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::IntervalSelector;

/// Parameters of `prepare.select`: a row stays that meets every criterion given for its table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SelectParams {
    /// Recordings to keep, in all tables.
    pub recordings: Option<Vec<String>>,
    /// Brain regions to keep, of spikes and traces.
    pub regions: Option<Vec<String>>,
    /// Units to keep, of spikes and traces.
    pub unit_ids: Option<Vec<String>>,
    /// Sorting qualities to keep, of spikes.
    pub quality: Option<Vec<String>>,
    /// Lowest mean rate of a unit over the time it was observed, Hz; of spikes, after `restrict_to`.
    pub min_rate_hz: Option<f64>,
    /// Fewest spikes of a unit; of spikes, after `restrict_to`.
    pub min_spikes: Option<u64>,
    /// Keep only regions of interest that the source accepts as cells; of traces.
    pub cells_only: bool,
    /// Signals of traces to keep.
    pub trace_signals: Option<Vec<String>>,
    /// Signals of behaviour to keep.
    pub behaviour_signals: Option<Vec<String>>,
    /// Intervals to keep.
    pub intervals: Option<IntervalChoice>,
    /// Keep only the spikes and samples inside these intervals of the intervals that came in. Spike trains carry
    /// the stretches as `observed_start_s` and `observed_stop_s`; a trace becomes a segment per stretch.
    pub restrict_to: Option<IntervalSelector>,
}

/// Which intervals stay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IntervalChoice {
    /// Only intervals of these sets.
    pub interval_sets: Option<Vec<String>>,
    /// Only intervals with one of these tags.
    pub tags: Option<Vec<String>>,
    /// Only intervals that start at this time or later, seconds.
    pub start_s: Option<f64>,
    /// Only intervals that stop at this time or earlier, seconds; those without an end do not.
    pub stop_s: Option<f64>,
}

impl StepParams for SelectParams {
    fn check(&self, issues: &mut ParamIssues) {
        let intervals = self.intervals.as_ref();
        let lists = [
            (&self.recordings, "recordings"),
            (&self.regions, "regions"),
            (&self.unit_ids, "unit_ids"),
            (&self.quality, "quality"),
            (&self.trace_signals, "trace_signals"),
            (&self.behaviour_signals, "behaviour_signals"),
            (intervals.map_or(&None, |choice| &choice.interval_sets), "intervals.interval_sets"),
            (intervals.map_or(&None, |choice| &choice.tags), "intervals.tags"),
        ];
        for (list, path) in lists {
            let holds = list.as_ref().is_none_or(|names| !names.is_empty());
            issues.require(holds, path, || "must list at least one name, got none".into());
        }
        if let Some(rate) = self.min_rate_hz {
            let holds = rate.is_finite() && rate >= 0.0;
            issues.require(holds, "min_rate_hz", || {
                format!("must be a finite number of at least 0, got {rate}")
            });
        }
        if let Some(restrict_to) = &self.restrict_to {
            restrict_to.check(issues, "restrict_to");
        }
        if let Some((start_s, stop_s)) = intervals.and_then(|choice| choice.start_s.zip(choice.stop_s)) {
            let message = || format!("must be after start_s = {start_s}, got {stop_s}");
            issues.require(start_s < stop_s, "intervals.stop_s", message);
        }
    }
}
