//! How a model is fitted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::options::{CoordinatedOptions, DivergenceOptions};

/// How a model is fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainOptions {
    /// Divergence from the prior.
    pub divergence: DivergenceOptions,
    /// Coordinated dropout.
    pub coordinated: CoordinatedOptions,
    /// Probability of dropout in encoder and decoder.
    pub dropout: f64,
    /// Trials of a batch.
    pub batch: usize,
    /// Epochs at most.
    pub epochs: u32,
    /// Learning rate at the start.
    pub lr: f64,
    /// How it falls.
    pub lr_schedule: LrSchedule,
    /// What it is multiplied by on a plateau.
    pub lr_factor: f64,
    /// Epochs without improvement that are no plateau.
    pub lr_patience: u32,
    /// Smallest learning rate.
    pub lr_min: f64,
    /// Weight of the parameters' own size, added to the gradient.
    pub weight_decay: f64,
    /// Epochs in which that weight rises from 0.
    pub decay_ramp: u32,
    /// Largest norm of a gradient.
    pub grad_clip: Option<f64>,
    /// How the trials to validate are judged.
    pub validation: ValidationKind,
    /// By what on the trials to validate epochs are compared.
    pub val_metric: ValidationMetric,
    /// Which parameters are the result.
    pub keep: KeepWeights,
    /// Epochs without improvement after which the fit ends.
    pub stop_after: Option<u32>,
    /// What happens where numbers are not finite any more.
    pub on_nan: OnNan,
}

/// How the trials to validate are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValidationKind {
    /// Without dropout and with the same noise in every epoch, so that epochs can be compared.
    #[default]
    Quiet,
    /// With dropout and new noise.
    Released,
}

/// How the learning rate falls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LrSchedule {
    /// By a factor where the validation does not improve.
    #[default]
    Plateau,
    /// Along a cosine that ends with the last epoch.
    Cosine,
}

/// By what on the trials to validate epochs are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValidationMetric {
    /// Negative log likelihood of all counts that are known.
    #[default]
    Nll,
    /// Bits per spike of the units held out, in observed bins.
    CoBps,
}

/// Which parameters are the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeepWeights {
    /// Those of the epoch that did best on the trials to validate.
    #[default]
    Best,
    /// Those of the last epoch.
    Last,
}

/// What happens where loss or gradient are not finite any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnNan {
    /// An error.
    #[default]
    Error,
    /// Back to the beginning of the epoch with half the learning rate, at most 3 times.
    Rollback,
}
