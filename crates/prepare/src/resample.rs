//! `prepare.resample`: traces on another regular time base.

mod grid;
mod linear;
mod params;
mod step;
mod windowed_sinc;

pub use grid::Grid;
pub use linear::interpolate_linearly;
pub(crate) use linear::{median_interval_s, usual_gap_s};
pub use params::{ResampleMethod, ResampleParams};
pub use step::ResampleStep;
pub use windowed_sinc::resample_bandlimited;
