//! Transforms of dissimilarities. Each looks at one RDM alone and leaves its argument as it is; only what unreachable
//! pairs of a [`Geodesic`] become depends on the other RDMs of a set.

mod edges;
mod geodesic;
mod geotop;
mod grid;
mod minmax;
mod pointwise;
mod rank;
mod ranked;
mod sigmoid;
mod thresholds;

use std::fmt;

use rayon::prelude::*;

pub use edges::{Compat, Edges};
pub use geodesic::Geodesic;
pub(crate) use geodesic::largest_finite;
pub use geotop::GeoTop;
pub use grid::Grid;
pub use minmax::minmax;
pub use pointwise::{Affine, positive, sqrt};
pub use rank::rank;
pub use ranked::RankedRdm;
pub use sigmoid::Sigmoid;
pub use thresholds::Thresholds;

use crate::{Rdm, Result, RsaError};

/// A transform with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Transform {
    /// See [`rank`].
    Rank,
    /// See [`minmax`].
    MinMax,
    /// See [`GeoTop::transform`].
    GeoTop(GeoTop),
    /// See [`Sigmoid::transform`].
    Sigmoid(Sigmoid),
    /// See [`Geodesic`].
    Geodesic(Geodesic),
    /// See [`sqrt`].
    Sqrt,
    /// See [`positive`].
    Positive,
    /// See [`Affine::transform`].
    Affine(Affine),
}

/// What becomes of an RDM whose dissimilarities are all the same, where a transform needs them to differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Constant {
    /// An error.
    #[default]
    Error,
    /// Zeros.
    Zero,
}

/// A set of RDMs after a transform.
#[derive(Clone, Debug, PartialEq)]
pub struct Transformed {
    /// The RDMs, in the order given.
    pub rdms: Vec<Rdm>,
    /// Names of the constant ones that became zeros.
    pub constant: Vec<String>,
    /// Pairs that no way joined and that got the largest length of the set.
    pub n_unreachable: usize,
}

impl Transform {
    /// Transformed dissimilarities of one RDM, in the same order.
    ///
    /// # Errors
    /// As the transform's own.
    pub fn dissimilarities(&self, dissimilarities: &[f64]) -> Result<Vec<f64>> {
        let mut values = [self.first_pass(dissimilarities)?];
        self.finish(&mut values);
        let [values] = values;
        Ok(values)
    }

    /// Every RDM transformed, in parallel.
    ///
    /// # Errors
    /// The first RDM, in the order given, that has fewer than three conditions, a missing entry, or that the
    /// transform is not defined for.
    pub fn apply(&self, rdms: &[Rdm]) -> Result<Vec<Rdm>> {
        Ok(self.apply_with(rdms, Constant::Error)?.rdms)
    }

    /// As [`apply`](Self::apply), with a choice for constant RDMs, and told what was replaced.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn apply_with(&self, rdms: &[Rdm], constant: Constant) -> Result<Transformed> {
        let values: Vec<Result<Option<Vec<f64>>>> =
            rdms.par_iter().map(|rdm| self.values(rdm, constant)).collect();
        let values = values.into_iter().collect::<Result<Vec<_>>>()?;
        let is_constant: Vec<bool> = values.iter().map(Option::is_none).collect();
        let mut values: Vec<Vec<f64>> = values.into_iter().flatten().collect();
        let n_unreachable = self.finish(&mut values);
        let mut values = values.into_iter();
        let with_values = |(rdm, &is_constant): (&Rdm, &bool)| {
            let zeros = || vec![0.0; rdm.dissimilarities().len()];
            let values = if is_constant { None } else { values.next() };
            rdm.with_dissimilarities(values.unwrap_or_else(zeros))
        };
        let transformed = rdms.iter().zip(&is_constant).map(with_values).collect::<Result<_>>()?;
        let constant = rdms.iter().zip(is_constant).filter(|(_, is_constant)| *is_constant);
        let constant = constant.map(|(rdm, _)| rdm.name().to_owned()).collect();
        Ok(Transformed { rdms: transformed, constant, n_unreachable })
    }

    /// The values before the rest of the set is looked at; none where the RDM is constant and shall be zeros.
    fn values(&self, rdm: &Rdm, constant: Constant) -> Result<Option<Vec<f64>>> {
        rdm.require(3)?;
        match self.first_pass(rdm.dissimilarities()) {
            Ok(values) => Ok(Some(values)),
            Err(RsaError::ConstantRdm { .. }) if constant == Constant::Zero => Ok(None),
            Err(error) => Err(error.in_rdm(rdm.name())),
        }
    }

    fn first_pass(&self, dissimilarities: &[f64]) -> Result<Vec<f64>> {
        match self {
            Self::Rank => Ok(rank(dissimilarities)),
            Self::MinMax => minmax(dissimilarities),
            Self::GeoTop(geotop) => geotop.transform(dissimilarities),
            Self::Sigmoid(sigmoid) => sigmoid.transform(dissimilarities),
            Self::Geodesic(geodesic) => geodesic.path_lengths(dissimilarities),
            Self::Sqrt => sqrt(dissimilarities),
            Self::Positive => Ok(positive(dissimilarities)),
            Self::Affine(affine) => Ok(affine.transform(dissimilarities)),
        }
    }

    fn finish(&self, set: &mut [Vec<f64>]) -> usize {
        match self {
            Self::Geodesic(geodesic) => geodesic.finish_set(set),
            _ => 0,
        }
    }
}

impl fmt::Display for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rank => f.write_str("rank"),
            Self::MinMax => f.write_str("minmax"),
            Self::GeoTop(geotop) => geotop.fmt(f),
            Self::Sigmoid(sigmoid) => sigmoid.fmt(f),
            Self::Geodesic(geodesic) => geodesic.fmt(f),
            Self::Sqrt => f.write_str("sqrt"),
            Self::Positive => f.write_str("positive"),
            Self::Affine(affine) => affine.fmt(f),
        }
    }
}
