use std::fmt;

use crate::{Result, RsaError};

/// What an RDM is made into before it is compared with those of other subjects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Descriptor {
    /// The dissimilarities as they are.
    Raw,
    /// Their average ranks.
    Rank,
    /// The geo-topological transform of their ranks, see [`GeoTop`](crate::transforms::GeoTop).
    GeoTop(Cell),
}

/// The thresholds of a geo-topological transform, as quantiles of the RDM.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    l: f64,
    u: f64,
}

impl Cell {
    /// The published default.
    pub const DEFAULT: Self = Self { l: 0.2, u: 0.8 };

    /// Thresholds `l <= u`.
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

    /// Thresholds that are in order by the way they were made.
    pub(super) const fn ordered(l: f64, u: f64) -> Self {
        Self { l, u }
    }

    /// The lower threshold.
    pub fn l(&self) -> f64 {
        self.l
    }

    /// The upper threshold.
    pub fn u(&self) -> f64 {
        self.u
    }
}

impl Descriptor {
    /// The thresholds, where it has any.
    pub fn cell(&self) -> Option<Cell> {
        match self {
            Self::GeoTop(cell) => Some(*cell),
            Self::Raw | Self::Rank => None,
        }
    }
}

impl fmt::Display for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raw => f.write_str("raw"),
            Self::Rank => f.write_str("rank"),
            Self::GeoTop(Cell { l, u }) => write!(f, "geotop(l={l}, u={u})"),
        }
    }
}
