//! The learning rate, epoch by epoch.

use neuroloom_nn::{Cosine, Plateau};
use serde::{Deserialize, Serialize};

use super::{LrSchedule, TrainOptions};

/// How the learning rate falls, and how far it has fallen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Schedule {
    Plateau(Plateau),
    Cosine(Cosine),
}

impl Schedule {
    pub(super) fn new(options: &TrainOptions) -> Self {
        let TrainOptions { lr, lr_factor, lr_patience, lr_min, epochs, .. } = *options;
        match options.lr_schedule {
            LrSchedule::Plateau => Self::Plateau(Plateau::new(lr, lr_factor, lr_patience, lr_min)),
            LrSchedule::Cosine => Self::Cosine(Cosine::new(lr, lr_min, epochs)),
        }
    }

    pub(super) fn lr(&self) -> f64 {
        match self {
            Self::Plateau(plateau) => plateau.lr(),
            Self::Cosine(cosine) => cosine.lr(),
        }
    }

    pub(super) fn scale(&mut self, factor: f64) {
        match self {
            Self::Plateau(plateau) => plateau.scale(factor),
            Self::Cosine(cosine) => cosine.scale(factor),
        }
    }

    /// An epoch has ended with `loss`.
    pub(super) fn observe(&mut self, loss: f64) {
        match self {
            Self::Plateau(plateau) => plateau.observe(loss),
            Self::Cosine(cosine) => cosine.advance(),
        }
    }
}
