//! The steps: adaptors between tables and the functions of this crate.

mod agtic;
mod compare;
mod conditions;
mod embed;
mod evaluate;
mod figures;
mod figures_topology;
mod grid;
mod identify;
mod index;
mod model;
mod movie;
mod rdm;
mod rdm_warnings;
mod responses;
mod searchlight;
mod tables;
mod transform;
mod units;

use neuroloom_core::Registry;

pub use agtic::{AgticParams, TestDependence, ThresholdScale};
pub use compare::{CompareParams, CompareRdms, ConditionPolicy, MissingPolicy, WhiteningName};
pub use embed::{EmbedParams, EmbedRdms, EmbedScale};
pub use evaluate::{EvaluateModels, EvaluateParams, FlexibleKind, FlexibleModel, Inference, Resampled};
pub use grid::{GridName, GridParams, GridRdms, GridTransform};
pub use identify::{Compat, DescriptorParam, IdentifyParams, IdentifyRegions};
pub use model::{Model, ModelParams, ModelRdms};
pub use movie::{MovieParams, RdmMovie};
pub use rdm::{EstimateRdms, GroupBy, Method, NanPolicy, Noise, NoiseFrom, RdmParams};
pub use searchlight::{SearchlightParams, SearchlightStep, Shard};
pub use transform::{CompatName, ConstantPolicy, TransformName, TransformParams, TransformRdms};

/// Adds the steps `rsa.*`.
pub fn register(registry: Registry) -> Registry {
    registry
        .with(EstimateRdms)
        .with(TransformRdms)
        .with(CompareRdms)
        .with(ModelRdms)
        .with(EmbedRdms)
        .with(RdmMovie)
        .with(SearchlightStep)
        .with(GridRdms)
        .with(TestDependence)
        .with(IdentifyRegions)
        .with(EvaluateModels)
}
