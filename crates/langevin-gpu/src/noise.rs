//! Normal numbers of a batch, drawn by the processor: the same as those of a fit on it.

use neuroloom_langevin::{Draws, Model};
use neuroloom_nn::CounterStream;
use rayon::prelude::*;

/// Noise of `trials` `[times + 1, trials, dim]`: of the position's start, of the steps from the second time on, of the
/// velocity's start. None where there are no latents.
pub(crate) fn noise(model: &Model, trials: &[u32], stream: CounterStream) -> Vec<f32> {
    if !model.has_latents() {
        return Vec::new();
    }
    let (dim, n_steps) = (model.options().hidden, model.size().n_bins);
    let [of_position, of_velocity] = Draws::START_NOISE;
    let mut values = vec![0.0; (n_steps + 1) * trials.len() * dim];
    values.par_chunks_mut(trials.len() * dim).enumerate().for_each(|(time, values)| {
        let place = |trial: u32| match time {
            0 => [0, trial, of_position],
            time if time == n_steps => [0, trial, of_velocity],
            time => [time as u32, trial, Draws::STEP_NOISE],
        };
        for (&trial, row) in trials.iter().zip(values.chunks_exact_mut(dim)) {
            stream.normals(place(trial), row);
        }
    });
    values
}
