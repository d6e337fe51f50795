//! One pass of a chunk of trials through a model.

mod backward;
mod forward;
mod objective;

use neuroloom_nn::{EncoderState, GruState, Real};

pub use objective::{EntryWeights, Outcome};

use crate::flow::FlowState;
use crate::model::Model;
use crate::positions::sinusoids;

/// What a pass computes and keeps for the backward pass. Encoder and flow are ordered by time `[times, trials, ...]`,
/// the decoder by trial `[trials, times, ...]`.
#[derive(Clone, Debug)]
pub struct Pass<T> {
    n_trials: usize,
    /// What the encoder sees `[times, trials, n_in]`.
    u: Vec<T>,
    encoder: GruState<T>,
    h: Vec<T>,
    /// Means and log variances of the start of position and velocity `[trials, dim]`.
    pub(crate) start: [Vec<T>; 4],
    /// Noise of the start of position and velocity `[trials, dim]`.
    noise: [Vec<T>; 2],
    pub(crate) drive: Vec<T>,
    flow: FlowState<T>,
    /// What the decoder sees `[trials, times, width]`.
    tokens: Vec<T>,
    /// What is added to them to tell bins apart `[times, width]`; empty where nothing is.
    positions: Vec<T>,
    decoder: EncoderState<T>,
    /// What the encoder states mean for the decoder's attention; empty unless draws share it.
    shared: Vec<T>,
    decoded: Vec<T>,
    log_rates: Vec<T>,
    cotangents: Cotangents<T>,
}

/// Room for the backward pass.
#[derive(Clone, Debug, Default)]
struct Cotangents<T> {
    /// 1 where an entry passes a gradient `[trials, times, n_out]`.
    passes: Vec<T>,
    log_rates: Vec<T>,
    decoded: Vec<T>,
    z: Vec<T>,
    v: Vec<T>,
    mean: Vec<T>,
    h: Vec<T>,
    room: Vec<T>,
}

impl<T: Real> Pass<T> {
    /// Room for `n_trials`; without `backward` it will not do for the backward pass.
    pub fn new(model: &Model, n_trials: usize, backward: bool) -> Self {
        let (size, dim, width) = (model.size, model.options.hidden, model.options.decoder_width());
        let rows = n_trials * size.n_bins;
        let zeros = |len: usize| vec![T::ZERO; len];
        let cotangents = if backward {
            Cotangents {
                passes: zeros(rows * size.n_out),
                log_rates: zeros(rows * size.n_out),
                decoded: zeros(rows * width),
                z: zeros(rows * dim),
                v: zeros(rows * dim),
                mean: zeros(rows * dim),
                h: zeros(rows * dim),
                room: zeros(rows * dim),
            }
        } else {
            Cotangents::default()
        };
        Self {
            n_trials,
            u: zeros(rows * size.n_in),
            encoder: GruState::new(&model.encoder, n_trials, size.n_bins),
            h: zeros(rows * dim),
            start: std::array::from_fn(|_| zeros(n_trials * dim)),
            noise: std::array::from_fn(|_| zeros(n_trials * dim)),
            drive: zeros(if model.drive.is_some() { rows * dim } else { 0 }),
            flow: FlowState::new(dim, n_trials, size.n_bins),
            tokens: zeros(rows * width),
            positions: positions(model).into_iter().map(T::from_f64).collect(),
            decoder: EncoderState::new(&model.decoder, n_trials, size.n_bins, backward),
            shared: Vec::new(),
            decoded: zeros(rows * width),
            log_rates: zeros(rows * size.n_out),
            cotangents,
        }
    }

    /// Trials that it has room for.
    pub fn n_trials(&self) -> usize {
        self.n_trials
    }

    /// Log expected counts per bin `[trials, times, n_out]`.
    pub fn log_rates(&self) -> &[T] {
        &self.log_rates
    }

    /// What the readout sees `[trials, times, width]`.
    pub fn decoded(&self) -> &[T] {
        &self.decoded
    }

    /// Positions, velocities and encoder states `[times, trials, dim]`.
    pub fn latents(&self) -> [&[T]; 3] {
        [&self.flow.z, &self.flow.v, &self.h]
    }

    fn drive(&self) -> Option<&[T]> {
        (!self.drive.is_empty()).then_some(&self.drive[..])
    }
}

/// What tells the decoder's bins apart `[times, width]`; empty where nothing does.
fn positions(model: &Model) -> Vec<f64> {
    let options = &model.options;
    let n_bins = if options.decoder_positions == 0.0 { 0 } else { model.size.n_bins };
    sinusoids(options.decoder_positions, n_bins, options.hidden, options.decoder_width())
}

/// Rows of a matrix ordered by time, with their places in one ordered by trial: `(row by time, row by trial)`.
fn rows_by_trial(n_trials: usize, n_steps: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n_steps).flat_map(move |time| {
        (0..n_trials).map(move |trial| (time * n_trials + trial, trial * n_steps + time))
    })
}
