//! Spectral clustering (Ng, Jordan and Weiss 2002) of a self-tuning affinity (Zelnik-Manor and Perona 2004).

use ndarray::Array2;
use neuroloom_core::{Error, Result, Seed};
use neuroloom_math::symmetric_eigen;

use super::kmeans::{kmeans, squared_distance};
use super::{MOST_CLUSTERS, STARTS};
use crate::assignment::to_unit_length;

/// The neighbour whose distance is the scale of a row.
const NEIGHBOUR: usize = 7;

/// Clusters of `rows`: `k` of them, or as many as there are eigenvalues before the largest gap.
///
/// # Errors
/// When the affinity has no eigenvectors.
pub fn spectral(rows: &[Vec<f64>], k: Option<usize>, seed: Seed) -> Result<Vec<usize>> {
    let affinity = affinity(rows);
    let roots: Vec<f64> = affinity.rows().into_iter().map(|row| row.sum().max(1e-300).sqrt()).collect();
    let normalised = Array2::from_shape_fn(affinity.dim(), |(i, j)| affinity[[i, j]] / (roots[i] * roots[j]));
    let eigen = symmetric_eigen(normalised.view())
        .map_err(|e| Error::data(format!("the affinity of neurons: {e}")))?;
    let n = rows.len();
    let k = k.unwrap_or_else(|| {
        let gap = |k: usize| eigen.values[n - k] - eigen.values[n - k - 1];
        (2..MOST_CLUSTERS.min(n)).fold(2, |best, k| if gap(k) > gap(best) { k } else { best })
    });
    let embedded = (0..n).map(|i| {
        let mut row: Vec<f64> = (1..=k).map(|c| eigen.vectors[[i, n - c]]).collect();
        to_unit_length(&mut row);
        row
    });
    let found = kmeans(&embedded.collect::<Vec<_>>(), k, STARTS, seed);
    Ok(found.map(|found| found.labels).unwrap_or_default())
}

/// `exp(-d_ij^2/(s_i s_j))`, 0 on the diagonal, where `s` is the distance to the seventh neighbour.
fn affinity(rows: &[Vec<f64>]) -> Array2<f64> {
    let n = rows.len();
    let distances = Array2::from_shape_fn((n, n), |(i, j)| squared_distance(&rows[i], &rows[j]));
    let scale = |i: usize| {
        let mut near: Vec<f64> = distances.row(i).to_vec();
        near.sort_by(f64::total_cmp);
        near[NEIGHBOUR.min(n - 1)].sqrt().max(1e-12)
    };
    let scales: Vec<f64> = (0..n).map(scale).collect();
    Array2::from_shape_fn((n, n), |(i, j)| {
        if i == j { 0.0 } else { (-distances[[i, j]] / (scales[i] * scales[j])).exp() }
    })
}
