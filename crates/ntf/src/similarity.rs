//! How alike two models are, whatever the order of their components.

use ndarray::Array2;
use neuroloom_math::assignment;

use crate::factors::Model;

/// The mean cosine of matched columns: cosines of unit columns, averaged over modes; components matched so that the sum is
/// largest; averaged over the components of the smaller model (Williams et al. 2018, Neuron 98:1099).
pub fn similarity(a: &Model, b: &Model) -> f64 {
    let cosines = cosines(a, b);
    let (rows, columns) = cosines.dim();
    if rows == 0 || columns == 0 {
        return 0.0;
    }
    // The smaller model as rows, so that each of its components has a partner.
    let cosines = if rows <= columns { cosines } else { cosines.reversed_axes() };
    let partners = assignment(cosines.mapv(|cosine| -cosine).view());
    let sum: f64 = partners.iter().enumerate().map(|(row, column)| cosines[[row, *column]]).sum();
    sum / rows.min(columns) as f64
}

/// Cosines of all pairs of components `[rank of a, rank of b]`, averaged over modes.
fn cosines(a: &Model, b: &Model) -> Array2<f64> {
    let n_modes = a.factors.len().max(1) as f64;
    let sums = a.factors.iter().zip(&b.factors).map(|(a, b)| a.t().dot(b));
    sums.fold(Array2::zeros((a.rank(), b.rank())), |sum: Array2<f64>, cosines| sum + cosines) / n_modes
}

/// Of every component of `truth`, the number of its partner in `found`, matched as [`similarity`] does; none where
/// `found` has fewer components.
pub fn matches(truth: &Model, found: &Model) -> Vec<Option<usize>> {
    let cosines = cosines(truth, found);
    if truth.rank() <= found.rank() {
        return assignment(cosines.mapv(|cosine| -cosine).view()).into_iter().map(Some).collect();
    }
    let partners = assignment(cosines.mapv(|cosine| -cosine).t());
    let mut matches = vec![None; truth.rank()];
    for (found, truth) in partners.into_iter().enumerate() {
        matches[truth] = Some(found);
    }
    matches
}
