use neuroloom_math::average_ranks;

use super::features::{Centre, Feature, Scale, inner_product};
use crate::{Result, RsaError};

/// Spearman's rank correlation: Pearson's correlation of the average ranks. For distances on an ordinal scale;
/// favours models with ties, which [`rho_a`](super::rho_a) does not.
///
/// # Errors
/// When all entries of one are the same.
pub fn spearman(a: &[f64], b: &[f64]) -> Result<f64> {
    Ok(inner_product(feature(a)?, feature(b)?))
}

/// Average ranks, mean 0 and length 1.
pub(super) fn feature(dissimilarities: &[f64]) -> Result<Feature<'static>> {
    ranks(dissimilarities, Scale::ToLengthOne)
}

/// Average ranks, mean 0.
pub(super) fn ranks(dissimilarities: &[f64], scale: Scale) -> Result<Feature<'static>> {
    if crate::is_constant(dissimilarities) {
        return Err(RsaError::ConstantRdm { needed: "their rank correlation" });
    }
    let mean = (dissimilarities.len() as f64 + 1.0) / 2.0;
    Ok(Feature::new(average_ranks(dissimilarities), Centre::At(mean), scale))
}
