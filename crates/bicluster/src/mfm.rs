//! What is believed of the partition of the neurons into clusters, before any count is seen.

use neuroloom_math::ln_gamma;

use crate::NeuronPrior;

/// The prior of a partition with K occupied clusters of sizes n_c is exchangeable:
///
/// ln P = `log_count`(K) + Σ_c `log_cluster`(n_c).
///
/// - Mixture of finite mixtures (Miller and Harrison 2018): V_N(K) Π g^{(n_c)}, where V_N(t) = Σ_{k ≥ t} k_(t) / (g k)^{(N)}
///   P(K* = k), k_(t) = k!/(k - t)!, x^{(n)} = Γ(x + n)/Γ(x).
/// - Dirichlet process: a^K Π (n_c - 1)! / a^{(N)}.
/// - Fixed number of clusters k: k_(K) / (g k)^{(N)} Π g^{(n_c)}.
///
/// Partitions of more clusters than the limit have probability 0; the rest is not normalised again.
#[derive(Clone, Debug)]
pub struct PartitionPrior {
    /// ln of the factor of the number of clusters, at 0..=max_clusters.
    log_count: Vec<f64>,
    /// ln of its ratio from t to t + 1 clusters, at 0..=max_clusters.
    log_ratio: Vec<f64>,
    /// What every cluster's size is raised by: g, or 0 for the Dirichlet process.
    pseudo_size: f64,
    /// ln of the concentration of the Dirichlet process, else 0.
    log_opening: f64,
}

impl PartitionPrior {
    /// Of `n_units` neurons in at most `max_clusters` occupied clusters.
    pub fn new(prior: &NeuronPrior, n_units: usize, max_clusters: usize) -> Self {
        let (log_first, mut log_ratio, pseudo_size, log_opening) = match *prior {
            NeuronPrior::Mfm { rho, g } => {
                let found = Coefficients::new(rho, g, n_units, max_clusters);
                (found.log_first, found.log_ratios, g, 0.0)
            }
            NeuronPrior::Dp { concentration } => {
                let log_first = -log_rising(concentration, n_units);
                (log_first, vec![0.0; max_clusters], 0.0, concentration.ln())
            }
            NeuronPrior::Fixed { n_clusters, g } => {
                let all = n_clusters as f64;
                let log_ratios = (1..=max_clusters).map(|t| (n_clusters.saturating_sub(t) as f64).ln());
                (all.ln() - log_rising(g * all, n_units), log_ratios.collect(), g, 0.0)
            }
        };
        if let Some(last) = log_ratio.last_mut() {
            *last = f64::NEG_INFINITY;
        }
        let mut log_count = vec![f64::NEG_INFINITY, log_first];
        let mut sum = log_first;
        for ratio in log_ratio.iter().take(max_clusters.saturating_sub(1)) {
            sum += ratio;
            log_count.push(sum);
        }
        log_ratio.insert(0, 0.0);
        Self { log_count, log_ratio, pseudo_size, log_opening }
    }

    /// ln P of a partition by the sizes of its clusters, each at least 1.
    pub fn log_probability(&self, sizes: &[usize]) -> f64 {
        self.log_count(sizes.len()) + sizes.iter().map(|&size| self.log_cluster(size)).sum::<f64>()
    }

    /// The factor of the number of occupied clusters, -∞ beyond the limit.
    pub fn log_count(&self, n_occupied: usize) -> f64 {
        self.log_count.get(n_occupied).copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// The factor of one cluster of so many neurons, at least 1.
    pub fn log_cluster(&self, size: usize) -> f64 {
        let size = size as f64;
        if self.pseudo_size > 0.0 {
            ln_gamma(self.pseudo_size + size) - ln_gamma(self.pseudo_size)
        } else {
            self.log_opening + ln_gamma(size)
        }
    }

    /// ln of the urn's weight of a cluster that holds `size_without` ≥ 1 other neurons.
    pub fn log_existing(&self, size_without: usize) -> f64 {
        (size_without as f64 + self.pseudo_size).ln()
    }

    /// ln of the urn's weight of a cluster of its own, where the others occupy `n_occupied_without`.
    pub fn log_new(&self, n_occupied_without: usize) -> f64 {
        self.log_cluster(1) + self.log_count_ratio(n_occupied_without)
    }

    /// `log_count(K + 1) - log_count(K)`, ln V_N(K + 1) / V_N(K) of a mixture of finite mixtures, without the rounding
    /// of a difference; -∞ where K + 1 is beyond the limit.
    pub fn log_count_ratio(&self, n_occupied: usize) -> f64 {
        self.log_ratio.get(n_occupied).copied().unwrap_or(f64::NEG_INFINITY)
    }
}

/// ln x^{(n)}, the rising factorial.
fn log_rising(x: f64, n: usize) -> f64 {
    ln_gamma(x + n as f64) - ln_gamma(x)
}

/// V_N(t), as the logarithm of V_N(1) and the logarithms of ratios of neighbours.
///
/// The terms of V_N(t) are taken relative to its first, k = t, and every ratio of terms is a product or a sum of small
/// logarithms: differences of ln Γ would lose digits at thousands of neurons.
struct Coefficients {
    log_first: f64,
    /// ln V_N(t + 1) / V_N(t) at t = 1..=max_clusters.
    log_ratios: Vec<f64>,
    /// ln of V_N(t) over its first term, at t = 1..=max_clusters + 1.
    #[cfg_attr(not(test), expect(dead_code, reason = "the test of the recursion in N compares these"))]
    log_sums: Vec<f64>,
}

impl Coefficients {
    fn new(rho: f64, g: f64, n_units: usize, max_clusters: usize) -> Self {
        let mut rising = RisingRatios::new(g, n_units);
        let log_sums: Vec<f64> = (1..=max_clusters + 1).map(|t| log_sum(t, rho, &mut rising)).collect();
        let log_first = rho.ln() - log_rising(g, n_units) + log_sums[0];
        let log_ratios = log_sums.windows(2).enumerate().map(|(before, sums)| {
            let t = before + 1;
            let first_terms = ((t + 1) as f64).ln() + (-rho).ln_1p() + rising.log(t);
            first_terms + sums[1] - sums[0]
        });
        Self { log_first, log_ratios: log_ratios.collect(), log_sums }
    }
}

/// Sums above are scaled down, before they leave the range of doubles.
const LARGE: f64 = 1e200;

/// ln Σ_{k ≥ t} of the terms of V_N(t) over the first.
///
/// The ratio of neighbouring terms tends to 1 - rho from below once it falls (t ≤ N), so that what is left after a term
/// is at most the term times (1 - rho) / rho.
fn log_sum(t: usize, rho: f64, rising: &mut RisingRatios) -> f64 {
    let (mut sum, mut term, mut log_scale) = (1.0, 1.0, 0.0);
    for k in t.. {
        let ratio = (k + 1) as f64 / (k + 1 - t) as f64 * (1.0 - rho) * rising.log(k).exp();
        term *= ratio;
        sum += term;
        if ratio < 1.0 && term * (1.0 - rho) <= 1e-17 * rho * sum {
            break;
        }
        if sum > LARGE {
            (sum, term, log_scale) = (sum / LARGE, term / LARGE, log_scale + LARGE.ln());
        }
    }
    log_scale + f64::ln(sum)
}

/// ln (g k)^{(N)} / (g k + g)^{(N)} for k = 1, 2, .., kept once known.
struct RisingRatios {
    g: f64,
    n_units: usize,
    known: Vec<f64>,
}

impl RisingRatios {
    fn new(g: f64, n_units: usize) -> Self {
        Self { g, n_units, known: Vec::new() }
    }

    fn log(&mut self, k: usize) -> f64 {
        while self.known.len() < k {
            let next = self.compute((self.known.len() + 1) as f64);
            self.known.push(next);
        }
        self.known[k - 1]
    }

    fn compute(&self, k: f64) -> f64 {
        if self.g == 1.0 {
            return -(self.n_units as f64 / k).ln_1p();
        }
        let upper = self.g * (k + 1.0);
        (0..self.n_units).map(|i| (-self.g / (upper + i as f64)).ln_1p()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_follow_the_recursion_in_the_number_of_neurons() {
        for (rho, g) in [(0.2, 1.0), (0.415, 0.3), (0.05, 2.5)] {
            for n in [2_usize, 7, 50, 171, 1000, 4999] {
                let most = n.min(60);
                let now = Coefficients::new(rho, g, n, most);
                let next = Coefficients::new(rho, g, n + 1, most);
                for t in 1..=most {
                    // V_n(t) / V_{n+1}(t): first terms differ by the factor g t + n
                    let linear = g * t as f64 + n as f64;
                    let left = linear * (now.log_sums[t - 1] - next.log_sums[t - 1]).exp();
                    let right = linear + g * next.log_ratios[t - 1].exp();
                    assert!((left / right - 1.0).abs() < 1e-12, "n {n}, t {t}: {left} {right}");
                }
            }
        }
    }
}
