//! The steps `bicluster.*`.

mod sample;
mod summarise;

use neuroloom_core::Registry;

pub use sample::{
    ChooseLatents, FamilyChoice, InteractionChoice, NeuronLaw, PriorParams, SampleParams, SampleStep, Silent,
    Store, Until, Variant,
};
pub use summarise::{SummariseParams, SummariseStep};

/// Adds all steps of this crate.
pub fn register(registry: Registry) -> Registry {
    registry.with(SampleStep).with(SummariseStep)
}
