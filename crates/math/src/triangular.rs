//! Division by a Cholesky factor.

use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{MatMut, MatRef, Par};
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Axis};

use crate::Cholesky;

/// Rows per task; fixed, so that the rounding never depends on the number of threads.
const ROW_BLOCK: usize = 128;

impl Cholesky {
    /// `X L'^-1` for `x` `[n_rows, n]`, in row blocks: rows whose plain inner products are `X A^-1 X'`.
    ///
    /// # Panics
    /// When `x` has another number of columns than `L` has rows.
    pub fn right_quotient(&self, x: Array2<f64>) -> Array2<f64> {
        let n = self.lower.nrows();
        assert_eq!(x.ncols(), n, "columns of X and rows of L");
        let lower = self.lower.as_standard_layout();
        let lower = MatRef::from_row_major_slice(lower.as_slice().unwrap_or_default(), n, n);
        let mut quotient = if x.is_standard_layout() { x } else { x.as_standard_layout().into_owned() };
        quotient.axis_chunks_iter_mut(Axis(0), ROW_BLOCK).into_par_iter().for_each(|mut rows| {
            let height = rows.nrows();
            // The rows of X are the columns of X': L Y' = X'.
            let columns =
                MatMut::from_column_major_slice_mut(rows.as_slice_mut().unwrap_or_default(), n, height);
            solve_lower_triangular_in_place(lower, columns, Par::Seq);
        });
        quotient
    }
}

#[cfg(test)]
mod tests {
    use crate::cholesky;
    use ndarray::Array2;

    #[test]
    fn the_quotient_times_the_factor_is_the_matrix() {
        let root = Array2::from_shape_fn((40, 45), |(i, j)| ((i * 7 + j * j * 3) % 11) as f64 - 5.0);
        let factor = cholesky((root.dot(&root.t()) + Array2::<f64>::eye(40)).view()).unwrap();
        let x = Array2::from_shape_fn((150, 40), |(i, j)| ((i * 13 + j * 5) % 17) as f64 / 9.0);
        let rebuilt = factor.right_quotient(x.clone()).dot(&factor.lower.t());
        assert!((&rebuilt - &x).iter().all(|difference| difference.abs() < 1e-10));
    }
}
