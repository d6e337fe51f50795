//! Parameters of `prepare.smooth`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Shape of the smoothing kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KernelShape {
    /// Normal density; `width_s` is its standard deviation.
    #[default]
    Gaussian,
    /// Running mean; `width_s` is its full width, centred on the sample.
    Boxcar,
    /// Decaying exponential over the past only (causal); `width_s` is its time constant.
    Exponential,
}

/// What stands beyond the first and the last sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Edges {
    /// Nothing: the kernel's weights inside are scaled to sum to 1.
    #[default]
    Renormalise,
    /// Zeros: the trace sinks towards its ends.
    Zero,
    /// The trace mirrored about its ends, the last sample repeated (d c b a | a b c d | d c b a).
    Reflect,
}

/// Parameters of `prepare.smooth`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmoothParams {
    /// Shape of the kernel.
    #[serde(default)]
    pub kernel: KernelShape,
    /// Width of the kernel, seconds: standard deviation (gaussian), full width (boxcar) or time constant
    /// (exponential).
    pub width_s: f64,
    /// Where gaussian and exponential kernels are cut off, in multiples of `width_s`.
    #[serde(default = "default_truncate")]
    pub truncate: f64,
    /// What stands beyond the ends of a trace.
    #[serde(default)]
    pub edges: Edges,
    /// Turn spike counts into rates: divide by the bin width; the signal becomes `rate`, in Hz.
    #[serde(default)]
    pub to_rate: bool,
}

fn default_truncate() -> f64 {
    4.0
}

impl SmoothParams {
    /// A kernel of a width, the rest by default.
    pub fn new(kernel: KernelShape, width_s: f64) -> Self {
        Self { kernel, width_s, truncate: default_truncate(), edges: Edges::default(), to_rate: false }
    }
}

impl StepParams for SmoothParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_positive(self.width_s, "width_s");
        issues.require_positive(self.truncate, "truncate");
    }
}
