use neuroloom_math::sum_of_squares;

use super::{Feature, Measure, similarity};
use crate::{Result, RsaError};

/// Cosine of the angle between two vectors of dissimilarities, `a · b / (|a| |b|)`. For distances on a ratio
/// scale with a true zero, such as crossnobis.
///
/// # Errors
/// When all entries of one are 0.
pub fn cosine(a: &[f64], b: &[f64]) -> Result<f64> {
    similarity(a, b, Measure::Cosine)
}

/// Length 1.
pub(super) fn feature(dissimilarities: &[f64]) -> Result<Feature<'_>> {
    let length = sum_of_squares(dissimilarities).sqrt();
    if length == 0.0 {
        return Err(RsaError::ZeroRdm);
    }
    Ok(Feature { values: dissimilarities.into(), shift: 0.0, scale: length.recip() })
}
