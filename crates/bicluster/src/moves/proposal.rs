//! Draws that moves are made of.

use neuroloom_math::ln_gamma;
use rand::{Rng, RngExt};
use rand_distr::{ChiSquared, Distribution, StandardNormal};

use crate::laplace::Mode;
use crate::log_sum_exp::log_sum_exp;
use crate::{BiclusterError, Result};

/// Degrees of freedom of proposed loadings.
const DEGREES: f64 = 5.0;

/// (d, c) from the multivariate t distribution around a mode: heavier tails than the posterior's.
pub(crate) fn sample_loading(mode: &Mode, rng: &mut impl Rng) -> Result<Vec<f64>> {
    let squared =
        ChiSquared::new(DEGREES).map_err(|_| BiclusterError::DegreesOfFreedom { degrees: DEGREES })?;
    let mut step: Vec<f64> = mode.coefficients.iter().map(|_| StandardNormal.sample(rng)).collect();
    mode.precision.solve_upper(&mut step);
    let scale = (DEGREES / squared.sample(rng)).sqrt();
    Ok(step.iter().zip(&mode.coefficients).map(|(step, at)| step.mul_add(scale, *at)).collect())
}

/// ln of its density.
pub(crate) fn log_density_of_loading(mode: &Mode, coefficients: &[f64]) -> f64 {
    let size = coefficients.len();
    let step: Vec<f64> = coefficients.iter().zip(&mode.coefficients).map(|(value, at)| value - at).collect();
    let distance: f64 = (0..size)
        .map(|column| (column..size).map(|row| mode.precision.row(row)[column] * step[row]).sum::<f64>())
        .map(|entry| entry * entry)
        .sum();
    let q = size as f64;
    ln_gamma(0.5 * (DEGREES + q)) - ln_gamma(0.5 * DEGREES) - 0.5 * q * (DEGREES * std::f64::consts::PI).ln()
        + 0.5 * mode.precision.log_determinant()
        - 0.5 * (DEGREES + q) * (distance / DEGREES).ln_1p()
}

/// An entry with probability in proportion to exp(weight), and ln of its probability.
pub(crate) fn choose(log_weights: &[f64], rng: &mut impl Rng) -> (usize, f64) {
    let total = log_sum_exp(log_weights);
    let mut left: f64 = rng.random();
    let mut chosen = log_weights.len() - 1;
    for (entry, weight) in log_weights.iter().enumerate() {
        left -= (weight - total).exp();
        if left < 0.0 {
            chosen = entry;
            break;
        }
    }
    // Rounding may leave a bit over: never an entry of weight 0.
    while log_weights[chosen] == f64::NEG_INFINITY && chosen > 0 {
        chosen -= 1;
    }
    (chosen, log_weights[chosen] - total)
}

/// ln of the probability with which [`choose`] takes an entry.
pub(super) fn log_probability_of_choice(log_weights: &[f64], entry: usize) -> f64 {
    log_weights[entry] - log_sum_exp(log_weights)
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::cholesky::Cholesky;

    #[test]
    fn loadings_follow_their_density() {
        let precision = Cholesky::with_jitter(array![[4.0, 1.0], [1.0, 2.0]].view(), String::new).unwrap();
        let mode = Mode { coefficients: vec![0.5, -1.0], log_evidence: 0.0, precision };
        // The density integrates to 1 over a wide grid, up to the tails,
        let (n, span) = (800, 40.0);
        let at = |step: usize| span * ((step as f64 + 0.5) / n as f64 - 0.5);
        let points = (0..n * n).map(|i| [at(i / n), at(i % n)]);
        let cell = (span / n as f64).powi(2);
        let total: f64 = points.map(|point| log_density_of_loading(&mode, &point).exp() * cell).sum();
        assert!((total - 1.0).abs() < 2e-3, "{total}");
        // and a share of the draws as large as its mass lies in a corner.
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let inside = |[d, c]: [f64; 2]| d > 0.8 && c > -1.0;
        let points = (0..n * n).map(|i| [at(i / n), at(i % n)]).filter(|point| inside(*point));
        let expected: f64 = points.map(|point| log_density_of_loading(&mode, &point).exp() * cell).sum();
        let n_draws = 200_000;
        let drawn = (0..n_draws).filter(|_| {
            let draw = sample_loading(&mode, &mut rng).unwrap();
            inside([draw[0], draw[1]])
        });
        let share = drawn.count() as f64 / f64::from(n_draws);
        assert!((share - expected).abs() < 0.005, "{share} {expected}");
    }

    #[test]
    fn entries_of_no_weight_are_never_chosen() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let weights = [f64::NEG_INFINITY, -800.0, f64::NEG_INFINITY, -799.0, f64::NEG_INFINITY];
        let chosen: Vec<usize> = (0..1000).map(|_| choose(&weights, &mut rng).0).collect();
        assert!(chosen.iter().all(|entry| [1, 3].contains(entry)));
        let share = chosen.iter().filter(|entry| **entry == 3).count() as f64 / 1000.0;
        assert!((share - 0.731).abs() < 0.06, "{share}");
    }
}
