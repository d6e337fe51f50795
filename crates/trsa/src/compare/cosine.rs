use super::features::{Centre, Feature, Scale, inner_product};
use crate::{Result, RsaError};

/// Cosine of the angle between two vectors of dissimilarities, `a · b / (|a| |b|)`. For distances on a ratio
/// scale with a true zero, such as crossnobis.
///
/// # Errors
/// When all entries of one are 0.
pub fn cosine(a: &[f64], b: &[f64]) -> Result<f64> {
    Ok(inner_product(feature(a)?, feature(b)?))
}

/// Length 1.
pub(super) fn feature(dissimilarities: &[f64]) -> Result<Feature<'_>> {
    if dissimilarities.iter().all(|d| *d == 0.0) {
        return Err(RsaError::ZeroRdm);
    }
    Ok(Feature::new(dissimilarities, Centre::At(0.0), Scale::ToLengthOne))
}
