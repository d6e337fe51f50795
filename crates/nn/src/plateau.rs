//! A learning rate that falls where the loss does not.

use serde::{Deserialize, Serialize};

/// Smallest change of a learning rate.
const SMALLEST_CHANGE: f64 = 1e-8;

/// Multiplies the learning rate by `factor` when the loss has not improved for more than `patience` epochs, down to
/// `smallest`: PyTorch's `ReduceLROnPlateau` with threshold 0 and no cool-down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plateau {
    factor: f64,
    patience: u32,
    smallest: f64,
    lr: f64,
    best: f64,
    n_bad: u32,
}

impl Plateau {
    /// A learning rate that starts at `lr`.
    pub fn new(lr: f64, factor: f64, patience: u32, smallest: f64) -> Self {
        Self { factor, patience, smallest, lr, best: f64::INFINITY, n_bad: 0 }
    }

    /// The learning rate now.
    pub fn lr(&self) -> f64 {
        self.lr
    }

    /// Multiplies the learning rate now.
    pub fn scale(&mut self, factor: f64) {
        self.lr *= factor;
    }

    /// An epoch has ended with `loss`.
    pub fn observe(&mut self, loss: f64) {
        if loss < self.best {
            self.best = loss;
            self.n_bad = 0;
            return;
        }
        self.n_bad += 1;
        if self.n_bad > self.patience {
            self.n_bad = 0;
            let lower = (self.lr * self.factor).max(self.smallest);
            if self.lr - lower > SMALLEST_CHANGE {
                self.lr = lower;
            }
        }
    }
}
