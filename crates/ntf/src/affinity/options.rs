//! What the affinity is made of.

use super::{AffinityError, Normalize, Threshold};

/// The choices that define the affinity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AffinityOptions {
    /// What is done to every trace first.
    pub normalize: Normalize,
    /// Width of the Gaussian whose derivative is taken: its standard deviation, frames.
    pub sigma: f64,
    /// What the derivative is divided by: 1 for a change per frame, the interval between frames in seconds for a change
    /// per second.
    pub time_unit: f64,
    /// Changes that count as none.
    pub threshold: Threshold,
    /// `p` of the affinity `(|g_i| |g_j|)^(p/2)`: 1 is the geometric mean, 2 the product.
    pub power: u8,
}

impl Default for AffinityOptions {
    fn default() -> Self {
        Self {
            normalize: Normalize::default(),
            sigma: 2.0,
            time_unit: 1.0,
            threshold: Threshold::default(),
            power: 1,
        }
    }
}

impl AffinityOptions {
    pub(super) fn check(&self) -> Result<(), AffinityError> {
        if !matches!(self.power, 1 | 2) {
            return Err(AffinityError::Power { power: self.power });
        }
        let (Threshold::Fixed(theta) | Threshold::Deviations(theta)) = self.threshold;
        if !(theta.is_finite() && theta >= 0.0) {
            return Err(AffinityError::Threshold { theta });
        }
        if !(self.time_unit.is_finite() && self.time_unit > 0.0) {
            return Err(AffinityError::TimeUnit { time_unit: self.time_unit });
        }
        Ok(())
    }

    /// `sign(g) |g|^(p/2)`: exact for `p = 2`, one rounding for `p = 1`.
    pub(super) fn root(&self, g: f64) -> f64 {
        if self.power == 2 { g } else { g.abs().sqrt().copysign(g) }
    }
}
