//! `prepare.detrend`: traces without their slow drift.

mod params;
mod polynomial;
mod step;

pub use params::DetrendParams;
pub use polynomial::fit_polynomial;
pub use step::{DetrendStep, detrend};
