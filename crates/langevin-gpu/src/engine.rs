//! Fits on the device: parameters and moments stay there for an epoch.

use std::collections::BTreeMap;

use neuroloom_core::Result;
use neuroloom_langevin::{
    Batch, Divergence, Draws, Engine, EntryWeights, Model, Objective, Outcome, Stepped, TrainOptions,
    TrialSet, Weights, transition,
};
use neuroloom_nn::Adam;

use crate::activations::{Activations, check};
use crate::device::{Gpu, Values};
use crate::noise::noise;
use crate::program::Setting;
use crate::recorder::Shared;
use crate::report::Report;
use crate::step::{Optimiser, words};
use crate::tape::Tape;

/// A graphics processor as an [`Engine`].
#[derive(Debug)]
pub struct GpuEngine<'a> {
    gpu: &'a Gpu,
    model: &'a Model,
    set: &'a TrialSet,
    options: &'a TrainOptions,
    shared: Shared,
    counts: Values,
    activations: Activations,
    moments: [Values; 2],
    n_steps: u64,
    /// Trials of a batch at most.
    capacity: usize,
    /// Passes by the number of trials of their batch.
    programs: BTreeMap<usize, Program>,
}

/// Passes over batches of one size.
#[derive(Debug)]
struct Program {
    encode: Tape,
    draw: Tape,
    score: Tape,
    backward: Tape,
    update: Tape,
}

impl<'a> GpuEngine<'a> {
    /// For fits of `model` to trials of `set`.
    ///
    /// # Errors
    /// When the device has no room, or the model is not one for it.
    pub fn new(gpu: &'a Gpu, model: &'a Model, set: &'a TrialSet, options: &'a TrainOptions) -> Result<Self> {
        check(model)?;
        let capacity = options.batch.max(1);
        let n_parameters = model.layout().len();
        Ok(Self {
            gpu,
            model,
            set,
            options,
            shared: Shared::new(gpu, n_parameters, capacity)?,
            counts: gpu.with(&counts(set))?,
            activations: Activations::new(gpu, model, capacity, true)?,
            moments: [gpu.values(n_parameters)?, gpu.values(n_parameters)?],
            n_steps: 0,
            capacity,
            programs: BTreeMap::new(),
        })
    }

    /// The gradient of the last step.
    ///
    /// # Errors
    /// When the device fails.
    pub fn gradient(&self) -> Result<Vec<f32>> {
        self.gpu.read(&self.shared.gradient, self.model.layout().len())
    }

    fn record(&self, n_trials: usize) -> Result<Program> {
        let setting = Setting {
            gpu: self.gpu,
            model: self.model,
            divergence: &self.options.divergence,
            shared: &self.shared,
            counts: &self.counts,
            activations: &self.activations,
            n_trials,
            from_prior: false,
        };
        let [mean, mean_square] = &self.moments;
        Ok(Program {
            encode: setting.encode()?,
            draw: setting.draw()?,
            score: setting.score()?,
            backward: setting.backward()?,
            update: setting.update([mean, mean_square])?,
        })
    }

    fn prepare(&mut self, n_trials: usize) -> Result<()> {
        if !self.programs.contains_key(&n_trials) {
            let program = self.record(n_trials)?;
            self.programs.insert(n_trials, program);
        }
        Ok(())
    }

    /// Runs what `choose` takes of the passes over `trials`, and reads what they report.
    fn run(
        &mut self,
        trials: &[u32],
        draws: &Draws,
        weights: EntryWeights,
        optimiser: Optimiser,
        trains: bool,
    ) -> Result<(Outcome, f64)> {
        let n = trials.len();
        self.prepare(n)?;
        let Some(program) = self.programs.get(&n) else {
            return Err(neuroloom_core::Error::internal("passes that were recorded are not there"));
        };
        self.gpu.write(&self.shared.trials, trials);
        self.gpu.write(&self.shared.step, &words(draws, weights, optimiser));
        self.gpu.write(&self.activations.flow.noise, &noise(self.model, trials, draws.noise));
        let Program { encode, draw, score, backward, update } = program;
        if trains {
            self.gpu.run(&[encode, draw, score, backward, update]);
        } else {
            self.gpu.run(&[encode, draw, score]);
        }
        let report = self.gpu.read(&self.activations.report, Report::new(self.model, n).norm() + 1)?;
        let norm = report.last().copied().map_or(f64::NAN, f64::from);
        Ok((self.outcome(trials, &report), norm))
    }

    /// Sums over trials of what each reports, in 64 bits.
    fn outcome(&self, trials: &[u32], report: &[f32]) -> Outcome {
        let n = trials.len();
        let sum = |place: usize| report[place..place + n].iter().map(|&x| f64::from(x)).sum::<f64>();
        let places = Report::new(self.model, n);
        let known = trials.iter().flat_map(|&trial| self.set.counts(trial)).filter(|y| !y.is_nan());
        Outcome {
            nll: sum(places.likelihood()),
            held_out_nll: sum(places.held_out()),
            n_entries: known.count() as u64,
            divergence: if self.model.has_latents() {
                self.divergence(n, [sum(places.flow()), sum(places.flow() + n)])
            } else {
                Divergence::default()
            },
        }
    }

    /// From the divergence of the start of `n_trials`, and half the squares of their steps.
    fn divergence(&self, n_trials: usize, [start, squares]: [f64; 2]) -> Divergence {
        let transition = transition(&self.options.divergence, self.model.flow());
        let per_trial = self.model.options().hidden * (self.model.size().n_bins - 1);
        Divergence {
            moving: start + squares / transition.variance,
            constant: transition.constant * (n_trials * per_trial) as f64,
        }
    }
}

/// Counts of all trials.
pub(crate) fn counts(set: &TrialSet) -> Vec<f32> {
    (0..set.trials.len() as u32).flat_map(|trial| set.counts(trial)).copied().collect()
}

impl Engine<f32> for GpuEngine<'_> {
    fn load(&mut self, weights: Weights<f32>) -> Result<()> {
        let arrays = [&self.shared.parameters, &self.moments[0], &self.moments[1]];
        let [mean, mean_square] = weights.adam.moments();
        for (array, values) in arrays.into_iter().zip([&weights.parameters, mean, mean_square]) {
            self.gpu.write(array, values);
        }
        self.n_steps = weights.adam.n_steps();
        Ok(())
    }

    fn step(&mut self, batch: &Batch<'_>) -> Result<Stepped> {
        let objective = Objective { divergence: &self.options.divergence, beta: batch.beta };
        let weights = objective.weights(self.model, batch.trials.len());
        let optimiser =
            Optimiser { n_steps: self.n_steps + 1, lr: batch.lr, decay: batch.decay, clip: batch.grad_clip };
        let (outcome, norm) = self.run(batch.trials, batch.draws, weights, optimiser, true)?;
        // As the kernel of the optimiser has decided.
        if norm.is_finite() && outcome.is_finite() {
            self.n_steps += 1;
        }
        if norm.is_finite() {
            return Ok(Stepped { outcome, norm, not_finite: None });
        }
        let not_finite = self.gradient()?.iter().position(|g| !g.is_finite());
        Ok(Stepped { outcome, norm, not_finite })
    }

    fn evaluate(&mut self, trials: &[u32], draws: &Draws) -> Result<Outcome> {
        let weights = EntryWeights { entry: 1.0, divergence: 0.0 };
        let mut sum = Outcome::default();
        for trials in trials.chunks(self.capacity) {
            sum += self.run(trials, draws, weights, Optimiser::default(), false)?.0;
        }
        Ok(sum)
    }

    fn unload(&mut self) -> Result<Weights<f32>> {
        let len = self.model.layout().len();
        let read = |values: &Values| self.gpu.read(values, len);
        let moments = [read(&self.moments[0])?, read(&self.moments[1])?];
        let adam = Adam::resume(self.n_steps, moments);
        Ok(Weights { parameters: read(&self.shared.parameters)?, adam })
    }
}
