use std::ops::Range;

use ndarray::Array2;
use neuroloom_math::{add_cross_gram, column_panels};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Patterns;
use super::fold_pairs::centred_rows;
use crate::{Result, RsaError, n_pairs, pairs};

/// The gamma prior that keeps the logarithm of a rate of 0 finite: `m' = (m + λ w) / (1 + w)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoissonPrior {
    /// Rate that is expected beforehand, λ, in the unit of the responses; above 0.
    #[serde(default = "one")]
    pub rate: f64,
    /// Weight of that rate, w, in observations; above 0.
    #[serde(default = "tenth")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

fn tenth() -> f64 {
    0.1
}

impl Default for PoissonPrior {
    fn default() -> Self {
        Self { rate: one(), weight: tenth() }
    }
}

impl PoissonPrior {
    /// The rate after the observation.
    pub(super) fn rate_after(self, rate: f64) -> f64 {
        (rate + self.rate * self.weight) / (1.0 + self.weight)
    }

    /// # Errors
    /// A rate or weight that is not a finite number above 0.
    pub(super) fn check(self) -> Result<()> {
        for (name, value) in [("rate", self.rate), ("weight", self.weight)] {
            if !(value.is_finite() && value > 0.0) {
                return Err(RsaError::BadPrior { name, value });
            }
        }
        Ok(())
    }
}

/// Symmetrised Kullback-Leibler divergence of Poisson rates per channel,
/// `d_ij = Σ_c (m'_ic - m'_jc) (log m'_ic - log m'_jc) / p` with the rates `m'` of [`PoissonPrior`]. In the unit of the
/// responses, which are rates or counts.
///
/// # Errors
/// Fewer than two conditions, no channel, a response that is not finite or negative, a prior that is not above 0.
pub fn poisson<'a>(patterns: impl Into<Patterns<'a>>, prior: PoissonPrior) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    patterns.check_shape()?;
    check_rates(patterns, prior)?;
    let (_, n_conditions, n_channels) = patterns.dim();
    let mut kernel = Array2::zeros((n_conditions, n_conditions));
    for channels in column_panels(n_channels) {
        let rates = |condition: usize, row: &mut [f64]| {
            patterns.mean_row(condition, channels.clone(), row);
            row.iter_mut().for_each(|rate| *rate = prior.rate_after(*rate));
        };
        let logarithms = |condition: usize, row: &mut [f64]| {
            rates(condition, row);
            row.iter_mut().for_each(|rate| *rate = rate.ln());
        };
        add_product(&mut kernel, channels.len(), rates, logarithms);
    }
    Ok(super::not_negative(divergences(&kernel, n_channels)))
}

/// The same cross-validated: the mean over folds `f` of `K_ii + K_jj - K_ij - K_ji` with
/// `K = M'_{-f} log(M'_f)' / p`, where `M'_{-f}` are the rates of all other folds. It may be negative.
///
/// # Errors
/// As [`poisson`], and fewer than two folds.
pub fn poisson_cv<'a>(patterns: impl Into<Patterns<'a>>, prior: PoissonPrior) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    patterns.check_folds()?;
    check_rates(patterns, prior)?;
    let (n_folds, n_conditions, n_channels) = patterns.dim();
    let mut kernel = Array2::zeros((n_conditions, n_conditions));
    for channels in column_panels(n_channels) {
        for fold in 0..n_folds {
            let train = |condition: usize, row: &mut [f64]| {
                train_rates(patterns, prior, fold, condition, channels.clone(), row);
            };
            let test = |condition: usize, row: &mut [f64]| {
                patterns.row(fold, condition, channels.clone(), row);
                row.iter_mut().for_each(|rate| *rate = prior.rate_after(*rate).ln());
            };
            add_product(&mut kernel, channels.len(), train, test);
        }
    }
    kernel /= n_folds as f64;
    Ok(divergences(&kernel, n_channels))
}

fn train_rates(
    patterns: Patterns<'_>,
    prior: PoissonPrior,
    left_out: usize,
    condition: usize,
    channels: Range<usize>,
    row: &mut [f64],
) {
    let n_folds = patterns.dim().0;
    row.fill(0.0);
    for fold in (0..n_folds).filter(|&fold| fold != left_out) {
        patterns.add_row(fold, condition, channels.clone(), 1.0, row);
    }
    row.iter_mut().for_each(|sum| *sum = prior.rate_after(*sum / (n_folds - 1) as f64));
}

/// Adds `A B'` up to what cancels in the differences of conditions.
fn add_product(
    kernel: &mut Array2<f64>,
    width: usize,
    a: impl Fn(usize, &mut [f64]),
    b: impl Fn(usize, &mut [f64]),
) {
    let n = kernel.nrows();
    add_cross_gram(kernel, centred_rows(n, width, a).view(), centred_rows(n, width, b).view());
}

fn divergences(kernel: &Array2<f64>, n_channels: usize) -> Vec<f64> {
    let n = kernel.nrows();
    let mut divergences = Vec::with_capacity(n_pairs(n));
    divergences.extend(pairs(n).map(|(i, j)| {
        (kernel[[i, i]] + kernel[[j, j]] - kernel[[i, j]] - kernel[[j, i]]) / n_channels as f64
    }));
    divergences
}

/// # Errors
/// A response that is infinite, NaN or negative, or a bad prior.
fn check_rates(patterns: Patterns<'_>, prior: PoissonPrior) -> Result<()> {
    prior.check()?;
    if !patterns.all_finite() {
        return Err(patterns.first_non_finite(f64::NAN));
    }
    check_not_negative(patterns)
}

/// # Errors
/// A negative response, named.
pub(super) fn check_not_negative(patterns: Patterns<'_>) -> Result<()> {
    let (n_folds, n_conditions, n_channels) = patterns.dim();
    let mut row = vec![0.0; n_channels];
    for fold in 0..n_folds {
        for condition in 0..n_conditions {
            patterns.row(fold, condition, 0..n_channels, &mut row);
            if let Some(channel) = row.iter().position(|rate| *rate < 0.0) {
                return Err(RsaError::NegativeResponse { fold, condition, channel, value: row[channel] });
            }
        }
    }
    Ok(())
}
