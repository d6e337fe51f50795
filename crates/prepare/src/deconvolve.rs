//! `prepare.deconvolve`: activity from calcium.
//!
//! A trace is `y_t = b + c_t + noise`, and calcium `c` follows activity `s >= 0` as an autoregressive process of order 1 or 2
//! ([`Kinetics`]). [`fit_with_penalty`] finds the activity for a given L1 penalty, [`fit_to_noise`] also the penalty,
//! [`estimate_kinetics`] and [`refine_decay`] the time constants, [`spectral_noise`] the noise.

mod autocovariance;
mod figures;
mod fit;
mod interior_point;
mod kinetics;
#[cfg(test)]
mod least_squares;
mod newton;
mod oasis;
mod params;
mod pentadiagonal;
mod refine;
mod root;
mod spectrum;
mod step;
mod trace;

pub use autocovariance::{Order, estimate_kinetics};
pub use fit::{Baseline, Fit, fit_to_noise, fit_with_penalty};
pub use kinetics::Kinetics;
pub use oasis::{activity, oasis_ar1};
pub use params::{BaselineFrom, CalciumModel, DeconvolveParams};
pub use refine::refine_decay;
pub use spectrum::spectral_noise;
pub use step::DeconvolveStep;
