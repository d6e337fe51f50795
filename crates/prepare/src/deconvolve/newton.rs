//! Penalty and baseline of a fit of order 1 together, by Newton's method on the pools of OASIS.

use super::fit::{Baseline, Fit, on_level};
use super::{Kinetics, oasis::pool_starts};

/// Most steps; five to ten are usual.
const MAX_STEPS: usize = 40;
/// Errors, relative, at which the fit stands.
const TOLERANCE: f64 = 1e-9;

/// The fit whose residual has the squared size `allowed` and, where the baseline is free, the sum 0. None where the steps do not
/// get there.
///
/// As long as the pools stay, calcium is linear in penalty and baseline: the sum of the residual then gives the baseline as a
/// line over the penalty, and its size a quadratic equation for the penalty (Friedrich, Zhou & Paninski 2017, section
/// "Dual formulation"). The pools of the new point are not those of the old one; after a few rounds they are.
pub(super) fn fit_size(
    trace: &[f64],
    kinetics: Kinetics,
    allowed: f64,
    baseline: Baseline,
    start: (f64, f64),
) -> Option<Fit> {
    let (mut lambda, mut level) = start;
    let free = match baseline {
        Baseline::Free => true,
        Baseline::Fixed(known) => {
            level = known;
            false
        }
    };
    let n = trace.iter().filter(|y| !y.is_nan()).count() as f64;
    for _ in 0..MAX_STEPS {
        let fit = on_level(trace, kinetics, lambda, level);
        let sums = sums(trace, &fit, kinetics.decay());
        let level_error = if free { sums.r.abs() / (n * allowed).sqrt() } else { 0.0 };
        if (sums.rr / allowed - 1.0).abs() <= TOLERANCE && level_error <= TOLERANCE {
            return Some(fit);
        }
        let (by_lambda, by_level) = sums.step(allowed, free)?;
        level += by_level;
        // A penalty cannot be negative: half way to 0 the pools will be others.
        lambda = if lambda + by_lambda > 0.0 { lambda + by_lambda } else { lambda / 2.0 };
        if !(lambda.is_finite() && level.is_finite()) {
            return None;
        }
    }
    None
}

/// Sums over the valid samples of the residual `r = y - b - c`, its slope `p` over the penalty, and its slope `q` over the
/// baseline.
#[derive(Default)]
struct Sums {
    r: f64,
    p: f64,
    q: f64,
    rr: f64,
    rp: f64,
    rq: f64,
    pp: f64,
    pq: f64,
    qq: f64,
}

impl Sums {
    fn add(&mut self, r: f64, p: f64, q: f64) {
        (self.r, self.p, self.q) = (self.r + r, self.p + p, self.q + q);
        (self.rr, self.rp, self.rq) = (self.rr + r * r, self.rp + r * p, self.rq + r * q);
        (self.pp, self.pq, self.qq) = (self.pp + p * p, self.pq + p * q, self.qq + q * q);
    }

    /// The changes of penalty and baseline after which the residual has the size `allowed`, or is as near to it as these pools
    /// allow; none where nothing depends on them.
    fn step(&self, allowed: f64, free: bool) -> Option<(f64, f64)> {
        // The baseline follows the penalty: change of b = offset + slope * change of lambda.
        let moves = free && self.q < 0.0;
        let (offset, slope) = if moves { (-self.r / self.q, -self.p / self.q) } else { (0.0, 0.0) };
        let constant = self.rr + 2.0 * offset * self.rq + offset * offset * self.qq - allowed;
        let half = self.rp + slope * self.rq + offset * (self.pq + slope * self.qq);
        let square = self.pp + 2.0 * slope * self.pq + slope * slope * self.qq;
        let discriminant = (half * half - square * constant).max(0.0);
        if !(square > 0.0 && discriminant.is_finite()) {
            return None;
        }
        let by_lambda = (discriminant.sqrt() - half) / square;
        Some((by_lambda, offset + slope * by_lambda))
    }
}

fn sums(trace: &[f64], fit: &Fit, decay: f64) -> Sums {
    let mut sums = Sums::default();
    let starts = pool_starts(&fit.activity);
    let stops = starts.iter().copied().skip(1).chain([trace.len()]);
    for (&start, stop) in starts.iter().zip(stops) {
        let samples = trace.get(start..stop).unwrap_or_default();
        let calcium = fit.calcium.get(start..stop).unwrap_or_default();
        let silent = calcium.first().is_none_or(|c| *c <= 0.0);
        // How much calcium at the start falls per unit of penalty and of baseline.
        let (mut penalty, mut ones, mut weight, mut power) = (0.0, 0.0, 0.0, 1.0);
        for (t, y) in (start..).zip(samples) {
            penalty += power * if t + 1 == trace.len() { 1.0 } else { 1.0 - decay };
            if !y.is_nan() {
                ones += power;
                weight += power * power;
            }
            power *= decay;
        }
        let moves = !silent && weight > 0.0;
        let (by_penalty, by_level) = if moves { (penalty / weight, ones / weight) } else { (0.0, 0.0) };
        let mut power = 1.0;
        for (y, c) in samples.iter().zip(calcium) {
            if !y.is_nan() {
                sums.add(y - fit.baseline - c, power * by_penalty, power * by_level - 1.0);
            }
            power *= decay;
        }
    }
    sums
}
