//! What a model is and how it is fitted: every difference between the variants is an option of its own.

use neuroloom_nn::AttentionMask;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::potential::{OscillatorRule, PotentialKind};

/// Architecture and arithmetic of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelOptions {
    /// Dimensions of position, velocity and encoder state.
    pub hidden: usize,
    /// Hidden values of the decoder's feed-forward part.
    pub feed_forward: usize,
    /// Heads of the decoder's attention.
    pub heads: usize,
    /// What pulls the position.
    pub potential: PotentialKind,
    /// Smallest norm that the taps of the oscillators' kernel are divided by.
    pub kernel_epsilon: f64,
    /// Standard deviation of the oscillators' kernel at the start.
    pub kernel_sd: f64,
    /// Step of the integration.
    pub step: f64,
    /// Damping of the velocity.
    pub gamma: f64,
    /// How damping and noise enter a step.
    pub integrator: Integrator,
    /// What pushes the velocity besides the potential.
    pub drive: Drive,
    /// Bins by which the encoder lags behind the counts: 0 or 1.
    pub input_lag: usize,
    /// What the decoder sees.
    pub decoder_input: DecoderInput,
    /// Size of the sinusoids that tell the decoder which bin it sees; 0: none.
    #[serde(default)]
    pub decoder_positions: f64,
    /// Which bins a bin of the decoder may look at.
    pub decoder_mask: DecoderMask,
    /// Ends of the log variances of the start.
    pub logvar_clamp: Option<[f64; 2]>,
    /// Largest size of a log rate.
    pub lograte_clamp: Option<f64>,
}

impl ModelOptions {
    /// How the oscillators' kernel is normalised and started.
    pub fn oscillator_rule(&self) -> OscillatorRule {
        OscillatorRule { epsilon: self.kernel_epsilon, start_sd: self.kernel_sd }
    }

    /// Values that the decoder sees of a bin.
    pub fn decoder_width(&self) -> usize {
        match self.decoder_input {
            DecoderInput::All => 3 * self.hidden,
            DecoderInput::Latents => 2 * self.hidden,
            DecoderInput::Encoder => self.hidden,
        }
    }
}

/// How damping and noise enter a step of the velocity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Integrator {
    /// `(1 - gamma)(v - step f) + sqrt(2 gamma) e`: the noise is not scaled by the step.
    #[default]
    Released,
    /// `(1 - gamma step) v - step f + sqrt(2 gamma step) e`.
    EulerMaruyama,
}

/// What pushes the velocity besides the potential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Drive {
    /// Nothing: after the first bin the latents do not depend on the data.
    None,
    /// A linear function of the encoder state of the bin.
    #[default]
    Encoder,
}

/// What the decoder sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecoderInput {
    /// Position, velocity and encoder state.
    #[default]
    All,
    /// Position and velocity.
    Latents,
    /// The encoder state: there are no latents, and what is left is an autoencoder.
    Encoder,
}

impl DecoderInput {
    /// Whether it sees position and velocity.
    pub fn has_latents(self) -> bool {
        self != Self::Encoder
    }

    /// Whether it sees the encoder state.
    pub fn has_encoder(self) -> bool {
        self != Self::Latents
    }
}

/// Which bins a bin of the decoder may look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecoderMask {
    /// All.
    #[default]
    Full,
    /// Itself and those before.
    Causal,
}

impl From<DecoderMask> for AttentionMask {
    fn from(mask: DecoderMask) -> Self {
        match mask {
            DecoderMask::Full => Self::Full,
            DecoderMask::Causal => Self::Causal,
        }
    }
}

/// Sizes of the data that a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSize {
    /// Units that the model sees.
    pub n_in: usize,
    /// Units whose rates it gives: those that it sees, then those held out.
    pub n_out: usize,
    /// Bins that the model sees.
    pub n_observed: usize,
    /// Bins whose rates it gives.
    pub n_bins: usize,
}

/// What the divergence from the prior is made of and how it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DivergenceOptions {
    /// Which arithmetic.
    pub form: KlForm,
    /// The prior of a velocity after the first bin.
    pub prior: VelocityPrior,
    /// Variance of that prior where it is fixed.
    pub prior_var: f64,
    /// Weight after the ramp.
    pub weight: f64,
    /// Epochs in which the weight rises from 0.
    pub ramp: u32,
    /// What the sum is divided by.
    pub scale: KlScale,
}

impl DivergenceOptions {
    /// Weight in `epoch`, from 0: `weight min(epoch/ramp, 1)`.
    pub fn weight_in(&self, epoch: u32) -> f64 {
        self.weight * ramped(epoch, self.ramp)
    }
}

/// `min(epoch/ramp, 1)`; 1 without a ramp.
pub fn ramped(epoch: u32, ramp: u32) -> f64 {
    if epoch >= ramp { 1.0 } else { f64::from(epoch) / f64::from(ramp) }
}

/// Arithmetic of the divergence of velocities after the first bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KlForm {
    /// That of the transition from the prior.
    #[default]
    Transition,
    /// That of the released program: the velocity stands where its mean should, the variance where its logarithm should.
    Released,
}

/// The prior of a velocity after the first bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VelocityPrior {
    /// Mean 0 and a fixed variance.
    #[default]
    Fixed,
    /// The step that the velocity would make without the drive.
    Flow,
}

/// What the divergence of a batch is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KlScale {
    /// Its trials.
    #[default]
    Batch,
    /// Its entries: with weight 1 the objective is then that of a variational autoencoder, per entry.
    Elbo,
}

/// Coordinated dropout: what the encoder sees of the counts, and which of them pass a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoordinatedOptions {
    /// Chance that an entry is seen.
    pub keep: f64,
    /// Chance that an entry which is seen passes a gradient.
    pub pass: f64,
}
