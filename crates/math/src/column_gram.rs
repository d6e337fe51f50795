//! Inner products of the columns of many small matrices, each on one thread.

use pulp::{Arch, Simd, WithSimd};

/// Columns of a panel: a cache line.
const PANEL: usize = 8;
/// Rows of a tile of the result: with a panel's columns they fill the registers.
const TILE: usize = 4;

/// Inner products `X' X` of the columns of `x` `[n_rows, n_columns]`, whose rows are chosen anew for every matrix.
///
/// The rows are packed into panels of columns, so that the products read memory in order and the loops have fixed
/// lengths.
#[derive(Clone, Debug, Default)]
pub struct ColumnGram {
    n_rows: usize,
    n_columns: usize,
    /// `[n_panels][n_rows]`; columns behind the last are 0.
    panels: Vec<[f64; PANEL]>,
    /// The products, rows padded to whole panels: `[n_panels * PANEL][n_panels]`. Tiles that lie below the diagonal
    /// stay 0.
    products: Vec<[f64; PANEL]>,
}

impl ColumnGram {
    /// Products of 0 for matrices of `n_columns`.
    pub fn clear(&mut self, n_columns: usize) {
        self.n_columns = n_columns;
        let n_panels = n_columns.div_ceil(PANEL);
        self.products.clear();
        self.products.resize(n_panels * n_panels * PANEL, [0.0; PANEL]);
    }

    /// Adds `weight X' X` for the `rows` of `x`, row-major with the columns of [`clear`](Self::clear), each less `shift`.
    ///
    /// # Panics
    /// When a row does not exist or `shift` has another length than a row.
    pub fn add(&mut self, x: &[f64], rows: &[usize], shift: Option<&[f64]>, weight: f64) {
        self.n_rows = rows.len();
        let n_panels = self.n_columns.div_ceil(PANEL);
        self.panels.resize(n_panels * rows.len(), [0.0; PANEL]);
        Arch::new().dispatch(Products { gram: self, x, rows, shift, weight });
    }

    #[inline(always)]
    fn pack(&mut self, x: &[f64], rows: &[usize], shift: Option<&[f64]>) {
        let (n_columns, n_rows) = (self.n_columns, self.n_rows);
        for (panel, packed) in self.panels.chunks_exact_mut(n_rows.max(1)).enumerate() {
            let columns = panel * PANEL..n_columns.min((panel + 1) * PANEL);
            for (packed, &row) in packed.iter_mut().zip(rows) {
                let values = &x[row * n_columns..(row + 1) * n_columns][columns.clone()];
                match <[f64; PANEL]>::try_from(values) {
                    Ok(whole) => *packed = whole,
                    Err(_) => packed[..values.len()].copy_from_slice(values),
                }
            }
            if let Some(shift) = shift.map(|shift| &shift[columns]) {
                for packed in packed {
                    packed.iter_mut().zip(shift).for_each(|(value, shift)| *value -= shift);
                }
            }
        }
    }

    #[inline(always)]
    fn multiply<S: Simd, const V: usize>(&mut self, simd: S, weight: f64) {
        let weight = simd.splat_f64s(weight);
        let n_panels = self.n_columns.div_ceil(PANEL);
        for (panel, right) in self.panels.chunks_exact(self.n_rows.max(1)).enumerate() {
            let right = vectors::<S, V>(right);
            for first in (0..(panel + 1) * PANEL).step_by(TILE) {
                let left = &self.panels[first / PANEL * self.n_rows..][..self.n_rows];
                let tile = match first % PANEL {
                    0 => product::<S, V, 0>(simd, left, right),
                    _ => product::<S, V, TILE>(simd, left, right),
                };
                for (row, products) in (first..).zip(tile) {
                    let sums = S::as_mut_simd_f64s(&mut self.products[row * n_panels + panel]).0;
                    for (sum, product) in sums.iter_mut().zip(products) {
                        *sum = simd.mul_add_f64s(weight, product, *sum);
                    }
                }
            }
        }
    }

    /// The products of column `i` with the columns from `i` on, `[n_columns - i]`.
    ///
    /// # Panics
    /// When there is no such column.
    pub fn row(&self, i: usize) -> &[f64] {
        let n_panels = self.n_columns.div_ceil(PANEL);
        &self.products[i * n_panels..(i + 1) * n_panels].as_flattened()[i..self.n_columns]
    }
}

/// Panels as `V` vectors per row.
#[inline(always)]
fn vectors<S: Simd, const V: usize>(panel: &[[f64; PANEL]]) -> &[[S::f64s; V]] {
    S::as_simd_f64s(panel.as_flattened()).0.as_chunks::<V>().0
}

/// Products of the columns `FIRST..FIRST + TILE` of a panel with all columns of another.
#[inline(always)]
fn product<S: Simd, const V: usize, const FIRST: usize>(
    simd: S,
    left: &[[f64; PANEL]],
    right: &[[S::f64s; V]],
) -> [[S::f64s; V]; TILE] {
    let mut products = [[simd.splat_f64s(0.0); V]; TILE];
    for (left, right) in left.iter().zip(right) {
        for i in 0..TILE {
            let value = simd.splat_f64s(left[FIRST + i]);
            for vector in 0..V {
                products[i][vector] = simd.mul_add_f64s(value, right[vector], products[i][vector]);
            }
        }
    }
    products
}

struct Products<'a> {
    gram: &'a mut ColumnGram,
    x: &'a [f64],
    rows: &'a [usize],
    shift: Option<&'a [f64]>,
    weight: f64,
}

impl WithSimd for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.gram.pack(self.x, self.rows, self.shift);
        match PANEL / S::F64_LANES {
            0 | 1 => self.gram.multiply::<S, 1>(simd, self.weight),
            2 => self.gram.multiply::<S, 2>(simd, self.weight),
            4 => self.gram.multiply::<S, 4>(simd, self.weight),
            _ => self.gram.multiply::<S, 8>(simd, self.weight),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn products_of_columns_equal_the_definition() {
        let x = Array2::from_shape_fn((50, 23), |(i, j)| ((i * 31 + j * 17) % 13) as f64 / 3.0 - 2.0);
        let shift: Vec<f64> = (0..23).map(|j| j as f64 / 5.0).collect();
        let rows: Vec<usize> = (0..37).map(|i| (i * 7) % 50).collect();
        let mut products = ColumnGram::default();
        for _ in 0..2 {
            products.clear(23);
            products.add(x.as_slice().unwrap(), &rows, None, 1.0);
            products.add(x.as_slice().unwrap(), &rows[..5], Some(&shift), -0.5);
        }
        let of = |rows: &[usize], shift: &dyn Fn(usize) -> f64, i: usize, j: usize| -> f64 {
            rows.iter().map(|&row| (x[[row, i]] - shift(i)) * (x[[row, j]] - shift(j))).sum()
        };
        for i in 0..23 {
            assert_eq!(products.row(i).len(), 23 - i);
            for (j, found) in (i..).zip(products.row(i)) {
                let product = of(&rows, &|_| 0.0, i, j) - 0.5 * of(&rows[..5], &|j| shift[j], i, j);
                assert!((found - product).abs() < 1e-11, "{i} {j}");
            }
        }
    }
}
