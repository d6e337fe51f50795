//! J*(h, c) for h ≥ 1 by rejection from a power of a normal variable.
//!
//! As Marsaglia and Tsang (2000) draw a gamma variable as d (1 + b N)³, a variable whose variance grows locally as the p-th
//! power of its mean is nearly normal after the power λ = 1 - p / 3; here p runs from 2 (a gamma) to 3 (an inverse
//! Gaussian). The proposal is x = h u* (1 + λ b N)^{1/λ} with, for the cumulants k of J*(1, c) and v = k2 / (h k1²),
//!
//! p = k1 k3 / k2², λ = (1 - p/3) / (1 + v), u* = k1 (1 - p v / 6), b² = v / (1 - v (1 - p/3)).
//!
//! The logarithm of target over proposal, L(N), stays below `BOUND` v: a test evaluates it on a dense grid of (h, c, N). A draw
//! is kept where ln U ≤ L - `BOUND` v. The same test shows L - `BOUND` v ≥ -(`FLAT` + `LEFT` or `RIGHT` N⁴) v in the middle, so that nearly all
//! draws are kept without any evaluation of L.

use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use super::cumulants::Cumulants;
use super::saddle::Saddle;

/// ln of target over proposal is at most this times v.
const BOUND: f64 = 0.185;
/// Where the lower bound holds.
const MIDDLE: std::ops::Range<f64> = -2.2..2.6;
/// The lower bound, at N = 0 and with N⁴ on either side.
const FLAT: f64 = 0.22;
const LEFT: f64 = 0.115;
const RIGHT: f64 = 0.045;

/// Draws J*(h, tilt), h ≥ 1, tilt ≥ 0.
pub(super) fn draw<R: Rng + ?Sized>(h: f64, tilt: f64, rng: &mut R) -> f64 {
    let proposal = Proposal::new(h, tilt);
    loop {
        let normal: f64 = rng.sample(StandardNormal);
        let uniform: f64 = rng.random();
        let Some(u) = proposal.at(normal) else { continue };
        if proposal.is_kept_at_once(normal, uniform) || proposal.is_kept(normal, u, uniform) {
            return h * u;
        }
    }
}

struct Proposal {
    h: f64,
    tilt: f64,
    /// v, the squared coefficient of variation.
    variation: f64,
    centre: f64,
    power: f64,
    width: f64,
}

impl Proposal {
    #[inline]
    fn new(h: f64, tilt: f64) -> Self {
        let Cumulants([k1, k2, k3, _]) = Cumulants::of(tilt);
        // few divisions: this runs for every draw
        let inverse = 1.0 / (h * (k1 * k2).powi(2));
        let variation = k2 * k2 * k2 * inverse;
        let third = h * k1 * k1 * k1 * k3 * inverse / 3.0;
        // rounding may leave nothing or less of it at a large tilt
        let asymptotic = (1.0 - third).max(1e-9);
        let rest = 1.0 - variation * asymptotic;
        let inverse = 1.0 / ((1.0 + variation) * rest);
        Self {
            h,
            tilt,
            variation,
            centre: k1 * (1.0 - 0.5 * third * variation),
            power: asymptotic * rest * inverse,
            width: (variation * (1.0 + variation) * inverse).sqrt(),
        }
    }

    /// x / h at a normal draw; none where the power has no base.
    #[inline]
    fn at(&self, normal: f64) -> Option<f64> {
        let shift = self.power * self.width * normal;
        // the logarithm of the rounded 1 + shift is off by 1e-16, which a small power would magnify
        let logarithm = if self.power > 1e-4 { (1.0 + shift).ln() } else { shift.ln_1p() };
        (shift > -1.0).then(|| self.centre * (logarithm / self.power).exp())
    }

    #[inline]
    fn is_kept_at_once(&self, normal: f64, uniform: f64) -> bool {
        let square = normal * normal;
        let slope = if normal < 0.0 { LEFT } else { RIGHT };
        MIDDLE.contains(&normal) && uniform < 1.0 - self.variation * (FLAT + slope * square * square)
    }

    #[cold]
    fn is_kept(&self, normal: f64, u: f64, uniform: f64) -> bool {
        let saddle = Saddle::at(self.h, u);
        let (log_ratio, [low, high]) = self.log_ratio(&saddle, normal, u);
        let needed = uniform.ln() + BOUND * self.variation - log_ratio;
        needed <= low || needed <= high && needed <= saddle.log_error()
    }

    /// L(N) - ln R, and bounds of ln R.
    fn log_ratio(&self, saddle: &Saddle, normal: f64, u: f64) -> (f64, [f64; 2]) {
        let (log_density, bounds) = saddle.log_density(u, self.tilt);
        let jacobian = self.h * u * self.width / (1.0 + self.power * self.width * normal);
        (log_density + jacobian.ln() + 0.5 * normal * normal, bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// L / v at a normal draw, from below and from above; exactly where the bounds of ln R leave the upper one in doubt.
    fn relative_log_ratio(proposal: &Proposal, normal: f64) -> Option<[f64; 2]> {
        let u = proposal.at(normal)?;
        let saddle = Saddle::at(proposal.h, u);
        let (log_ratio, [low, high]) = proposal.log_ratio(&saddle, normal, u);
        let from_above = (log_ratio + high) / proposal.variation;
        let exact = || (log_ratio + saddle.log_error()) / proposal.variation;
        let upper = if from_above < 0.95 * BOUND { from_above } else { exact() };
        Some([(log_ratio + low) / proposal.variation, upper])
    }

    #[test]
    fn target_over_proposal_is_within_its_bounds() {
        let (mut highest, mut least_room) = (f64::NEG_INFINITY, f64::INFINITY);
        for i in 0..40 {
            // 1 / h evenly down to 1 / 38, then h by powers of ten
            let h =
                if i < 30 { 1.0 / (1.0 - f64::from(i) / 29.8) } else { 10_f64.powf(0.3 * f64::from(i - 25)) };
            for j in 0..60 {
                let tilt = 0.15 * f64::from(j) * (1.0 + (f64::from(j) / 40.0).powi(3));
                let proposal = Proposal::new(h, tilt);
                for k in 0..=350 {
                    let normal = -6.5 + 0.04 * f64::from(k);
                    let Some([low, high]) = relative_log_ratio(&proposal, normal) else { continue };
                    highest = highest.max(high);
                    assert!(high < BOUND, "h {h}, tilt {tilt}, N {normal}: {high}");
                    if MIDDLE.contains(&normal) {
                        let slope = if normal < 0.0 { LEFT } else { RIGHT };
                        let room = FLAT + slope * normal.powi(4) - (BOUND - low);
                        assert!(room > 0.0, "h {h}, tilt {tilt}, N {normal}: {room}");
                        least_room = least_room.min(room);
                    }
                }
            }
        }
        // room for what lies between the points of the grid
        assert!(highest < 0.96 * BOUND && least_room > 0.01);
    }
}
