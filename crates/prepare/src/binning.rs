//! `prepare.bin`: spike times become spike counts.

mod count;
mod params;
mod step;
mod windows;

pub use count::{count_spikes, mask_unobserved};
pub use params::BinParams;
pub use step::BinStep;
