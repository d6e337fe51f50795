//! Noise of the channels: covariances estimated from residuals or repeats, and their inverses.

mod covariance;
mod ledoit_wolf;
mod precision;
mod residuals;
mod schaefer_strimmer;

pub use covariance::{NoiseCovariance, NoiseModel, from_residuals};
pub use precision::Precision;
pub use residuals::{diagonal, from_repeats};
