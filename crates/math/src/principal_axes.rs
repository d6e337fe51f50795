//! Axes of a cloud of points about the origin.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::linalg::symmetric_eigen;
use crate::{MathError, dot};

/// Where a cloud of points is long: the right half of the singular value decomposition `x = U S W'`.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalAxes {
    /// `W'` `[p, p]`, an axis per row, the longest first. Along each of them the cubes of the points have a sum of at
    /// least 0: this is the sign of an axis.
    pub axes: Array2<f64>,
    /// `S` `[p]`, the root of the sum of squares along every axis.
    pub lengths: Array1<f64>,
}

/// The principal axes of `x` `[n, p]`, points in rows, about the origin (centre them first, where that is meant). Meant for
/// few dimensions and many points: it goes by way of `x'x`, so that axes are orthonormal to rounding, and lengths below
/// 1e-8 of the longest are rounding only.
///
/// # Errors
/// When `x` has entries that are not finite.
///
/// ```
/// use ndarray::array;
/// use neuroloom_math::principal_axes;
///
/// let x = array![[3.0, 3.0], [-1.0, -1.0], [-2.0, -2.0]];
/// let found = principal_axes(x.view())?;
/// assert!((found.lengths[0] - 28.0_f64.sqrt()).abs() < 1e-12 && found.axes[[0, 0]] > 0.7);
/// # Ok::<(), neuroloom_math::MathError>(())
/// ```
pub fn principal_axes(x: ArrayView2<'_, f64>) -> Result<PrincipalAxes, MathError> {
    let p = x.ncols();
    let columns: Vec<Vec<f64>> = x.columns().into_iter().map(|column| column.to_vec()).collect();
    let product = |i: usize, j: usize| match (columns.get(i), columns.get(j)) {
        (Some(a), Some(b)) => dot(a, b),
        _ => 0.0,
    };
    // One triangle twice, so that the matrix is symmetric to the last bit.
    let gram = Array2::from_shape_fn((p, p), |(i, j)| product(i.max(j), i.min(j)));
    let eigen = symmetric_eigen(gram.view())?;
    let mut axes = Array2::zeros((p, p));
    for (mut axis, vector) in axes.outer_iter_mut().zip(eigen.vectors.columns().into_iter().rev()) {
        axis.assign(&(&vector * sign(x, vector)));
    }
    let lengths = eigen.values.iter().rev().map(|value| value.max(0.0).sqrt()).collect();
    Ok(PrincipalAxes { axes, lengths })
}

/// 1, or -1 where the cubes of the points along `axis` have a negative sum.
fn sign(x: ArrayView2<'_, f64>, axis: ArrayView1<'_, f64>) -> f64 {
    let cubes: f64 = x.outer_iter().map(|point| point.dot(&axis).powi(3)).sum();
    if cubes < 0.0 { -1.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn axes_are_orthonormal_and_make_coordinates_uncorrelated(
            values in prop::collection::vec(-5.0..5.0f64, 3 * 12), turn in 0.0..6.0f64,
        ) {
            let x = Array2::from_shape_vec((12, 3), values).unwrap();
            let found = principal_axes(x.view()).unwrap();
            let unit = found.axes.dot(&found.axes.t()) - Array2::<f64>::eye(3);
            prop_assert!(unit.iter().all(|error| error.abs() < 1e-12));
            let along = x.dot(&found.axes.t());
            let gram = along.t().dot(&along);
            for ((i, j), value) in gram.indexed_iter() {
                let expected = if i == j { found.lengths[i].powi(2) } else { 0.0 };
                prop_assert!((value - expected).abs() < 1e-9 * (1.0 + found.lengths[0].powi(2)));
            }
            prop_assert!(found.lengths.windows(2).into_iter().all(|pair| pair[0] >= pair[1]));
            prop_assert!(along.columns().into_iter().all(|column| column.mapv(|v| v.powi(3)).sum() >= -1e-9));
            // The same cloud, turned, has the same coordinates.
            let (sin, cos) = turn.sin_cos();
            let rotation = ndarray::array![[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]];
            let turned = x.dot(&rotation);
            let gap = found.lengths.windows(2).into_iter().map(|pair| pair[0] - pair[1]).fold(f64::MAX, f64::min);
            let skew = along.columns().into_iter().map(|c| c.mapv(|v| v.powi(3)).sum()).fold(f64::MAX, f64::min);
            prop_assume!(gap > 0.5 && found.lengths[2] > 0.5 && skew > 1e-3);
            let again = turned.dot(&principal_axes(turned.view()).unwrap().axes.t());
            prop_assert!((again - along).iter().all(|error| error.abs() < 1e-8));
        }
    }

    #[test]
    fn a_flat_cloud_has_axes_of_no_length() {
        let x = ndarray::array![[0.0, 0.0], [0.0, 0.0]];
        let found = principal_axes(x.view()).unwrap();
        assert_eq!(found.lengths.to_vec(), [0.0, 0.0]);
        assert!(principal_axes(ndarray::array![[f64::NAN]].view()).is_err());
    }
}
