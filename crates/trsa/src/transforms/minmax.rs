use crate::{Result, RsaError};

/// Dissimilarities scaled to `[0, 1]`: `(d - min) / (max - min)`.
///
/// # Errors
/// When all are the same.
pub fn minmax(dissimilarities: &[f64]) -> Result<Vec<f64>> {
    let low = dissimilarities.iter().copied().fold(f64::INFINITY, f64::min);
    let high = dissimilarities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low >= high {
        return Err(RsaError::ConstantRdm { needed: "their scale" });
    }
    Ok(dissimilarities.iter().map(|d| (d - low) / (high - low)).collect())
}
