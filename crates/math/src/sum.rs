//! Sums in a fixed order: eight lanes within a leaf, leaves added pairwise.
//!
//! Pairwise addition keeps the rounding error near `log2(n)` units instead of `n` (Higham, *Accuracy and
//! Stability of Numerical Algorithms*, section 4.2), and the shape of the tree depends on the length alone.

use std::ops::Range;

use ndarray::parallel::prelude::*;
use ndarray::{Array1, ArrayView2, Axis};

const LANES: usize = 8;
const LEAF: usize = 1024;
const COLUMN_CHUNK: usize = 256;

/// Sum of `values`.
pub fn sum(values: &[f64]) -> f64 {
    pairwise(0..values.len(), &|range| lanes(&values[range], |value| value))
}

/// Arithmetic mean of `values`; NaN where there are none.
pub fn mean(values: &[f64]) -> f64 {
    sum(values) / values.len() as f64
}

/// Sum of the squares of `values`.
pub fn sum_of_squares(values: &[f64]) -> f64 {
    pairwise(0..values.len(), &|range| lanes(&values[range], |value| value * value))
}

/// Inner product of `a` and `b`, over the length of the shorter.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    pairwise(0..a.len().min(b.len()), &|range| dot_lanes(&a[range.clone()], &b[range]))
}

/// Mean of every column of `x` `[n_rows, n_columns]`: rows are added in order, columns in parallel.
pub fn column_means(x: ArrayView2<'_, f64>) -> Array1<f64> {
    let n_rows = x.nrows() as f64;
    let mut means = Array1::zeros(x.ncols());
    means
        .axis_chunks_iter_mut(Axis(0), COLUMN_CHUNK)
        .into_par_iter()
        .zip(x.axis_chunks_iter(Axis(1), COLUMN_CHUNK))
        .for_each(|(mut means, columns)| {
            columns.outer_iter().for_each(|row| means += &row);
            means /= n_rows;
        });
    means
}

/// Adds the leaves of `range` in a tree whose splits are multiples of the leaf.
fn pairwise(range: Range<usize>, leaf: &impl Fn(Range<usize>) -> f64) -> f64 {
    if range.len() <= LEAF {
        return leaf(range);
    }
    let half = (range.len() / 2).next_multiple_of(LEAF);
    let middle = range.start + half;
    pairwise(range.start..middle, leaf) + pairwise(middle..range.end, leaf)
}

fn lanes(values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for block in blocks {
        sums.iter_mut().zip(block).for_each(|(sum, &value)| *sum += term(value));
    }
    fold(sums) + rest.iter().map(|&value| term(value)).sum::<f64>()
}

fn dot_lanes(a: &[f64], b: &[f64]) -> f64 {
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    fold(sums) + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}

fn fold([a, b, c, d, e, f, g, h]: [f64; LANES]) -> f64 {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_of_whole_numbers_are_exact(values in prop::collection::vec(-1000_i32..1000, 0..5000)) {
            let floats: Vec<f64> = values.iter().copied().map(f64::from).collect();
            prop_assert_eq!(sum(&floats), values.iter().map(|&v| f64::from(v)).sum::<f64>());
            prop_assert_eq!(dot(&floats, &floats), sum_of_squares(&floats));
        }
    }

    #[test]
    fn a_long_sum_keeps_its_small_terms() {
        let values = vec![0.1; 1_000_000];
        let naive: f64 = values.iter().sum();
        let error = (sum(&values) - 1e5).abs();
        assert!(error < 1e-9, "{error:e}");
        assert!(error < (naive - 1e5).abs());
    }

    #[test]
    fn column_means_equal_the_means_of_the_columns() {
        let x = Array2::from_shape_fn((7, 600), |(i, j)| ((i * 31 + j * 17) % 101) as f64);
        let means = column_means(x.view());
        for (j, column) in x.columns().into_iter().enumerate() {
            assert!((means[j] - mean(&column.to_vec())).abs() < 1e-12);
        }
    }
}
