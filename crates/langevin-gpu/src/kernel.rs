//! The kernels: WGSL, compiled by the driver when they are first used.

/// A kernel: a file of `kernels/` behind the declarations that it needs.
#[derive(Debug)]
pub(crate) struct Kernel {
    pub(crate) name: &'static str,
    parts: &'static [&'static str],
}

impl Kernel {
    /// Its text.
    pub(crate) fn source(&self) -> String {
        self.parts.concat()
    }
}

const RANDOM: &str = include_str!("kernels/random.wgsl");
const STEP: &str = include_str!("kernels/step.wgsl");
const SUMS: &str = include_str!("kernels/sums.wgsl");
const FUNCTIONS: &str = include_str!("kernels/functions.wgsl");
const OF_OSCILLATORS: &str = include_str!("kernels/oscillators.wgsl");

macro_rules! kernels {
    ($($constant:ident = $file:literal [$($part:ident),*];)*) => {
        $(pub(crate) const $constant: Kernel = Kernel {
            name: $file,
            parts: &[$($part,)* include_str!(concat!("kernels/", $file, ".wgsl"))],
        };)*
    };
}

kernels! {
    ADAM = "adam" [RANDOM, STEP];
    ADD = "add" [];
    AVERAGE = "average" [FUNCTIONS];
    COLUMN_SUMS = "column_sums" [];
    DRIVE_COTANGENT = "drive_cotangent" [RANDOM, STEP];
    FLOW_BACKWARD = "flow_backward" [RANDOM, STEP, OF_OSCILLATORS];
    FLOW_FORWARD = "flow_forward" [SUMS, OF_OSCILLATORS];
    GRU_BACKWARD = "gru_backward" [RANDOM, STEP];
    GRU_FORWARD = "gru_forward" [RANDOM, STEP, FUNCTIONS];
    NORM = "norm" [SUMS];
    NORM_BACKWARD = "norm_backward" [RANDOM, STEP, SUMS];
    OSCILLATORS_FINISH = "oscillators_finish" [];
    OSCILLATORS_GRADIENT = "oscillators_gradient" [SUMS];
    POISSON = "poisson" [RANDOM, STEP, SUMS, FUNCTIONS];
    PRODUCT = "product" [];
    QUADRATIC_GRADIENT = "quadratic_gradient" [SUMS];
    RECTIFY = "rectify" [RANDOM, STEP];
    RECTIFY_BACKWARD = "rectify_backward" [RANDOM, STEP];
    RESIDUAL_NORM = "residual_norm" [RANDOM, STEP, SUMS];
    SEE = "see" [RANDOM, STEP];
    SOFTMAX = "softmax" [RANDOM, STEP, SUMS];
    SOFTMAX_BACKWARD = "softmax_backward" [RANDOM, STEP, SUMS];
    SQUARES = "squares" [SUMS];
    START = "start" [SUMS, FUNCTIONS];
    START_BACKWARD = "start_backward" [RANDOM, STEP];
    SUM_PARTS = "sum_parts" [];
    TOKENS = "tokens" [];
    TOKENS_BACKWARD = "tokens_backward" [];
    TRANSPOSE = "transpose" [];
}
