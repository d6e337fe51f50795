use std::fmt;

use super::RankedRdm;
use crate::{Result, RsaError};

/// A smooth threshold on the scaled ranks (Lin & Kriegeskorte, arXiv 2309.11028).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sigmoid {
    alpha: f64,
    beta: f64,
}

impl Sigmoid {
    /// Steepness `alpha` and middle `beta`, published as 10 and 0.5.
    ///
    /// # Errors
    /// When one is not finite.
    pub fn new(alpha: f64, beta: f64) -> Result<Self> {
        for (name, value) in [("alpha", alpha), ("beta", beta)] {
            if !value.is_finite() {
                return Err(RsaError::BadParameter { name, expected: "finite", value });
            }
        }
        Ok(Self { alpha, beta })
    }

    /// `1 / (1 + exp(-alpha (x - beta)))` with `x = minmax(rank(d))`.
    ///
    /// # Errors
    /// When all dissimilarities are the same.
    pub fn transform(&self, dissimilarities: &[f64]) -> Result<Vec<f64>> {
        let ranked = RankedRdm::new(dissimilarities)?;
        Ok(ranked.x().iter().map(|x| (1.0 + (-self.alpha * (x - self.beta)).exp()).recip()).collect())
    }
}

impl fmt::Display for Sigmoid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sigmoid(alpha={}, beta={})", self.alpha, self.beta)
    }
}
