//! Arrays of a model on the device.

use neuroloom_core::{Error, Result};
use neuroloom_langevin::{Model, sinusoids};

use crate::attention::TokenSize;
use crate::device::{Gpu, Values};
use crate::encoder_layer::EncoderRoom;
use crate::flow::{FlowRoom, of_potential};
use crate::gru::{GruRoom, GruSize, MAX_HIDDEN};
use crate::report::Report;

/// Activations of a batch. Encoder and flow are ordered by time `[times, trials, ...]`, the decoder by trial
/// `[trials, times, ...]`.
#[derive(Debug)]
pub(crate) struct Activations {
    /// What the encoder sees.
    pub(crate) u: Values,
    pub(crate) encoder: GruRoom,
    pub(crate) h: Values,
    pub(crate) flow: FlowRoom,
    /// What tells the decoder's bins apart.
    pub(crate) waves: Values,
    pub(crate) tokens: Values,
    pub(crate) decoder: EncoderRoom,
    pub(crate) decoded: Values,
    pub(crate) log_rates: Values,
    pub(crate) d_log_rates: Values,
    /// Cotangent of what was decoded, then of the tokens.
    pub(crate) d: Values,
    pub(crate) dh: Values,
    /// What stands where is said by [`Report`].
    pub(crate) report: Values,
}

impl Activations {
    /// For batches of up to `n_trials`; without `backward` they will not do for the backward pass.
    pub(crate) fn new(gpu: &Gpu, model: &Model, n_trials: usize, backward: bool) -> Result<Self> {
        let (size, dim) = (model.size(), model.options().hidden);
        let (tokens, rows) = (token_size(model, n_trials), n_trials * size.n_bins);
        let back = usize::from(backward);
        let waves = gpu.values(size.n_bins * tokens.width)?;
        gpu.write(&waves, &waves_of(model));
        Ok(Self {
            u: gpu.values(rows * size.n_in)?,
            encoder: GruRoom::new(gpu, gru_size(model, n_trials))?,
            h: gpu.values(rows * dim)?,
            flow: FlowRoom::new(gpu, model, n_trials, backward)?,
            waves,
            tokens: gpu.values(rows * tokens.width)?,
            decoder: EncoderRoom::new(gpu, tokens, backward)?,
            decoded: gpu.values(rows * tokens.width)?,
            log_rates: gpu.values(rows * size.n_out)?,
            d_log_rates: gpu.values(rows * size.n_out)?,
            d: gpu.values(back * rows * tokens.width)?,
            dh: gpu.values(back * rows * dim)?,
            report: gpu.values(Report::new(model, n_trials).len())?,
        })
    }
}

/// What tells the decoder's bins apart `[times, width]`.
fn waves_of(model: &Model) -> Vec<f32> {
    let options = model.options();
    let waves =
        sinusoids(options.decoder_positions, model.size().n_bins, options.hidden, options.decoder_width());
    waves.into_iter().map(|value| value as f32).collect()
}

pub(crate) fn token_size(model: &Model, n_trials: usize) -> TokenSize {
    let options = model.options();
    TokenSize {
        width: options.decoder_width(),
        hidden: options.feed_forward,
        heads: options.heads,
        n_trials,
        n_steps: model.size().n_bins,
    }
}

pub(crate) fn gru_size(model: &Model, n_trials: usize) -> GruSize {
    let size = model.size();
    GruSize { n_in: size.n_in, n: model.options().hidden, n_trials, n_steps: size.n_bins }
}

/// Whether the kernels can compute a model: they know its potential, and what a workgroup holds in its own memory has room there.
pub(crate) fn check(model: &Model) -> Result<()> {
    of_potential(model.potential())?;
    let hidden = model.options().hidden;
    if hidden <= MAX_HIDDEN {
        return Ok(());
    }
    Err(Error::params("the model is too large for a graphics processor")
        .at_object("hidden")
        .expected(format!("at most {MAX_HIDDEN}"))
        .found(hidden.to_string())
        .hint("set `device: cpu`, or lower `hidden`"))
}
