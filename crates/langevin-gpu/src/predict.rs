//! Predictions on the device: draws are averaged there.

use neuroloom_core::{Result, Seed};
use neuroloom_langevin::options::{DivergenceOptions, KlForm, KlScale, VelocityPrior};
use neuroloom_langevin::{Average, EntryWeights, LatentSource, Model, PredictOptions, Prediction, TrialSet};

use crate::activations::{Activations, check, token_size};
use crate::device::{Gpu, Values};
use crate::engine::counts;
use crate::kernel::{ADD, AVERAGE};
use crate::noise::noise;
use crate::program::Setting;
use crate::recorder::{Recorder, Shared, words};
use crate::step::{Optimiser, words};
use crate::tape::{Tape, lanes};

/// Trials of a batch at most.
const BATCH: usize = 256;
/// Draws whose noise may wait in memory for the device.
const AHEAD: u32 = 16;
/// The flow reports squares that are not used here.
const NO_DIVERGENCE: DivergenceOptions = DivergenceOptions {
    form: KlForm::Transition,
    prior: VelocityPrior::Fixed,
    prior_var: 1.0,
    weight: 0.0,
    ramp: 0,
    scale: KlScale::Batch,
};

/// Rates and latents of `trials`, numbers in `set`: what [`neuroloom_langevin::predict`] gives, but for rounding.
///
/// # Errors
/// When the device fails or has no room, or the model is not one for it.
pub fn predict(
    gpu: &Gpu,
    model: &Model,
    parameters: &[f32],
    set: &TrialSet,
    trials: &[u32],
    options: &PredictOptions,
    seed: Seed,
) -> Result<Prediction> {
    check(model)?;
    let capacity = trials.len().clamp(1, BATCH);
    let shared = Shared::new(gpu, parameters.len(), capacity)?;
    gpu.write(&shared.parameters, parameters);
    let predictor = Predictor {
        gpu,
        model,
        shared,
        counts: gpu.with(&counts(set))?,
        activations: Activations::new(gpu, model, capacity, false)?,
        sums: Sums::new(gpu, model, capacity)?,
        options,
        seed,
    };
    let mut prediction =
        Prediction { rate_counts: Vec::new(), rate_sd: Vec::new(), latents: [const { Vec::new() }; 3] };
    let mut recorded: Option<(usize, Recorded)> = None;
    for trials in trials.chunks(capacity) {
        let tapes = match recorded.take().filter(|(n, _)| *n == trials.len()) {
            Some((_, tapes)) => tapes,
            None => predictor.record(trials.len())?,
        };
        predictor.batch(trials, &tapes, &mut prediction)?;
        recorded = Some((trials.len(), tapes));
    }
    Ok(prediction)
}

struct Predictor<'a> {
    gpu: &'a Gpu,
    model: &'a Model,
    shared: Shared,
    counts: Values,
    activations: Activations,
    sums: Sums,
    options: &'a PredictOptions,
    seed: Seed,
}

/// Sums over draws.
struct Sums {
    /// Log rates, rates of the first draw, deviations from these, and their squares `[4, trials, times, n_out]`.
    rates: Values,
    /// Positions, velocities and encoder states `[times, trials, dim]`; the first two are empty where there are no latents.
    latents: [Values; 3],
}

/// Passes over batches of one size: what comes first, a draw, and how the first and a further draw are added.
struct Recorded {
    encode: Tape,
    draw: Tape,
    first: Tape,
    further: Tape,
}

impl Sums {
    fn new(gpu: &Gpu, model: &Model, n_trials: usize) -> Result<Self> {
        let rows = n_trials * model.size().n_bins;
        let encoder = rows * model.options().hidden;
        let latents = if model.has_latents() { encoder } else { 0 };
        Ok(Self {
            rates: gpu.values(4 * rows * model.size().n_out)?,
            latents: [gpu.values(latents)?, gpu.values(latents)?, gpu.values(encoder)?],
        })
    }
}

impl Predictor<'_> {
    fn record(&self, n_trials: usize) -> Result<Recorded> {
        let setting = Setting {
            gpu: self.gpu,
            model: self.model,
            divergence: &NO_DIVERGENCE,
            shared: &self.shared,
            counts: &self.counts,
            activations: &self.activations,
            n_trials,
            from_prior: self.options.latents == LatentSource::Prior,
        };
        Ok(Recorded {
            encode: setting.encode()?,
            draw: setting.draw()?,
            first: self.sum(n_trials, true)?,
            further: self.sum(n_trials, false)?,
        })
    }

    /// Adds a draw to the sums.
    fn sum(&self, n_trials: usize, is_first: bool) -> Result<Tape> {
        let mut recorder = Recorder::new(self.gpu, &self.shared);
        let rows = token_size(self.model, n_trials).rows();
        let len = rows * self.model.size().n_out;
        let clamp = self.model.options().lograte_clamp.unwrap_or(f64::from(f32::MAX));
        let Activations { log_rates, flow, h, .. } = &self.activations;
        recorder.push(&AVERAGE, &words![len, is_first, clamp], &[log_rates, &self.sums.rates], lanes(len))?;
        let len = rows * self.model.options().hidden;
        let latents = [&flow.z, &flow.v, h].into_iter().zip(&self.sums.latents);
        for (values, sums) in latents.filter(|(_, sums)| !sums.is_empty()) {
            recorder.push(&ADD, &words![len, is_first], &[values, sums], lanes(len))?;
        }
        Ok(recorder.finish())
    }

    /// All draws of `trials`, behind what is in `prediction`.
    fn batch(&self, trials: &[u32], tapes: &Recorded, prediction: &mut Prediction) -> Result<()> {
        let n_samples = self.options.n_draws(self.model);
        self.gpu.write(&self.shared.trials, trials);
        for sample in 0..n_samples {
            let draws = self.options.draws(self.seed, sample);
            let weights = EntryWeights { entry: 0.0, divergence: 0.0 };
            self.gpu.write(&self.shared.step, &words(&draws, weights, Optimiser::default()));
            self.gpu.write(&self.activations.flow.noise, &noise(self.model, trials, draws.noise));
            if sample == 0 || self.options.dropout > 0.0 {
                self.gpu.run(&[&tapes.encode]);
                if self.options.latents == LatentSource::Prior {
                    self.forget();
                }
            }
            let sum = if sample == 0 { &tapes.first } else { &tapes.further };
            self.gpu.run(&[&tapes.draw, sum]);
            if sample % AHEAD == AHEAD - 1 {
                self.gpu.read(&self.activations.report, 1)?;
            }
        }
        self.finish(trials.len(), f64::from(n_samples), prediction)
    }

    /// Replaces what the latents know of the data by the prior.
    fn forget(&self) {
        for values in [&self.activations.flow.start, &self.activations.flow.drive] {
            self.gpu.write(values, &vec![0.0_f32; values.len()]);
        }
    }

    fn finish(&self, n_trials: usize, n: f64, prediction: &mut Prediction) -> Result<()> {
        let (n_steps, dim) = (self.model.size().n_bins, self.model.options().hidden);
        let len = n_trials * n_steps * self.model.size().n_out;
        let sums = self.gpu.read(&self.sums.rates, 4 * len)?;
        let of = |part: usize| sums[part * len..][..len].iter().map(|&x| f64::from(x));
        for (((log_rates, first), deviation), squares) in of(0).zip(of(1)).zip(of(2)).zip(of(3)) {
            let rate = match self.options.average {
                Average::Lograte => (log_rates / n).exp(),
                Average::Rate => first + deviation / n,
            };
            let variance = (squares - deviation * deviation / n) / (n - 1.0).max(1.0);
            prediction.rate_counts.push(rate as f32);
            prediction.rate_sd.push(variance.max(0.0).sqrt() as f32);
        }
        let latents = prediction.latents.iter_mut().zip(&self.sums.latents);
        for (target, sums) in latents.filter(|(_, sums)| !sums.is_empty()) {
            let sums = self.gpu.read(sums, n_trials * n_steps * dim)?;
            let rows = (0..n_trials).flat_map(|trial| (0..n_steps).map(move |time| time * n_trials + trial));
            target.extend(
                rows.flat_map(|row| &sums[row * dim..][..dim]).map(|&sum| (f64::from(sum) / n) as f32),
            );
        }
        Ok(())
    }
}
