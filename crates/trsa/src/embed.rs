//! Maps of the conditions.

use ndarray::{Array1, Array2, ArrayView1, Axis};
use neuroloom_math::symmetric_eigen;

use crate::{Rdm, Result, RsaError};

/// What the entries of an RDM are to a map of the conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Squared distances: crossnobis, squared Euclidean, correlation distance.
    Squared,
    /// Distances: ranks, transformed RDMs, models.
    Plain,
}

/// A map of the conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding {
    /// Coordinates `[n_conditions, n_dimensions]`, the widest dimension first, centred on 0. In the square root of
    /// the RDM's unit where it holds squared distances, otherwise in its unit.
    pub coordinates: Array2<f64>,
    /// Share of every dimension in the sum of absolute eigenvalues, `[n_dimensions]`.
    pub explained: Array1<f64>,
}

/// Classical multidimensional scaling (Torgerson 1952): `B = -½ H D² H = V Λ V'` with centring `H`; coordinates are
/// `V sqrt(Λ)` of the largest eigenvalues. Dimensions with a negative eigenvalue have no width.
///
/// The largest entry of every dimension is positive, so that the map does not depend on the sign that the
/// eigenvalue solver chose.
///
/// # Errors
/// Fewer than three conditions, a missing entry, no dimension or as many as there are conditions, a constant
/// RDM of zeros.
pub fn classical_mds(rdm: &Rdm, n_dimensions: usize, scale: Scale) -> Result<Embedding> {
    rdm.require(3)?;
    let n_conditions = rdm.n_conditions();
    if !(1..n_conditions).contains(&n_dimensions) {
        let error = RsaError::Dimensions { dimensions: n_dimensions, n_conditions };
        return Err(error.in_rdm(rdm.name()));
    }
    let eigen = symmetric_eigen(centred_products(rdm, scale).view()).map_err(RsaError::from);
    let eigen = eigen.map_err(|error| error.in_rdm(rdm.name()))?;
    let total: f64 = eigen.values.iter().map(|value| value.abs()).sum();
    if total == 0.0 {
        return Err(RsaError::ConstantRdm { needed: "a map" }.in_rdm(rdm.name()));
    }
    let mut coordinates = Array2::zeros((n_conditions, n_dimensions));
    let mut explained = Array1::zeros(n_dimensions);
    for dimension in 0..n_dimensions {
        let place = n_conditions - 1 - dimension;
        let (value, vector) = (eigen.values[place], eigen.vectors.column(place));
        let width = value.max(0.0).sqrt() * sign(vector);
        coordinates.column_mut(dimension).assign(&(&vector * width));
        explained[dimension] = value.abs() / total;
    }
    Ok(Embedding { coordinates, explained })
}

/// `-½ H D² H`
fn centred_products(rdm: &Rdm, scale: Scale) -> Array2<f64> {
    let mut products = rdm.to_square();
    products.mapv_inplace(|d| match scale {
        Scale::Squared => -0.5 * d,
        Scale::Plain => -0.5 * d * d,
    });
    let means = products.sum_axis(Axis(0)) / rdm.n_conditions() as f64;
    let grand = means.sum() / rdm.n_conditions() as f64;
    for ((i, j), product) in products.indexed_iter_mut() {
        *product += grand - means[i] - means[j];
    }
    products
}

/// 1, or -1 where the entry of largest size is negative. Of entries within rounding of each other the first counts.
fn sign(vector: ArrayView1<'_, f64>) -> f64 {
    let largest = vector.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let leading = vector.iter().find(|value| value.abs() >= largest * (1.0 - 1e-9));
    leading.map_or(1.0, |value| value.signum())
}
