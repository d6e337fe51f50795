//! `rsa.identify`

mod descriptors;
mod figures;
mod input;
mod params;
mod results;
mod step;
mod tables;

pub use params::{Compat, DescriptorParam, IdentifyParams};
pub use step::IdentifyRegions;
