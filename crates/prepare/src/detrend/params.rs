//! Parameters of `prepare.detrend`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Highest order of a trend: beyond it a polynomial follows the signal.
const MAX_ORDER: usize = 9;

/// Parameters of `prepare.detrend`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DetrendParams {
    /// Order of the polynomial: 0 takes the mean away, 1 a straight line. At most 9.
    pub order: usize,
    /// Times at which a new trend begins, seconds from the start of the session, ascending. A segment always has a
    /// trend of its own.
    pub breaks_s: Vec<f64>,
    /// Put the mean of each trace back, so that its level stays.
    pub keep_mean: bool,
}

impl Default for DetrendParams {
    fn default() -> Self {
        Self { order: 1, breaks_s: Vec::new(), keep_mean: false }
    }
}

impl StepParams for DetrendParams {
    fn check(&self, issues: &mut ParamIssues) {
        let order = self.order;
        issues.require(order <= MAX_ORDER, "order", || format!("must be at most {MAX_ORDER}, got {order}"));
        let ascending = self.breaks_s.windows(2).all(|pair| pair[0] < pair[1]);
        let finite = self.breaks_s.iter().all(|time| time.is_finite());
        issues.require(ascending && finite, "breaks_s", || {
            format!("must be finite and ascending, got {:?}", self.breaks_s)
        });
    }
}
