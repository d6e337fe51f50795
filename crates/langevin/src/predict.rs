//! Rates and latents, averaged over draws.

use neuroloom_core::Seed;
use neuroloom_nn::{Real, Sites};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::draws::Draws;
use crate::evaluate::by_chunk;
use crate::model::Model;
use crate::options::DecoderInput;
use crate::pass::Pass;
use crate::trial_set::TrialSet;

/// How rates are predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PredictOptions {
    /// Draws of the latents.
    pub samples: u32,
    /// What is averaged over them.
    pub average: Average,
    /// Probability of dropout; 0 but for parity with the released program.
    pub dropout: f64,
    /// Where the latents of a draw come from.
    pub latents: LatentSource,
}

/// What is averaged over draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// The log rates, whose mean is then raised: the geometric mean of the rates.
    #[default]
    Lograte,
    /// The rates.
    Rate,
}

/// Where the latents of a draw come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LatentSource {
    /// From the data: the start from the encoder, the drive where the model has one.
    #[default]
    Posterior,
    /// From the prior: a standard normal start and no drive. What the rates lose shows what the latents carry.
    Prior,
}

/// What a model says of some trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Expected counts per bin `[trials, bins, n_out]`.
    pub rate_counts: Vec<f32>,
    /// Standard deviation of the rates over the draws, the same shape.
    pub rate_sd: Vec<f32>,
    /// Mean of position and velocity over the draws, and the encoder's state `[3][trials, bins, dim]`; the first two are empty
    /// where the model has no latents.
    pub latents: [Vec<f32>; 3],
}

impl PredictOptions {
    /// Draws that differ: without latents and dropout there is one.
    pub fn n_draws(&self, model: &Model) -> u32 {
        if model.has_latents() || self.dropout > 0.0 { self.samples.max(1) } else { 1 }
    }

    /// The random numbers of draw number `sample`.
    pub fn draws(&self, seed: Seed, sample: u32) -> Draws {
        Draws::dropout(seed.child("predict").child_index(u64::from(sample)), self.dropout)
    }
}

/// Rates and latents of `trials`, numbers in `set`. They do not depend on which trials are predicted together.
pub fn predict<T: Real>(
    model: &Model,
    parameters: &[T],
    set: &TrialSet,
    trials: &[u32],
    options: &PredictOptions,
    seed: Seed,
) -> Prediction {
    let chunks = by_chunk(model, trials, |sites, pass| {
        let mut sums = Sums::new(model, sites);
        // Without dropout draws differ in their latents alone.
        let shared = model.options.decoder_input == DecoderInput::All && options.dropout == 0.0;
        for sample in 0..options.n_draws(model) {
            let draws = options.draws(seed, sample);
            if sample == 0 || options.dropout > 0.0 {
                pass.encode(model, parameters, set, sites, &draws);
                if options.latents == LatentSource::Prior {
                    pass.forget();
                }
                if shared {
                    pass.share_encoder(model, parameters, sites);
                }
            }
            pass.flow(model, parameters, sites, draws.noise);
            if shared {
                pass.decode_latents(model, parameters, sites, &draws);
            } else {
                pass.decode(model, parameters, sites, &draws);
            }
            pass.read_out(model, parameters);
            sums.add(pass, options.average);
        }
        sums.finish(options.n_draws(model), options.average)
    });
    chunks.into_iter().fold(Prediction::empty(), Prediction::followed_by)
}

impl Prediction {
    fn empty() -> Self {
        Self { rate_counts: Vec::new(), rate_sd: Vec::new(), latents: [const { Vec::new() }; 3] }
    }

    fn followed_by(mut self, next: Self) -> Self {
        self.rate_counts.extend(next.rate_counts);
        self.rate_sd.extend(next.rate_sd);
        self.latents.iter_mut().zip(next.latents).for_each(|(sum, next)| sum.extend(next));
        self
    }
}

/// Sums over the draws of a chunk, in 64 bits.
struct Sums {
    n_trials: usize,
    n_steps: usize,
    dim: usize,
    /// Log rates or rates.
    averaged: Vec<f64>,
    rates: Vec<f64>,
    squares: Vec<f64>,
    latents: [Vec<f64>; 3],
}

impl Sums {
    fn new(model: &Model, sites: Sites<'_>) -> Self {
        let (n_trials, n_steps, dim) = (sites.trials.len(), sites.n_steps, model.options.hidden);
        let zeros = |width: usize| vec![0.0; n_trials * n_steps * width];
        Self {
            n_trials,
            n_steps,
            dim,
            averaged: zeros(model.size.n_out),
            rates: zeros(model.size.n_out),
            squares: zeros(model.size.n_out),
            latents: [0, 1, 2].map(|part| zeros(if part == 2 || model.has_latents() { dim } else { 0 })),
        }
    }

    fn add<T: Real>(&mut self, pass: &Pass<T>, average: Average) {
        let sums = self.averaged.iter_mut().zip(&mut self.rates).zip(&mut self.squares);
        for (((averaged, rates), squares), &log_rate) in sums.zip(pass.log_rates()) {
            let rate = log_rate.exponential().to_f64();
            *averaged += if average == Average::Lograte { log_rate.to_f64() } else { rate };
            *rates += rate;
            *squares += rate * rate;
        }
        for (sums, values) in self.latents.iter_mut().zip(pass.latents()) {
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value.to_f64());
        }
    }

    fn finish(self, n_draws: u32, average: Average) -> Prediction {
        let n = f64::from(n_draws);
        let rate = |sum: &f64| match average {
            Average::Lograte => (sum / n).exp() as f32,
            Average::Rate => (sum / n) as f32,
        };
        let sd = |(sum, squares): (&f64, &f64)| {
            let variance = (squares - sum * sum / n) / (n - 1.0).max(1.0);
            variance.max(0.0).sqrt() as f32
        };
        let (n_trials, n_steps, dim) = (self.n_trials, self.n_steps, self.dim);
        let by_trial = |sums: &Vec<f64>| {
            let rows = (0..n_trials).flat_map(|trial| (0..n_steps).map(move |time| time * n_trials + trial));
            let values = rows.filter_map(|row| sums.get(row * dim..(row + 1) * dim)).flatten();
            values.map(|sum| (sum / n) as f32).collect()
        };
        Prediction {
            rate_counts: self.averaged.iter().map(rate).collect(),
            rate_sd: self.rates.iter().zip(&self.squares).map(sd).collect(),
            latents: self.latents.each_ref().map(by_trial),
        }
    }
}

impl<T: Real> Pass<T> {
    /// Replaces what the latents know of the data by the prior.
    fn forget(&mut self) {
        self.start.iter_mut().for_each(|values| values.fill(T::ZERO));
        self.drive.fill(T::ZERO);
    }
}
