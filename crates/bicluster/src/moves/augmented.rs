//! Reallocation with Polya-Gamma weights: a Gibbs step of (z, d, c) in closed form.

use ndarray::{ArrayView1, ArrayView2};
use rand::Rng;
use rand::seq::SliceRandom;

use super::LabelMoves;
use super::proposal::choose;
use crate::Result;
use crate::laplace::{Mode, augmented_mode};

impl LabelMoves<'_> {
    /// As [`LabelMoves::reallocate`], of negative-binomial counts, given weights `[N, T]` drawn from
    /// PG(y + r, psi) at the state as it is; those of entries that are not seen are not read. Every draw is taken.
    ///
    /// # Errors
    /// When a precision overflows.
    pub fn reallocate_augmented(&mut self, weights: ArrayView2<'_, f64>, rng: &mut impl Rng) -> Result<()> {
        let mut order: Vec<usize> = (0..self.units.len()).collect();
        order.shuffle(rng);
        for unit in order {
            let label = self.state.labels[unit];
            if self.clusters[label].size < 2 {
                continue;
            }
            let posteriors = self.posteriors(unit, weights.row(unit))?;
            let choices: Vec<f64> = (posteriors.iter().zip(&self.clusters).enumerate())
                .map(|(cluster, (posterior, known))| {
                    let others = known.size - usize::from(cluster == label);
                    // Of a cluster of two or more, others are at least 1.
                    self.setting.partition.log_existing(others) + posterior.log_evidence
                })
                .collect();
            let (chosen, _) = choose(&choices, rng);
            let loading = posteriors[chosen].sample(rng);
            self.clusters[label].size -= 1;
            self.clusters[chosen].size += 1;
            self.state.labels[unit] = chosen;
            self.set_coefficients(unit, &loading);
            self.tallies.reallocation.count(true);
        }
        Ok(())
    }

    fn posteriors(&self, unit: usize, weights: ArrayView1<'_, f64>) -> Result<Vec<Mode>> {
        let (counts, prior) = (&self.units[unit], &self.setting.priors.loading);
        self.clusters.iter().map(|known| augmented_mode(counts, &known.design, weights, prior)).collect()
    }
}
