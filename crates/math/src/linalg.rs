//! Decompositions of symmetric matrices, on one thread so that their rounding never changes.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::linalg::evd;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, Mat, MatMut, MatRef, Par};
use ndarray::parallel::prelude::*;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use crate::MathError;

/// Rows per task; fixed, so that the rounding never depends on the number of threads.
const ROW_BLOCK: usize = 128;

/// Eigenvalues and eigenvectors of a symmetric matrix `A = V diag(values) V'`.
#[derive(Clone, Debug)]
pub struct SymmetricEigen {
    /// Eigenvalues, ascending.
    pub values: Array1<f64>,
    /// Eigenvectors `[n, n]`, one per column, of length 1; their signs are arbitrary.
    pub vectors: Array2<f64>,
}

/// Cholesky factor of a positive definite matrix `A = L L'`.
#[derive(Clone, Debug)]
pub struct Cholesky {
    /// The lower triangle `L` `[n, n]`; zero above the diagonal.
    pub lower: Array2<f64>,
}

/// Eigenvalues and eigenvectors of the symmetric matrix `a`.
///
/// # Errors
/// When `a` is not square, not finite or not symmetric (to 1e-10 of its largest entry), or the iteration
/// does not converge.
pub fn symmetric_eigen(a: ArrayView2<'_, f64>) -> Result<SymmetricEigen, MathError> {
    check_symmetric(a)?;
    let n = a.nrows();
    let (mut values, mut vectors) = (Diag::zeros(n), Mat::zeros(n, n));
    let scratch =
        evd::self_adjoint_evd_scratch::<f64>(n, evd::ComputeEigenvectors::Yes, Par::Seq, Default::default());
    evd::self_adjoint_evd(
        to_faer(a).as_ref(),
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| MathError::NoConvergence)?;
    Ok(SymmetricEigen {
        values: Array1::from_shape_fn(n, |i| values[i]),
        vectors: Array2::from_shape_fn((n, n), |(i, j)| vectors[(i, j)]),
    })
}

/// Eigenvalues of the symmetric matrix `a`, ascending.
///
/// # Errors
/// As [`symmetric_eigen`].
pub fn symmetric_eigenvalues(a: ArrayView2<'_, f64>) -> Result<Array1<f64>, MathError> {
    check_symmetric(a)?;
    let n = a.nrows();
    let mut values = Diag::zeros(n);
    let scratch =
        evd::self_adjoint_evd_scratch::<f64>(n, evd::ComputeEigenvectors::No, Par::Seq, Default::default());
    evd::self_adjoint_evd(
        to_faer(a).as_ref(),
        values.as_mut(),
        None,
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| MathError::NoConvergence)?;
    Ok(Array1::from_shape_fn(n, |i| values[i]))
}

/// Cholesky factor of the positive definite matrix `a`.
///
/// # Errors
/// When `a` is not square, not finite, not symmetric (to 1e-10 of its largest entry) or not positive
/// definite; the last names the smallest eigenvalue.
pub fn cholesky(a: ArrayView2<'_, f64>) -> Result<Cholesky, MathError> {
    check_symmetric(a)?;
    let n = a.nrows();
    let mut factor = to_faer(a);
    let scratch = llt::factor::cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default());
    let outcome = llt::factor::cholesky_in_place(
        factor.as_mut(),
        Default::default(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    );
    if outcome.is_err() {
        let smallest = symmetric_eigen(a)?.values.first().copied().unwrap_or(f64::NAN);
        return Err(MathError::NotPositiveDefinite { smallest });
    }
    let lower = Array2::from_shape_fn((n, n), |(i, j)| if j <= i { factor[(i, j)] } else { 0.0 });
    Ok(Cholesky { lower })
}

impl Cholesky {
    /// `X L` for `x` `[n_rows, n]`, in row blocks and without the half of `L` that is zero.
    ///
    /// # Panics
    /// When `x` has another number of columns than `L` has rows.
    pub fn right_product(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        let n = self.lower.nrows();
        assert_eq!(x.ncols(), n, "columns of X and rows of L");
        let (x, lower) = (x.as_standard_layout(), self.lower.as_standard_layout());
        let lower = MatRef::from_row_major_slice(lower.as_slice().unwrap_or_default(), n, n);
        let mut product = Array2::zeros(x.dim());
        product
            .axis_chunks_iter_mut(Axis(0), ROW_BLOCK)
            .into_par_iter()
            .zip(x.axis_chunks_iter(Axis(0), ROW_BLOCK))
            .for_each(|(mut out, rows)| {
                let height = rows.nrows();
                let rows = MatRef::from_row_major_slice(rows.as_slice().unwrap_or_default(), height, n);
                triangular::matmul(
                    MatMut::from_row_major_slice_mut(out.as_slice_mut().unwrap_or_default(), height, n),
                    BlockStructure::Rectangular,
                    Accum::Replace,
                    rows,
                    BlockStructure::Rectangular,
                    lower,
                    BlockStructure::TriangularLower,
                    1.0,
                    Par::Seq,
                );
            });
        product
    }
}

fn to_faer(a: ArrayView2<'_, f64>) -> Mat<f64> {
    Mat::from_fn(a.nrows(), a.ncols(), |i, j| a[[i, j]])
}

fn check_symmetric(a: ArrayView2<'_, f64>) -> Result<(), MathError> {
    let (rows, columns) = a.dim();
    if rows != columns {
        return Err(MathError::NotSquare { rows, columns });
    }
    if let Some(((row, column), _)) = a.indexed_iter().find(|(_, value)| !value.is_finite()) {
        return Err(MathError::NotFinite { row, column });
    }
    let largest = a.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let differs = |&(row, column): &(usize, usize)| {
        row < column && (a[[row, column]] - a[[column, row]]).abs() > 1e-10 * largest
    };
    match ndarray::indices_of(&a).into_iter().find(differs) {
        Some((row, column)) => Err(MathError::NotSymmetric { row, column }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, array};

    use super::*;

    fn positive_definite(n: usize) -> Array2<f64> {
        let x = Array2::from_shape_fn((n, n + 3), |(i, j)| ((i * 7 + j * j * 3) % 11) as f64 - 5.0);
        x.dot(&x.t()) + Array2::<f64>::eye(n)
    }

    fn assert_close(a: &Array2<f64>, b: &Array2<f64>) {
        let error = (a - b).iter().fold(0.0_f64, |error, value| error.max(value.abs()));
        assert!(error < 1e-10, "{error:e}");
    }

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let a = positive_definite(20);
        let SymmetricEigen { values, vectors } = symmetric_eigen(a.view()).unwrap();
        assert!(values.windows(2).into_iter().all(|pair| pair[0] <= pair[1]));
        assert_close(&vectors.dot(&Array::from_diag(&values)).dot(&vectors.t()), &a);
        assert_close(&vectors.t().dot(&vectors), &Array2::eye(20));
        let alone = symmetric_eigenvalues(a.view()).unwrap();
        let scale = values[19];
        assert!(alone.iter().zip(&values).all(|(a, b)| (a - b).abs() < 1e-13 * scale), "{alone} {values}");
    }

    #[test]
    fn the_cholesky_factor_rebuilds_the_matrix() {
        let a = positive_definite(20);
        let Cholesky { lower } = cholesky(a.view()).unwrap();
        assert_close(&lower.dot(&lower.t()), &a);
        assert!(lower.indexed_iter().all(|((i, j), &value)| j <= i || value == 0.0));
    }

    #[test]
    fn the_blocked_product_with_the_factor_equals_the_dense_one() {
        let factor = cholesky(positive_definite(300).view()).unwrap();
        let x = Array2::from_shape_fn((150, 300), |(i, j)| ((i * 13 + j * 5) % 17) as f64 / 9.0);
        let dense = x.dot(&factor.lower);
        let scale = dense.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
        assert_close(&(factor.right_product(x.view()) / scale), &(dense / scale));
    }

    #[test]
    fn unfit_matrices_are_refused() {
        let refused = |a: Array2<f64>| cholesky(a.view()).unwrap_err();
        assert_eq!(refused(Array2::zeros((2, 3))), MathError::NotSquare { rows: 2, columns: 3 });
        assert_eq!(refused(array![[1.0, 0.5], [0.4, 1.0]]), MathError::NotSymmetric { row: 0, column: 1 });
        assert_eq!(refused(array![[1.0, f64::NAN], [0.0, 1.0]]), MathError::NotFinite { row: 0, column: 1 });
        let MathError::NotPositiveDefinite { smallest } = refused(array![[1.0, 2.0], [2.0, 1.0]]) else {
            panic!("an indefinite matrix has no Cholesky factor");
        };
        assert!((smallest + 1.0).abs() < 1e-12);
    }
}
