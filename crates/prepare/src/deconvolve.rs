//! `prepare.deconvolve`: activity from calcium by OASIS.

mod noise;
mod oasis;
mod params;
mod step;

pub use noise::{Denoised, lambda_for_noise};
pub use oasis::{activity, oasis_ar1};
pub use params::DeconvolveParams;
pub use step::DeconvolveStep;
