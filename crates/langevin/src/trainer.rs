//! The fit of a model.

mod epoch;
mod options;
mod schedule;
mod state;
mod validation;

use neuroloom_core::{Error, Result, Seed};
use neuroloom_nn::Real;
use rand::seq::SliceRandom;

pub use options::{KeepWeights, LrSchedule, OnNan, TrainOptions, ValidationKind, ValidationMetric};
pub use state::{EpochRecord, Fit, TrainState};

use crate::draws::Draws;
use crate::engine::{Batch, Engine, Processor, Stepped};
use crate::model::Model;
use crate::options::ramped;
use crate::trial_set::{Split, TrialSet};
use epoch::EpochSums;
use schedule::Schedule;
use validation::{Validation, Validator};

/// How often a fit goes back to where it was finite.
const MAX_ROLLBACKS: u32 = 3;

/// Fits the parameters of a model to the trials of a set, an epoch at a time. Between epochs its [`state`](Self::state)
/// is all that the rest depends on.
#[derive(Debug)]
pub struct Trainer<'a, T> {
    model: &'a Model,
    options: &'a TrainOptions,
    train: Vec<u32>,
    validator: Validator,
    seed: Seed,
    state: TrainState<T>,
    engine: Box<dyn Engine<T> + 'a>,
}

impl<'a, T: Real> Trainer<'a, T> {
    /// On the processor: goes on from `state`, or begins anew from start values drawn from `seed`.
    pub fn new(
        model: &'a Model,
        options: &'a TrainOptions,
        set: &'a TrialSet,
        seed: Seed,
        state: Option<TrainState<T>>,
    ) -> Self {
        let engine = Box::new(Processor::new(model, set, &options.divergence));
        Self::on(engine, model, options, set, seed, state)
    }

    /// The same with `engine`, which is one for these arguments.
    pub fn on(
        engine: Box<dyn Engine<T> + 'a>,
        model: &'a Model,
        options: &'a TrainOptions,
        set: &TrialSet,
        seed: Seed,
        state: Option<TrainState<T>>,
    ) -> Self {
        let begin = || TrainState::new(model.initial(seed.child("initial")), Schedule::new(options));
        Self {
            model,
            options,
            train: set.of(Split::Train),
            validator: Validator::new(set),
            seed,
            state: state.unwrap_or_else(begin),
            engine,
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
    /// When loss, gradient or parameters are not finite any more, and going back has not helped; when the device fails.
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
        self.state.finish_epoch(record, self.options.val_metric);
        self.state.history.last().ok_or_else(|| Error::internal("an epoch left no record"))
    }

    /// The fit so far.
    pub fn finish(self) -> Fit<T> {
        self.state.into_fit(self.options.keep)
    }

    /// An epoch, in which the weights are the engine's.
    fn attempt(&mut self) -> Result<EpochRecord> {
        self.engine.load(std::mem::take(&mut self.state.weights))?;
        let sums = self.pass();
        self.state.weights = self.engine.unload()?;
        let (sums, validation) = sums?;
        let (epoch, lr) = (self.state.epoch, self.state.schedule.lr());
        let beta = self.options.divergence.weight_in(epoch);
        let record = sums.record(epoch, beta, lr, validation, self.model, &self.state.weights.parameters);
        self.state.schedule.observe(record.loss(self.options.val_metric));
        Ok(record)
    }

    /// Sums over the steps, and what the trials to validate say after them.
    fn pass(&mut self) -> Result<(EpochSums, Validation)> {
        let seed = self.seed.child("epoch").child_index(u64::from(self.state.epoch));
        let draws = Draws::training(seed, self.options.dropout, self.options.coordinated);
        let mut order = self.train.clone();
        order.shuffle(&mut seed.child("shuffle").rng());
        let mut sums = EpochSums::default();
        for (step, trials) in order.chunks(self.options.batch.max(1)).enumerate() {
            let stepped = self.step(trials, &draws, step)?;
            sums.add(stepped.outcome, trials.len(), stepped.norm);
        }
        let validation = self.validate(seed)?;
        if !validation.nll.is_finite() {
            return Err(self.not_finite(order.len(), "the loss of the trials to validate"));
        }
        Ok((sums, validation))
    }

    /// One step of the optimiser.
    fn step(&mut self, trials: &[u32], draws: &Draws, step: usize) -> Result<Stepped> {
        let (options, epoch) = (self.options, self.state.epoch);
        let stepped = self.engine.step(&Batch {
            trials,
            draws,
            beta: options.divergence.weight_in(epoch),
            lr: self.state.schedule.lr(),
            decay: options.weight_decay * ramped(epoch, options.decay_ramp),
            grad_clip: options.grad_clip,
        })?;
        if !stepped.outcome.is_finite() {
            return Err(self.not_finite(step, "the loss"));
        }
        if !stepped.norm.is_finite() {
            let tensor = stepped.not_finite.and_then(|place| self.model.layout().at(place));
            let name = tensor.map_or("the parameters", |tensor| tensor.name.as_str());
            return Err(self.not_finite(step, &format!("the gradient of {name}")));
        }
        Ok(stepped)
    }

    /// The trials to validate: without dropout and with the same noise in every epoch, or as released.
    fn validate(&mut self, epoch: Seed) -> Result<Validation> {
        let draws = match self.options.validation {
            ValidationKind::Quiet => Draws::noise(self.seed.child("validation")),
            ValidationKind::Released => Draws::dropout(epoch.child("validation"), self.options.dropout),
        };
        let outcome = self.engine.evaluate(self.validator.trials(), &draws)?;
        Ok(self.validator.judge(outcome))
    }

    fn not_finite(&self, step: usize, what: &str) -> Error {
        Error::data(format!("{what} is not finite any more"))
            .at_object(format!("epoch {}, step {step}", self.state.epoch))
            .expected("finite numbers")
            .found("NaN or infinity")
            .hint("lower `lr`, set `grad_clip` and `lograte_clamp`, or choose `on_nan: rollback`")
    }
}
