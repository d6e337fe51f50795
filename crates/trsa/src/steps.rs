//! The steps: adaptors between tables and the functions of this crate.

mod compare;
mod conditions;
mod embed;
mod figures;
mod index;
mod model;
mod rdm;
mod responses;
mod tables;
mod transform;
mod units;

use neuroloom_core::Registry;

pub use compare::{CompareParams, CompareRdms};
pub use embed::{EmbedParams, EmbedRdms, EmbedScale};
pub use model::{Model, ModelParams, ModelRdms};
pub use rdm::{EstimateRdms, GroupBy, Method, NanPolicy, Noise, RdmParams};
pub use transform::{TransformName, TransformParams, TransformRdms};

/// Adds the steps of this crate: `rsa.rdm`, `rsa.transform`, `rsa.compare`, `rsa.model`, `rsa.embed`.
pub fn register(registry: Registry) -> Registry {
    registry.with(EstimateRdms).with(TransformRdms).with(CompareRdms).with(ModelRdms).with(EmbedRdms)
}
