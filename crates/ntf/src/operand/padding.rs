//! Factors as the kernels take them: rows padded with zeros to whole vectors.

use ndarray::Array2;

use crate::factors::Factor;
use crate::kernels::padded;
use crate::real::Real;

/// `u` with its columns padded with zeros to a whole number of vectors.
pub(super) fn pad<T: Real>(u: &Factor) -> Vec<T> {
    let width = padded(u.ncols());
    let mut rows = vec![T::default(); u.nrows() * width];
    for (row, values) in rows.chunks_exact_mut(width).zip(u.rows()) {
        row.iter_mut().zip(values).for_each(|(place, value)| *place = T::from_f64(*value));
    }
    rows
}

/// The first `n` of every `width` values.
pub(super) fn unpad<T: Real>(values: &[T], width: usize, n: usize) -> Factor {
    Array2::from_shape_fn((values.len() / width, n), |(row, column)| values[row * width + column].to_f64())
}
