//! Noise of the channels: precisions, and their estimation from repeats.

mod precision;
mod residual;

pub use precision::Precision;
pub use residual::diagonal;
