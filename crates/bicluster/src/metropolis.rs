//! The rule of Metropolis and Hastings.

use rand::{Rng, RngExt};

/// Whether a Metropolis-Hastings step of this log ratio is taken; never one of NaN.
pub(crate) fn accept(log_ratio: f64, rng: &mut impl Rng) -> bool {
    rng.random::<f64>().ln() < log_ratio
}
