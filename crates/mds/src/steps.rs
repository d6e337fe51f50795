//! The steps: adaptors between tables and the functions of this crate.

mod assign;
mod cluster;
mod evaluate;
mod fit_encoder;
mod import_encoder;
mod labels;
pub(crate) mod stimuli;

use neuroloom_core::Registry;

pub use assign::{AssignParams, AssignStep};
pub use cluster::{ClusterParams, ClusterStep, Init, SplitParams, Variant};
pub use evaluate::{EvaluateParams, EvaluateStep};
pub use fit_encoder::{FitEncoderParams, FitEncoderStep};
pub use import_encoder::{ImportEncoderParams, ImportEncoderStep};

/// Adds the steps `mds.*`.
pub fn register(registry: Registry) -> Registry {
    registry
        .with(FitEncoderStep)
        .with(ImportEncoderStep)
        .with(ClusterStep)
        .with(AssignStep)
        .with(EvaluateStep)
}
