//! How the trials to validate are judged.

use std::f64::consts::LN_2;

use neuroloom_core::{Error, Result};

use super::ValidationMetric;
use crate::pass::Outcome;
use crate::trial_set::{Split, TrialSet};

/// The trials to validate, and what the mean counts of the units held out make of them.
#[derive(Debug)]
pub(super) struct Validator {
    trials: Vec<u32>,
    /// Negative log likelihood of the units held out under their mean counts, nats.
    null_nll: f64,
    /// Their spikes.
    n_spikes: f64,
}

/// What is known of an epoch from the trials to validate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Validation {
    /// Negative log likelihood per entry, nats.
    pub(super) nll: f64,
    /// Bits per spike of the units held out, in observed bins.
    pub(super) co_bps: Option<f64>,
}

impl Validator {
    pub(super) fn new(set: &TrialSet) -> Self {
        let trials = set.of(Split::Valid);
        let mut units = vec![(0.0, 0_u64); set.size.n_out - set.size.n_in];
        for &trial in &trials {
            let observed = set.counts(trial).chunks_exact(set.size.n_out).take(set.size.n_observed);
            for row in observed {
                let known =
                    row.iter().skip(set.size.n_in).zip(&mut units).filter(|(count, _)| !count.is_nan());
                for (&count, (sum, n)) in known {
                    *sum += f64::from(count);
                    *n += 1;
                }
            }
        }
        let spiking = || units.iter().filter(|(sum, _)| *sum > 0.0);
        // n entries of rate m with n m spikes: n m - n m ln m.
        let null_nll = spiking().map(|&(sum, n)| sum * (1.0 - (sum / n as f64).ln())).sum();
        Self { trials, null_nll, n_spikes: spiking().map(|(sum, _)| sum).sum() }
    }

    pub(super) fn trials(&self) -> &[u32] {
        &self.trials
    }

    pub(super) fn judge(&self, outcome: Outcome) -> Validation {
        let bits = || (self.null_nll - outcome.held_out_nll) / self.n_spikes / LN_2;
        Validation { nll: outcome.nll / outcome.n_entries as f64, co_bps: (self.n_spikes > 0.0).then(bits) }
    }
}

impl ValidationMetric {
    /// Whether the trials of `set` can be judged so.
    ///
    /// # Errors
    /// When the score is that of units held out, and none of them has a spike.
    pub fn check(self, set: &TrialSet) -> Result<()> {
        if self == Self::Nll || Validator::new(set).n_spikes > 0.0 {
            return Ok(());
        }
        let n_held_out = set.size.n_out - set.size.n_in;
        Err(Error::data("epochs cannot be compared by units held out")
            .at_object("val_metric")
            .expected("a unit held out with a spike in an observed bin of the trials to validate")
            .found(format!("none, of {n_held_out} units held out"))
            .hint("choose `val_metric: nll`, or hold units out"))
    }
}
