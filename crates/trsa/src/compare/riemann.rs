use ndarray::Array2;
use neuroloom_math::{SymmetricEigen, cholesky, symmetric_eigen, symmetric_eigenvalues};

use super::whitening::Whitening;
use crate::{Result, RsaError};

const ITERATIONS: usize = 200;

/// Negative Riemannian distance of the second moments of two RDMs (You & Park 2021; as in rsatoolbox):
/// `-min_θ sqrt(Σ_k log² λ_k)` over the generalised eigenvalues λ of `exp(θ_1) G_a + exp(θ_2) S` and `G_b`, where G are second
/// moments of contrasts and S is the covariance of the pattern estimates: how far b is from a, scaled and with noise added.
/// Not symmetric in a and b. At most 0.
///
/// # Errors
/// When the second moment matrix of `b` is not positive definite, as that of a model of few dimensions.
pub fn neg_riem_dist(a: &[f64], b: &[f64], whitening: &Whitening) -> Result<f64> {
    distance(&whitening.second_moment(a)?, &Reference::new(b, whitening)?)
}

/// The inverse of the Cholesky factor of the second side.
pub(super) struct Reference {
    inverse: Array2<f64>,
    /// Contrasts are whitened, so that S is the identity.
    noise: Array2<f64>,
}

impl Reference {
    pub fn new(dissimilarities: &[f64], whitening: &Whitening) -> Result<Self> {
        let moment = whitening.second_moment(dissimilarities)?;
        let not_definite = |source| RsaError::SecondMoment { needed: "the Riemannian distance", source };
        let factor = cholesky(moment.view()).map_err(not_definite)?;
        let inverse = super::whitening::solve_lower(&factor.lower, Array2::eye(moment.nrows()));
        let noise = inverse.dot(&inverse.t());
        Ok(Self { inverse, noise })
    }
}

/// Levenberg's iteration on `log λ`: their derivatives by θ_1 are `exp(θ_1) u'G_a u / λ`, and those by both add up to 1.
pub(super) fn distance(signal: &Array2<f64>, reference: &Reference) -> Result<f64> {
    let signal = symmetric(reference.inverse.dot(signal).dot(&reference.inverse.t()));
    let problem = Problem { signal, noise: symmetric(reference.noise.clone()) };
    let mut theta = [0.0, problem.start()?];
    let mut damping = 1e-3;
    let (mut value, mut jacobian) = problem.linearise(theta)?.unwrap_or_default();
    for _ in 0..ITERATIONS {
        let step = newton_step(&value, &jacobian, damping);
        let trial = [theta[0] + step[0], theta[1] + step[1]];
        let (before, found) = (sum_of_squares(&value), problem.linearise(trial)?);
        match found.filter(|(value, _)| sum_of_squares(value) < before) {
            Some(found) => {
                (theta, damping) = (trial, (damping * 0.1_f64).max(1e-12));
                (value, jacobian) = found;
                if before - sum_of_squares(&value) <= 1e-14 * before {
                    break;
                }
            }
            None if damping > 1e12 => break,
            None => damping *= 10.0,
        }
    }
    Ok(-sum_of_squares(&value).sqrt())
}

/// Both moments in the basis in which the reference is the identity.
struct Problem {
    signal: Array2<f64>,
    noise: Array2<f64>,
}

/// `log λ` and its derivative by θ_1.
type Linear = (Vec<f64>, Vec<f64>);

impl Problem {
    /// θ_2 at which the sum is positive definite with θ_1 = 0: 0 unless the signal has negative eigenvalues.
    fn start(&self) -> Result<f64> {
        let smallest = |matrix: &Array2<f64>| -> Result<f64> {
            Ok(symmetric_eigenvalues(matrix.view())?.first().copied().unwrap_or(0.0))
        };
        let (signal, noise) = (smallest(&self.signal)?, smallest(&self.noise)?);
        Ok(if signal < 0.0 { (-2.0 * signal / noise).ln().max(0.0) } else { 0.0 })
    }

    /// None where the sum is not positive definite.
    fn linearise(&self, theta: [f64; 2]) -> Result<Option<Linear>> {
        let [signal, noise] = theta.map(f64::exp);
        if !(signal.is_finite() && noise.is_finite()) {
            return Ok(None);
        }
        let sum = signal * &self.signal + noise * &self.noise;
        let SymmetricEigen { values, vectors } = symmetric_eigen(sum.view())?;
        if values.iter().any(|&value| value <= 0.0) {
            return Ok(None);
        }
        let moved = self.signal.dot(&vectors);
        let share = |(k, &value): (usize, &f64)| {
            let extent: f64 = vectors.column(k).dot(&moved.column(k));
            signal * extent / value
        };
        let jacobian = values.iter().enumerate().map(share).collect();
        Ok(Some((values.iter().map(|value| value.ln()).collect(), jacobian)))
    }
}

fn newton_step(value: &[f64], jacobian: &[f64], damping: f64) -> [f64; 2] {
    let (mut a, mut b, mut c, mut g, mut h) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (&value, &by_signal) in value.iter().zip(jacobian) {
        let by_noise = 1.0 - by_signal;
        a += by_signal * by_signal;
        b += by_signal * by_noise;
        c += by_noise * by_noise;
        g += by_signal * value;
        h += by_noise * value;
    }
    let (a, c) = (a + damping, c + damping);
    let determinant = a * c - b * b;
    [(b * h - c * g) / determinant, (b * g - a * h) / determinant]
}

fn sum_of_squares(values: &[f64]) -> f64 {
    neuroloom_math::sum_of_squares(values)
}

fn symmetric(matrix: Array2<f64>) -> Array2<f64> {
    0.5 * (&matrix + &matrix.t())
}
