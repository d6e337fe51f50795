//! Passes over many trials, chunk by chunk.

use neuroloom_nn::{Real, Sites};
use rayon::prelude::*;

use crate::draws::Draws;
use crate::model::Model;
use crate::options::DivergenceOptions;
use crate::pass::{Outcome, Pass};
use crate::trial_set::TrialSet;

/// Trials of a chunk: their activations stay in the cache, and their matrices are large enough.
const CHUNK: usize = 16;

/// What `work` makes of every chunk of `trials`, in their order. It gets a pass with room for the chunk.
pub fn by_chunk<T: Real, R: Send>(
    model: &Model,
    trials: &[u32],
    work: impl Fn(Sites<'_>, &mut Pass<T>) -> R + Sync,
) -> Vec<R> {
    let chunks = trials.par_chunks(CHUNK);
    let on_chunk = |pass: &mut Option<Pass<T>>, chunk: &[u32]| {
        let pass = match pass {
            Some(pass) if pass.n_trials() == chunk.len() => pass,
            _ => pass.insert(Pass::new(model, chunk.len(), false)),
        };
        work(Sites { trials: chunk, n_steps: model.size.n_bins }, pass)
    };
    chunks.map_init(|| None, on_chunk).collect()
}

/// Sums over `trials` of one pass with `draws`.
pub fn evaluate<T: Real>(
    model: &Model,
    parameters: &[T],
    set: &TrialSet,
    trials: &[u32],
    draws: &Draws,
    divergence: &DivergenceOptions,
) -> Outcome {
    let outcomes = by_chunk(model, trials, |sites, pass| {
        pass.forward(model, parameters, set, sites, draws);
        pass.outcome(model, set, sites, divergence)
    });
    outcomes.into_iter().fold(Outcome::default(), |mut sum, outcome| {
        sum += outcome;
        sum
    })
}
