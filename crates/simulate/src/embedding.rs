//! Geometries put into channels without changing a distance.

use ndarray::{Array2, Axis};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// Standard normal numbers.
pub(crate) fn normal(dims: (usize, usize), rng: &mut impl Rng) -> Array2<f64> {
    Array2::from_shape_simple_fn(dims, || StandardNormal.sample(rng))
}

/// Orthonormal rows `[n_dimensions, n_channels]` in a random direction (Gram-Schmidt on normal numbers), for at most as many dimensions as
/// channels: `x W` has the distances of `x`.
pub(crate) fn random_orthonormal(n_dimensions: usize, n_channels: usize, rng: &mut impl Rng) -> Array2<f64> {
    let mut rows = normal((n_dimensions, n_channels), rng);
    for row in 0..n_dimensions {
        let (before, mut rest) = rows.view_mut().split_at(Axis(0), row);
        let mut current = rest.row_mut(0);
        // Twice is enough (Kahan): the first pass leaves what rounding brought in.
        for _ in 0..2 {
            for other in before.outer_iter() {
                let along = other.dot(&current);
                current.zip_mut_with(&other, |value, other| *value -= along * other);
            }
        }
        let norm = current.dot(&current).sqrt();
        current /= norm;
    }
    rows
}

#[cfg(test)]
mod tests {
    use neuroloom_core::Seed;

    use super::*;

    #[test]
    fn rows_are_orthonormal() {
        let rows = random_orthonormal(5, 8, &mut Seed::root(1).rng());
        let error = rows.dot(&rows.t()) - Array2::<f64>::eye(5);
        assert!(error.iter().all(|error| error.abs() < 1e-12), "{error}");
    }
}
