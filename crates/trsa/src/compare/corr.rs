use std::borrow::Cow;

use neuroloom_math::{mean, sum_of_squares};

use super::{Feature, Measure, is_constant, similarity};
use crate::{Result, RsaError};

/// Pearson's correlation of two vectors of dissimilarities. For distances on an interval scale.
///
/// # Errors
/// When all entries of one are the same.
pub fn corr(a: &[f64], b: &[f64]) -> Result<f64> {
    similarity(a, b, Measure::Corr)
}

/// Mean 0 and length 1.
pub(super) fn feature(values: Cow<'_, [f64]>) -> Result<Feature<'_>> {
    if is_constant(&values) {
        return Err(RsaError::ConstantRdm { needed: "their correlation" });
    }
    let shift = mean(&values);
    let deviations: Vec<f64> = values.iter().map(|value| value - shift).collect();
    let scale = sum_of_squares(&deviations).sqrt().recip();
    Ok(Feature { values, shift, scale })
}
