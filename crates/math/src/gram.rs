//! Inner products of all rows, by matrix multiplication over fixed blocks of rows.
//!
//! Sums over many columns are taken in panels: the caller fills a panel that fits the cache, adds its products
//! and goes on, so that no second array of the size of the data is ever held.

mod symmetric;
mod tiles;

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayView2, Axis, s};

pub use symmetric::SymmetricProduct;

/// Rows per task: large enough for the multiplication to run at full speed, fixed so that the rounding
/// never depends on the number of threads.
const ROW_BLOCK: usize = 128;

/// Columns of a panel.
const PANEL: usize = 512;

/// Ranges of columns, in order, whose panels fit the cache.
pub fn column_panels(n_columns: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n_columns).step_by(PANEL).map(move |first| first..n_columns.min(first + PANEL))
}

/// Adds `weight X X'` to the upper triangle of `gram` `[n_rows, n_rows]` with its diagonal, for `x`
/// `[n_rows, n_columns]`; what stands below the diagonal stays. Costs half of the full product.
///
/// # Panics
/// When `gram` is not square or has another number of rows than `x`.
pub fn add_gram_upper(gram: &mut Array2<f64>, x: ArrayView2<'_, f64>, weight: f64) {
    let (n_rows, n_columns) = x.dim();
    assert!(gram.dim() == (n_rows, n_rows), "a square matrix");
    let mut product = SymmetricProduct::new(n_rows);
    for columns in SymmetricProduct::panels(n_columns) {
        product.add(columns.len(), weight, |row, values| {
            let row = x.row(row);
            values.iter_mut().zip(row.slice(s![columns.clone()])).for_each(|(value, x)| *value = *x);
        });
    }
    for (i, mut row) in gram.outer_iter_mut().enumerate() {
        row.iter_mut().skip(i).zip(product.upper_row(i)).for_each(|(entry, sum)| *entry += sum);
    }
}

/// Adds `A B'` to `products` `[n_a, n_b]`: inner products of every row of `a` `[n_a, n_columns]` with every row
/// of `b` `[n_b, n_columns]`.
///
/// # Panics
/// When the sizes do not fit or `products` is not row-major.
pub fn add_cross_gram(products: &mut Array2<f64>, a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) {
    let (n_b, n_columns) = b.dim();
    assert!(products.dim() == (a.nrows(), n_b) && products.is_standard_layout(), "a row-major matrix");
    let (a, b) = (a.as_standard_layout(), b.as_standard_layout());
    let b = MatRef::from_row_major_slice(b.as_slice().unwrap_or_default(), n_b, n_columns);
    products
        .axis_chunks_iter_mut(Axis(0), ROW_BLOCK)
        .into_par_iter()
        .zip(a.axis_chunks_iter(Axis(0), ROW_BLOCK))
        .for_each(|(mut out, rows)| {
            let height = rows.nrows();
            let rows = MatRef::from_row_major_slice(rows.as_slice().unwrap_or_default(), height, n_columns);
            let out = MatMut::from_row_major_slice_mut(out.as_slice_mut().unwrap_or_default(), height, n_b);
            matmul(out, Accum::Add, rows, b.transpose(), 1.0, Par::Seq);
        });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dot;

    fn example(n_rows: usize, n_columns: usize) -> Array2<f64> {
        Array2::from_shape_fn((n_rows, n_columns), |(i, j)| ((i * 37 + j * 11) % 29) as f64 / 7.0 - 2.0)
    }

    #[test]
    fn products_of_blocks_equal_inner_products() {
        let (a, b) = (example(300, 40), example(7, 40));
        let (mut upper, mut cross) = (Array2::ones((300, 300)), Array2::ones((300, 7)));
        add_gram_upper(&mut upper, a.view(), -2.0);
        add_cross_gram(&mut cross, a.view(), b.view());
        for i in 0..300 {
            let row = a.row(i).to_vec();
            for j in 0..300 {
                let product = if j < i { 0.0 } else { -2.0 * dot(&row, &a.row(j).to_vec()) };
                assert!((upper[[i, j]] - 1.0 - product).abs() < 1e-11, "{i} {j}");
            }
            for j in 0..7 {
                assert!((cross[[i, j]] - 1.0 - dot(&row, &b.row(j).to_vec())).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn panels_cover_the_columns_once_and_add_up() {
        let x = example(20, 1300);
        let (mut whole, mut panels) = (Array2::zeros((20, 20)), Array2::zeros((20, 20)));
        add_gram_upper(&mut whole, x.view(), 1.0);
        let mut covered = 0;
        for range in column_panels(1300) {
            assert_eq!(range.start, covered);
            covered = range.end;
            add_gram_upper(&mut panels, x.slice(s![.., range]), 1.0);
        }
        assert_eq!(covered, 1300);
        assert!((&whole - &panels).iter().all(|difference| difference.abs() < 1e-9));
    }
}
