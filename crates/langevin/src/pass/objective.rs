//! What a fit makes small.

use neuroloom_nn::{Real, Sites, poisson_nll, poisson_slope, vectorised};

use super::Pass;
use crate::divergence::{Divergence, from_standard_normal, of_velocities};
use crate::model::Model;
use crate::options::DivergenceOptions;
use crate::trial_set::TrialSet;

/// What the terms of the objective are multiplied by.
#[derive(Clone, Copy, Debug)]
pub struct EntryWeights {
    /// The likelihood of an entry.
    pub entry: f64,
    /// The divergence.
    pub divergence: f64,
}

/// Sums over the trials of a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Negative log likelihood of the counts without `ln y!`, nats.
    pub nll: f64,
    /// Entries in it: those whose count is known.
    pub n_entries: u64,
    /// What of it is of units held out, in observed bins.
    pub held_out_nll: f64,
    /// Divergence of the latents from their prior.
    pub divergence: Divergence,
}

impl Outcome {
    /// Whether its sums are neither infinite nor NaN.
    pub fn is_finite(&self) -> bool {
        [self.nll, self.held_out_nll, self.divergence.total()].iter().all(|sum| sum.is_finite())
    }
}

impl std::ops::AddAssign for Outcome {
    fn add_assign(&mut self, other: Self) {
        self.nll += other.nll;
        self.n_entries += other.n_entries;
        self.held_out_nll += other.held_out_nll;
        self.divergence += other.divergence;
    }
}

impl<T: Real> Pass<T> {
    /// Sums over the trials of the last pass.
    pub fn outcome(
        &self,
        model: &Model,
        set: &TrialSet,
        sites: Sites<'_>,
        divergence: &DivergenceOptions,
    ) -> Outcome {
        let (n_out, n_first) = (model.size.n_out, self.n_trials * model.options.hidden);
        let mut outcome = Outcome::default();
        let mut terms = vec![T::ZERO; n_out];
        for (rates, &trial) in self.log_rates.chunks_exact(n_out * sites.n_steps).zip(sites.trials) {
            let rows = rates.chunks_exact(n_out).zip(set.counts(trial).chunks_exact(n_out));
            for (bin, (rates, counts)) in rows.enumerate() {
                vectorised(
                    #[inline(always)]
                    || {
                        for ((term, &a), &y) in terms.iter_mut().zip(rates).zip(counts) {
                            *term = poisson_nll(a, T::from_f64(f64::from(y)));
                        }
                    },
                );
                let known = terms.iter().zip(counts).enumerate().filter(|(_, (_, y))| !y.is_nan());
                for (unit, (term, _)) in known {
                    let nll = term.to_f64();
                    outcome.nll += nll;
                    outcome.n_entries += 1;
                    if unit >= model.size.n_in && bin < model.size.n_observed {
                        outcome.held_out_nll += nll;
                    }
                }
            }
        }
        if !model.has_latents() {
            return outcome;
        }
        let [z_mean, z_logvar, v_mean, v_logvar] = &self.start;
        outcome.divergence = of_velocities(divergence, &model.flow, &self.flow, self.drive(), n_first);
        outcome.divergence.moving += from_standard_normal(z_mean, z_logvar);
        outcome.divergence.moving += from_standard_normal(v_mean, v_logvar);
        outcome
    }

    /// The cotangent of the log rates: 0 where an entry passes no gradient, its count is not known, or its log rate was cut.
    pub(super) fn log_rate_cotangents(
        &mut self,
        model: &Model,
        set: &TrialSet,
        sites: Sites<'_>,
        weight: f64,
    ) {
        let n_out = model.size.n_out;
        let weight = T::from_f64(weight);
        let clamp = T::from_f64(model.options.lograte_clamp.unwrap_or(f64::INFINITY));
        let passes = self.cotangents.passes.chunks_exact(n_out);
        let cotangents = self.cotangents.log_rates.chunks_exact_mut(n_out).zip(passes);
        let counts = sites.trials.iter().flat_map(|&trial| set.counts(trial).chunks_exact(n_out));
        let rates = self.log_rates.chunks_exact(n_out).zip(counts);
        vectorised(
            #[inline(always)]
            || {
                for ((d, passes), (rates, counts)) in cotangents.zip(rates) {
                    for (((d, &pass), &a), &y) in d.iter_mut().zip(passes).zip(rates).zip(counts) {
                        let slope = weight * pass * poisson_slope(a, T::from_f64(f64::from(y)));
                        let free = a < clamp && a > -clamp && !y.is_nan();
                        *d = if free { slope } else { T::ZERO };
                    }
                }
            },
        );
    }
}
