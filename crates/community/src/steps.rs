//! The steps: adaptors between tables and the functions of this crate.

mod dynamic;
mod nested_sbm;
mod partitions;
mod score;

use neuroloom_core::Registry;

pub use dynamic::{DynamicCommunities, DynamicParams, Grouping, Synapse};
pub use nested_sbm::{DegCorrChoice, Directed, Duplicates, NestedSbm, NestedSbmParams, SelfLoops};
pub use score::{ScoreParams, ScorePartitions};

/// Adds the steps of this crate: `community.nested_sbm`, `community.dynamic`, `community.score`.
pub fn register(registry: Registry) -> Registry {
    registry.with(NestedSbm).with(DynamicCommunities).with(ScorePartitions)
}
