//! `Σ weight X X'`, added up over panels of columns.

use std::ops::Range;

use ndarray::Array2;
use rayon::prelude::*;

use super::tiles::{Interleave, UpperRows, block_width};

/// Columns of a panel: two of its blocks stay in the first cache, those of a task in the second.
const DEPTH: usize = 128;

/// Blocks of rows per task; fixed, so that the rounding never depends on the number of threads.
const TASK_BLOCKS: usize = 10;

/// Numbers in a line of the cache. Vectors that reach over two lines take twice as long to load.
const LINE: usize = 8;

/// Multiplications below which sharing out the work costs more than it gains.
const SEQUENTIAL: usize = 1 << 22;

/// The upper triangle, with the diagonal, of a sum of products `weight X X'` `[n_rows, n_rows]`.
///
/// The rows of `X` are handed over panel by panel and packed as they come: whatever is done to a row on the way
/// (a mean taken away, 32 bits widened) costs no pass of its own over the data, and `X` is never held.
///
/// ```
/// use neuroloom_math::SymmetricProduct;
///
/// let x = [[1.0, 2.0], [3.0, 4.0]];
/// let mut product = SymmetricProduct::new(2);
/// product.add(2, 1.0, |row, values| values.copy_from_slice(&x[row]));
/// assert_eq!(product.upper_row(0), [5.0, 11.0]);
/// assert_eq!(product.diagonal().collect::<Vec<_>>(), [5.0, 25.0]);
/// ```
#[derive(Clone, Debug)]
pub struct SymmetricProduct {
    n_rows: usize,
    /// Rows that are packed side by side.
    width: usize,
    /// Length of a row, a multiple of the width.
    stride: usize,
    /// Rows `[stride, stride]`; what stands below the diagonal means nothing.
    sums: Vec<f64>,
    packed: Vec<f64>,
}

impl SymmetricProduct {
    /// Zeros, for `n_rows` rows.
    pub fn new(n_rows: usize) -> Self {
        let width = block_width();
        let stride = n_rows.next_multiple_of(width);
        Self { n_rows, width, stride, sums: vec![0.0; stride * stride], packed: Vec::new() }
    }

    /// Zeros again, in the same memory.
    pub fn clear(&mut self) {
        self.sums.fill(0.0);
    }

    /// Ranges of columns, in order, whose panels fit the caches.
    pub fn panels(n_columns: usize) -> impl Iterator<Item = Range<usize>> {
        (0..n_columns).step_by(DEPTH).map(move |first| first..n_columns.min(first + DEPTH))
    }

    /// Adds `weight X X'` for a panel of `n_columns` columns; `fill(row, values)` writes a row of it.
    pub fn add(&mut self, n_columns: usize, weight: f64, fill: impl Fn(usize, &mut [f64]) + Sync) {
        let (n_rows, width) = (self.n_rows, self.width);
        let pack = |rows: &mut Vec<f64>, block: usize, packed: &mut [f64]| {
            let first_row = block * width;
            let inside = n_rows.saturating_sub(first_row).min(width);
            rows.resize(width * n_columns, 0.0);
            rows[inside * n_columns..].fill(0.0);
            for (row, values) in (first_row..).zip(rows.chunks_exact_mut(n_columns)).take(inside) {
                fill(row, values);
            }
            Interleave { rows, depth: n_columns, packed }.run();
        };
        self.add_packed(n_columns, weight, pack);
    }

    /// The same from the columns of `X`: `fill(column, first_row, values)` writes some entries of a column, from
    /// `first_row` on.
    pub fn add_columns(
        &mut self,
        n_columns: usize,
        weight: f64,
        fill: impl Fn(usize, usize, &mut [f64]) + Sync,
    ) {
        let (n_rows, width) = (self.n_rows, self.width);
        let pack = |_: &mut Vec<f64>, block: usize, packed: &mut [f64]| {
            let first_row = block * width;
            let inside = n_rows.saturating_sub(first_row).min(width);
            for (column, entries) in packed.chunks_exact_mut(width).enumerate() {
                let (inside, outside) = entries.split_at_mut(inside);
                fill(column, first_row, inside);
                outside.fill(0.0);
            }
        };
        self.add_packed(n_columns, weight, pack);
    }

    fn add_packed(
        &mut self,
        depth: usize,
        weight: f64,
        pack: impl Fn(&mut Vec<f64>, usize, &mut [f64]) + Sync,
    ) {
        if self.n_rows == 0 || depth == 0 {
            return;
        }
        let (width, stride) = (self.width, self.stride);
        self.packed.resize(stride * depth + LINE, 0.0);
        let aligned = self.packed.as_ptr().align_offset(LINE * size_of::<f64>()).min(LINE);
        let packed = &mut self.packed[aligned..][..stride * depth];
        let sequential = stride * stride * depth < SEQUENTIAL;
        if sequential {
            let (blocks, mut scratch) = (packed.chunks_exact_mut(width * depth), Vec::new());
            blocks.enumerate().for_each(|(block, packed)| pack(&mut scratch, block, packed));
        } else {
            let blocks = packed.par_chunks_exact_mut(width * depth);
            blocks
                .enumerate()
                .for_each_init(Vec::new, |scratch, (block, packed)| pack(scratch, block, packed));
        }
        let packed = &*packed;
        let task = |(number, rows): (usize, &mut [f64])| {
            UpperRows { packed, depth, weight, first_block: number * TASK_BLOCKS, rows, stride }.add();
        };
        let task_len = TASK_BLOCKS * width * stride;
        if sequential {
            self.sums.chunks_mut(task_len).enumerate().for_each(task);
        } else {
            self.sums.par_chunks_mut(task_len).enumerate().for_each(task);
        }
    }

    /// Row `i` of the upper triangle: the entries `(i, i), (i, i + 1), …`.
    pub fn upper_row(&self, i: usize) -> &[f64] {
        &self.sums[i * self.stride..][i..self.n_rows]
    }

    /// The diagonal.
    pub fn diagonal(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        (0..self.n_rows).map(|i| self.sums[i * self.stride + i])
    }

    /// The whole matrix, `entry(i, j, sum)` of every entry of the upper triangle on both sides, in the memory of the
    /// sums.
    pub fn into_matrix(self, entry: impl Fn(usize, usize, f64) -> f64) -> Array2<f64> {
        let Self { n_rows: n, stride, mut sums, .. } = self;
        // Rows move towards the front, so that none is written over before it was read.
        for i in 0..n {
            for j in i..n {
                sums[i * n + j] = entry(i, j, sums[i * stride + j]);
            }
        }
        sums.truncate(n * n);
        mirror(&mut sums, n);
        Array2::from_shape_vec((n, n), sums).unwrap_or_default()
    }
}

/// Rows and columns of a tile that is mirrored at once.
const MIRROR: usize = 32;

/// Copies the upper triangle of a matrix `[n, n]` below the diagonal, tile by tile.
fn mirror(matrix: &mut [f64], n: usize) {
    for first_row in (0..n).step_by(MIRROR) {
        for first_column in (0..=first_row).step_by(MIRROR) {
            for i in first_row..n.min(first_row + MIRROR) {
                for j in first_column..i.min(first_column + MIRROR) {
                    matrix[i * n + j] = matrix[j * n + i];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(n_rows: usize, n_columns: usize) -> Array2<f64> {
        Array2::from_shape_fn((n_rows, n_columns), |(i, j)| ((i * 31 + j * 17) % 23) as f64 - 11.0)
    }

    #[test]
    fn products_of_rows_and_of_columns_are_the_same_matrix() {
        // Fewer rows than a block, a block, and more than a task has.
        for (n_rows, n_columns) in [(1, 1), (5, 3), (12, 130), (24, 7), (150, 70), (301, 260)] {
            let x = example(n_rows, n_columns);
            let (mut by_rows, mut by_columns) =
                (SymmetricProduct::new(n_rows), SymmetricProduct::new(n_rows));
            for panel in SymmetricProduct::panels(n_columns) {
                by_rows.add(panel.len(), 0.5, |row, values| {
                    values
                        .iter_mut()
                        .zip(panel.clone())
                        .for_each(|(value, column)| *value = x[[row, column]]);
                });
                by_columns.add_columns(panel.len(), 0.5, |column, first, values| {
                    values
                        .iter_mut()
                        .zip(first..)
                        .for_each(|(value, row)| *value = x[[row, panel.start + column]]);
                });
            }
            // Sums of whole numbers are exact.
            let expected = x.dot(&x.t()) * 0.5;
            let diagonal: Vec<f64> = by_rows.diagonal().collect();
            assert_eq!(diagonal, expected.diag().to_vec());
            assert_eq!(by_rows.into_matrix(|_, _, sum| sum), expected);
            assert_eq!(by_columns.into_matrix(|_, _, sum| sum), expected);
        }
    }
}
