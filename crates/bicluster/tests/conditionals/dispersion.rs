//! Dispersions against their posterior on a grid, and the step that would be wrong (section 6.3 of the model).

use neuroloom_bicluster::{
    DispersionPrior, LoadingPrior, SeenBins, crt_joint_step, gamma_draw, n_tables, sample_dispersion,
    slice_step,
};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use crate::support::{assert_moments, log_negative_binomial, moments_on_grid, one_neuron, rng, z_score};

const N_BINS: usize = 60;
const PRIOR: DispersionPrior = DispersionPrior { shape: 1.0, rate: 1.0 };
const LOADING: LoadingPrior = LoadingPrior { mean: 0.0, sd: 1.0 };

fn counts() -> Vec<u32> {
    (0..N_BINS).map(|t| [0, 3, 1, 0, 6, 2, 0, 0, 9, 1, 4, 2][t % 12]).collect()
}

fn log_likelihood(r: f64, d: f64) -> f64 {
    counts()
        .iter()
        .enumerate()
        .filter(|(t, _)| t % 7 != 6)
        .map(|(_, &y)| log_negative_binomial(f64::from(y), r, d.exp()))
        .sum()
}

fn log_posterior(log_r: f64, d: f64) -> f64 {
    PRIOR.shape * log_r - PRIOR.rate * log_r.exp() + log_likelihood(log_r.exp(), d) - 0.5 * d * d
}

/// Mean and variance of ln r with d integrated out.
fn exact_moments() -> (f64, f64) {
    moments_on_grid_of(|log_r| {
        let logs: Vec<f64> = (0..120).map(|i| log_posterior(log_r, -0.5 + 0.02 * f64::from(i))).collect();
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        largest + logs.iter().map(|log| (log - largest).exp()).sum::<f64>().ln()
    })
}

fn moments_on_grid_of(log_density: impl Fn(f64) -> f64) -> (f64, f64) {
    let at = |i: usize| -3.0 + 0.02 * i as f64;
    let logs: Vec<f64> = (0..300).map(|i| log_density(at(i))).collect();
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|log| (log - largest).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mean = weights.iter().enumerate().map(|(i, w)| w * at(i)).sum::<f64>() / total;
    (mean, weights.iter().enumerate().map(|(i, w)| w * (at(i) - mean).powi(2)).sum::<f64>() / total)
}

/// A random walk of the baseline that leaves its conditional invariant.
fn move_baseline(r: f64, d: f64, rng: &mut impl Rng) -> f64 {
    let proposal = d + 0.3 * rng.sample::<f64, _>(StandardNormal);
    let change = log_posterior(r.ln(), proposal) - log_posterior(r.ln(), d);
    if rng.random::<f64>().ln() < change { proposal } else { d }
}

/// A chain of ln r by a step of (r, d), the baseline moved in between.
fn chain(seed: u64, mut step: impl FnMut(&SeenBins, f64, f64, &mut ChaCha8Rng) -> (f64, f64)) -> Vec<f64> {
    let (data, mut rng) = (one_neuron(&counts(), 7), rng(seed));
    let (mut r, mut d) = (1.0, 0.8);
    (0..40_000)
        .map(|_| {
            for _ in 0..3 {
                d = move_baseline(r, d, &mut rng);
            }
            (r, d) = step(&SeenBins::new(&data, 0, &[d; N_BINS]), r, d, &mut rng);
            r.ln()
        })
        .collect()
}

#[test]
fn the_slice_step_keeps_the_posterior_at_fixed_means() {
    let (data, mut rng) = (one_neuron(&counts(), 7), rng(1));
    let d = 0.9;
    let (mean, variance) = moments_on_grid(-4.0, 4.0, |log_r| log_posterior(log_r, d));
    let seen = SeenBins::new(&data, 0, &[d; N_BINS]);
    let mut r = 1.0;
    let draws: Vec<f64> = (0..60_000)
        .map(|_| {
            r = slice_step(&seen, r, &PRIOR, &mut rng);
            r.ln()
        })
        .collect();
    assert_moments("ln r", &draws, mean, variance);
}

#[test]
fn the_slice_step_keeps_to_the_range() {
    // Poisson counts pull r to its upper bound under a flat prior
    let counts = [3_u32; 50];
    let (data, mut rng) = (one_neuron(&counts, 60), rng(2));
    let flat = DispersionPrior { shape: 1.0, rate: 1e-9 };
    let seen = SeenBins::new(&data, 0, &[3_f64.ln(); 50]);
    let mut r = 9e5;
    let mut largest: f64 = 0.0;
    for _ in 0..2000 {
        r = slice_step(&seen, r, &flat, &mut rng);
        largest = largest.max(r);
        assert!((DispersionPrior::RANGE[0]..=DispersionPrior::RANGE[1]).contains(&r));
    }
    assert!(largest > 0.9 * DispersionPrior::RANGE[1]);
}

#[test]
fn the_step_by_tables_keeps_the_posterior_because_the_baseline_moves_along() {
    let (mean, variance) = exact_moments();
    let draws = chain(3, |seen, r, d, rng| crt_joint_step(seen, r, d, &LOADING, &PRIOR, rng));
    assert_moments("ln r", &draws, mean, variance);
}

#[test]
fn without_the_move_of_the_baseline_the_step_by_tables_is_wrong() {
    let (exact, variance) = exact_moments();
    let counts = counts();
    let draws = chain(4, |_, r, d, rng| {
        let seen = counts.iter().enumerate().filter(|(t, _)| t % 7 != 6);
        let tables: u32 = seen.clone().map(|(_, &y)| n_tables(y, r, rng)).sum();
        let odds = seen.count() as f64 * (d.exp() / r).ln_1p();
        (gamma_draw(PRIOR.shape + f64::from(tables), rng) / (PRIOR.rate + odds), d)
    });
    let squares: Vec<f64> = draws.iter().map(|x| (x - exact).powi(2)).collect();
    let (first, second) = (z_score(&draws, exact), z_score(&squares, variance));
    assert!(first.abs() > 6.0 && second.abs() > 6.0, "mean off by {first} errors, variance by {second}");
}

#[test]
fn both_moves_together_keep_the_posterior() {
    let (mean, variance) = exact_moments();
    let (data, mut rng) = (one_neuron(&counts(), 7), rng(5));
    let (mut r, mut d) = (1.0, 0.8);
    let draws: Vec<f64> = (0..40_000)
        .map(|_| {
            d = move_baseline(r, d, &mut rng);
            (r, d) = sample_dispersion(&data, 0, &[d; N_BINS], r, d, &LOADING, &PRIOR, &mut rng);
            r.ln()
        })
        .collect();
    assert_moments("ln r", &draws, mean, variance);
}
