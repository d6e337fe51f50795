//! Crossnobis of designs in which some responses are missing.

use ndarray::{Array2, Array3, Axis};
use neuroloom_math::add_cross_gram;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Patterns;
use crate::noise::Precision;
use crate::{Result, RsaError, pairs};

/// How the pairs of observations are weighted where some have fewer channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// By the number of channels that both have.
    #[default]
    Number,
    /// All alike.
    Equal,
}

/// Crossnobis distance where responses are missing (NaN): conditions that were not met in every fold, channels with
/// gaps. With the channels `C` that observation `i` of fold `f` and `j` of fold `g` share,
///
/// `d_ij = K_ii + K_jj - 2 K_ij`, `K_ij = Σ_{f ≠ g} w s / Σ_{f ≠ g} w`, `s = Σ_{c ∈ C} a_ic^f P_c a_jc^g / |C|`
///
/// and `w = |C|` (`number`) or 1 (`equal`). Without gaps it equals [`crossnobis`](super::crossnobis). Unlike that, it
/// depends on the origin of the responses where `K_ii` and `K_ij` come from different folds: take a baseline away
/// first where responses are large beside their differences. A precision that mixes channels needs patterns that are
/// whole or absent.
///
/// # Errors
/// Fewer than two folds or conditions, no channel, an infinite response, a precision of the wrong size, a pair of
/// conditions without two folds and a channel in common, a pattern with gaps under a precision that mixes channels.
pub fn crossnobis_unbalanced<'a>(
    patterns: impl Into<Patterns<'a>>,
    precision: &Precision,
    weighting: Weighting,
) -> Result<Vec<f64>> {
    let patterns = patterns.into();
    patterns.check_folds()?;
    precision.check_size(patterns.dim().2)?;
    let folds = FoldsWithGaps::new(patterns, precision)?;
    let (sums, weights) = match weighting {
        Weighting::Number => (between_folds(&folds.values), between_folds(&folds.present)),
        Weighting::Equal => folds.equal(),
    };
    let n = weights.nrows();
    if let Some(i) = (0..n).find(|&i| weights[[i, i]] <= 0.5) {
        return Err(RsaError::TooFewRepeats { condition: i });
    }
    if let Some((first, second)) = pairs(n).find(|&(i, j)| weights[[i, j]] <= 0.5) {
        return Err(RsaError::NoCommonChannel { first, second });
    }
    let kernel = sums / weights;
    Ok(pairs(n).map(|(i, j)| kernel[[i, i]] + kernel[[j, j]] - 2.0 * kernel[[i, j]]).collect())
}

/// Whitened responses, 0 where there is none, which `present` (1 or 0) tells: `[n_folds, n_conditions, n_channels]`.
struct FoldsWithGaps {
    values: Array3<f64>,
    present: Array3<f64>,
}

impl FoldsWithGaps {
    fn new(patterns: Patterns<'_>, precision: &Precision) -> Result<Self> {
        let mut values = patterns.to_array();
        let infinite = values.indexed_iter().find(|(_, value)| value.is_infinite());
        if let Some(((fold, condition, channel), &value)) = infinite {
            return Err(RsaError::NonFiniteResponse { fold, condition, channel, value });
        }
        let present = values.mapv(|value| f64::from(u8::from(!value.is_nan())));
        if precision.mixes_channels() {
            check_whole(&present)?;
        }
        values.mapv_inplace(|value| if value.is_nan() { 0.0 } else { value });
        for mut fold in values.outer_iter_mut() {
            let whitened = precision.whiten(fold.to_owned());
            fold.assign(&whitened);
        }
        Ok(Self { values, present })
    }

    /// Sums of means over channels and their numbers, over ordered pairs of folds.
    fn equal(&self) -> (Array2<f64>, Array2<f64>) {
        let n = self.values.dim().1;
        let (mut sums, mut weights) = (Array2::zeros((n, n)), Array2::zeros((n, n)));
        for (f, g) in pairs(self.values.dim().0) {
            let products = product(&self.values, f, g);
            let common = product(&self.present, f, g);
            for ((i, j), &common) in common.indexed_iter().filter(|(_, common)| **common > 0.5) {
                for entry in [[i, j], [j, i]] {
                    sums[entry] += products[[i, j]] / common;
                    weights[entry] += 1.0;
                }
            }
        }
        (sums, weights)
    }
}

fn check_whole(present: &Array3<f64>) -> Result<()> {
    for (fold, patterns) in present.outer_iter().enumerate() {
        for (condition, pattern) in patterns.outer_iter().enumerate() {
            let missing = pattern.iter().position(|present| *present == 0.0);
            if let Some(channel) = missing.filter(|_| pattern.iter().any(|present| *present > 0.0)) {
                return Err(RsaError::PartialPattern { fold, condition, channel });
            }
        }
    }
    Ok(())
}

/// `Σ_{f ≠ g} A_f A_g'`
fn between_folds(folds: &Array3<f64>) -> Array2<f64> {
    let n = folds.dim().1;
    let mut sum = Array2::zeros((n, n));
    for (f, g) in pairs(folds.dim().0) {
        let products = product(folds, f, g);
        sum += &products;
        sum += &products.t();
    }
    sum
}

fn product(folds: &Array3<f64>, f: usize, g: usize) -> Array2<f64> {
    let n = folds.dim().1;
    let mut products = Array2::zeros((n, n));
    add_cross_gram(&mut products, folds.index_axis(Axis(0), f), folds.index_axis(Axis(0), g));
    products
}
