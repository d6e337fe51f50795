//! The processor.

use neuroloom_core::Result;
use neuroloom_nn::{Decay, Real, clip_by_norm};

use super::{Batch, Engine, Stepped, Weights};
use crate::draws::Draws;
use crate::evaluate::evaluate;
use crate::gradient::{BatchGradient, Objective};
use crate::model::Model;
use crate::options::DivergenceOptions;
use crate::pass::Outcome;
use crate::trial_set::TrialSet;

/// The processor as an [`Engine`]: chunks of trials on the threads of the pool, with results that do not depend on their number.
#[derive(Debug)]
pub struct Processor<'a, T> {
    model: &'a Model,
    set: &'a TrialSet,
    divergence: &'a DivergenceOptions,
    weights: Weights<T>,
    gradient: BatchGradient<T>,
}

impl<'a, T: Real> Processor<'a, T> {
    /// For fits of `model` to trials of `set`.
    pub fn new(model: &'a Model, set: &'a TrialSet, divergence: &'a DivergenceOptions) -> Self {
        Self { model, set, divergence, weights: Weights::default(), gradient: BatchGradient::default() }
    }
}

impl<T: Real> Engine<T> for Processor<'_, T> {
    fn load(&mut self, weights: Weights<T>) -> Result<()> {
        self.weights = weights;
        Ok(())
    }

    fn step(&mut self, batch: &Batch<'_>) -> Result<Stepped> {
        let objective = Objective { divergence: self.divergence, beta: batch.beta };
        let Weights { parameters, adam } = &mut self.weights;
        let outcome =
            self.gradient.compute(self.model, parameters, self.set, batch.trials, batch.draws, objective);
        let gradient = self.gradient.gradient();
        let norm = clip_by_norm(gradient, batch.grad_clip);
        let not_finite = if norm.is_finite() { None } else { gradient.iter().position(|g| !g.finite()) };
        if norm.is_finite() && outcome.is_finite() {
            adam.step(parameters, gradient, batch.lr, Decay::Coupled(batch.decay));
        }
        Ok(Stepped { outcome, norm, not_finite })
    }

    fn evaluate(&mut self, trials: &[u32], draws: &Draws) -> Result<Outcome> {
        Ok(evaluate(self.model, &self.weights.parameters, self.set, trials, draws, self.divergence))
    }

    fn unload(&mut self) -> Result<Weights<T>> {
        Ok(std::mem::take(&mut self.weights))
    }
}
