//! Reallocation with Polya-Gamma weights: a Gibbs step of (z, d, c) in closed form.

use ndarray::{Array2, ArrayView1, ArrayView2};
use rand::Rng;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};

use super::LabelMoves;
use super::proposal::choose;
use crate::cholesky::Cholesky;
use crate::likelihood::{Design, UnitCounts};
use crate::{LoadingPrior, Result};

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

    fn posteriors(&self, unit: usize, weights: ArrayView1<'_, f64>) -> Result<Vec<LoadingPosterior>> {
        let (counts, prior) = (&self.units[unit], &self.setting.priors.loading);
        self.clusters
            .iter()
            .map(|known| LoadingPosterior::new(counts, &known.design, weights, prior))
            .collect()
    }
}

/// (d, c) ~ N(mean, precision^-1) of a neuron in a cluster given its weights.
struct LoadingPosterior {
    mean: Vec<f64>,
    precision: Cholesky,
    /// ln of the integral of its likelihood factor over (d, c), without what does not depend on the cluster.
    log_evidence: f64,
}

impl LoadingPosterior {
    fn new(
        unit: &UnitCounts,
        design: &Design,
        weights: ArrayView1<'_, f64>,
        prior: &LoadingPrior,
    ) -> Result<Self> {
        let size = design.width();
        let mut precision = Array2::eye(size);
        precision[[0, 0]] = prior.sd.powi(-2);
        let mut linear = vec![0.0; size];
        linear[0] = prior.mean * prior.sd.powi(-2);
        let mut log_evidence = -0.5 * prior.mean * linear[0] - prior.sd.ln();
        let mut x = vec![1.0; size];
        let bins = weights.iter().zip(unit.totals.iter().zip(&unit.counts)).enumerate();
        for (bin, (&weight, (&total, &y))) in bins.filter(|(_, (_, (total, _)))| **total > 0.0) {
            // total = y + r, so that (y - r)/2 = y - total/2.
            let (kappa, offset) = (y - 0.5 * total, design.row(0)[bin] - unit.log_dispersion());
            (1..size).for_each(|row| x[row] = design.row(row)[bin]);
            log_evidence += offset * (kappa - 0.5 * weight * offset);
            let pull = kappa - weight * offset;
            for i in 0..size {
                linear[i] += pull * x[i];
                (0..=i).for_each(|j| precision[[i, j]] += weight * x[i] * x[j]);
            }
        }
        let precision =
            Cholesky::with_jitter(precision.view(), || "the precision of a neuron's loadings".to_owned())?;
        let mut whitened = linear;
        precision.solve_lower(&mut whitened);
        log_evidence += 0.5 * whitened.iter().map(|entry| entry * entry).sum::<f64>();
        log_evidence -= 0.5 * precision.log_determinant();
        precision.solve_upper(&mut whitened);
        Ok(Self { mean: whitened, precision, log_evidence })
    }

    fn sample(&self, rng: &mut impl Rng) -> Vec<f64> {
        let mut step: Vec<f64> = self.mean.iter().map(|_| StandardNormal.sample(rng)).collect();
        self.precision.solve_upper(&mut step);
        step.iter().zip(&self.mean).map(|(step, mean)| step + mean).collect()
    }
}
