//! What drives the population, condition by condition.

use ndarray::Array3;
use neuroloom_core::{Result, RunContext, Seed};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::LorenzParams;
use super::dynamics::N_STATES;

/// The states of all conditions: centred, and scaled so that the largest of all has size 1.
#[derive(Clone, Debug)]
pub struct Latents {
    /// `[n_conditions][steps per trial]` of x, y, z, without unit.
    pub paths: Vec<Vec<[f64; 3]>>,
}

impl Latents {
    /// Simulates every condition from a start that is drawn from the standard normal distribution, subtracts from each state variable its
    /// mean over conditions and times, and divides all by the largest size of any.
    ///
    /// # Errors
    /// When the user asked to stop.
    pub fn simulate(ctx: &RunContext, params: &LorenzParams) -> Result<Self> {
        let seed = ctx.seed().child("starts");
        let path = |condition: usize| {
            ctx.check_cancelled()?;
            Ok(params.dynamics.path(params, start(seed.child_index(condition as u64))))
        };
        let mut paths = (0..params.n_conditions).into_par_iter().map(path).collect::<Result<Vec<_>>>()?;
        normalise(&mut paths);
        Ok(Self { paths })
    }

    /// Means over the bins `[n_conditions, 3, n_bins]`.
    pub fn binned(&self, params: &LorenzParams) -> Array3<f64> {
        let (n, steps) = (params.n_bins, params.steps_per_bin());
        let mut binned = Array3::zeros((self.paths.len(), N_STATES, n));
        for (path, mut rows) in self.paths.iter().zip(binned.outer_iter_mut()) {
            for (state, mut row) in rows.outer_iter_mut().enumerate() {
                let means = bin_means(path.iter().map(|point| point[state]), steps);
                row.iter_mut().zip(means).for_each(|(value, mean)| *value = mean);
            }
        }
        binned
    }
}

/// Means of `values`, `steps` at a time, at least 1.
pub fn bin_means(values: impl Iterator<Item = f64>, steps: usize) -> Vec<f64> {
    let mut means = Vec::new();
    let (mut sum, mut n) = (0.0, 0);
    for value in values {
        sum += value;
        n += 1;
        if n == steps {
            means.push(sum / steps as f64);
            (sum, n) = (0.0, 0);
        }
    }
    means
}

fn start(seed: Seed) -> [f64; 3] {
    let mut stream = seed.rng();
    std::array::from_fn(|_| StandardNormal.sample(&mut stream))
}

fn normalise(paths: &mut [Vec<[f64; 3]>]) {
    let n: usize = paths.iter().map(Vec::len).sum();
    let mut mean = [0.0; N_STATES];
    paths.iter().flatten().for_each(|point| (0..N_STATES).for_each(|i| mean[i] += point[i] / n as f64));
    paths.iter_mut().flatten().for_each(|point| (0..N_STATES).for_each(|i| point[i] -= mean[i]));
    let sizes = paths.iter().flatten().flatten().map(|value| value.abs());
    let largest = sizes.fold(0.0, f64::max);
    if largest > 0.0 {
        paths.iter_mut().flatten().flatten().for_each(|value| *value /= largest);
    }
}
