//! Transforms of dissimilarities. Each looks at one RDM alone and leaves its argument as it is.

mod geotop;
mod minmax;
mod rank;

use std::fmt;

use rayon::prelude::*;

pub use geotop::GeoTop;
pub use minmax::minmax;
pub use rank::rank;

use crate::{Rdm, Result};

/// A transform with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Transform {
    /// See [`rank`].
    Rank,
    /// See [`minmax`].
    MinMax,
    /// See [`GeoTop::transform`].
    GeoTop(GeoTop),
}

impl Transform {
    /// Transformed dissimilarities of one RDM, in the same order.
    ///
    /// # Errors
    /// As the transform's own.
    pub fn dissimilarities(&self, dissimilarities: &[f64]) -> Result<Vec<f64>> {
        match self {
            Self::Rank => Ok(rank(dissimilarities)),
            Self::MinMax => minmax(dissimilarities),
            Self::GeoTop(geotop) => geotop.transform(dissimilarities),
        }
    }

    /// Every RDM transformed on its own, in parallel.
    ///
    /// # Errors
    /// The first RDM, in the order given, that has fewer than three conditions, a missing entry, or that the
    /// transform is not defined for.
    pub fn apply(&self, rdms: &[Rdm]) -> Result<Vec<Rdm>> {
        let transformed: Vec<Result<Rdm>> = rdms.par_iter().map(|rdm| self.apply_to(rdm)).collect();
        transformed.into_iter().collect()
    }

    fn apply_to(&self, rdm: &Rdm) -> Result<Rdm> {
        rdm.require(3)?;
        let values = self.dissimilarities(rdm.dissimilarities()).map_err(|error| error.in_rdm(rdm.name()))?;
        rdm.with_dissimilarities(values)
    }
}

impl fmt::Display for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rank => f.write_str("rank"),
            Self::MinMax => f.write_str("minmax"),
            Self::GeoTop(geotop) => geotop.fmt(f),
        }
    }
}
