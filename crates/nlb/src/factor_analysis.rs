//! Factor analysis by maximum likelihood.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use neuroloom_core::{Error, Result};
use neuroloom_math::{add_gram_upper, symmetric_eigen};

use crate::metrics::solve_positive_definite;

/// A noise variance is at least this share of the variance of its variable, or in all of this size where that is 0.
const LEAST_NOISE: f64 = 1e-6;

/// `x = mean + W z + e` with `z ~ N(0, I)` and independent noise `e`.
#[derive(Clone, Debug)]
pub struct FactorAnalysis {
    /// Means of the variables.
    pub mean: Array1<f64>,
    /// Loadings `W` `[n_variables, n_factors]`; factors by size, the largest loading of each positive.
    pub loadings: Array2<f64>,
    /// Variance of the noise of every variable.
    pub noise: Array1<f64>,
    /// Mean log likelihood of a sample, nats.
    pub log_likelihood: f64,
    /// Rounds that the fit took.
    pub rounds: usize,
    /// Whether it converged.
    pub converged: bool,
    /// `z = P (x - mean)`: posterior means `[n_factors, n_variables]`.
    projection: Array2<f64>,
}

impl FactorAnalysis {
    /// Fits samples `x` `[n, n_variables]`: alternates between the loadings that are best for the noise, by the
    /// eigenvectors of the covariance in units of the noise, and the noise that is left by the loadings (Barber 2012,
    /// Bayesian Reasoning and Machine Learning, section 21.2.1). Every round raises the likelihood; it ends when that rises by
    /// less than `tolerance` nats per sample, or after `max_rounds`.
    ///
    /// # Errors
    /// When there are fewer than two samples, or not more variables than factors.
    pub fn fit(x: ArrayView2<'_, f64>, n_factors: usize, tolerance: f64, max_rounds: usize) -> Result<Self> {
        let (n, p) = x.dim();
        if n < 2 || n_factors == 0 || n_factors >= p {
            return Err(Error::data("factor analysis needs samples, and more variables than factors")
                .expected(format!("at least 2 samples, and from 1 to {} factors", p.saturating_sub(1)))
                .found(format!("{n} samples, {n_factors} factors of {p} variables")));
        }
        let (mean, covariance) = moments(x);
        let variance = covariance.diag().to_owned();
        let least = |own: f64| (LEAST_NOISE * own).max(if own > 0.0 { 0.0 } else { LEAST_NOISE });
        let mut noise = variance.mapv(|own| own.max(LEAST_NOISE));
        let mut fit = Round::new(&covariance, &noise, n_factors)?;
        let (mut rounds, mut converged) = (1, false);
        while rounds < max_rounds && !converged {
            noise = Array1::from_shape_fn(p, |i| {
                let shared: f64 = fit.loadings.row(i).iter().map(|w| w * w).sum();
                (variance[i] - shared).max(least(variance[i]))
            });
            let next = Round::new(&covariance, &noise, n_factors)?;
            converged = next.log_likelihood - fit.log_likelihood < tolerance;
            fit = next;
            rounds += 1;
        }
        let loadings = oriented(fit.loadings);
        let projection = projection(&loadings, &noise)?;
        Ok(Self { mean, loadings, noise, log_likelihood: fit.log_likelihood, rounds, converged, projection })
    }

    /// Posterior means of the factors `[n, n_factors]` of samples `x` `[n, n_variables]`.
    pub fn latents(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        (&x - &self.mean).dot(&self.projection.t())
    }

    /// The same from all variables but one, which has loadings of 0 then: what the others say of it.
    ///
    /// # Errors
    /// When there is no such variable.
    pub fn latents_without(&self, x: ArrayView2<'_, f64>, variable: usize) -> Result<Array2<f64>> {
        if variable >= self.mean.len() {
            return Err(Error::internal(format!("there is no variable {variable}")));
        }
        let mut loadings = self.loadings.clone();
        loadings.row_mut(variable).fill(0.0);
        Ok((&x - &self.mean).dot(&projection(&loadings, &self.noise)?.t()))
    }
}

/// Means and covariance of samples.
fn moments(x: ArrayView2<'_, f64>) -> (Array1<f64>, Array2<f64>) {
    let n = x.nrows() as f64;
    let mean = x.sum_axis(Axis(0)) / n;
    let mut shifted = Array2::zeros((x.ncols(), x.nrows()));
    shifted.assign(&x.t());
    shifted -= &mean.view().insert_axis(Axis(1));
    let mut covariance = Array2::zeros((x.ncols(), x.ncols()));
    add_gram_upper(&mut covariance, shifted.view(), 1.0 / n);
    for i in 0..x.ncols() {
        for j in 0..i {
            covariance[[i, j]] = covariance[[j, i]];
        }
    }
    (mean, covariance)
}

/// The best loadings for a noise, and their likelihood.
struct Round {
    loadings: Array2<f64>,
    log_likelihood: f64,
}

impl Round {
    fn new(covariance: &Array2<f64>, noise: &Array1<f64>, n_factors: usize) -> Result<Self> {
        let p = noise.len();
        let roots = noise.mapv(f64::sqrt);
        let scaled = Array2::from_shape_fn((p, p), |(i, j)| {
            let (i, j) = (i.min(j), i.max(j));
            covariance[[i, j]] / (roots[i] * roots[j])
        });
        let eigen = symmetric_eigen(scaled.view())
            .map_err(|e| Error::data(format!("factor analysis: the covariance has no eigenvectors: {e}")))?;
        let value = |k: usize| eigen.values[p - 1 - k];
        let loadings = Array2::from_shape_fn((p, n_factors), |(i, k)| {
            roots[i] * eigen.vectors[[i, p - 1 - k]] * (value(k) - 1.0).max(0.0).sqrt()
        });
        let factors: f64 =
            (0..n_factors).map(|k| value(k).max(1.0).ln() + value(k) / value(k).max(1.0)).sum();
        let rest: f64 = (n_factors..p).map(value).sum();
        let constant =
            p as f64 * (2.0 * std::f64::consts::PI).ln() + noise.iter().map(|noise| noise.ln()).sum::<f64>();
        Ok(Self { loadings, log_likelihood: -0.5 * (constant + factors + rest) })
    }
}

/// The same loadings with the largest of each factor positive.
fn oriented(mut loadings: Array2<f64>) -> Array2<f64> {
    for mut column in loadings.columns_mut() {
        let largest = column.iter().copied().reduce(|a, b| if b.abs() > a.abs() { b } else { a });
        if largest.is_some_and(|largest| largest < 0.0) {
            column.mapv_inplace(|w| -w);
        }
    }
    loadings
}

/// `(I + W' D⁻¹ W)⁻¹ W' D⁻¹`.
fn projection(loadings: &Array2<f64>, noise: &Array1<f64>) -> Result<Array2<f64>> {
    let weighted = loadings / &noise.view().insert_axis(Axis(1));
    let precision = loadings.t().dot(&weighted) + Array2::<f64>::eye(loadings.ncols());
    let precision = (&precision + &precision.t()) * 0.5;
    solve_positive_definite(precision.view(), weighted.t().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Array2<f64> {
        Array2::from_shape_fn((60, 5), |(i, j)| {
            ((i % 7) as f64 - 3.0) * (j as f64 - 1.5) + ((i * (j + 3) * 7) % 11) as f64 / 5.0
        })
    }

    #[test]
    fn more_rounds_raise_the_likelihood() {
        let x = samples();
        let fits = [1, 2, 3, 5, 10, 100].map(|rounds| FactorAnalysis::fit(x.view(), 2, 0.0, rounds).unwrap());
        assert!(fits.windows(2).all(|pair| pair[1].log_likelihood >= pair[0].log_likelihood - 1e-12));
    }

    #[test]
    fn what_others_say_of_a_variable_does_not_depend_on_it() {
        let x = samples();
        let fit = FactorAnalysis::fit(x.view(), 2, 1e-9, 500).unwrap();
        let mut other = x.clone();
        other.column_mut(1).mapv_inplace(|value| 3.0 - 2.0 * value);
        let latents = |x: &Array2<f64>| fit.latents_without(x.view(), 1).unwrap();
        assert_eq!(latents(&x), latents(&other));
        assert!((&fit.latents(x.view()) - &latents(&x)).iter().any(|difference| difference.abs() > 1e-3));
        assert!(fit.latents_without(x.view(), 5).is_err());
    }

    #[test]
    fn a_variable_that_does_not_vary_is_no_harm() {
        let mut x = samples();
        x.column_mut(2).fill(4.0);
        let fit = FactorAnalysis::fit(x.view(), 2, 1e-9, 500).unwrap();
        assert!(fit.log_likelihood.is_finite() && fit.latents(x.view()).iter().all(|z| z.is_finite()));
        assert!(FactorAnalysis::fit(x.view(), 5, 1e-9, 500).is_err());
    }
}
