//! Means over the steps of an epoch.

use neuroloom_nn::Real;

use super::EpochRecord;
use super::validation::Validation;
use crate::model::Model;
use crate::pass::Outcome;

/// Sums over the steps of an epoch.
#[derive(Default)]
pub(super) struct EpochSums {
    outcome: Outcome,
    n_trials: usize,
    n_steps: usize,
    norm: f64,
}

impl EpochSums {
    pub(super) fn add(&mut self, outcome: Outcome, n_trials: usize, norm: f64) {
        self.outcome += outcome;
        self.n_trials += n_trials;
        self.n_steps += 1;
        self.norm += norm;
    }

    pub(super) fn record<T: Real>(
        &self,
        epoch: u32,
        beta: f64,
        lr: f64,
        validation: Validation,
        model: &Model,
        parameters: &[T],
    ) -> EpochRecord {
        let n_trials = self.n_trials.max(1) as f64;
        let of_potential = model.layout().tensors().iter().filter(|t| t.name.starts_with("potential."));
        let squares = of_potential.flat_map(|tensor| tensor.segment.of(parameters));
        EpochRecord {
            epoch,
            train_nll: self.outcome.nll / self.outcome.n_entries.max(1) as f64,
            kl: self.outcome.divergence.moving / n_trials,
            kl_constant: self.outcome.divergence.constant / n_trials,
            beta,
            val_nll: validation.nll,
            val_co_bps: validation.co_bps,
            lr,
            grad_norm: self.norm / self.n_steps.max(1) as f64,
            potential_norm: squares.map(|x| x.to_f64() * x.to_f64()).sum::<f64>().sqrt(),
        }
    }
}
