//! The plane in which points vary most.

use ndarray::{Array2, ArrayView2};
use neuroloom_math::symmetric_eigen;

/// Coordinates of all points of `paths`, each `[points, dim]`, along the two directions in which they vary most, and the share
/// of their variance in that plane; none where they do not vary.
pub fn principal_plane(paths: &[Vec<f64>], dim: usize) -> Option<[Vec<f64>; 3]> {
    let flat: Vec<f64> = paths.iter().flatten().copied().collect();
    let mut points = Array2::from_shape_vec((flat.len() / dim.max(1), dim), flat).ok()?;
    let mean = points.mean_axis(ndarray::Axis(0))?;
    points -= &mean;
    let mut covariance = points.t().dot(&points);
    // A product with itself is symmetric but for rounding.
    covariance = (&covariance + &covariance.t()) / 2.0;
    let eigen = symmetric_eigen(covariance.view()).ok()?;
    let total = eigen.values.sum();
    let along = |from_last: usize| {
        let place = dim.checked_sub(from_last + 1)?;
        Some(project(points.view(), &upright(eigen.vectors.column(place).to_vec())))
    };
    let share = eigen.values.iter().rev().take(2).sum::<f64>() / total;
    (total > 0.0).then_some(())?;
    Some([along(0)?, along(1)?, vec![share]])
}

/// The direction whose largest part is positive, of the two that there are.
fn upright(direction: Vec<f64>) -> Vec<f64> {
    let largest = direction.iter().copied().fold(0.0_f64, |a, b| if b.abs() > a.abs() { b } else { a });
    if largest < 0.0 { direction.into_iter().map(|x| -x).collect() } else { direction }
}

fn project(points: ArrayView2<'_, f64>, direction: &[f64]) -> Vec<f64> {
    points.outer_iter().map(|point| point.iter().zip(direction).map(|(a, b)| a * b).sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plane_is_that_of_the_largest_variance() {
        let path: Vec<f64> = (0..20).flat_map(|i| [0.1, f64::from(i), f64::from(i * i % 7), 5.0]).collect();
        let [x, _, share] = principal_plane(&[path], 4).unwrap();
        assert!((share[0] - 1.0).abs() < 1e-12);
        assert!(x.windows(2).all(|pair| pair[1] > pair[0]));
        assert_eq!(principal_plane(&[vec![1.0; 8]], 4), None);
    }
}
