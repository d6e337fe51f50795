use std::fmt;

use crate::{Result, RsaError};

/// A lower and an upper threshold, as quantiles of an RDM: `0 <= l <= u <= 1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    l: f64,
    u: f64,
}

impl Thresholds {
    /// The thresholds `l` and `u`.
    ///
    /// # Errors
    /// A quantile outside `[0, 1]`, or `l > u`.
    pub fn new(l: f64, u: f64) -> Result<Self> {
        for (name, value) in [("l", l), ("u", u)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(RsaError::QuantileOutOfRange { name, value });
            }
        }
        if l > u { Err(RsaError::ThresholdsReversed { l, u }) } else { Ok(Self { l, u }) }
    }

    /// The lower one.
    pub fn l(self) -> f64 {
        self.l
    }

    /// The upper one.
    pub fn u(self) -> f64 {
        self.u
    }
}

impl fmt::Display for Thresholds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "l={}, u={}", self.l, self.u)
    }
}
