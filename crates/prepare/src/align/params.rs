//! Parameters of `prepare.align`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::IntervalSelector;

/// Which end of an interval is the event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// Its start.
    #[default]
    Start,
    /// Its stop.
    Stop,
}

/// What happens to a trial whose window reaches out of the trace, or of the time in which the unit was observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Incomplete {
    /// It is left out.
    #[default]
    Drop,
    /// It stays with what there is; with `dt_s`, NaN stands for the other samples or bins.
    Keep,
}

/// Parameters of `prepare.align`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlignParams {
    /// The intervals whose starts or stops are the events.
    pub events: IntervalSelector,
    /// Which end of an interval is the event.
    #[serde(default)]
    pub anchor: Anchor,
    /// Start of the window, seconds from the event: -0.5 is half a second before it.
    pub from_s: f64,
    /// End of the window, seconds from the event; a sample there no longer belongs to it.
    pub to_s: f64,
    /// Interpolate linearly to samples at `from_s + k dt_s`, so that all trials share their times. By default the
    /// samples stay as they are, and their times differ between trials by less than a sample. Of spikes it is the width
    /// of the bins, from `from_s` on, in which they are counted.
    #[serde(default)]
    pub dt_s: Option<f64>,
    /// Folds of the responses: trial `k` of a recording is in fold `k mod folds`. 1 for the mean over all trials.
    #[serde(default = "one")]
    pub folds: u32,
    /// What happens to a trial whose window reaches out of the trace, or of the time in which a unit was observed.
    #[serde(default)]
    pub incomplete: Incomplete,
}

fn one() -> u32 {
    1
}

impl AlignParams {
    /// The window `[from_s, to_s)` around the starts of intervals, samples as they are.
    pub fn new(events: IntervalSelector, from_s: f64, to_s: f64) -> Self {
        Self {
            events,
            anchor: Anchor::Start,
            from_s,
            to_s,
            dt_s: None,
            folds: 1,
            incomplete: Incomplete::Drop,
        }
    }
}

impl StepParams for AlignParams {
    fn check(&self, issues: &mut ParamIssues) {
        self.events.check(issues, "events");
        let (from_s, to_s) = (self.from_s, self.to_s);
        issues.require(from_s.is_finite(), "from_s", || format!("must be finite, got {from_s}"));
        issues.require(to_s.is_finite(), "to_s", || format!("must be finite, got {to_s}"));
        let message = || format!("must be after from_s = {from_s}, got {to_s}");
        issues.require(from_s < to_s || !(from_s.is_finite() && to_s.is_finite()), "to_s", message);
        issues.require(self.folds >= 1, "folds", || "must be at least 1, got 0".into());
        issues.require(self.folds <= 1 || self.dt_s.is_some(), "folds", || {
            "needs dt_s: responses are in bins".into()
        });
        if let Some(dt_s) = self.dt_s {
            issues.require_positive(dt_s, "dt_s");
            let window_s = to_s - from_s;
            let message = || format!("must fit into the window of {window_s} s, got {dt_s}");
            issues.require(window_s <= 0.0 || dt_s <= window_s * (1.0 + 1e-6), "dt_s", message);
        }
    }
}
