//! The fit of a model.

mod epoch;
mod options;
mod state;

use neuroloom_core::{Error, Result, Seed};
use neuroloom_nn::{Decay, Plateau, Real, clip_by_norm};
use rand::seq::SliceRandom;

pub use options::{KeepWeights, OnNan, TrainOptions, ValidationKind};
pub use state::{EpochRecord, Fit, TrainState};

use crate::draws::Draws;
use crate::evaluate::evaluate;
use crate::gradient::{BatchGradient, Objective};
use crate::model::Model;
use crate::options::ramped;
use crate::pass::Outcome;
use crate::trial_set::{Split, TrialSet};
use epoch::EpochSums;

/// How often a fit goes back to where it was finite.
const MAX_ROLLBACKS: u32 = 3;

/// Fits the parameters of a model to the trials of a set, an epoch at a time. Between epochs its [`state`](Self::state)
/// is all that the rest depends on.
#[derive(Debug)]
pub struct Trainer<'a, T> {
    model: &'a Model,
    options: &'a TrainOptions,
    set: &'a TrialSet,
    train: Vec<u32>,
    valid: Vec<u32>,
    seed: Seed,
    state: TrainState<T>,
    batch: BatchGradient<T>,
}

impl<'a, T: Real> Trainer<'a, T> {
    /// Goes on from `state`, or begins anew from start values drawn from `seed`.
    pub fn new(
        model: &'a Model,
        options: &'a TrainOptions,
        set: &'a TrialSet,
        seed: Seed,
        state: Option<TrainState<T>>,
    ) -> Self {
        let schedule = || Plateau::new(options.lr, options.lr_factor, options.lr_patience, options.lr_min);
        let begin = || TrainState::new(model.initial(seed.child("initial")), schedule());
        Self {
            model,
            options,
            set,
            train: set.of(Split::Train),
            valid: set.of(Split::Valid),
            seed,
            state: state.unwrap_or_else(begin),
            batch: BatchGradient::default(),
        }
    }

    /// All that the rest of the fit depends on.
    pub fn state(&self) -> &TrainState<T> {
        &self.state
    }

    /// Whether there is nothing left to do: all epochs are done, or none has improved for too long.
    pub fn is_done(&self) -> bool {
        let waited = self.state.epoch.saturating_sub(self.state.best_epoch());
        self.state.epoch >= self.options.epochs
            || self.options.stop_after.is_some_and(|patience| waited >= patience)
    }

    /// One pass over the trials to train, and one over those to validate.
    ///
    /// # Errors
    /// When loss, gradient or parameters are not finite any more, and going back has not helped.
    pub fn epoch(&mut self) -> Result<&EpochRecord> {
        let before = (self.options.on_nan == OnNan::Rollback).then(|| self.state.clone());
        let record = match self.attempt() {
            Ok(record) => record,
            Err(error) => {
                let Some(before) = before.filter(|state| state.n_rollbacks < MAX_ROLLBACKS) else {
                    return Err(error);
                };
                self.state = before;
                self.state.n_rollbacks += 1;
                self.state.schedule.scale(0.5);
                return self.epoch();
            }
        };
        self.state.finish_epoch(record);
        self.state.history.last().ok_or_else(|| Error::internal("an epoch left no record"))
    }

    /// The fit so far.
    pub fn finish(self) -> Fit<T> {
        self.state.into_fit(self.options.keep)
    }

    fn attempt(&mut self) -> Result<EpochRecord> {
        let epoch = self.state.epoch;
        let seed = self.seed.child("epoch").child_index(u64::from(epoch));
        let draws = Draws::training(seed, self.options.dropout, self.options.coordinated);
        let beta = self.options.divergence.weight_in(epoch);
        let lr = self.state.schedule.lr();
        let mut order = self.train.clone();
        order.shuffle(&mut seed.child("shuffle").rng());
        let mut sums = EpochSums::default();
        for (step, trials) in order.chunks(self.options.batch.max(1)).enumerate() {
            let (outcome, norm) = self.step(trials, &draws, beta, lr, step)?;
            sums.add(outcome, trials.len(), norm);
        }
        let validation = self.validate(seed);
        let val_nll = validation.nll / validation.n_entries as f64;
        if !val_nll.is_finite() {
            return Err(self.not_finite(order.len(), "the loss of the trials to validate"));
        }
        self.state.schedule.observe(val_nll);
        Ok(sums.record(epoch, beta, lr, val_nll, self.model, &self.state.parameters))
    }

    /// One step of the optimiser: sums over the batch, and the norm of its gradient.
    fn step(
        &mut self,
        trials: &[u32],
        draws: &Draws,
        beta: f64,
        lr: f64,
        step: usize,
    ) -> Result<(Outcome, f64)> {
        let objective = Objective { divergence: &self.options.divergence, beta };
        let parameters = &self.state.parameters;
        let outcome = self.batch.compute(self.model, parameters, self.set, trials, draws, objective);
        if !(outcome.nll.is_finite() && outcome.divergence.total().is_finite()) {
            return Err(self.not_finite(step, "the loss"));
        }
        let gradient = self.batch.gradient();
        let norm = clip_by_norm(gradient, self.options.grad_clip);
        if !norm.is_finite() {
            let place = gradient.iter().position(|g| !g.finite()).unwrap_or(0);
            let tensor = self.model.layout().at(place).map_or("", |tensor| tensor.name.as_str());
            return Err(self.not_finite(step, &format!("the gradient of {tensor}")));
        }
        let decay = self.options.weight_decay * ramped(self.state.epoch, self.options.decay_ramp);
        self.state.adam.step(&mut self.state.parameters, self.batch.gradient(), lr, Decay::Coupled(decay));
        Ok((outcome, norm))
    }

    /// Sums over the trials to validate: without dropout and with the same noise in every epoch, or as released.
    fn validate(&self, epoch: Seed) -> Outcome {
        let draws = match self.options.validation {
            ValidationKind::Quiet => Draws::noise(self.seed.child("validation")),
            ValidationKind::Released => Draws::dropout(epoch.child("validation"), self.options.dropout),
        };
        let divergence = &self.options.divergence;
        evaluate(self.model, &self.state.parameters, self.set, &self.valid, &draws, divergence)
    }

    fn not_finite(&self, step: usize, what: &str) -> Error {
        Error::data(format!("{what} is not finite any more"))
            .at_object(format!("epoch {}, step {step}", self.state.epoch))
            .expected("finite numbers")
            .found("NaN or infinity")
            .hint("lower `lr`, set `grad_clip` and `lograte_clamp`, or choose `on_nan: rollback`")
    }
}
