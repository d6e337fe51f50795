//! The fit of an encoder.

use neuroloom_core::{Error, Result, Seed};
use neuroloom_nn::{Adam, Decay, Plateau, sum_chunks};
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::chunks::{Chunk, Chunks};
use super::movies::Movies;
use super::options::FitOptions;
use super::pass::{FitPass, Weights};
use crate::network::Network;
use crate::real::Real;

/// Frames of the movie over which the start values are scaled.
const START_FRAMES: usize = 300;
/// Smallest learning rate.
const SMALLEST_LR: f64 = 1e-6;

/// Fits a network to movies, an epoch at a time. Between epochs its [`state`](Self::state) is all that the rest
/// depends on.
#[derive(Debug)]
pub struct EncoderTrainer<'a, F> {
    network: &'a Network,
    options: &'a FitOptions,
    movies: &'a Movies,
    chunks: Chunks,
    seed: Seed,
    state: FitState<F>,
    passes: Vec<FitPass<'a, F>>,
    sum: Vec<F>,
}

/// All that the rest of a fit depends on: a checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: neuroloom_nn::Real")]
pub struct FitState<F> {
    /// Epochs that are done.
    pub epoch: u32,
    /// What happened in each.
    pub history: Vec<EpochRecord>,
    parameters: Vec<F>,
    adam: Adam<F>,
    schedule: Plateau,
    best: Option<(u32, f64, Vec<F>)>,
}

/// What happened in an epoch. Losses are means over frames and neurons, without penalties.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Its number, from 0.
    pub epoch: u32,
    /// Loss of the chunks that are fitted, while they are.
    pub train_loss: f64,
    /// Loss of the chunks that are not.
    pub valid_loss: f64,
    /// Learning rate.
    pub lr: f64,
}

/// The result of a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct EncoderFit<F> {
    /// The parameters of the epoch that did best on the chunks that were not fitted.
    pub parameters: Vec<F>,
    /// That epoch.
    pub epoch: u32,
    /// What happened in each epoch.
    pub history: Vec<EpochRecord>,
}

impl<'a, F: Real> EncoderTrainer<'a, F> {
    /// Goes on from `state`, or begins anew. `places` are rows and columns of the neurons from the middle of the screen, px.
    ///
    /// # Errors
    /// When there are fewer than two chunks.
    pub fn new(
        network: &'a Network,
        options: &'a FitOptions,
        movies: &'a Movies,
        places: &[[f64; 2]],
        seed: Seed,
        state: Option<FitState<F>>,
    ) -> Result<Self> {
        let chunks = Chunks::new(movies, options.chunk, options.validation);
        if chunks.train.is_empty() || chunks.valid.is_empty() {
            return Err(Error::data("the movies are too short to be fitted and validated")
                .expected(format!("at least 2 chunks of {} frames", chunks.len))
                .found(format!("{}", chunks.train.len() + chunks.valid.len()))
                .hint("lower `chunk`"));
        }
        let begin = || {
            let parameters =
                network.initial(&first_frames(movies), places, &movies.means(), seed.child("initial"));
            let schedule = Plateau::new(options.lr, options.lr_factor, options.lr_patience, SMALLEST_LR);
            let adam = Adam::new(parameters.len());
            FitState { epoch: 0, history: Vec::new(), parameters, adam, schedule, best: None }
        };
        Ok(Self {
            state: state
                .filter(|state| state.parameters.len() == network.layout().len())
                .unwrap_or_else(begin),
            passes: (0..options.batch).map(|_| FitPass::new(network, options, chunks.len)).collect(),
            sum: vec![F::zero(); network.layout().len()],
            network,
            options,
            movies,
            chunks,
            seed,
        })
    }

    /// All that the rest of the fit depends on.
    pub fn state(&self) -> &FitState<F> {
        &self.state
    }

    /// Whether all epochs are done, or none has improved for too long.
    pub fn is_done(&self) -> bool {
        let best = self.state.best.as_ref().map_or(0, |(epoch, ..)| *epoch + 1);
        self.state.epoch >= self.options.epochs || self.state.epoch - best >= self.options.stop_after
    }

    /// One pass over the chunks to fit, and one over the others.
    ///
    /// # Errors
    /// When a loss is not finite any more.
    pub fn epoch(&mut self) -> Result<&EpochRecord> {
        let epoch = self.state.epoch;
        let lr = self.state.schedule.lr();
        let mut order = self.chunks.train.clone();
        order.shuffle(&mut self.seed.child("epoch").child_index(u64::from(epoch)).rng());
        let mut total = 0.0;
        for batch in order.chunks(self.options.batch.max(1)) {
            total += self.step(batch, lr);
        }
        let per_chunk = (self.chunks.len * self.movies.n_units) as f64;
        let train_loss = total / (per_chunk * order.len() as f64);
        let valid_loss = self.validate() / (per_chunk * self.chunks.valid.len() as f64);
        if !(train_loss.is_finite() && valid_loss.is_finite()) {
            return Err(Error::data("the loss of an encoder is not finite any more")
                .at_object(format!("epoch {epoch}"))
                .found(format!("{train_loss} fitted, {valid_loss} not fitted"))
                .hint("lower `lr`"));
        }
        self.state.schedule.observe(valid_loss);
        if self.state.best.as_ref().is_none_or(|(_, best, _)| valid_loss < *best) {
            self.state.best = Some((epoch, valid_loss, self.state.parameters.clone()));
        }
        self.state.history.push(EpochRecord { epoch, train_loss, valid_loss, lr });
        self.state.epoch += 1;
        self.state.history.last().ok_or_else(|| Error::internal("an epoch left no record"))
    }

    /// The fit so far.
    pub fn finish(self) -> EncoderFit<F> {
        let FitState { history, parameters, best, epoch, .. } = self.state;
        match best {
            Some((epoch, _, parameters)) => EncoderFit { parameters, epoch, history },
            None => EncoderFit { parameters, epoch, history },
        }
    }

    /// One step of the optimiser; the sum of the losses before it.
    fn step(&mut self, batch: &[Chunk], lr: f64) -> f64 {
        let weights = Weights::new(self.network, &self.state.parameters);
        let movies = self.movies;
        let passes = self.passes.par_iter_mut().zip(batch);
        let losses: Vec<f64> = passes.map(|(pass, &chunk)| pass.both(&weights, movies, chunk)).collect();
        let parts: Vec<&[F]> = self.passes[..batch.len()].iter().map(FitPass::gradient).collect();
        sum_chunks(&parts, &mut self.sum);
        let share = F::from_f64(1.0 / batch.len() as f64);
        self.sum.iter_mut().for_each(|value| *value *= share);
        self.network.penalty(self.options.penalties, &self.state.parameters, &mut self.sum);
        let layout = self.network.readout();
        if !self.options.fit_places {
            layout.place.of_mut(&mut self.sum).fill(F::zero());
        }
        let decay = Decay::Decoupled(self.options.weight_decay);
        // Places are no weights: they are not drawn to the middle.
        let places = layout.place.of(&self.state.parameters).to_vec();
        self.state.adam.step(&mut self.state.parameters, &self.sum, lr, decay);
        if !self.options.fit_places {
            layout.place.of_mut(&mut self.state.parameters).copy_from_slice(&places);
        }
        if self.options.nonnegative {
            let features = layout.features.of_mut(&mut self.state.parameters);
            features.iter_mut().for_each(|weight| *weight = weight.at_least(F::zero()));
        }
        losses.iter().sum()
    }

    fn validate(&mut self) -> f64 {
        let weights = Weights::new(self.network, &self.state.parameters);
        let movies = self.movies;
        let mut total = 0.0;
        for batch in self.chunks.valid.chunks(self.passes.len().max(1)) {
            let passes = self.passes.par_iter_mut().zip(batch);
            let losses: Vec<f64> = passes.map(|(pass, &chunk)| pass.loss(&weights, movies, chunk)).collect();
            total += losses.iter().sum::<f64>();
        }
        total
    }
}

/// The beginning of the first clip, `[channel][frame][pixel]`.
fn first_frames<F: Real>(movies: &Movies) -> Vec<F> {
    let Some(clip) = movies.train.first() else { return Vec::new() };
    let n_pixels = movies.n_pixels();
    let taken = clip.n_frames.min(START_FRAMES) * n_pixels;
    let channels = clip.frames.chunks_exact(clip.n_frames * n_pixels);
    channels.flat_map(|channel| &channel[..taken]).map(|&value| F::from_f64(f64::from(value))).collect()
}
