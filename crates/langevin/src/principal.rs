//! The space in which points vary most, and how it looks.

use ndarray::{Array2, ArrayView2};
use neuroloom_math::symmetric_eigen;

/// From where the space is seen: radians to the side of the second direction, and above the plane of the first two.
const AZIMUTH: f64 = std::f64::consts::FRAC_PI_6;
const ELEVATION: f64 = 25.0 * std::f64::consts::PI / 180.0;

/// Points of a space of three directions, seen from the side and from above.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// To the right.
    pub x: Vec<f64>,
    /// Upwards.
    pub y: Vec<f64>,
    /// Share of the points' variance in that space.
    pub share: f64,
}

/// How all points of `paths`, each `[points, dim]`, look along the three directions in which they vary most; none where they do not
/// vary, or where there are fewer directions.
pub fn principal_view(paths: &[Vec<f64>], dim: usize) -> Option<View> {
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
    (total > 0.0).then_some(())?;
    let share = eigen.values.iter().rev().take(3).sum::<f64>() / total;
    let (first, second, third) = (along(0)?, along(1)?, along(2)?);
    let ((sin_a, cos_a), (sin_e, cos_e)) = (AZIMUTH.sin_cos(), ELEVATION.sin_cos());
    let flat = || first.iter().zip(&second);
    let x = flat().map(|(a, b)| a * cos_a - b * sin_a).collect();
    let y = flat().zip(&third).map(|((a, b), c)| c * cos_e + (a * sin_a + b * cos_a) * sin_e).collect();
    Some(View { x, y, share })
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
    fn the_space_is_that_of_the_largest_variance() {
        let path: Vec<f64> = (0..20)
            .flat_map(|i| [0.1, f64::from(i), f64::from(i * i % 7), 5.0, f64::from(i * 5 % 11)])
            .collect();
        let view = principal_view(std::slice::from_ref(&path), 5).unwrap();
        assert!((view.share - 1.0).abs() < 1e-12);
        // Distances on the page are at most those in space.
        let point = |i: usize| &path[5 * i..5 * i + 5];
        for (i, j) in [(0, 7), (3, 19), (4, 5)] {
            let seen = (view.x[i] - view.x[j]).hypot(view.y[i] - view.y[j]);
            let real = point(i).iter().zip(point(j)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
            assert!(seen <= real + 1e-9 && seen > 0.0);
        }
        assert_eq!(principal_view(&[vec![1.0; 8]], 4), None);
        assert_eq!(principal_view(&[vec![1.0, 2.0, 3.0, 5.0]], 2), None);
    }
}
