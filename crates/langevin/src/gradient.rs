//! The gradient of a batch.

use neuroloom_nn::{Real, Sites, chunk_len, sum_chunks};
use rayon::prelude::*;

use crate::draws::Draws;
use crate::model::Model;
use crate::options::{DivergenceOptions, KlScale};
use crate::pass::{EntryWeights, Outcome, Pass};
use crate::trial_set::TrialSet;

/// Room for the gradients of the chunks of a batch, each of which goes its way alone.
#[derive(Debug, Default)]
pub struct BatchGradient<T> {
    chunks: Vec<Chunk<T>>,
    sum: Vec<T>,
}

#[derive(Debug)]
struct Chunk<T> {
    pass: Pass<T>,
    gradient: Vec<T>,
}

/// What the weights of a batch follow from.
#[derive(Clone, Copy, Debug)]
pub struct Objective<'a> {
    /// The divergence.
    pub divergence: &'a DivergenceOptions,
    /// Its weight in this epoch.
    pub beta: f64,
}

impl Objective<'_> {
    /// `1/entries` for the likelihood; `beta/trials`, or `beta/(trials * entries of a trial)`, for the divergence.
    pub fn weights(&self, model: &Model, n_trials: usize) -> EntryWeights {
        let per_trial = (model.size.n_bins * model.size.n_out) as f64;
        let divergence = match self.divergence.scale {
            KlScale::Batch => self.beta / n_trials as f64,
            KlScale::Elbo => self.beta / (n_trials as f64 * per_trial),
        };
        EntryWeights { entry: 1.0 / (n_trials as f64 * per_trial), divergence }
    }
}

impl<T: Real> BatchGradient<T> {
    /// Sums over the trials of a batch; afterwards [`gradient`](Self::gradient) is that of the objective.
    pub fn compute(
        &mut self,
        model: &Model,
        parameters: &[T],
        set: &TrialSet,
        trials: &[u32],
        draws: &Draws,
        objective: Objective<'_>,
    ) -> Outcome {
        let weights = objective.weights(model, trials.len());
        let chunks: Vec<&[u32]> = trials.chunks(chunk_len(trials.len())).collect();
        self.make_room(model, &chunks);
        let on_chunk = |(chunk, trials): (&mut Chunk<T>, &&[u32])| {
            let sites = Sites { trials, n_steps: model.size.n_bins };
            let Chunk { pass, gradient } = chunk;
            gradient.fill(T::ZERO);
            pass.forward(model, parameters, set, sites, draws);
            let outcome = pass.outcome(model, set, sites, objective.divergence);
            pass.backward(model, parameters, set, sites, draws, objective.divergence, weights, gradient);
            outcome
        };
        let outcomes: Vec<Outcome> = self.chunks.par_iter_mut().zip(&chunks).map(on_chunk).collect();
        let parts: Vec<&[T]> =
            self.chunks.iter().take(chunks.len()).map(|chunk| &chunk.gradient[..]).collect();
        self.sum.resize(model.layout.len(), T::ZERO);
        sum_chunks(&parts, &mut self.sum);
        outcomes.into_iter().fold(Outcome::default(), |mut sum, outcome| {
            sum += outcome;
            sum
        })
    }

    /// The gradient of the last batch.
    pub fn gradient(&mut self) -> &mut [T] {
        &mut self.sum
    }

    fn make_room(&mut self, model: &Model, chunks: &[&[u32]]) {
        for (place, trials) in chunks.iter().enumerate() {
            let new = || Pass::new(model, trials.len(), true);
            match self.chunks.get_mut(place) {
                Some(chunk) if chunk.pass.n_trials() == trials.len() => {}
                Some(chunk) => chunk.pass = new(),
                None => {
                    self.chunks.push(Chunk { pass: new(), gradient: vec![T::ZERO; model.layout.len()] });
                }
            }
        }
    }
}
