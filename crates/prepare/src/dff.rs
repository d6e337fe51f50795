//! `prepare.dff`: fluorescence relative to a running baseline.

mod bit_set;
mod figures;
mod params;
mod percentile;
mod step;
mod windows;

pub use params::DffParams;
pub use percentile::running_percentile;
pub use step::{DffStep, relative_to_baseline};
pub use windows::{centred_windows, windows_in_time};
