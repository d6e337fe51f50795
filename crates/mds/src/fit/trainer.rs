//! The fit of an encoder.

mod full_batch;
mod stochastic;

use neuroloom_core::{Error, Result, Seed};
use serde::{Deserialize, Serialize};

use super::batches::Batches;
use super::chunks::Chunks;
use super::movies::Movies;
use super::options::{FitOptions, Optimiser};
use crate::network::Network;
use crate::real::Real;
use full_batch::FullBatch;
use stochastic::Stochastic;

/// Frames of the movie over which the start values are scaled.
const START_FRAMES: usize = 300;

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
    batches: Batches<'a, F>,
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
    optimiser: State<F>,
    best: Option<(u32, f64, Vec<F>)>,
}

/// What the optimiser knows between epochs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "F: neuroloom_nn::Real")]
enum State<F> {
    Adam(Stochastic<F>),
    Lbfgs(FullBatch<F>),
}

/// What an optimiser says of an epoch: the sum of the losses, and how long its steps were.
struct Epoch {
    data: f64,
    step: f64,
}

/// What happened in an epoch. Losses are means over frames and neurons, without penalties.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Its number, from 0.
    pub epoch: u32,
    /// Loss of the chunks that are fitted: with Adam while they are, with L-BFGS after the step.
    pub train_loss: f64,
    /// Loss of the chunks that are not.
    pub valid_loss: f64,
    /// Learning rate of Adam; of L-BFGS the length of the step over that of its direction.
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
            let optimiser = match options.optimiser {
                Optimiser::Adam => State::Adam(Stochastic::new(options, parameters.len())),
                Optimiser::Lbfgs => State::Lbfgs(FullBatch::new()),
            };
            FitState { epoch: 0, history: Vec::new(), parameters, optimiser, best: None }
        };
        Ok(Self {
            state: state
                .filter(|state| state.parameters.len() == network.layout().len())
                .unwrap_or_else(begin),
            batches: Batches::new(network, options, movies, chunks.len),
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

    /// Whether all epochs are done, none has improved for too long, or the optimiser is at its end.
    pub fn is_done(&self) -> bool {
        let at_end = matches!(&self.state.optimiser, State::Lbfgs(lbfgs) if lbfgs.is_done);
        let best = self.state.best.as_ref().map_or(0, |(epoch, ..)| *epoch + 1);
        at_end
            || self.state.epoch >= self.options.epochs
            || self.state.epoch - best >= self.options.stop_after
    }

    /// One pass over the chunks to fit, and one over the others.
    ///
    /// # Errors
    /// When a loss is not finite any more.
    pub fn epoch(&mut self) -> Result<&EpochRecord> {
        let epoch = self.state.epoch;
        let per_chunk = (self.chunks.len * self.movies.n_units) as f64;
        let Epoch { data, step: lr } = self.optimise(epoch, per_chunk);
        let train_loss = data / (per_chunk * self.chunks.train.len() as f64);
        let valid_loss = self.batches.losses(&self.state.parameters, &self.chunks.valid);
        let valid_loss = valid_loss / (per_chunk * self.chunks.valid.len() as f64);
        if !(train_loss.is_finite() && valid_loss.is_finite()) {
            return Err(Error::data("the loss of an encoder is not finite any more")
                .at_object(format!("epoch {epoch}"))
                .found(format!("{train_loss} fitted, {valid_loss} not fitted"))
                .hint("lower `lr`"));
        }
        if let State::Adam(adam) = &mut self.state.optimiser {
            adam.observe(valid_loss);
        }
        if self.state.best.as_ref().is_none_or(|(_, best, _)| valid_loss < *best) {
            self.state.best = Some((epoch, valid_loss, self.state.parameters.clone()));
        }
        self.state.history.push(EpochRecord { epoch, train_loss, valid_loss, lr });
        self.state.epoch += 1;
        self.state.history.last().ok_or_else(|| Error::internal("an epoch left no record"))
    }

    /// What the optimiser makes of the chunks to fit in one epoch.
    fn optimise(&mut self, epoch: u32, per_chunk: f64) -> Epoch {
        let Self { network, options, batches, chunks, .. } = self;
        let parameters = &mut self.state.parameters;
        match &mut self.state.optimiser {
            State::Adam(adam) => {
                let seed = self.seed.child("epoch").child_index(u64::from(epoch));
                adam.epoch(network, options, batches, &chunks.train, parameters, seed)
            }
            State::Lbfgs(lbfgs) => {
                lbfgs.epoch(network, options, batches, (&chunks.train, per_chunk), parameters)
            }
        }
    }

    /// The fit so far.
    pub fn finish(self) -> EncoderFit<F> {
        let FitState { history, parameters, best, epoch, .. } = self.state;
        match best {
            Some((epoch, _, parameters)) => EncoderFit { parameters, epoch, history },
            None => EncoderFit { parameters, epoch, history },
        }
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
