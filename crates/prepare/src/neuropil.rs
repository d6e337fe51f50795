//! `prepare.neuropil`: fluorescence without the light of the neuropil around the cell.

mod params;
mod step;
mod subtract;

pub use params::NeuropilParams;
pub use step::NeuropilStep;
pub use subtract::subtract_neuropil;
