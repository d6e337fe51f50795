//! The saddlepoint density of J*(h, c) and how far it is from the density.
//!
//! With u = x / h and the w that solves tanh √w / √w = u,
//!
//! ln f(x) = h [ln cosh c - ln cosh √w - (c² - w) u / 2] - ½ ln(2π h k2(w)) + ln R(h, w),
//!
//! k2 the variance of J*(1, √w). R does not depend on c, because a saddlepoint approximation is exact in a tilt. With the
//! standardised cumulants of J*(1, √w), A = ρ4 / 8 - 5 ρ3² / 24, and
//!
//! **0 ≤ ln R - A / h ≤ 0.0155 / h² for h ≥ 1**,
//!
//! which a test finds on a dense grid with room to spare (the largest value is 0.0149). For u → ∞ the law is a gamma and R
//! the error of Stirling's formula; for u → 0 it is an inverse Gaussian and R is 1.

use std::f64::consts::{LN_2, PI};

use super::cumulants::Cumulants;
use super::inversion::log_saddle_error;

/// Bound on ln R - A / h, times h².
const WIDTH: f64 = 0.0155;
/// Where the saddle of u → ∞ lies.
const LOWEST: f64 = -0.25 * PI * PI;

/// The saddle of one x.
pub(super) struct Saddle {
    h: f64,
    w: f64,
    cumulants: Cumulants,
}

impl Saddle {
    /// Of x = h u, u > 0.
    pub(super) fn at(h: f64, u: f64) -> Self {
        let w = solve(u);
        Self { h, w, cumulants: Cumulants::at(w) }
    }

    /// ln f(h u) - ln R + ½ ln 2π for J*(h, tilt), and bounds of ln R.
    pub(super) fn log_density(&self, u: f64, tilt: f64) -> (f64, [f64; 2]) {
        let Self { h, w, cumulants: Cumulants([_, k2, k3, k4]) } = self;
        let square = tilt * tilt;
        let exponent = h * (ln_cosh_sqrt(square) - ln_cosh_sqrt(*w) - 0.5 * (square - w) * u);
        let correction = (k4 / (8.0 * k2 * k2) - 5.0 * k3 * k3 / (24.0 * k2 * k2 * k2)) / h;
        (exponent - 0.5 * (h * k2).ln(), [correction, correction + WIDTH / (h * h)])
    }

    /// ln R itself.
    pub(super) fn log_error(&self) -> f64 {
        log_saddle_error(self.h, self.w, &self.cumulants)
    }
}

/// w with tanh √w / √w = u, by Newton's method on 1 / m for u > 1 and on 1 / m² for u < 1, which are nearly linear in w.
/// A step leaves an error of about its square, and an error of w enters the density squared.
fn solve(u: f64) -> f64 {
    let mut w = guess(u);
    for _ in 0..8 {
        let Cumulants([m, k2, ..]) = Cumulants::at(w);
        let slope = -0.5 * k2;
        let ratio = m / u;
        let step = if u > 1.0 { m * (1.0 - ratio) / slope } else { 0.5 * m * (1.0 - ratio * ratio) / slope };
        w = (w + step).max(LOWEST * (1.0 - 1e-15));
        if step.abs() <= 1e-4 * (w - LOWEST) {
            break;
        }
    }
    w
}

/// Within about a per cent, by its values and slopes at the ends and at u = 1.
fn guess(u: f64) -> f64 {
    if u > 1.0 {
        let rest = 1.0 - 1.0 / u;
        -rest * (3.0 - (3.0 + LOWEST) * rest)
    } else {
        let square = 1.0 / (u * u);
        (square - 1.0) * (1.0 + 1.2 / (square + 1.4))
    }
}

/// ln cosh √w, for w < 0 ln cos √-w.
fn ln_cosh_sqrt(w: f64) -> f64 {
    let root = w.abs().sqrt();
    if w < 0.0 { root.cos().ln() } else { root + (-2.0 * root).exp().ln_1p() - LN_2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_saddle_solves_its_equation() {
        for i in 0..4000 {
            let u = 10_f64.powf(-4.0 + 6.0 * f64::from(i) / 3999.0);
            let Cumulants([m, ..]) = Cumulants::at(solve(u));
            assert!((m / u - 1.0).abs() < 1e-8, "{u}: {m}");
        }
    }

    #[test]
    fn the_error_of_the_saddlepoint_density_is_within_its_bounds() {
        let mut largest: f64 = 0.0;
        for step in 0..60 {
            let h = 1.0 / (1.0 - f64::from(step) / 61.0);
            for i in 0..300 {
                let saddle = Saddle::at(h, 10_f64.powf(-1.5 + 3.0 * f64::from(i) / 299.0));
                let [low, high] = saddle.log_density(1.0, 0.0).1;
                let found = saddle.log_error();
                assert!(found > low - 1e-9 && found < high, "{h}, {}: {low} {found} {high}", saddle.w);
                largest = largest.max((found - low) * h * h);
            }
        }
        assert!((0.0145..0.0152).contains(&largest), "{largest}");
    }
}
