//! Inner products of columns over a weighted choice of rows.

use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, MatMut, MatRef, Par};
use ndarray::{Array2, ArrayView2};

/// Rows of a panel: with some dozens of columns it stays in the second cache.
const PANEL: usize = 512;

/// `Σ w_r x_r x_r'` over `rows` r of `x` `[n_rows, n_columns]` with their `weights`: `[n_columns, n_columns]`, symmetric.
/// Neither the rows that are not chosen nor a weighted copy of all the others is held. On one thread.
///
/// ```
/// use ndarray::array;
/// use neuroloom_math::weighted_gram;
///
/// let x = array![[1.0, 2.0], [9.0, 9.0], [0.0, 3.0]];
/// assert_eq!(weighted_gram(x.view(), &[0, 2], &[1, 4]), array![[1.0, 2.0], [2.0, 40.0]]);
/// ```
///
/// # Panics
/// When a row does not exist.
pub fn weighted_gram(x: ArrayView2<'_, f64>, rows: &[u32], weights: &[u32]) -> Array2<f64> {
    let width = x.ncols();
    let x = x.as_standard_layout();
    let values = x.as_slice().unwrap_or_default();
    let mut gram = Array2::zeros((width, width));
    let mut room = vec![0.0; PANEL.min(rows.len()) * width];
    for (rows, weights) in rows.chunks(PANEL).zip(weights.chunks(PANEL)) {
        let panel = &mut room[..rows.len() * width];
        for ((out, &row), &weight) in panel.chunks_exact_mut(width.max(1)).zip(rows).zip(weights) {
            let (first, root) = (row as usize * width, f64::from(weight).sqrt());
            out.iter_mut().zip(&values[first..first + width]).for_each(|(out, value)| *out = value * root);
        }
        let columns = MatRef::from_column_major_slice(panel, width, rows.len());
        triangular::matmul(
            MatMut::from_row_major_slice_mut(gram.as_slice_mut().unwrap_or_default(), width, width),
            BlockStructure::TriangularUpper,
            Accum::Add,
            columns,
            BlockStructure::Rectangular,
            columns.transpose(),
            BlockStructure::Rectangular,
            1.0,
            Par::Seq,
        );
    }
    for a in 0..width {
        for b in 0..a {
            gram[[a, b]] = gram[[b, a]];
        }
    }
    gram
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weighted_rows_count_as_often_as_their_weights() {
        let x = Array2::from_shape_fn((1300, 33), |(i, j)| ((i * 37 + j * 11) % 29) as f64 - 14.0);
        let rows: Vec<u32> = (0..1300).filter(|row| row % 3 != 1).collect();
        let weights: Vec<u32> = rows.iter().map(|row| 1 + row % 4).collect();
        let mut expected = Array2::<f64>::zeros((33, 33));
        for (&row, &weight) in rows.iter().zip(&weights) {
            let row = x.row(row as usize);
            for a in 0..33 {
                for b in 0..33 {
                    expected[[a, b]] += f64::from(weight) * row[a] * row[b];
                }
            }
        }
        let found = weighted_gram(x.view(), &rows, &weights);
        assert!((&found - &expected).iter().all(|difference| difference.abs() < 1e-6));
    }

    #[test]
    fn no_rows_give_zeros() {
        assert_eq!(weighted_gram(Array2::ones((3, 2)).view(), &[], &[]), Array2::<f64>::zeros((2, 2)));
    }
}
