//! What a pass over a batch reports.

use neuroloom_langevin::Model;

/// Places in what a pass reports, in values. For every trial: the likelihood of its counts, what of it is of units held out, and, where
/// there are latents, the divergence of their start and half the squares of their steps. Then the norm of the gradient, and the same
/// again or infinity where one of these is not finite.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report {
    n_trials: usize,
    n_sums: usize,
}

impl Report {
    pub(crate) fn new(model: &Model, n_trials: usize) -> Self {
        Self { n_trials, n_sums: if model.has_latents() { 4 } else { 2 } }
    }

    /// Of the likelihoods.
    pub(crate) fn likelihood(self) -> usize {
        0
    }

    /// Of those of units held out.
    pub(crate) fn held_out(self) -> usize {
        self.n_trials
    }

    /// Of what the flow reports: divergences of the start, then squares.
    pub(crate) fn flow(self) -> usize {
        2 * self.n_trials
    }

    /// Of the norm.
    pub(crate) fn norm(self) -> usize {
        self.n_sums * self.n_trials
    }

    /// Of the norm or infinity.
    pub(crate) fn verdict(self) -> usize {
        self.norm() + 1
    }

    /// Values of all.
    pub(crate) fn len(self) -> usize {
        self.norm() + 2
    }
}
