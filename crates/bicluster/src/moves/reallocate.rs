//! Reallocation of single neurons among the clusters there are.

use rand::Rng;
use rand::seq::SliceRandom;

use super::LabelMoves;
use super::proposal::{choose, log_density_of_loading, sample_loading};
use crate::Result;
use crate::metropolis::accept;

impl LabelMoves<'_> {
    /// Proposes to every neuron of a cluster of two or more, in a fresh random order, a cluster with probability in
    /// proportion to (others + g) times the Laplace evidence, and (d, c) from a t distribution around the mode there: an
    /// independence Metropolis-Hastings step of (z, d, c).
    ///
    /// # Errors
    /// When a likelihood overflows.
    pub fn reallocate(&mut self, rng: &mut impl Rng) -> Result<()> {
        let mut order: Vec<usize> = (0..self.units.len()).collect();
        self.find_modes()?;
        order.shuffle(rng);
        for unit in order {
            if self.clusters[self.state.labels[unit]].size >= 2 {
                let accepted = self.reallocate_unit(unit, rng)?;
                self.tallies.reallocation.count(accepted);
            }
        }
        Ok(())
    }

    fn reallocate_unit(&mut self, unit: usize, rng: &mut impl Rng) -> Result<bool> {
        let now = self.state.labels[unit];
        let choices = self.log_choices(unit)?;
        let (proposed, _) = choose(&choices, rng);
        let loading = sample_loading(self.mode(proposed, unit)?, rng)?;
        let current = self.coefficients(unit);
        let ratio = self.log_weight(proposed, unit, &loading)? - self.log_weight(now, unit, &current)?;
        let accepted = accept(ratio, rng);
        if accepted {
            self.clusters[now].size -= 1;
            self.clusters[proposed].size += 1;
            self.state.labels[unit] = proposed;
            self.set_coefficients(unit, &loading);
        }
        Ok(accepted)
    }

    /// ln of target over proposal density of a cluster and (d, c): the urn's weight is in both.
    fn log_weight(&mut self, cluster: usize, unit: usize, coefficients: &[f64]) -> Result<f64> {
        let mode = self.mode(cluster, unit)?;
        let proposal = mode.log_evidence + log_density_of_loading(mode, coefficients);
        Ok(self.log_joint(unit, &self.clusters[cluster].design, coefficients) - proposal)
    }
}
