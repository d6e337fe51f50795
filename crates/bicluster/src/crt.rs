//! Tables of a Chinese restaurant.

use rand::{Rng, RngExt};

/// Number of tables that `n` customers occupy in a Chinese restaurant process of a concentration > 0:
/// Σ_{u < n} Bernoulli(a / (a + u)), the CRT(n, a) of Zhou and Carin (2015). Its mean is a (ψ(a + n) - ψ(a)).
pub fn n_tables<R: Rng + ?Sized>(n: u32, concentration: f64, rng: &mut R) -> u32 {
    if n == 0 {
        return 0;
    }
    let opened = (1..n).filter(|&seated| {
        let uniform: f64 = rng.random();
        uniform * (concentration + f64::from(seated)) < concentration
    });
    1 + opened.count() as u32
}
