//! From latents to rates.

use ndarray::Array3;
use neuroloom_core::{Result, RunContext, Seed};
use rand::RngExt;
use rayon::prelude::*;

use super::dynamics::N_STATES;
use super::{Latents, LorenzParams, bin_means};

/// How strongly each latent drives each unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// `[n_units]` of the weights of x, y, z: sizes uniform in [1, 2), signs by the toss of a coin.
    pub weights: Vec<[f64; 3]>,
}

impl Readout {
    /// Draws the weights; those of a unit do not depend on how many there are.
    pub fn draw(n_units: usize, seed: Seed) -> Self {
        let weights = |unit: usize| {
            let mut stream = seed.child_index(unit as u64).rng();
            std::array::from_fn(|_| {
                let size = 1.0 + stream.random::<f64>();
                if stream.random::<bool>() { size } else { -size }
            })
        };
        Self { weights: (0..n_units).map(weights).collect() }
    }

    /// The rate of `unit` in a `state`, Hz: `rate_hz exp(w · s)`.
    pub fn rate_hz(&self, unit: usize, state: [f64; 3], rate_hz: f64) -> f64 {
        let Some(weights) = self.weights.get(unit) else { return 0.0 };
        let drive: f64 = (0..N_STATES).map(|i| weights[i] * state[i]).sum();
        rate_hz * drive.exp()
    }

    /// Rates of all units in all conditions, means over the bins, Hz `[n_conditions, n_units, n_bins]`.
    ///
    /// # Errors
    /// When the user asked to stop.
    pub fn rates(&self, ctx: &RunContext, params: &LorenzParams, latents: &Latents) -> Result<Array3<f64>> {
        let (n_units, steps) = (self.weights.len(), params.steps_per_bin());
        let mut rates = Array3::zeros((latents.paths.len(), n_units, params.n_bins));
        let conditions: Vec<_> = rates.outer_iter_mut().zip(&latents.paths).collect();
        conditions.into_par_iter().try_for_each(|(mut rows, path)| {
            ctx.check_cancelled()?;
            for (unit, mut row) in rows.outer_iter_mut().enumerate() {
                let rate = |state: &[f64; 3]| self.rate_hz(unit, *state, params.rate_hz);
                let means = bin_means(path.iter().map(rate), steps);
                row.iter_mut().zip(means).for_each(|(value, mean)| *value = mean);
            }
            Ok(())
        })?;
        Ok(rates)
    }
}
