//! What plain methods find in the same counts: groups of neurons and of bins without a model of either. They are told how
//! many groups there are.

use ndarray::{Array2, ArrayView2, Axis};
use neuroloom_core::Seed;
use neuroloom_math::{MathError, symmetric_eigen};
use rand::Rng;

use crate::Counts;
use crate::local_power::local_power;
use crate::smoothed::{correlations, smoothed_roots, standardise};
use crate::start::kmeans;

/// Standard deviation of the window of local power, bins.
const POWER_SD: f64 = 10.0;

/// Groups of neurons by k-means on their standardised smoothed square-root counts.
pub fn neurons_by_k_means(counts: &Counts, n_groups: usize, seed: Seed) -> Vec<usize> {
    let mut rows = smoothed_roots(counts);
    standardise(&mut rows);
    kmeans(rows.view(), n_groups, &mut seed.rng())
}

/// Groups of neurons by spectral clustering (Ng, Jordan and Weiss 2002) of the sizes of their correlations.
///
/// # Errors
/// When the eigenvalues do not converge.
pub fn neurons_by_spectrum(
    counts: &Counts,
    n_groups: usize,
    rng: &mut impl Rng,
) -> Result<Vec<usize>, MathError> {
    let mut affinity = correlations(&smoothed_roots(counts)).mapv(f64::abs);
    affinity.diag_mut().fill(0.0);
    let scale =
        affinity.sum_axis(Axis(1)).mapv(|degree| if degree > 0.0 { degree.sqrt().recip() } else { 0.0 });
    let normalised = Array2::from_shape_fn(affinity.dim(), |(i, j)| {
        // In the order of the smaller index: symmetric to the last bit.
        let (low, high) = (i.min(j), i.max(j));
        scale[low] * affinity[[low, high]] * scale[high]
    });
    let mut places = leading(normalised.view(), 0, n_groups)?.0;
    for mut row in places.outer_iter_mut() {
        let length = row.dot(&row).sqrt();
        row /= if length > 0.0 { length } else { 1.0 };
    }
    Ok(kmeans(places.view(), n_groups, rng))
}

/// Groups of neurons and groups of bins by spectral bi-clustering (Kluger et al. 2003, independent scaling of rows and
/// columns) of smoothed counts.
///
/// # Errors
/// When the eigenvalues do not converge.
pub fn both_by_spectrum(
    counts: &Counts,
    [n_clusters, n_states]: [usize; 2],
    seed: Seed,
) -> Result<[Vec<usize>; 2], MathError> {
    let smoothed = smoothed_roots(counts);
    let inverse_roots =
        |axis| smoothed.sum_axis(axis).mapv(|sum: f64| if sum > 0.0 { sum.sqrt().recip() } else { 0.0 });
    let (of_rows, of_columns) = (inverse_roots(Axis(1)), inverse_roots(Axis(0)));
    let scaled =
        Array2::from_shape_fn(smoothed.dim(), |(i, j)| of_rows[i] * smoothed[[i, j]] * of_columns[j]);
    let gram = scaled.dot(&scaled.t());
    let gram = Array2::from_shape_fn(gram.dim(), |(i, j)| gram[[i.max(j), i.min(j)]]);
    // The first pair of singular vectors says how much neurons fire, and nothing of groups.
    let n_vectors = n_clusters.max(n_states).saturating_sub(1).max(1);
    let (left, _) = leading(gram.view(), 1, n_vectors)?;
    let right = scaled.t().dot(&left);
    let neurons = kmeans(left.view(), n_clusters, &mut seed.child("neurons").rng());
    let bins = kmeans(right.view(), n_states, &mut seed.child("bins").rng());
    Ok([neurons, bins])
}

/// Groups of bins by k-means on local power: how much the square-root counts of every neuron vary around a bin.
pub fn bins_by_power(counts: &Counts, n_groups: usize, seed: Seed) -> Vec<usize> {
    let mut rows = smoothed_roots(counts);
    standardise(&mut rows);
    let local = local_power(&rows, counts.segments(), POWER_SD);
    kmeans(local.mapv(f64::sqrt).t(), n_groups, &mut seed.rng())
}

/// Eigenvectors `[n, k]` of the largest eigenvalues after the first `skip`, and these eigenvalues.
fn leading(matrix: ArrayView2<'_, f64>, skip: usize, k: usize) -> Result<(Array2<f64>, Vec<f64>), MathError> {
    let eigen = symmetric_eigen(matrix)?;
    let n = matrix.nrows();
    let places: Vec<usize> = (0..n).rev().skip(skip).take(k).collect();
    let values = places.iter().filter_map(|&place| eigen.values.get(place).copied()).collect();
    Ok((eigen.vectors.select(Axis(1), &places), values))
}
