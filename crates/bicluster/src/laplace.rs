//! Laplace's approximation of a neuron's evidence for a cluster, section 4.8: its (d, c) integrated out.

mod augmented;
mod curvature;

use ndarray::Array2;

use crate::cholesky::Cholesky;
use crate::likelihood::{Design, UnitCounts};
use crate::{LoadingPrior, Result};
pub(crate) use augmented::augmented_mode;
use curvature::Curvature;
pub(crate) use curvature::log_prior;

const MOST_STEPS: usize = 25;
const MOST_HALVINGS: usize = 40;
/// A step as short as this ends the search: the next, which falls with the square, would be shorter than 1e-8.
const SHORT: f64 = 1e-5;

/// The mode of ln p(y | X, d, c) + ln p(d, c) over (d, c), and the curvature there.
#[derive(Clone, Debug)]
pub struct Mode {
    /// (d, c) at the mode, `[p + 1]`.
    pub coefficients: Vec<f64>,
    /// ln of the approximate integral of the likelihood over (d, c), without what does not depend on the cluster
    /// ([`crate::log_constant`]).
    pub log_evidence: f64,
    /// The factor of minus the Hessian.
    pub(crate) precision: Cholesky,
}

/// The mode for a neuron on a cluster's path. The search starts from a point that depends on these alone, so that the
/// mode, and any proposal made from it, is a function of them to the last bit.
///
/// # Errors
/// When the curvature is not finite, as from a path or a dispersion that overflows.
pub fn laplace(unit: &UnitCounts, design: &Design, prior: &LoadingPrior) -> Result<Mode> {
    let mut at = start(unit, design, prior);
    let mut found = Curvature::at(unit, design, prior, &at);
    for _ in 0..MOST_STEPS {
        let mut step = found.gradient.clone();
        found.factor()?.solve(&mut step);
        let length = step.iter().fold(0.0_f64, |length, step| length.max(step.abs()));
        (at, found) = line_search(unit, design, prior, (at, found), &step);
        if length < SHORT {
            break;
        }
    }
    let precision = found.factor()?;
    let half_log_two_pi = 0.5 * (2.0 * std::f64::consts::PI).ln();
    let log_evidence =
        found.value + design.width() as f64 * half_log_two_pi - 0.5 * precision.log_determinant();
    Ok(Mode { coefficients: at, log_evidence, precision })
}

/// The baseline that would give the mean count without loadings.
fn start(unit: &UnitCounts, design: &Design, prior: &LoadingPrior) -> Vec<f64> {
    let mut at = vec![0.0; design.width()];
    let (mut spikes, mut bins, mut baseline) = (0.0, 0.0, 0.0);
    for ((y, total), mu) in unit.counts.iter().zip(&unit.totals).zip(design.row(0)) {
        if *total > 0.0 {
            (spikes, bins, baseline) = (spikes + y, bins + 1.0, baseline + mu);
        }
    }
    at[0] = if bins > 0.0 { (spikes / bins + 0.1).ln() - baseline / bins } else { prior.mean };
    at
}

/// The full step, halved until the value does not fall; the log posterior is concave, so that some step is good.
fn line_search(
    unit: &UnitCounts,
    design: &Design,
    prior: &LoadingPrior,
    (at, found): (Vec<f64>, Curvature),
    step: &[f64],
) -> (Vec<f64>, Curvature) {
    // What rounding can make of a value that stays.
    let lowest = found.value - 1e-11 * (1.0 + found.value.abs());
    let mut factor = 1.0;
    for _ in 0..MOST_HALVINGS {
        let next: Vec<f64> = at.iter().zip(step).map(|(at, step)| step.mul_add(factor, *at)).collect();
        let reached = Curvature::at(unit, design, prior, &next);
        if reached.value >= lowest {
            return (next, reached);
        }
        factor *= 0.5;
    }
    (at, found)
}

impl Mode {
    /// Minus the Hessian at the mode, `[p + 1, p + 1]`.
    pub fn precision(&self) -> Array2<f64> {
        let size = self.coefficients.len();
        let lower = Array2::from_shape_fn((size, size), |(i, j)| {
            self.precision.row(i).get(j).copied().unwrap_or(0.0)
        });
        lower.dot(&lower.t())
    }
}
