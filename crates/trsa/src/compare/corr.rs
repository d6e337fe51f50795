use super::features::{Centre, Feature, Scale, inner_product};
use crate::{Result, RsaError};

/// Pearson's correlation of two vectors of dissimilarities. For distances on an interval scale.
///
/// # Errors
/// When all entries of one are the same.
pub fn corr(a: &[f64], b: &[f64]) -> Result<f64> {
    Ok(inner_product(feature(a)?, feature(b)?))
}

/// Mean 0 and length 1.
pub(super) fn feature(dissimilarities: &[f64]) -> Result<Feature<'_>> {
    if crate::is_constant(dissimilarities) {
        return Err(RsaError::ConstantRdm { needed: "their correlation" });
    }
    Ok(Feature::new(dissimilarities, Centre::Mean, Scale::ToLengthOne))
}
