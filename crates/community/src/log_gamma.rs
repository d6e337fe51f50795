//! Logarithms of factorials and binomial coefficients.

use std::sync::OnceLock;

use neuroloom_math::ln_gamma;

/// Factorials up to this one are looked up.
const TABULATED: usize = 1 << 16;

/// ln n!
#[inline]
pub(crate) fn ln_factorial(n: u64) -> f64 {
    match factorials().get(n as usize) {
        Some(&value) => value,
        None => ln_gamma(n as f64 + 1.0),
    }
}

/// ln Γ(n / 2) for n ≥ 1.
#[inline]
pub(crate) fn ln_gamma_half(n: u64) -> f64 {
    if n.is_multiple_of(2) { ln_factorial(n / 2 - 1) } else { half_gammas(n) }
}

/// ln of n over k, 0 where k is no proper part of n.
#[inline]
pub(crate) fn ln_binomial(n: u64, k: u64) -> f64 {
    if k == 0 || k >= n { 0.0 } else { ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k) }
}

/// ln of the number of multisets of k out of n kinds.
#[inline]
pub(crate) fn ln_multiset(n: u64, k: u64) -> f64 {
    if n == 0 { 0.0 } else { ln_binomial(n + k - 1, k) }
}

/// ln n! of all small n.
#[inline]
pub(crate) fn factorials() -> &'static [f64] {
    static TABLE: OnceLock<Vec<f64>> = OnceLock::new();
    TABLE.get_or_init(|| (0..TABULATED).map(|n| if n < 2 { 0.0 } else { ln_gamma(n as f64 + 1.0) }).collect())
}

/// ln Γ(n / 2) of an odd n.
fn half_gammas(n: u64) -> f64 {
    static TABLE: OnceLock<Vec<f64>> = OnceLock::new();
    let table = TABLE.get_or_init(|| (0..TABULATED / 4).map(|n| ln_gamma(n as f64 + 0.5)).collect());
    match table.get((n / 2) as usize) {
        Some(&value) => value,
        None => ln_gamma(n as f64 / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_factorial_sums_logarithms() {
        let mut sum = 0.0;
        for n in 1..200_000_u64 {
            sum += (n as f64).ln();
            let found = ln_factorial(n);
            assert!((found - sum).abs() <= 1e-11 * sum.max(1.0), "{n}: {found} {sum}");
        }
        assert_eq!(ln_factorial(0), 0.0);
    }

    #[test]
    fn ln_gamma_half_follows_the_recurrence() {
        let pi = std::f64::consts::PI;
        assert!((ln_gamma_half(1) - 0.5 * pi.ln()).abs() < 1e-14);
        for n in 1..100_000_u64 {
            let step = ln_gamma_half(n + 2) - ln_gamma_half(n) - (n as f64 / 2.0).ln();
            assert!(step.abs() < 1e-9, "{n}: {step}");
        }
    }

    #[test]
    fn degenerate_binomials_cost_nothing() {
        assert_eq!((ln_binomial(5, 0), ln_binomial(5, 5), ln_binomial(3, 7)), (0.0, 0.0, 0.0));
        assert_eq!((ln_multiset(0, 0), ln_multiset(1, 9)), (0.0, 0.0));
        assert!((ln_multiset(3, 2) - 6_f64.ln()).abs() < 1e-14);
    }
}
