//! The steps: adaptors between tables and the functions of this crate.

mod import;
mod infer;
mod train;

use neuroloom_core::Registry;

pub use import::{ImportModel, ImportParams};
pub use infer::{Infer, InferParams};
pub use train::{LeakCheck, Train, TrainParams, Variant};

/// Adds the steps of this crate: `langevin.train`, `langevin.infer` and `langevin.import`.
pub fn register(registry: Registry) -> Registry {
    registry.with(Train).with(Infer).with(ImportModel)
}
