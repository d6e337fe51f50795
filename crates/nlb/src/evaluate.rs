//! `nlb.evaluate`: scores of predicted rates.

mod behaviour;
mod bits;
mod figures;
mod params;
mod responses;
mod scores;
mod step;
mod tables;
mod timing;
mod truth;

pub(crate) use behaviour::decode_masks;
pub use params::{EvaluateParams, NullRates, OnLeak, ProducedInterval};
pub(crate) use responses::{condition_trials, reference};
pub use step::EvaluateStep;
