//! The Poisson log likelihood of counts, given log expected counts.

use crate::Real;

/// `exp(a) - y a`: the negative log likelihood of the count `y` without `ln y!`.
#[inline(always)]
pub fn poisson_nll<T: Real>(log_rate: T, count: T) -> T {
    log_rate.exponential() - count * log_rate
}

/// `exp(a) - y`: its derivative by `a`.
#[inline(always)]
pub fn poisson_slope<T: Real>(log_rate: T, count: T) -> T {
    log_rate.exponential() - count
}
