//! Pólya-Gamma draws for any real shape (Polson, Scott and Windle 2013).
//!
//! PG(h, z) is a quarter of J*(h, c), c = |z| / 2, whose Laplace transform is (cosh c / cosh √(c² + 2 t))^h. It is
//! infinitely divisible in h. Draws are exact, to the rounding of doubles, by one of two rejection samplers:
//!
//! - `hitting_time`, where h or e^{-2c} is small: from an inverse Gaussian, kept by an alternating series. That the proposal
//!   bounds the density is proved there.
//! - `power_normal`, else: from a power of a normal variable, mostly kept without looking at the density. That the
//!   proposal bounds the density, and the density its quick test, is no theorem: tests evaluate both on dense grids, where
//!   they hold with room to spare.
//!
//! Only from [`PolyaGamma::exact_below`] on are draws approximate.

mod cumulants;
mod hitting_time;
mod inversion;
mod power_normal;
mod saddle;

use rand::Rng;

use crate::log_dirichlet::gamma_draw;
use cumulants::Cumulants;

/// How Pólya-Gamma variables are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolyaGamma {
    /// Shapes below are drawn exactly. From here on a shifted gamma with the same first three cumulants is drawn, whose
    /// distribution function is within 4e-4 of the exact one at h = 20 and closer above. Infinity, the default, draws all
    /// exactly, at about half as much again.
    pub exact_below: f64,
}

impl Default for PolyaGamma {
    fn default() -> Self {
        Self { exact_below: f64::INFINITY }
    }
}

impl PolyaGamma {
    /// A PG(h, z) draw, h > 0. NaN where h or z is not finite or h not positive.
    pub fn draw<R: Rng + ?Sized>(&self, h: f64, z: f64, rng: &mut R) -> f64 {
        if !(h > 0.0 && h.is_finite() && z.is_finite()) {
            return f64::NAN;
        }
        let tilt = 0.5 * z.abs();
        if h >= self.exact_below {
            return 0.25 * shifted_gamma(h, tilt, rng);
        }
        // the hitting time keeps a share of about exp(-h e^{-2 tilt}), and its proposal is the cheaper one
        let few_rejections = h < 1.4 || (h < 3.0 || tilt > 1.5) && h * (-2.0 * tilt).exp() < 0.6;
        0.25 * if few_rejections {
            hitting_time::draw(h, tilt, rng)
        } else {
            power_normal::draw(h, tilt, rng)
        }
    }

    /// E PG(h, z) = h tanh(z / 2) / (2 z).
    pub fn mean(h: f64, z: f64) -> f64 {
        0.25 * h * Cumulants::of(0.5 * z.abs()).0[0]
    }

    /// Var PG(h, z) = h (sinh z - z) / (4 z³ cosh²(z / 2)).
    pub fn variance(h: f64, z: f64) -> f64 {
        0.0625 * h * Cumulants::of(0.5 * z.abs()).0[1]
    }
}

/// Shift plus gamma with the mean, variance and third cumulant of J*(h, tilt).
fn shifted_gamma<R: Rng + ?Sized>(h: f64, tilt: f64, rng: &mut R) -> f64 {
    let [k1, k2, k3, _] = Cumulants::of(tilt).0;
    let (shape, scale, shift) =
        (4.0 * h * k2.powi(3) / (k3 * k3), 0.5 * k3 / k2, h * (k1 - 2.0 * k2 * k2 / k3));
    shift + scale * gamma_draw(shape, rng)
}
