//! Distances of mean patterns with gaps: every pair of conditions on the channels that both have.

use ndarray::Array2;
use neuroloom_math::add_cross_gram;

use super::poisson::check_not_negative;
use super::{Patterns, PoissonPrior};
use crate::{Result, RsaError, n_pairs, pairs};

/// [`euclidean`](super::euclidean) where responses are missing (NaN): the mean pattern of a condition is that of the
/// folds that have the channel, and `d_ij = Σ_{c ∈ C_ij} (x_ic - x_jc)² / |C_ij|` over the channels `C_ij` that both
/// conditions have.
///
/// # Errors
/// Fewer than two conditions, no channel, an infinite response, a pair without a common channel.
pub fn euclidean_pairwise<'a>(patterns: impl Into<Patterns<'a>>) -> Result<Vec<f64>> {
    let mut gaps = MeansWithGaps::new(patterns.into())?;
    gaps.centre_channels();
    let squares = gaps.x.mapv(|x| x * x);
    let (common, own) = (gaps.common()?, product(&squares, &gaps.present));
    let products = product(&gaps.x, &gaps.x);
    let distance = |(i, j)| {
        let square: f64 = own[[i, j]] + own[[j, i]] - 2.0 * products[[i, j]];
        (square / common[[i, j]]).max(0.0)
    };
    Ok(pairs(gaps.n()).map(distance).collect())
}

/// [`correlation`](super::correlation) where responses are missing (NaN): Pearson's r of two mean patterns over the
/// channels that both conditions have, centred on these.
///
/// # Errors
/// As [`euclidean_pairwise`], and a pattern that is the same in all channels that it shares with another.
pub fn correlation_pairwise<'a>(patterns: impl Into<Patterns<'a>>) -> Result<Vec<f64>> {
    let mut gaps = MeansWithGaps::new(patterns.into())?;
    let levels = gaps.centre_rows();
    let squares = gaps.x.mapv(|x| x * x);
    let common = gaps.common()?;
    let (sums, squares) = (product(&gaps.x, &gaps.present), product(&squares, &gaps.present));
    let products = product(&gaps.x, &gaps.x);
    let mut distances = Vec::with_capacity(n_pairs(gaps.n()));
    for (i, j) in pairs(gaps.n()) {
        let n = common[[i, j]];
        let variance = |a: usize, b: usize| -> Result<f64> {
            let scatter = squares[[a, b]] - sums[[a, b]] * sums[[a, b]] / n;
            let rounding = 4.0 * f64::EPSILON * (squares[[a, b]] + n * levels[a] * levels[a] * f64::EPSILON);
            if scatter > rounding { Ok(scatter) } else { Err(RsaError::ConstantPattern { condition: a }) }
        };
        let covariance = products[[i, j]] - sums[[i, j]] * sums[[j, i]] / n;
        let r = covariance / (variance(i, j)? * variance(j, i)?).sqrt();
        distances.push(1.0 - r.clamp(-1.0, 1.0));
    }
    Ok(distances)
}

/// [`poisson`](super::poisson) where responses are missing (NaN), over the channels that both conditions have.
///
/// # Errors
/// As [`euclidean_pairwise`], and a negative response or a prior that is not above 0.
pub fn poisson_pairwise<'a>(patterns: impl Into<Patterns<'a>>, prior: PoissonPrior) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    prior.check()?;
    check_not_negative(patterns)?;
    let gaps = MeansWithGaps::new(patterns)?;
    let where_present = |of_rate: &dyn Fn(f64) -> f64| -> Array2<f64> {
        ndarray::Zip::from(&gaps.x)
            .and(&gaps.present)
            .map_collect(|&x, &present| if present > 0.0 { of_rate(prior.rate_after(x)) } else { 0.0 })
    };
    let (rates, logarithms) = (where_present(&|rate| rate), where_present(&f64::ln));
    let common = gaps.common()?;
    let (own, mixed) = (product(&(&rates * &logarithms), &gaps.present), product(&rates, &logarithms));
    let divergence = |(i, j)| {
        let sum: f64 = own[[i, j]] + own[[j, i]] - mixed[[i, j]] - mixed[[j, i]];
        (sum / common[[i, j]]).max(0.0)
    };
    Ok(pairs(gaps.n()).map(divergence).collect())
}

/// Mean patterns, `[n_conditions, n_channels]`; 0 where there is none, which `present` (1 or 0) tells.
struct MeansWithGaps {
    x: Array2<f64>,
    present: Array2<f64>,
}

impl MeansWithGaps {
    fn new(patterns: Patterns<'_>) -> Result<Self> {
        patterns.check_shape()?;
        let (n_folds, n_conditions, n_channels) = patterns.dim();
        let (mut x, mut present) =
            (Array2::zeros((n_conditions, n_channels)), Array2::zeros((n_conditions, n_channels)));
        for ((condition, channel), x) in x.indexed_iter_mut() {
            let (mut sum, mut n): (f64, f64) = (0.0, 0.0);
            for fold in 0..n_folds {
                let value = patterns.get(fold, condition, channel);
                if value.is_infinite() {
                    return Err(RsaError::NonFiniteResponse { fold, condition, channel, value });
                }
                if !value.is_nan() {
                    (sum, n) = (sum + value, n + 1.0);
                }
            }
            if n > 0.0 {
                *x = sum / n;
                present[[condition, channel]] = 1.0;
            }
        }
        Ok(Self { x, present })
    }

    fn n(&self) -> usize {
        self.x.nrows()
    }

    /// Channels that two conditions share.
    fn common(&self) -> Result<Array2<f64>> {
        let common = product(&self.present, &self.present);
        match pairs(self.n()).find(|&(i, j)| common[[i, j]] == 0.0) {
            Some((first, second)) => Err(RsaError::NoCommonChannel { first, second }),
            None => Ok(common),
        }
    }

    /// Takes the mean of every channel away.
    fn centre_channels(&mut self) {
        for (mut x, present) in self.x.columns_mut().into_iter().zip(self.present.columns()) {
            let mean = x.sum() / present.sum().max(1.0);
            ndarray::azip!((x in &mut x, &present in present) *x = (*x - mean) * present);
        }
    }

    /// Takes the mean of every condition away and returns it.
    fn centre_rows(&mut self) -> Vec<f64> {
        let centre = |(mut x, present): (ndarray::ArrayViewMut1<'_, f64>, ndarray::ArrayView1<'_, f64>)| {
            let mean = x.sum() / present.sum().max(1.0);
            ndarray::azip!((x in &mut x, &present in present) *x = (*x - mean) * present);
            mean
        };
        self.x.outer_iter_mut().zip(self.present.outer_iter()).map(centre).collect()
    }
}

fn product(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let mut products = Array2::zeros((a.nrows(), b.nrows()));
    add_cross_gram(&mut products, a.view(), b.view());
    products
}
