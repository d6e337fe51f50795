//! The error of the saddlepoint density, by numerical inversion of the Laplace transform.

use std::f64::consts::{LN_2, PI};

use super::cumulants::Cumulants;

/// Distance of nodes in standard deviations of the saddle. The integrand is analytic about one of them around the path, and
/// the error of the trapezoidal rule is about e^{-2π / STEP}.
const STEP: f64 = 0.15;

/// Far more than any shape of 1 or more needs.
const MOST_NODES: u32 = 100_000;

/// ln of density over saddlepoint density of J*(h, ·) at the saddle w, whose cumulants are given; to about 1e-12.
///
/// The path of integration is the parabola w + 2 (i y - b y²) in the plane of w, which osculates the path of steepest
/// descent at its saddle and opens around the cut below -π²/4.
pub(super) fn log_saddle_error(h: f64, w: f64, cumulants: &Cumulants) -> f64 {
    let Cumulants([mean, k2, k3, _]) = cumulants;
    let step = STEP / (h * k2).sqrt();
    let bend = k3 / (6.0 * k2);
    let [at_saddle, _] = ln_cosh_sqrt([w, 0.0]);
    let mut sum = 0.5;
    for node in 1..=MOST_NODES {
        let y = step * f64::from(node);
        let [re, im] = [-bend * y * y, y];
        let [ln_modulus, argument] = ln_cosh_sqrt([w + 2.0 * re, 2.0 * im]);
        let size = (h * (at_saddle - ln_modulus + re * mean)).exp();
        let (sin, cos) = (h * (im * mean - argument)).sin_cos();
        // dw / dy is 2 i (1 + 2 i b y)
        sum += size * (cos - 2.0 * bend * y * sin);
        if size * (1.0 + 2.0 * bend * y) < 1e-18 {
            break;
        }
    }
    (sum * STEP * (2.0 / PI).sqrt()).ln()
}

/// ln cosh √w for complex w, continuous off the cut below -π²/4: cosh q = e^q (1 + e^{-2q}) / 2 with Re q ≥ 0.
fn ln_cosh_sqrt([re, im]: [f64; 2]) -> [f64; 2] {
    let modulus = re.hypot(im);
    let root_re = (0.5 * (modulus + re)).max(0.0).sqrt();
    let root_im = (0.5 * (modulus - re)).max(0.0).sqrt().copysign(im);
    let (sin, cos) = (-2.0 * root_im).sin_cos();
    let small = (-2.0 * root_re).exp();
    let sum = [1.0 + small * cos, small * sin];
    [root_re + sum[0].hypot(sum[1]).ln() - LN_2, root_im + sum[1].atan2(sum[0])]
}
