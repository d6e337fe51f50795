//! `prepare.filter`: units by the quality of their signal.

mod figures;
mod params;
mod quality;
mod step;

pub use params::FilterParams;
pub use quality::{noise_level, presence_ratio, signal_to_noise};
pub use step::FilterStep;
