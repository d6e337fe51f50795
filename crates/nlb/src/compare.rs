//! `nlb.compare`: scores of several models side by side.

mod figures;
mod params;
mod rows;
mod step;

pub use params::CompareParams;
pub use step::CompareStep;
