//! Transforms of every dissimilarity on its own.

use std::fmt;

use crate::{Result, RsaError};

/// Square roots: squared distances become distances.
///
/// # Errors
/// When a dissimilarity is below 0, as crossnobis may be.
pub fn sqrt(dissimilarities: &[f64]) -> Result<Vec<f64>> {
    match dissimilarities.iter().filter(|d| **d < 0.0).count() {
        0 => Ok(dissimilarities.iter().map(|d| d.sqrt()).collect()),
        count => Err(RsaError::NegativeDissimilarities { count, needed: "the square root" }),
    }
}

/// `max(0, d)`: negative dissimilarities become 0.
pub fn positive(dissimilarities: &[f64]) -> Vec<f64> {
    dissimilarities.iter().map(|d| d.max(0.0)).collect()
}

/// `scale d + offset`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    scale: f64,
    offset: f64,
}

impl Affine {
    /// The map with a `scale` other than 0 and an `offset` in the unit of the dissimilarities.
    ///
    /// # Errors
    /// When one is not finite or the scale is 0.
    pub fn new(scale: f64, offset: f64) -> Result<Self> {
        if !scale.is_finite() || scale == 0.0 {
            return Err(RsaError::BadParameter { name: "scale", expected: "finite and not 0", value: scale });
        }
        if !offset.is_finite() {
            return Err(RsaError::BadParameter { name: "offset", expected: "finite", value: offset });
        }
        Ok(Self { scale, offset })
    }

    /// The mapped dissimilarities.
    pub fn transform(&self, dissimilarities: &[f64]) -> Vec<f64> {
        dissimilarities.iter().map(|d| self.scale * d + self.offset).collect()
    }
}

impl fmt::Display for Affine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "affine(scale={}, offset={})", self.scale, self.offset)
    }
}
