//! Parameters of `prepare.zscore`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which samples share a centre and a spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ZscorePool {
    /// All segments of a unit's signal: differences between segments stay.
    #[default]
    Unit,
    /// Every segment by itself: differences between segments go.
    Segment,
}

/// Parameters of `prepare.zscore`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ZscoreParams {
    /// Which samples share a centre and a spread.
    pub over: ZscorePool,
    /// Median and 1.4826 times the median absolute deviation in place of mean and standard deviation: transients
    /// then hardly change the scale.
    pub robust: bool,
}

impl StepParams for ZscoreParams {
    fn check(&self, _: &mut ParamIssues) {}
}
