//! J*(h, c) by rejection from the first passage of a Brownian motion.
//!
//! The density of J*(h, 0) is the alternating series
//!
//! f(x) = 2^h g(x) Σ_n (-1)^n b_n(x), b_n = (h)_n / n! · (2 n + h) / h · exp(-2 n (n + h) / x),
//!
//! where g is the density of the time at which a Brownian motion first reaches h. **f ≤ 2^h g for every h > 0 and x**: in
//! Laplace transforms, with θ = √(2 t), g is e^{-hθ} and f / 2^h is e^{-h (θ + ψ)}, ψ = ln(1 + e^{-2θ}). Let F_a = e^{-(h - a) θ} (e^{-θ - ψ})^a:
//! a product of transforms of positive measures, F_0 that of g, F_h that of f / 2^h, and dF_a/da = -ψ F_a. It remains that ψ
//! is the transform of a positive measure: -dψ/dt = (1 - tanh θ) / θ is the transform of
//! (1 - Σ_{n ∈ Z} (-1)^n e^{-2n²/x}) / √(2πx) ≥ 0, and ψ vanishes at infinity. Hence F_a falls with a as a measure.
//!
//! Tilted by e^{-c²x/2}, g becomes the first passage of a motion with drift c, an inverse Gaussian with mean h / c and
//! shape h²; a proposal is kept with probability (1 + e^{-2c})^{-h}, at least 1/2 for h ≤ 1.

use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

/// Draws J*(h, tilt), h > 0, tilt ≥ 0; fast where (1 + e^{-2 tilt})^{-h} is not small.
pub(super) fn draw<R: Rng + ?Sized>(h: f64, tilt: f64, rng: &mut R) -> f64 {
    loop {
        let x = first_passage(h, tilt, rng);
        if keep(h, x, rng.random()) {
            return x;
        }
    }
}

/// When a Brownian motion with drift reaches `level` first (Michael, Schucany and Haas 1976), in a form that holds
/// without drift.
#[inline]
fn first_passage<R: Rng + ?Sized>(level: f64, drift: f64, rng: &mut R) -> f64 {
    let normal: f64 = rng.sample(StandardNormal);
    let square = normal * normal;
    let product = level * drift;
    let root = (square * (square + 4.0 * product)).sqrt();
    let smaller = 2.0 * level * level / (2.0 * product + square + root);
    let uniform: f64 = rng.random();
    if uniform * (level + drift * smaller) <= level { smaller } else { (level / drift).powi(2) / smaller }
}

/// In multiples of the larger of h and 1, where the sum is below e^-60 and so below what a uniform double resolves.
const NEVER_KEPT: f64 = 60.0;

/// Whether `uniform` is below Σ_n (-1)^n b_n(x). Terms fall once they fall, and partial sums then enclose the sum.
#[inline]
fn keep(h: f64, x: f64, uniform: f64) -> bool {
    // the sum would take √x terms, and x has no mean without tilt
    if x > NEVER_KEPT * h.max(1.0) {
        return false;
    }
    let base = (-2.0 / x).exp();
    // b_n / b_{n-1} holds e^{-2 (2 n - 1 + h) / x}, which falls by e^{-4/x} with n
    let (mut power, fall) = ((-2.0 * (1.0 + h) / x).exp(), base * base);
    let (mut term, mut sum, mut n, mut sign) = (1.0, 1.0, 1.0, -1.0);
    loop {
        let ratio = (n - 1.0 + h) * (2.0 * n + h) / (n * (2.0 * n - 2.0 + h)) * power;
        term *= ratio;
        sum += sign * term;
        if ratio < 1.0 {
            let below = uniform < sum;
            // a sum that ends on a subtraction is a lower bound
            if below == (sign < 0.0) || term < 1e-18 {
                return below;
            }
        }
        power *= fall;
        sign = -sign;
        n += 1.0;
    }
}
