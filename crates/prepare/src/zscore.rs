//! `prepare.zscore`: traces in units of their own variation.

mod params;
mod standardise;
mod step;

pub use params::{ZscoreParams, ZscorePool};
pub use standardise::{Scale, mean_and_deviation, median_and_deviation};
pub use step::ZscoreStep;
