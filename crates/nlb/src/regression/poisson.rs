//! Poisson regression with a quadratic penalty.

use ndarray::{Array2, ArrayView2};
use neuroloom_core::{Error, Result};
use neuroloom_math::SymmetricProduct;

use super::Features;
use crate::metrics::solve_positive_definite;

/// Largest log of an expected count: beyond it the exponential is cut off.
const MAX_LOG_COUNT: f64 = 20.0;
/// Most Newton steps.
const MAX_STEPS: usize = 60;
/// Newton's decrement, nats per sample, at which the fit has converged.
const TOLERANCE: f64 = 1e-12;

/// A log-linear model of counts: `ln E[y] = w · x + c`.
#[derive(Clone, Debug, PartialEq)]
pub struct Glm {
    /// A weight per feature.
    pub weights: Vec<f64>,
    /// `c`; minus infinity where no count was above 0.
    pub intercept: f64,
}

impl Glm {
    /// Expected counts of samples `x` `[n, n_features]`.
    pub fn predict(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let log = |row: ndarray::ArrayView1<'_, f64>| {
            self.intercept + row.iter().zip(&self.weights).map(|(x, w)| x * w).sum::<f64>()
        };
        x.outer_iter().map(|row| log(row).min(MAX_LOG_COUNT).exp()).collect()
    }
}

/// Fits `counts`, one per sample, by Newton's method with halved steps: minimises the sum of `exp(a) - y a`, `a = w · z +
/// c`, plus `penalty / 2 |w|²`, over standardised features `z`. Samples whose count is NaN do not count.
///
/// # Errors
/// When no count is known, or the features depend on each other and there is no penalty.
pub fn fit_poisson(features: &Features, counts: &[f64], penalty: f64) -> Result<Glm> {
    let known = counts.iter().filter(|count| !count.is_nan());
    let (n, total) = (known.clone().count(), known.sum::<f64>());
    if n == 0 {
        return Err(Error::data("a unit that is to be predicted has no known counts in training"));
    }
    let p = features.means.len();
    if total <= 0.0 {
        return Ok(Glm { weights: vec![0.0; p], intercept: f64::NEG_INFINITY });
    }
    let problem = Problem { features, counts, l2: penalty / n as f64, n: n as f64 };
    let mut at = vec![0.0; p];
    at.push((total / n as f64).ln());
    let mut state = problem.evaluate(&at);
    for _ in 0..MAX_STEPS {
        let (gradient, direction) = problem.newton(&at, &state)?;
        let decrement: f64 = gradient.iter().zip(&direction).map(|(g, d)| g * d).sum();
        if decrement < TOLERANCE {
            break;
        }
        let Some((next, evaluated)) = problem.descend(&at, &direction, &state) else { break };
        (at, state) = (next, evaluated);
    }
    let weights: Vec<f64> = at.iter().zip(&features.deviations).map(|(w, sd)| w / sd).collect();
    let shift: f64 = weights.iter().zip(&features.means).map(|(w, mean)| w * mean).sum();
    Ok(Glm { intercept: at[p] - shift, weights })
}

struct Problem<'a> {
    features: &'a Features,
    counts: &'a [f64],
    l2: f64,
    n: f64,
}

/// The objective at a point, and the expected counts there (0 for samples that do not count).
struct Evaluated {
    objective: f64,
    expected: Vec<f64>,
}

impl Problem<'_> {
    fn evaluate(&self, at: &[f64]) -> Evaluated {
        let mut logs = vec![0.0; self.counts.len()];
        for (row, &weight) in self.features.rows.outer_iter().zip(at) {
            logs.iter_mut().zip(row).for_each(|(log, x)| *log += weight * x);
        }
        let mut sum = 0.0;
        let expected = logs.iter().zip(self.counts).map(|(&log, &count)| {
            if count.is_nan() {
                return 0.0;
            }
            let log = log.min(MAX_LOG_COUNT);
            let expected = log.exp();
            sum += expected - count * log;
            expected
        });
        let expected = expected.collect();
        let penalty: f64 = at.iter().take(at.len() - 1).map(|w| w * w).sum();
        Evaluated { objective: sum / self.n + 0.5 * self.l2 * penalty, expected }
    }

    /// Gradient, and the direction `H⁻¹ gradient`.
    fn newton(&self, at: &[f64], state: &Evaluated) -> Result<(Vec<f64>, Vec<f64>)> {
        let rows = &self.features.rows;
        let p = at.len();
        let penalised = |i: usize| if i + 1 < p { self.l2 } else { 0.0 };
        let residual = state.expected.iter().zip(self.counts);
        let residual: Vec<f64> = residual.map(|(mu, y)| if y.is_nan() { 0.0 } else { mu - y }).collect();
        let gradient: Vec<f64> = rows
            .outer_iter()
            .enumerate()
            .map(|(i, row)| {
                row.iter().zip(&residual).map(|(x, r)| x * r).sum::<f64>() / self.n + penalised(i) * at[i]
            })
            .collect();
        let roots: Vec<f64> = state.expected.iter().map(|mu| mu.sqrt()).collect();
        let mut product = SymmetricProduct::new(p);
        for columns in SymmetricProduct::panels(roots.len()) {
            product.add(columns.len(), 1.0 / self.n, |row, values| {
                let x = rows.row(row);
                let x = x.iter().skip(columns.start).zip(&roots[columns.clone()]);
                values.iter_mut().zip(x).for_each(|(value, (x, root))| *value = x * root);
            });
        }
        let mut hessian = Array2::zeros((p, p));
        for i in 0..p {
            for (j, &value) in (i..p).zip(product.upper_row(i)) {
                hessian[[i, j]] = value;
                hessian[[j, i]] = value;
            }
            hessian[[i, i]] += penalised(i) + 1e-12;
        }
        let right =
            Array2::from_shape_vec((p, 1), gradient.clone()).map_err(|e| Error::internal(e.to_string()))?;
        Ok((gradient, solve_positive_definite(hessian.view(), right)?.into_raw_vec_and_offset().0))
    }

    /// The first of ever shorter steps that does not raise the objective.
    fn descend(&self, at: &[f64], direction: &[f64], state: &Evaluated) -> Option<(Vec<f64>, Evaluated)> {
        let mut length = 1.0;
        for _ in 0..40 {
            let next: Vec<f64> = at.iter().zip(direction).map(|(x, d)| x - length * d).collect();
            let evaluated = self.evaluate(&next);
            if evaluated.objective <= state.objective {
                return Some((next, evaluated));
            }
            length *= 0.5;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn a_silent_unit_is_expected_to_stay_silent() {
        let x = Array2::from_shape_fn((5, 2), |(i, j)| (i * j) as f64);
        let fit = fit_poisson(&Features::new(x.view()).unwrap(), &[0.0; 5], 0.1).unwrap();
        assert_eq!(fit.predict(x.view()), [0.0; 5]);
    }

    #[test]
    fn counts_that_are_not_known_do_not_count() {
        let x = Array2::from_shape_fn((40, 2), |(i, j)| ((i * (3 + j)) % 7) as f64);
        let counts: Vec<f64> = (0..40).map(|i| (i % 4) as f64).collect();
        let gappy: Vec<f64> =
            counts.iter().enumerate().map(|(i, &k)| if i < 30 { k } else { f64::NAN }).collect();
        let short = x.slice(ndarray::s![..30, ..]);
        let all = fit_poisson(&Features::new(x.view()).unwrap(), &gappy, 0.0).unwrap();
        let few = fit_poisson(&Features::new(short).unwrap(), &counts[..30], 0.0).unwrap();
        for (a, b) in all.predict(x.view()).iter().zip(few.predict(x.view())) {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
        assert!(fit_poisson(&Features::new(x.view()).unwrap(), &[f64::NAN; 40], 0.0).is_err());
    }

    #[test]
    fn counts_of_ten_thousand_are_fitted() {
        let x = Array2::from_shape_fn((60, 1), |(i, _)| i as f64 / 60.0);
        let counts: Vec<f64> = (0..60).map(|i| (9.2 * i as f64 / 60.0).exp().round()).collect();
        let fit = fit_poisson(&Features::new(x.view()).unwrap(), &counts, 0.0).unwrap();
        assert!((fit.weights[0] - 9.2).abs() < 0.01, "{fit:?}");
    }
}
