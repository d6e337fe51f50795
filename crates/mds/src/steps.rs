//! The steps: adaptors between tables and the functions of this crate.

mod assign;
mod cluster;
mod design;
mod evaluate;
mod labels;
mod stimuli;

use neuroloom_core::Registry;

pub use assign::{AssignParams, AssignStep};
pub use cluster::{ClusterParams, ClusterStep, SplitParams};
pub use design::{DesignFormat, DesignParams, DesignStep};
pub use evaluate::{EvaluateParams, EvaluateStep};

/// Adds the steps `mds.*`.
pub fn register(registry: Registry) -> Registry {
    registry.with(ClusterStep).with(AssignStep).with(EvaluateStep).with(DesignStep)
}
