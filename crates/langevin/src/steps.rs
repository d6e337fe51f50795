//! The steps: adaptors between tables and the functions of this crate.

mod import;
mod infer;
mod train;

use neuroloom_core::Registry;

use crate::engine::Accelerator;

pub use import::{ImportModel, ImportParams};
pub use infer::{Infer, InferParams};
pub use train::{LeakCheck, Train, TrainParams, Variant};

/// Adds the steps of this crate: `langevin.train`, `langevin.infer` and `langevin.import`.
pub fn register(registry: Registry) -> Registry {
    registry.with(Train::default()).with(Infer::default()).with(ImportModel)
}

/// The same, with `accelerator` for those of them that have `device: gpu`.
pub fn register_with(registry: Registry, accelerator: &'static dyn Accelerator) -> Registry {
    registry.with(Train::on(accelerator)).with(Infer::on(accelerator)).with(ImportModel)
}
