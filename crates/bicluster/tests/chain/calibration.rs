//! Simulation-based calibration (Talts et al. 2018): the rank of the truth among posterior draws is uniform, if the
//! truth was drawn from the prior.
//!
//! With `NEUROLOOM_LONG_TESTS` set there are 500 truths instead of 60, and 99 draws each instead of 39.

use ndarray::Array2;
use neuroloom_bicluster::{Point, Sampler, Settings, Streams};
use neuroloom_core::Seed;
use rand::{Rng, RngExt};
use rayon::prelude::*;

use crate::prior::{self, Design, tight};

const N_UNITS: usize = 5;
const N_BINS: usize = 15;

struct Calibration {
    settings: Settings,
    design: Design,
    n_truths: usize,
    n_draws: usize,
    thin: usize,
}

/// Of one truth: its ranks as shares of the draws, and for every pair of neurons the posterior probability that they
/// share a cluster, with whether they do.
struct Outcome {
    ranks: Vec<f64>,
    pairs: Vec<(f64, bool)>,
}

/// Twenty cells of eta, dispersions, baselines with the mean of eta, lengths of loadings, clusters, states.
fn scalars(point: &Point) -> Vec<f64> {
    let (state, eta) = (&point.state, prior::eta(&point.state, point.state.loadings.ncols()));
    let cells = (0..20).map(|cell| eta[[cell % N_UNITS, 3 * cell / 4]]);
    let units = (0..N_UNITS).flat_map(|unit| {
        let mean = eta.row(unit).mean().unwrap_or(0.0);
        [state.dispersions[unit], mean, state.loadings[[unit, 1]].abs()]
    });
    let states: std::collections::BTreeSet<_> = state.states.iter().collect();
    cells.chain(units).chain([state.n_clusters() as f64, states.len() as f64]).collect()
}

impl Calibration {
    fn new() -> Self {
        let long = std::env::var_os("NEUROLOOM_LONG_TESTS").is_some();
        let (n_truths, n_draws, thin) = if long { (500, 99, 30) } else { (60, 39, 10) };
        let mut seen = Array2::from_elem((N_UNITS, N_BINS), true);
        seen[[1, 3]] = false;
        Self {
            settings: Settings::new(tight(1, 2, 3), N_UNITS),
            design: Design { seen, segments: vec![0..9, 9..N_BINS] },
            n_truths,
            n_draws,
            thin,
        }
    }

    fn outcome(&self, number: usize) -> Outcome {
        let seed = Seed::root(11).child_index(number as u64);
        let rng = &mut seed.rng();
        let truth = prior::draw(&self.settings, &self.design, rng);
        let counts = prior::counts(&truth.state, self.settings.family, &self.design, rng);
        let mut point = prior::draw(&self.settings, &self.design, rng);
        let (mut sampler, streams) = (Sampler::new(&counts, &self.settings), Streams::new(seed, 0));
        let expected = scalars(&truth);
        let (mut below, mut equal) = (vec![0.0; expected.len()], vec![0.0; expected.len()]);
        let mut together = Array2::<f64>::zeros((N_UNITS, N_UNITS));
        let burn_in = 10 * self.thin;
        for sweep in 0..burn_in + self.n_draws * self.thin {
            sampler.sweep(&mut point, &streams.sweep(sweep as u64)).unwrap();
            if sweep < burn_in || !(sweep - burn_in).is_multiple_of(self.thin) {
                continue;
            }
            let counts = below.iter_mut().zip(&mut equal);
            for ((below, equal), (found, expected)) in counts.zip(scalars(&point).iter().zip(&expected)) {
                *below += f64::from(u8::from(found < expected));
                *equal += f64::from(u8::from(found == expected));
            }
            together.indexed_iter_mut().for_each(|((i, j), sum)| {
                *sum += f64::from(u8::from(point.state.labels[i] == point.state.labels[j]));
            });
        }
        let n = self.n_draws as f64;
        let pairs = (0..N_UNITS)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| (together[[i, j]] / n, truth.state.labels[i] == truth.state.labels[j]));
        Outcome {
            pairs: pairs.collect(),
            ranks: below
                .iter()
                .zip(equal)
                .map(|(below, equal)| (below + rank(equal, rng) + 0.5) / (n + 1.0))
                .collect(),
        }
    }
}

/// The rank of a truth among so many draws that equal it: each of them as probable as any other.
fn rank(equal: f64, rng: &mut impl Rng) -> f64 {
    f64::from(rng.random_range(0..=equal as u32))
}

/// Largest distance of the ranks' distribution function from the uniform one, in the units of its 99 % bound (Massart).
fn distance(mut ranks: Vec<f64>, n_draws: usize, n_scalars: usize) -> f64 {
    ranks.sort_by(f64::total_cmp);
    let n = ranks.len() as f64;
    let beyond = ranks.iter().enumerate().map(|(below, rank)| {
        let (below, rank) = (below as f64 / n, *rank);
        (below - rank).abs().max((below + 1.0 / n - rank).abs())
    });
    let distance = beyond.fold(0.0, f64::max) - 0.5 / (n_draws as f64 + 1.0);
    // 1 % over all scalars together.
    distance / ((2.0 * n_scalars as f64 / 0.01).ln() / (2.0 * n)).sqrt()
}

/// Slope of whether pairs are together on the probability that they are.
fn slope(pairs: &[(f64, bool)]) -> f64 {
    let n = pairs.len() as f64;
    let truth = |of: bool| f64::from(u8::from(of));
    let x = pairs.iter().map(|(p, _)| p).sum::<f64>() / n;
    let y = pairs.iter().map(|(_, is)| truth(*is)).sum::<f64>() / n;
    let (cross, square) = pairs.iter().fold((0.0, 0.0), |(cross, square), (p, is)| {
        (cross + (p - x) * (truth(*is) - y), square + (p - x) * (p - x))
    });
    cross / square
}

#[test]
fn the_posterior_is_calibrated() {
    let of = Calibration::new();
    let outcomes: Vec<Outcome> = (0..of.n_truths).into_par_iter().map(|number| of.outcome(number)).collect();
    let n_scalars = outcomes[0].ranks.len();
    let distances: Vec<f64> = (0..n_scalars)
        .map(|scalar| distance(outcomes.iter().map(|of| of.ranks[scalar]).collect(), of.n_draws, n_scalars))
        .collect();
    let pairs: Vec<(f64, bool)> = outcomes.iter().flat_map(|of| of.pairs.clone()).collect();
    let slope = slope(&pairs);
    println!(
        "largest distances of ranks, of what 1 % of runs exceed: {distances:.2?}; reliability slope {slope:.3}"
    );
    assert!(distances.iter().all(|distance| *distance < 1.0), "{distances:.2?}");
    let margin = if of.n_truths >= 500 { 0.1 } else { 0.5 };
    assert!((slope - 1.0).abs() < margin, "{slope}");
}
