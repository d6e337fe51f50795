//! Ridge regression with an intercept, its penalty chosen by cross-validation.

use std::ops::Range;

use ndarray::parallel::prelude::*;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use neuroloom_core::{Error, Result};
use neuroloom_math::{add_cross_gram, add_gram_upper, cholesky};

use super::mean_r2;

/// Number of folds of the benchmark.
pub const FOLDS: usize = 5;

/// The penalties of the benchmark: nine from 1e-4 to 1, equally spaced in their logarithm.
pub const ALPHAS: [f64; 9] = [
    1e-4,
    3.162_277_660_168_379_5e-4,
    1e-3,
    3.162_277_660_168_379_4e-3,
    1e-2,
    3.162_277_660_168_379e-2,
    1e-1,
    0.316_227_766_016_837_94,
    1.0,
];

/// A linear map with an intercept.
#[derive(Clone, Debug, PartialEq)]
pub struct Ridge {
    /// Weights `[n_inputs, n_outputs]`.
    pub weights: Array2<f64>,
    /// Intercept of every output.
    pub intercept: Array1<f64>,
    /// The penalty.
    pub alpha: f64,
}

impl Ridge {
    /// Outputs `[n, n_outputs]` for inputs `x` `[n, n_inputs]`.
    ///
    /// # Panics
    /// When `x` has another number of columns than the weights have rows.
    pub fn predict(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        x.dot(&self.weights) + &self.intercept
    }
}

/// The sums that a ridge needs, about fixed means: exact sums over any set of rows are differences of these.
#[derive(Clone)]
struct Moments {
    n: f64,
    x: Array1<f64>,
    y: Array1<f64>,
    xx: Array2<f64>,
    xy: Array2<f64>,
}

impl Moments {
    /// Of `inputs` `[n_inputs, n]` and `outputs` `[n_outputs, n]`, which have had the means of all rows taken off.
    fn of(inputs: ArrayView2<'_, f64>, outputs: ArrayView2<'_, f64>) -> Self {
        let (p, q) = (inputs.nrows(), outputs.nrows());
        let (mut xx, mut xy) = (Array2::zeros((p, p)), Array2::zeros((p, q)));
        add_gram_upper(&mut xx, inputs, 1.0);
        add_cross_gram(&mut xy, inputs, outputs);
        Self { n: inputs.ncols() as f64, x: inputs.sum_axis(Axis(1)), y: outputs.sum_axis(Axis(1)), xx, xy }
    }

    fn plus(mut self, other: &Self) -> Self {
        self.n += other.n;
        self.x += &other.x;
        self.y += &other.y;
        self.xx += &other.xx;
        self.xy += &other.xy;
        self
    }

    /// Weights for the penalty `alpha`, and the means of inputs and outputs that they are about.
    fn solve(&self, alpha: f64) -> Result<(Array2<f64>, Array1<f64>, Array1<f64>)> {
        let (x, y) = (&self.x / self.n, &self.y / self.n);
        let p = x.len();
        let a = Array2::from_shape_fn((p, p), |(i, j)| {
            let (i, j) = (i.min(j), i.max(j));
            self.xx[[i, j]] - self.n * x[i] * x[j] + if i == j { alpha } else { 0.0 }
        });
        let b = Array2::from_shape_fn(self.xy.dim(), |(i, k)| self.xy[[i, k]] - self.n * x[i] * y[k]);
        Ok((solve_positive_definite(a.view(), b)?, x, y))
    }
}

/// `A⁻¹ B` for a positive definite `A` `[n, n]` and `B` `[n, k]`.
///
/// # Errors
/// When `A` is not positive definite.
pub(crate) fn solve_positive_definite(a: ArrayView2<'_, f64>, mut b: Array2<f64>) -> Result<Array2<f64>> {
    let lower = cholesky(a)
        .map_err(|e| {
            Error::data(format!("a regression has no unique solution: {e}"))
                .hint("raise its penalty, or leave out units that are the same")
        })?
        .lower;
    let n = lower.nrows();
    for mut column in b.columns_mut() {
        for i in 0..n {
            let known: f64 = (0..i).map(|k| lower[[i, k]] * column[k]).sum();
            column[i] = (column[i] - known) / lower[[i, i]];
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|k| lower[[k, i]] * column[k]).sum();
            column[i] = (column[i] - known) / lower[[i, i]];
        }
    }
    Ok(b)
}

/// Inputs and outputs with the means of all rows taken off, transposed: a row per variable.
struct Shifted {
    inputs: Array2<f64>,
    outputs: Array2<f64>,
    x: Array1<f64>,
    y: Array1<f64>,
}

impl Shifted {
    fn new(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Result<Self> {
        if x.nrows() != y.nrows() || x.nrows() == 0 {
            return Err(Error::data("a regression has no rows, or not as many outputs as inputs")
                .found(format!("{} rows of inputs, {} of outputs", x.nrows(), y.nrows())));
        }
        let means = |a: ArrayView2<'_, f64>| a.sum_axis(Axis(0)) / a.nrows() as f64;
        let (x_mean, y_mean) = (means(x), means(y));
        let transposed = |a: ArrayView2<'_, f64>, mean: &Array1<f64>| {
            let mut shifted = Array2::zeros((a.ncols(), a.nrows()));
            shifted.assign(&a.t());
            shifted -= &mean.view().insert_axis(Axis(1));
            shifted
        };
        Ok(Self { inputs: transposed(x, &x_mean), outputs: transposed(y, &y_mean), x: x_mean, y: y_mean })
    }

    fn moments(&self, rows: Range<usize>) -> Moments {
        Moments::of(self.inputs.slice(s![.., rows.clone()]), self.outputs.slice(s![.., rows]))
    }

    /// The ridge of `moments`, about zero again.
    fn ridge(&self, moments: &Moments, alpha: f64) -> Result<Ridge> {
        let (weights, x, y) = moments.solve(alpha)?;
        let intercept = y + &self.y - (x + &self.x).dot(&weights);
        Ok(Ridge { weights, intercept, alpha })
    }
}

/// Ridge regression of `y` `[n, n_outputs]` on `x` `[n, n_inputs]`: minimises `|y - x w - c|² + alpha |w|²`.
///
/// # Errors
/// When there are no rows, or not as many of `y`; when no penalty keeps linearly dependent inputs apart.
pub fn fit_ridge(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>, alpha: f64) -> Result<Ridge> {
    let shifted = Shifted::new(x, y)?;
    shifted.ridge(&shifted.moments(0..x.nrows()), alpha)
}

/// Ridge regression whose penalty is the one of `alphas` with the best mean R² over `folds` contiguous folds, fitted to
/// all rows then. Sizes of folds differ by at most one, larger ones first; of equal scores the first counts.
///
/// One pass over the rows gives the moments of every fold; those of its complement are sums of the others'.
///
/// # Errors
/// As [`fit_ridge`], or when there are fewer rows than folds or no penalties.
pub fn ridge_cv(
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    alphas: &[f64],
    folds: usize,
) -> Result<Ridge> {
    let n = x.nrows();
    if folds < 2 || n < folds {
        return Err(Error::data("too few rows to choose a penalty by cross-validation")
            .expected(format!("at least {} rows and 2 folds", folds.max(2)))
            .found(format!("{n} rows, {folds} folds")));
    }
    let shifted = Shifted::new(x, y)?;
    let ranges = contiguous_folds(n, folds);
    let moments: Vec<Moments> = ranges.par_iter().map(|rows| shifted.moments(rows.clone())).collect();
    let scores = (0..folds)
        .into_par_iter()
        .map(|fold| fold_scores(&shifted, &moments, fold, &ranges[fold], alphas))
        .collect::<Result<Vec<Vec<f64>>>>()?;
    let mean = |alpha: usize| scores.iter().map(|fold| fold[alpha]).sum::<f64>() / folds as f64;
    let best =
        (0..alphas.len()).map(|alpha| (mean(alpha), alpha)).reduce(|a, b| if b.0 > a.0 { b } else { a });
    let best = best
        .and_then(|(_, best)| alphas.get(best))
        .ok_or_else(|| Error::params("no penalty to choose from"))?;
    shifted.ridge(&sum_without(&moments, None), *best)
}

/// R² of every penalty on the rows of `fold`, fitted to all others.
fn fold_scores(
    shifted: &Shifted,
    moments: &[Moments],
    fold: usize,
    rows: &Range<usize>,
    alphas: &[f64],
) -> Result<Vec<f64>> {
    let others = sum_without(moments, Some(fold));
    let x = shifted.inputs.slice(s![.., rows.clone()]);
    let y = shifted.outputs.slice(s![.., rows.clone()]);
    alphas
        .iter()
        .map(|&alpha| {
            let (weights, x_mean, y_mean) = others.solve(alpha)?;
            let offset = y_mean - x_mean.dot(&weights);
            let predicted = x.t().dot(&weights) + &offset;
            Ok(mean_r2(y.t(), predicted.view()))
        })
        .collect()
}

/// The sum of all moments but one, in order.
fn sum_without(moments: &[Moments], left_out: Option<usize>) -> Moments {
    let mut kept = moments.iter().enumerate().filter(|(fold, _)| Some(*fold) != left_out).map(|(_, own)| own);
    let first = kept.next().cloned();
    let none = || Moments {
        n: 0.0,
        x: Array1::zeros(0),
        y: Array1::zeros(0),
        xx: Array2::zeros((0, 0)),
        xy: Array2::zeros((0, 0)),
    };
    kept.fold(first.unwrap_or_else(none), Moments::plus)
}

/// `n` rows in contiguous folds, the first `n mod folds` of them longer by one.
fn contiguous_folds(n: usize, folds: usize) -> Vec<Range<usize>> {
    let mut first = 0;
    let fold = |index: usize| {
        let length = n / folds + usize::from(index < n % folds);
        let range = first..first + length;
        first += length;
        range
    };
    (0..folds).map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(n: usize) -> (Array2<f64>, Array2<f64>) {
        let x = Array2::from_shape_fn((n, 3), |(i, j)| ((i * (7 + 4 * j) + j * j) % 23) as f64 + 100.0);
        let noise = Array2::from_shape_fn((n, 2), |(i, j)| ((i * 13 + j) % 7) as f64 - 3.0);
        let y = x.dot(&Array2::from_shape_fn((3, 2), |(i, j)| i as f64 - j as f64)) + noise;
        (x, y)
    }

    #[test]
    fn the_gradient_vanishes_at_the_solution() {
        let (x, y) = data(40);
        let fit = fit_ridge(x.view(), y.view(), 0.3).unwrap();
        let residual = &y - &fit.predict(x.view());
        assert!(residual.sum_axis(Axis(0)).iter().all(|sum| sum.abs() < 1e-8));
        let gradient = x.t().dot(&residual) - &fit.weights * 0.3;
        assert!(gradient.iter().all(|value| value.abs() < 1e-7), "{gradient}");
    }

    #[test]
    fn cross_validation_equals_fitting_each_fold_anew() {
        let (x, y) = data(43);
        let ranges = contiguous_folds(43, 5);
        assert_eq!(ranges.iter().map(Range::len).collect::<Vec<_>>(), [9, 9, 9, 8, 8]);
        let alphas = [1e-3, 1.0, 1e3, 1e5];
        let score = |alpha: f64| {
            let fold = |range: &Range<usize>| {
                let rest: Vec<usize> = (0..43).filter(|row| !range.contains(row)).collect();
                let fit = fit_ridge(x.select(Axis(0), &rest).view(), y.select(Axis(0), &rest).view(), alpha);
                let own: Vec<usize> = range.clone().collect();
                mean_r2(
                    y.select(Axis(0), &own).view(),
                    fit.unwrap().predict(x.select(Axis(0), &own).view()).view(),
                )
            };
            ranges.iter().map(fold).sum::<f64>()
        };
        let best = alphas.into_iter().reduce(|a, b| if score(b) > score(a) { b } else { a }).unwrap();
        let fit = ridge_cv(x.view(), y.view(), &alphas, 5).unwrap();
        assert_eq!(fit.alpha, best);
        let slow = fit_ridge(x.view(), y.view(), best).unwrap();
        assert!((&fit.weights - &slow.weights).iter().all(|error| error.abs() < 1e-10));
    }

    #[test]
    fn too_few_rows_are_refused() {
        let (x, y) = data(4);
        assert!(ridge_cv(x.view(), y.view(), &ALPHAS, FOLDS).is_err());
        let same = Array2::ones((9, 2));
        assert!(fit_ridge(same.view(), same.view(), 0.0).is_err());
    }
}
