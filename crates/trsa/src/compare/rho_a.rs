use neuroloom_math::average_ranks;

use super::{Feature, Measure, is_constant, similarity};
use crate::{Result, RsaError};

/// Expected Spearman correlation under random breaking of ties (Schütt et al. 2023):
/// `ρ_a = 12 Σ (r_a - r̄) (r_b - r̄) / (N³ - N)` with average ranks r of the N entries. Gives a model no credit for
/// ties.
///
/// # Errors
/// When all entries of one are the same.
pub fn rho_a(a: &[f64], b: &[f64]) -> Result<f64> {
    similarity(a, b, Measure::RhoA)
}

/// Average ranks, mean 0, times `sqrt(12 / (N³ - N))`: their length is 1 where there are no ties.
pub(super) fn feature(dissimilarities: &[f64]) -> Result<Feature<'static>> {
    if is_constant(dissimilarities) {
        return Err(RsaError::ConstantRdm { needed: "their rank correlation" });
    }
    let n = dissimilarities.len() as f64;
    let (shift, scale) = ((n + 1.0) / 2.0, (12.0 / (n * n * n - n)).sqrt());
    Ok(Feature { values: average_ranks(dissimilarities).into(), shift, scale })
}
