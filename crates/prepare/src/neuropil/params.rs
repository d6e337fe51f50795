//! Parameters of `prepare.neuropil`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `prepare.neuropil`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NeuropilParams {
    /// Share of the neuropil signal that contaminates the cell, from 0 to 1.
    pub alpha: f64,
    /// The signal of the cells.
    pub signal: String,
    /// The signal of the neuropil around each cell.
    pub neuropil_signal: String,
    /// Take only the variation of the neuropil away and leave its median, so that the baseline of the cell stays
    /// above 0 for a ratio such as ΔF/F.
    pub keep_median: bool,
}

impl Default for NeuropilParams {
    fn default() -> Self {
        Self {
            alpha: 0.7,
            signal: "fluorescence".into(),
            neuropil_signal: "neuropil".into(),
            keep_median: false,
        }
    }
}

impl StepParams for NeuropilParams {
    fn check(&self, issues: &mut ParamIssues) {
        let alpha = self.alpha;
        issues.require((0.0..=1.0).contains(&alpha), "alpha", || format!("must be from 0 to 1, got {alpha}"));
        let same = self.signal == self.neuropil_signal;
        issues.require(!same, "neuropil_signal", || {
            format!("must differ from signal, both are {:?}", self.signal)
        });
    }
}
