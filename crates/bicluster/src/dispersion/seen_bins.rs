//! What a dispersion depends on.

use neuroloom_math::ln_gamma;
use pulp::{Arch, NullaryFnOnce};
use rand::Rng;

use crate::Counts;
use crate::crt::n_tables;
use crate::likelihood::elementary::softplus;

/// Bins at a time.
const LANES: usize = 8;

/// Counts and log means of the bins of one neuron that the chain sees.
#[derive(Clone, Debug)]
pub struct SeenBins {
    counts: Vec<f64>,
    log_means: Vec<f64>,
    /// Counts above 0, each with the number of its bins.
    histogram: Vec<(u32, f64)>,
    /// Sum of the counts.
    total: f64,
}

impl SeenBins {
    /// Of a neuron whose log means `[T]` are given.
    pub fn new(counts: &Counts, unit: usize, log_means: &[f64]) -> Self {
        let (values, seen) = (counts.unit(unit), counts.seen(unit));
        let bins = || values.iter().zip(&seen).zip(log_means).filter(|((_, seen), _)| **seen);
        let mut spiking: Vec<u32> = bins().map(|((&count, _), _)| count).filter(|&count| count > 0).collect();
        spiking.sort_unstable();
        Self {
            counts: bins().map(|((&count, _), _)| f64::from(count)).collect(),
            log_means: bins().map(|(_, &eta)| eta).collect(),
            histogram: spiking.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as f64)).collect(),
            total: spiking.iter().map(|&count| f64::from(count)).sum(),
        }
    }

    /// ln p(y | r) up to a constant, the means fixed: with psi_t = eta_t - ln r it is
    /// Σ [ln Γ(y + r) - ln Γ(r) + y psi - (y + r) ln(1 + e^psi)].
    pub(super) fn log_likelihood(&self, r: f64) -> f64 {
        let at_zero = ln_gamma(r);
        let shapes: f64 =
            self.histogram.iter().map(|&(y, bins)| bins * (ln_gamma(f64::from(y) + r) - at_zero)).sum();
        let [odds, weighted] = self.log_odds_and_weighted(r);
        shapes - self.total * r.ln() - r * odds - weighted
    }

    /// l ~ Σ_t CRT(y_t, r).
    pub(crate) fn draw_tables<R: Rng + ?Sized>(&self, r: f64, rng: &mut R) -> f64 {
        self.counts.iter().map(|&y| f64::from(n_tables(y as u32, r, rng))).sum()
    }

    /// Σ_t ln((r + m_t) / r).
    pub(crate) fn log_odds(&self, r: f64) -> f64 {
        self.log_odds_and_weighted(r)[0]
    }

    /// Σ_t ln((r + m_t) / r), and the same weighted by the counts.
    fn log_odds_and_weighted(&self, r: f64) -> [f64; 2] {
        Arch::new().dispatch(LogOdds { bins: self, log_dispersion: r.ln() })
    }
}

/// A named call, because a closure is not compiled for the vectors that it is dispatched to.
struct LogOdds<'a> {
    bins: &'a SeenBins,
    log_dispersion: f64,
}

impl NullaryFnOnce for LogOdds<'_> {
    type Output = [f64; 2];

    #[inline(always)]
    fn call(self) -> [f64; 2] {
        let (log_means, last_means) = self.bins.log_means.as_chunks::<LANES>();
        let (counts, last_counts) = self.bins.counts.as_chunks::<LANES>();
        let (mut sums, mut weighted) = ([0.0; LANES], [0.0; LANES]);
        for (log_means, counts) in log_means.iter().zip(counts) {
            for lane in 0..LANES {
                let value = softplus(log_means[lane] - self.log_dispersion);
                sums[lane] += value;
                weighted[lane] += counts[lane] * value;
            }
        }
        let (mut sum, mut weighted) = (sums.iter().sum::<f64>(), weighted.iter().sum::<f64>());
        for (log_mean, count) in last_means.iter().zip(last_counts) {
            let value = softplus(log_mean - self.log_dispersion);
            sum += value;
            weighted += count * value;
        }
        [sum, weighted]
    }
}
