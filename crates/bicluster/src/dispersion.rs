//! Dispersion of a neuron (section 4.7 of the model): a slice step at fixed means, and a step by tables that moves the
//! baseline along.

mod seen_bins;

use rand::{Rng, RngExt};
use rand_distr::Exp1;

use crate::log_dirichlet::gamma_draw;
use crate::{Counts, DispersionPrior, LoadingPrior};

pub use seen_bins::SeenBins;

/// Width of the interval of the slice step, in ln r, and how often it may grow.
const SLICE_WIDTH: f64 = 1.0;
const SLICE_STEPS: u32 = 8;

/// Draws r and, with it, d: first [`slice_step`], then [`crt_joint_step`]. `log_means` is eta `[T]` at the current `baseline`;
/// afterwards eta is larger by the change of the baseline.
#[expect(clippy::too_many_arguments, reason = "everything that the neuron depends on")]
pub fn sample_dispersion<R: Rng + ?Sized>(
    counts: &Counts,
    unit: usize,
    log_means: &[f64],
    dispersion: f64,
    baseline: f64,
    loading: &LoadingPrior,
    prior: &DispersionPrior,
    rng: &mut R,
) -> (f64, f64) {
    let seen = SeenBins::new(counts, unit, log_means);
    let dispersion = slice_step(&seen, dispersion, prior, rng);
    crt_joint_step(&seen, dispersion, baseline, loading, prior, rng)
}

/// One step of slice sampling on ln r (Neal 2003), the means fixed; r stays in [`DispersionPrior::RANGE`].
pub fn slice_step<R: Rng + ?Sized>(
    seen: &SeenBins,
    dispersion: f64,
    prior: &DispersionPrior,
    rng: &mut R,
) -> f64 {
    let [lowest, highest] = DispersionPrior::RANGE.map(f64::ln);
    let log_density = |log_r: f64| {
        if !(lowest..=highest).contains(&log_r) {
            return f64::NEG_INFINITY;
        }
        let r = log_r.exp();
        prior.shape * log_r - prior.rate * r + seen.log_likelihood(r)
    };
    let start = dispersion.ln().clamp(lowest, highest);
    let level = log_density(start) - rng.sample::<f64, _>(Exp1);
    let mut left = start - SLICE_WIDTH * rng.random::<f64>();
    let mut right = left + SLICE_WIDTH;
    let to_the_left = rng.random_range(0..SLICE_STEPS);
    for _ in 0..to_the_left {
        if log_density(left) <= level {
            break;
        }
        left -= SLICE_WIDTH;
    }
    for _ in to_the_left + 1..SLICE_STEPS {
        if log_density(right) <= level {
            break;
        }
        right += SLICE_WIDTH;
    }
    loop {
        let proposal = left + (right - left) * rng.random::<f64>();
        if log_density(proposal) > level {
            return proposal.exp();
        }
        // an interval that has shrunk to the start holds nothing else
        if (right - left) <= f64::EPSILON * start.abs().max(1.0) {
            return start.exp();
        }
        if proposal < start { left = proposal } else { right = proposal }
    }
}

/// r given tables l = Σ_t CRT(y_t, r), with psi_t = eta_t - ln r fixed: r' ~ Gamma(a0 + l, h + Σ_t ln((r + m_t)/r)), and d
/// moves by ln r' - ln r. Kept with probability min(1, N(d') / N(d)) by the prior of d; gives (r, d).
///
/// Without the move of d the step would hold m fixed while it draws from a law in which m moves, and leave another law
/// than the posterior invariant.
pub fn crt_joint_step<R: Rng + ?Sized>(
    seen: &SeenBins,
    dispersion: f64,
    baseline: f64,
    loading: &LoadingPrior,
    prior: &DispersionPrior,
    rng: &mut R,
) -> (f64, f64) {
    let shape = prior.shape + seen.draw_tables(dispersion, rng);
    let proposal = gamma_draw(shape, rng) / (prior.rate + seen.log_odds(dispersion));
    let moved = baseline + proposal.ln() - dispersion.ln();
    let standard = |d: f64| (d - loading.mean) / loading.sd;
    let log_ratio = 0.5 * (standard(baseline).powi(2) - standard(moved).powi(2));
    let [lowest, highest] = DispersionPrior::RANGE;
    let within = (lowest..=highest).contains(&proposal);
    if within && -rng.sample::<f64, _>(Exp1) < log_ratio { (proposal, moved) } else { (dispersion, baseline) }
}
