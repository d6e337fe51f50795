//! The scores of the Neural Latents Benchmark, on plain arrays.
//!
//! Spikes and rates are `[trials, bins, units]`; rates are expected counts per bin. Each function does what its
//! namesake in `nlb_tools` 0.0.4 does, to rounding (Pei et al. 2021, arXiv 2109.04463).

mod bits_per_spike;
mod decoding;
mod log_gamma;
mod psth;
mod r2;
mod ridge;
mod timing;

pub use bits_per_spike::{
    BitsPerSpike, Likelihood, bits_per_spike, bits_per_spike_against, mean_counts, negative_log_likelihood,
    per_trial_bits, per_unit,
};
pub use decoding::{Decoded, Decoder, Samples, decode};
pub use log_gamma::log_factorial;
pub use psth::{Psth, predicted_psth, psth_r2};
pub use r2::{mean_r2, r2_per_column, weighted_r2};
pub(crate) use ridge::solve_positive_definite;
pub use ridge::{ALPHAS, FOLDS, Ridge, fit_ridge, ridge_cv};
pub use timing::{neural_speed, pearson, timing_correlation};
