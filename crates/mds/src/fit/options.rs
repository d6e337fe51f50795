//! How an encoder is fitted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::network::Penalties;

/// What is minimised, per frame and neuron.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// `(r - y)^2`, for signals that may be below 0.
    #[default]
    Mse,
    /// `r - y ln(r + 1e-16)`, for counts and rates.
    Poisson,
}

/// What minimises the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Optimiser {
    /// Adam: a step for every batch of chunks.
    #[default]
    Adam,
    /// Limited-memory BFGS: a step for every pass over all chunks.
    Lbfgs,
}

/// How an encoder is fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct FitOptions {
    /// What is minimised.
    pub loss: Loss,
    /// What minimises it.
    pub optimiser: Optimiser,
    /// Time constant of the low pass between rate and recording, frames; none where rates were recorded.
    pub calcium_tau_frames: Option<f64>,
    /// Frames of a chunk.
    pub chunk: usize,
    /// Frames before a chunk, over which the low pass settles.
    pub settle: usize,
    /// Chunks of a gradient step of Adam; chunks that are worked on at once.
    pub batch: usize,
    /// Share of the chunks, the last ones, that judge every epoch.
    pub validation: f64,
    /// Epochs at most.
    pub epochs: u32,
    /// Learning rate of Adam at the start.
    pub lr: f64,
    /// What it is multiplied by on a plateau.
    pub lr_factor: f64,
    /// Epochs without improvement that are no plateau.
    pub lr_patience: u32,
    /// Epochs without improvement after which the fit ends.
    pub stop_after: u32,
    /// Decay of the parameters: decoupled in Adam; for L-BFGS the weight of half their squares, places apart.
    pub weight_decay: f64,
    /// Smoothness and sparsity.
    pub penalties: Penalties,
    /// Whether neurons weight features by numbers of at least 0, in Adam.
    pub nonnegative: bool,
    /// Whether the places of the neurons are fitted too.
    pub fit_places: bool,
}
