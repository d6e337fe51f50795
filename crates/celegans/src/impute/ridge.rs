//! Bayesian ridge regression with evidence maximisation.

use ndarray::Array2;
use neuroloom_core::{Error, Result};
use neuroloom_math::{dot, mean, symmetric_eigen};

const MOST_ITERATIONS: usize = 300;
const TOLERANCE: f64 = 1e-3;
/// Shape and rate of both gamma priors.
const PRIOR: f64 = 1e-6;

/// A fitted linear model.
#[derive(Clone, Debug, PartialEq)]
pub struct BayesianRidge {
    /// Posterior mean of the weights `[n_predictors]`.
    pub coefficients: Vec<f64>,
    /// Prediction at predictors of 0.
    pub intercept: f64,
}

/// Fits `y` `[n]` by the predictors `x` `[n_predictors][n]`: precision of the noise and of the weights are found
/// by MacKay's fixed-point updates (MacKay, *Bayesian interpolation*, 1992; Tipping 2001, appendix A), from `1 / var(y)` and 1, until the
/// weights move by less than 1e-3 in sum, 300 times at most.
///
/// # Errors
/// When the eigenvalues of the predictors' Gram matrix are not found, as with values that are not finite.
pub fn bayesian_ridge(x: &[Vec<f64>], y: &[f64]) -> Result<BayesianRidge> {
    let (x_means, centred): (Vec<f64>, Vec<Vec<f64>>) = x.iter().map(|column| centre(column)).unzip();
    let (y_mean, y) = centre(y);
    let problem = Problem::new(centred, y)?;
    let coefficients = problem.maximise_evidence();
    let intercept = y_mean - coefficients.iter().zip(&x_means).map(|(c, m)| c * m).sum::<f64>();
    Ok(BayesianRidge { coefficients, intercept })
}

fn centre(values: &[f64]) -> (f64, Vec<f64>) {
    let mean = mean(values);
    (mean, values.iter().map(|value| value - mean).collect())
}

struct Problem {
    x: Vec<Vec<f64>>,
    y: Vec<f64>,
    /// Eigenvalues of `X'X`.
    eigenvalues: Vec<f64>,
    /// Its eigenvectors, one per column.
    vectors: Array2<f64>,
    /// `V' X' y`.
    projected: Vec<f64>,
}

impl Problem {
    fn new(x: Vec<Vec<f64>>, y: Vec<f64>) -> Result<Self> {
        let p = x.len();
        let mut gram = Array2::zeros((p, p));
        for i in 0..p {
            for j in i..p {
                let product = dot(&x[i], &x[j]);
                gram[[i, j]] = product;
                gram[[j, i]] = product;
            }
        }
        let eigen = symmetric_eigen(gram.view()).map_err(|e| {
            Error::data(format!("the neurons to impute from cannot be decomposed: {e}"))
                .hint("use `impute: linear`, or drop the neurons with extreme values")
        })?;
        let xy: Vec<f64> = x.iter().map(|column| dot(column, &y)).collect();
        let projected = eigen.vectors.t().dot(&ndarray::aview1(&xy)).to_vec();
        let eigenvalues = eigen.values.iter().map(|value| value.max(0.0)).collect();
        Ok(Self { x, y, eigenvalues, vectors: eigen.vectors, projected })
    }

    fn maximise_evidence(&self) -> Vec<f64> {
        let n = self.y.len() as f64;
        let mut noise = 1.0 / (dot(&self.y, &self.y) / n + f64::EPSILON);
        let mut precision = 1.0;
        let mut last: Option<Vec<f64>> = None;
        for _ in 0..MOST_ITERATIONS {
            let coefficients = self.posterior_mean(precision / noise);
            let effective: f64 = self.eigenvalues.iter().map(|e| noise * e / (precision + noise * e)).sum();
            precision = (effective + 2.0 * PRIOR) / (dot(&coefficients, &coefficients) + 2.0 * PRIOR);
            noise = (n - effective + 2.0 * PRIOR) / (self.squared_error(&coefficients) + 2.0 * PRIOR);
            let moved =
                |last: &Vec<f64>| coefficients.iter().zip(last).map(|(a, b)| (a - b).abs()).sum::<f64>();
            if last.as_ref().is_some_and(|last| moved(last) < TOLERANCE) {
                break;
            }
            last = Some(coefficients);
        }
        self.posterior_mean(precision / noise)
    }

    /// `V diag(1 / (eigenvalue + ridge)) V' X' y`
    fn posterior_mean(&self, ridge: f64) -> Vec<f64> {
        let scaled: Vec<f64> =
            self.projected.iter().zip(&self.eigenvalues).map(|(p, e)| p / (e + ridge)).collect();
        self.vectors.dot(&ndarray::aview1(&scaled)).to_vec()
    }

    fn squared_error(&self, coefficients: &[f64]) -> f64 {
        let mut error = self.y.clone();
        for (column, coefficient) in self.x.iter().zip(coefficients) {
            error.iter_mut().zip(column).for_each(|(e, x)| *e -= coefficient * x);
        }
        dot(&error, &error)
    }
}
