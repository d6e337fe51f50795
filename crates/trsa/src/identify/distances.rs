use ndarray::Array2;

/// `|x_i - x_j|²` from the inner products in the upper triangle of `gram`, never below 0.
pub(super) fn squared_distances(gram: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn(gram.dim(), |(i, j)| {
        let (i, j) = (i.min(j), i.max(j));
        if i == j { 0.0 } else { (gram[[i, i]] + gram[[j, j]] - 2.0 * gram[[i, j]]).max(0.0) }
    })
}
