use super::features::{Feature, Scale, inner_product};
use super::spearman::ranks;
use crate::Result;

/// Expected Spearman correlation under random breaking of ties (Schütt et al. 2023):
/// `ρ_a = 12 Σ (r_a - r̄) (r_b - r̄) / (N³ - N)` with average ranks r of the N entries. Gives a model no credit for
/// ties.
///
/// # Errors
/// When all entries of one are the same.
pub fn rho_a(a: &[f64], b: &[f64]) -> Result<f64> {
    Ok(inner_product(feature(a)?, feature(b)?))
}

/// Average ranks, mean 0, times `sqrt(12 / (N³ - N))`: their length is 1 where there are no ties.
pub(super) fn feature(dissimilarities: &[f64]) -> Result<Feature<'static>> {
    let n = dissimilarities.len() as f64;
    ranks(dissimilarities, Scale::By((12.0 / (n * n * n - n)).sqrt()))
}
