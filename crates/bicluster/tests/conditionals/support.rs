//! Moments of chains and of densities on grids.

use ndarray::Array2;
use neuroloom_bicluster::Counts;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const BATCHES: usize = 50;

pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Mean of a chain and its standard error by batch means.
pub fn mean_and_error(chain: &[f64]) -> (f64, f64) {
    let size = chain.len() / BATCHES;
    let means: Vec<f64> =
        chain.chunks_exact(size).map(|batch| batch.iter().sum::<f64>() / size as f64).collect();
    let mean = means.iter().sum::<f64>() / means.len() as f64;
    let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (means.len() - 1) as f64;
    (mean, (variance / means.len() as f64).sqrt())
}

/// How many standard errors the mean of a chain is from what it should be.
pub fn z_score(chain: &[f64], expected: f64) -> f64 {
    let (mean, error) = mean_and_error(chain);
    (mean - expected) / error
}

/// Asserts that the first two moments of a chain are the expected ones.
pub fn assert_moments(what: &str, chain: &[f64], mean: f64, variance: f64) {
    let squares: Vec<f64> = chain.iter().map(|x| (x - mean).powi(2)).collect();
    let (first, second) = (z_score(chain, mean), z_score(&squares, variance));
    assert!(
        first.abs() < 4.5 && second.abs() < 4.5,
        "{what}: mean off by {first} errors, variance by {second}"
    );
}

/// Mean and variance under the density exp(log_density) on an even grid.
pub fn moments_on_grid(low: f64, high: f64, log_density: impl Fn(f64) -> f64) -> (f64, f64) {
    const POINTS: usize = 4000;
    let at = |i: usize| low + (high - low) * i as f64 / (POINTS - 1) as f64;
    let logs: Vec<f64> = (0..POINTS).map(|i| log_density(at(i))).collect();
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| (log - largest).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mean = weights.iter().enumerate().map(|(i, w)| w * at(i)).sum::<f64>() / total;
    let variance = weights.iter().enumerate().map(|(i, w)| w * (at(i) - mean).powi(2)).sum::<f64>() / total;
    (mean, variance)
}

/// Half the summed absolute differences of frequencies and probabilities.
pub fn total_variation(counts: &[usize], probabilities: &[f64]) -> f64 {
    let n = counts.iter().sum::<usize>() as f64;
    0.5 * counts.iter().zip(probabilities).map(|(&count, p)| (count as f64 / n - p).abs()).sum::<f64>()
}

/// One neuron's counts; every `hidden`-th bin is not seen and holds a count that would change everything.
pub fn one_neuron(counts: &[u32], hidden: usize) -> Counts {
    let n = counts.len();
    let seen = Array2::from_shape_fn((1, n), |(_, t)| t % hidden != hidden - 1);
    let values = Array2::from_shape_fn((1, n), |(_, t)| if seen[[0, t]] { counts[t] } else { 10_000 });
    Counts::new(values, seen, std::iter::once(0..n).collect())
}

/// ln NB(y; r, mean m) without ln y!.
pub fn log_negative_binomial(y: f64, r: f64, m: f64) -> f64 {
    use neuroloom_math::ln_gamma;
    ln_gamma(y + r) - ln_gamma(r) + r * (r / (r + m)).ln() + y * (m / (r + m)).ln()
}
