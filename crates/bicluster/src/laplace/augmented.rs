//! The same given Pólya-Gamma weights, where the posterior of (d, c) is normal and nothing is approximated.

use ndarray::{Array2, ArrayView1};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::Mode;
use crate::cholesky::Cholesky;
use crate::likelihood::{Design, UnitCounts};
use crate::{LoadingPrior, Result};

/// The normal posterior of (d, c) on a cluster's path given the neuron's weights `[T]`; those of entries that are not seen
/// are not read.
///
/// # Errors
/// When a precision overflows.
pub(crate) fn augmented_mode(
    unit: &UnitCounts,
    design: &Design,
    weights: ArrayView1<'_, f64>,
    prior: &LoadingPrior,
) -> Result<Mode> {
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
    Ok(Mode { coefficients: whitened, precision, log_evidence })
}

impl Mode {
    /// A draw of (d, c) from the normal law around the mode.
    pub(crate) fn sample(&self, rng: &mut impl Rng) -> Vec<f64> {
        let mut step: Vec<f64> = self.coefficients.iter().map(|_| StandardNormal.sample(rng)).collect();
        self.precision.solve_upper(&mut step);
        step.iter().zip(&self.coefficients).map(|(step, mean)| step + mean).collect()
    }
}
