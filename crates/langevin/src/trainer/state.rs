//! Where a fit stands.

use neuroloom_nn::Real;
use serde::{Deserialize, Serialize};

use super::schedule::Schedule;
use super::{KeepWeights, ValidationMetric};
use crate::engine::Weights;

/// All that the rest of a fit depends on: a checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub struct TrainState<T> {
    /// Epochs that are done.
    pub epoch: u32,
    /// What happened in each.
    pub history: Vec<EpochRecord>,
    pub(super) weights: Weights<T>,
    pub(super) schedule: Schedule,
    pub(super) n_rollbacks: u32,
    best: Option<Best<T>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
struct Best<T> {
    epoch: u32,
    loss: f64,
    parameters: Vec<T>,
}

/// What happened in an epoch. Likelihoods are without `ln y!` and per entry: per unit and bin of a trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Its number, from 0.
    pub epoch: u32,
    /// Negative log likelihood of the trials to train, with dropout, nats per entry.
    pub train_nll: f64,
    /// Divergence of the latents from their prior without its constant, nats per trial.
    pub kl: f64,
    /// The constant, nats per trial.
    pub kl_constant: f64,
    /// Weight of the divergence.
    pub beta: f64,
    /// Negative log likelihood of the trials to validate, nats per entry.
    pub val_nll: f64,
    /// Bits per spike of the units held out, in observed bins of the trials to validate; none where there is no such spike.
    pub val_co_bps: Option<f64>,
    /// Learning rate.
    pub lr: f64,
    /// Norm of the gradient before it was cut, mean over the steps.
    pub grad_norm: f64,
    /// Norm of the parameters of the potential.
    pub potential_norm: f64,
}

impl EpochRecord {
    /// What epochs are compared by; smaller is better.
    pub fn loss(&self, metric: ValidationMetric) -> f64 {
        match metric {
            ValidationMetric::Nll => self.val_nll,
            ValidationMetric::CoBps => self.val_co_bps.map_or(f64::INFINITY, |bits| -bits),
        }
    }
}

/// The result of a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit<T> {
    /// The parameters.
    pub parameters: Vec<T>,
    /// The epoch after which they were so.
    pub epoch: u32,
    /// What happened in each epoch.
    pub history: Vec<EpochRecord>,
    /// How often it went back to where it was finite.
    pub n_rollbacks: u32,
}

impl<T: Real> TrainState<T> {
    pub(super) fn new(parameters: Vec<T>, schedule: Schedule) -> Self {
        let weights = Weights::new(parameters);
        Self { epoch: 0, history: Vec::new(), weights, schedule, n_rollbacks: 0, best: None }
    }

    /// The number of epochs after which the trials to validate did best; 0 before the first.
    pub fn best_epoch(&self) -> u32 {
        self.best.as_ref().map_or(0, |best| best.epoch + 1)
    }

    pub(super) fn finish_epoch(&mut self, record: EpochRecord, metric: ValidationMetric) {
        let loss = record.loss(metric);
        if self.best.as_ref().is_none_or(|best| loss < best.loss) {
            let parameters = self.weights.parameters.clone();
            self.best = Some(Best { epoch: record.epoch, loss, parameters });
        }
        self.history.push(record);
        self.epoch += 1;
    }

    pub(super) fn into_fit(self, keep: KeepWeights) -> Fit<T> {
        let last = self.epoch.saturating_sub(1);
        let (parameters, epoch) = match self.best.filter(|_| keep == KeepWeights::Best) {
            Some(best) => (best.parameters, best.epoch),
            None => (self.weights.parameters, last),
        };
        Fit { parameters, epoch, history: self.history, n_rollbacks: self.n_rollbacks }
    }
}
