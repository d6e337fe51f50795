//! The passes of a model over a batch, recorded.

use neuroloom_core::Result;
use neuroloom_langevin::Model;
use neuroloom_langevin::options::DivergenceOptions;

use crate::activations::{Activations, gru_size, token_size};
use crate::device::{Gpu, Values};
use crate::flow::FlowPass;
use crate::kernel::{ADAM, NORM, POISSON, SEE, SQUARES, TOKENS, TOKENS_BACKWARD};
use crate::product::Matrix;
use crate::recorder::{Recorder, Shared, words};
use crate::report::Report;
use crate::tape::{Tape, lanes};

/// What passes are over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) gpu: &'a Gpu,
    pub(crate) model: &'a Model,
    pub(crate) divergence: &'a DivergenceOptions,
    pub(crate) shared: &'a Shared,
    /// Counts of all trials `[trials, bins, n_out]`.
    pub(crate) counts: &'a Values,
    pub(crate) activations: &'a Activations,
    /// Trials of the batch.
    pub(crate) n_trials: usize,
    /// Whether the latents are those of the prior.
    pub(crate) from_prior: bool,
}

impl Setting<'_> {
    /// Encoder states, and what follows from them alone.
    pub(crate) fn encode(self) -> Result<Tape> {
        let Self { model, shared, activations, n_trials, .. } = self;
        let mut recorder = Recorder::new(self.gpu, shared);
        let size = model.size();
        let lag = model.options().input_lag;
        let shape = words![size.n_in, size.n_out, size.n_observed, size.n_bins, n_trials, lag];
        let bound = [&shared.step, &shared.trials, self.counts, &activations.u];
        recorder.push(&SEE, &shape, &bound, lanes(n_trials * size.n_bins * size.n_in))?;
        let Activations { u, encoder, h, flow, .. } = activations;
        recorder.gru(model.encoder(), gru_size(model, n_trials), u, encoder, h)?;
        recorder.flow_inputs(self.flow(), h, flow)?;
        Ok(recorder.finish())
    }

    /// Latents and log rates, which are not clamped.
    pub(crate) fn draw(self) -> Result<Tape> {
        let Self { model, activations, n_trials, .. } = self;
        let Activations { h, flow, waves, tokens, decoder, decoded, log_rates, report, .. } = activations;
        let mut recorder = Recorder::new(self.gpu, self.shared);
        recorder.flow(self.flow(), flow, report, self.report().flow())?;
        let size = token_size(model, n_trials);
        let shape = words![model.options().hidden, size.width, n_trials, size.n_steps];
        let bound = [&flow.z, &flow.v, h, waves, tokens];
        recorder.push(&TOKENS, &shape, &bound, lanes(size.rows() * size.width))?;
        recorder.encoder_layer(model.decoder(), size, tokens, decoder, decoded)?;
        let (decoded, rates) =
            (Matrix::rows(decoded, size.width), Matrix::rows(log_rates, model.size().n_out));
        recorder.linear(model.readout(), size.rows(), decoded, rates)?;
        Ok(recorder.finish())
    }

    /// Likelihood of the counts, and cotangents of the log rates.
    pub(crate) fn score(self) -> Result<Tape> {
        let Self { model, shared, activations, .. } = self;
        let mut recorder = Recorder::new(self.gpu, shared);
        let size = model.size();
        let clamp = model.options().lograte_clamp.unwrap_or(f64::from(f32::MAX));
        let [likelihood, held_out] = [self.report().likelihood(), self.report().held_out()];
        let shape = words![size.n_in, size.n_out, size.n_observed, size.n_bins, clamp, likelihood, held_out];
        let Activations { log_rates, d_log_rates, report, .. } = activations;
        let bound = [&shared.step, &shared.trials, self.counts, log_rates, d_log_rates, report];
        recorder.push(&POISSON, &shape, &bound, [self.n_trials as u32, 1, 1])?;
        Ok(recorder.finish())
    }

    /// From the cotangents of the log rates to the gradient and its norm.
    pub(crate) fn backward(self) -> Result<Tape> {
        let Self { model, shared, activations, n_trials, .. } = self;
        let mut recorder = Recorder::new(self.gpu, shared);
        let size = token_size(model, n_trials);
        let Activations { u, encoder, h, flow, tokens, decoder, decoded, d_log_rates, d, dh, .. } =
            activations;
        let of_width = |values| Matrix::rows(values, size.width);
        let dy = Matrix::rows(d_log_rates, model.size().n_out);
        recorder.linear_backward(model.readout(), size.rows(), of_width(decoded), dy, of_width(d), false)?;
        recorder.encoder_layer_backward(model.decoder(), size, tokens, decoder, d)?;
        let dim = model.options().hidden;
        let shape = words![dim, size.width, n_trials, size.n_steps];
        let bound = [d, &flow.dz, &flow.dv, dh];
        recorder.push(&TOKENS_BACKWARD, &shape, &bound, lanes(size.rows() * dim))?;
        recorder.flow_backward(self.flow(), flow, [h, dh])?;
        recorder.gru_backward(model.encoder(), gru_size(model, n_trials), u, encoder, [h, dh])?;
        self.norm(&mut recorder)?;
        Ok(recorder.finish())
    }

    /// A step of the optimiser with these moments.
    pub(crate) fn update(self, [mean, mean_square]: [&Values; 2]) -> Result<Tape> {
        let shared = self.shared;
        let mut recorder = Recorder::new(self.gpu, shared);
        let len = shared.gradient.len();
        let bound =
            [&shared.step, &self.activations.report, &shared.gradient, &shared.parameters, mean, mean_square];
        recorder.push(&ADAM, &words![len, self.report().verdict()], &bound, lanes(len))?;
        Ok(recorder.finish())
    }

    fn norm(self, recorder: &mut Recorder<'_>) -> Result<()> {
        const PARTS: usize = 256;
        let shared = self.shared;
        let len = shared.gradient.len();
        let bound = [&shared.gradient, &shared.parts];
        recorder.push(&SQUARES, &words![len, len.div_ceil(PARTS)], &bound, [PARTS as u32, 1, 1])?;
        let bound = [&shared.parts, &self.activations.report];
        recorder.push(&NORM, &words![PARTS, self.report().norm()], &bound, [1; 3])
    }

    fn report(&self) -> Report {
        Report::new(self.model, self.n_trials)
    }

    fn flow(&self) -> FlowPass<'_> {
        let Self { model, divergence, n_trials, from_prior, .. } = *self;
        FlowPass { model, divergence, n_trials, from_prior }
    }
}
