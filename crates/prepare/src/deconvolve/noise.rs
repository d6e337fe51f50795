//! The penalty that leaves a residual as large as the noise.

use super::oasis_ar1;

/// Halvings of the interval that holds the penalty.
const BISECTIONS: usize = 50;

/// A denoised trace and the penalty that it was found with.
#[derive(Clone, Debug, PartialEq)]
pub struct Denoised {
    /// Calcium, in the unit of the trace.
    pub calcium: Vec<f64>,
    /// The L1 penalty.
    pub lambda: f64,
}

/// The sparsest fit whose squared residual is no larger than `sigma^2` per valid sample: the constrained problem of
/// Friedrich, Zhou & Paninski 2017 (equation 3), solved by bisection of its multiplier. The penalty is 0 where even the best
/// fit leaves a larger residual, or where `sigma` is not a positive number.
pub fn lambda_for_noise(trace: &[f64], gamma: f64, sigma: f64) -> Denoised {
    let n_valid = trace.iter().filter(|y| !y.is_nan()).count() as f64;
    let allowed = sigma * sigma * n_valid;
    let fit = |lambda: f64| Denoised { calcium: oasis_ar1(trace, gamma, lambda, 0.0), lambda };
    let small_enough = |fit: &Denoised| residual(trace, &fit.calcium) <= allowed;
    let mut best = fit(0.0);
    if !(allowed > 0.0 && small_enough(&best)) {
        return best;
    }
    // Beyond this penalty nothing is left of the calcium: no event can lower the error by more.
    let (mut low, mut high) = (0.0, trace.iter().map(|y| y.max(0.0)).sum::<f64>());
    for _ in 0..BISECTIONS {
        let middle = low + (high - low) / 2.0;
        let tried = fit(middle);
        if small_enough(&tried) {
            (low, best) = (middle, tried);
        } else {
            high = middle;
        }
    }
    best
}

fn residual(trace: &[f64], calcium: &[f64]) -> f64 {
    let errors = trace.iter().zip(calcium).map(|(y, c)| (y - c).powi(2));
    errors.filter(|error| !error.is_nan()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_residual_is_as_large_as_the_noise() {
        // Events every 50 samples under noise of a standard deviation of 0.1.
        let mut calcium = 0.0;
        let trace: Vec<f64> = (0..500)
            .map(|t| {
                calcium = 0.9 * calcium + if t % 50 == 20 { 1.0 } else { 0.0 };
                calcium + 0.1 * (f64::from(t * t) * 0.7).sin() * 2.0_f64.sqrt()
            })
            .collect();
        let found = lambda_for_noise(&trace, 0.9, 0.1);
        assert!(found.lambda > 0.0);
        assert!((residual(&trace, &found.calcium) / (0.01 * 500.0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_noise_that_cannot_be_reached_leaves_no_penalty() {
        let trace = [-5.0, 3.0, -5.0, 3.0];
        assert_eq!(lambda_for_noise(&trace, 0.9, 1e-3).lambda, 0.0);
        assert_eq!(lambda_for_noise(&trace, 0.9, f64::NAN).lambda, 0.0);
        assert!(lambda_for_noise(&[], 0.9, 0.1).calcium.is_empty());
    }

    #[test]
    fn noise_as_large_as_the_trace_leaves_nothing() {
        let trace = [0.1, 0.2, 0.1, 0.3, 0.1];
        assert!(lambda_for_noise(&trace, 0.9, 9.0).calcium.iter().all(|c| c.abs() < 1e-9));
    }
}
