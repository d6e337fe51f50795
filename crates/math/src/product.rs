//! Matrix products on one thread, so that their rounding never depends on how many there are.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

/// An element of a [`product`]: `f32` or `f64`.
pub trait Element: faer::traits::ComplexField + Copy + Send + Sync + 'static {}

impl Element for f32 {}
impl Element for f64 {}

/// A factor of a product: a row-major matrix, or a block of columns of a wider one, as it is or transposed.
#[derive(Clone, Copy, Debug)]
pub struct Factor<'a, T> {
    values: &'a [T],
    stride: usize,
    transposed: bool,
}

impl<'a, T> Factor<'a, T> {
    /// The matrix whose row `i` begins at `values[i * stride]`.
    pub fn rows(values: &'a [T], stride: usize) -> Self {
        Self { values, stride, transposed: false }
    }

    /// The transpose of the matrix whose row `i` begins at `values[i * stride]`.
    pub fn transposed(values: &'a [T], stride: usize) -> Self {
        Self { values, stride, transposed: true }
    }

    /// The transpose of this factor.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { transposed: !self.transposed, ..self }
    }
}

impl<'a, T: Element> Factor<'a, T> {
    fn view(self, n_rows: usize, n_columns: usize) -> MatRef<'a, T> {
        if self.transposed {
            MatRef::from_row_major_slice_with_stride(self.values, n_columns, n_rows, self.stride).transpose()
        } else {
            MatRef::from_row_major_slice_with_stride(self.values, n_rows, n_columns, self.stride)
        }
    }
}

/// Where a product goes: rows of `stride` values, of which the product fills the first.
#[derive(Debug)]
pub struct Target<'a, T> {
    values: &'a mut [T],
    stride: usize,
    accumulate: bool,
}

impl<'a, T> Target<'a, T> {
    /// Replaces what is there.
    pub fn replace(values: &'a mut [T], stride: usize) -> Self {
        Self { values, stride, accumulate: false }
    }

    /// Adds to what is there.
    pub fn add(values: &'a mut [T], stride: usize) -> Self {
        Self { values, stride, accumulate: true }
    }
}

/// `scale A B` for `A` `[m, k]` and `B` `[k, n]` into `target` `[m, n]`.
///
/// # Panics
/// When a slice is too short for its shape.
pub fn product<T: Element>(
    target: Target<'_, T>,
    [m, k, n]: [usize; 3],
    a: Factor<'_, T>,
    b: Factor<'_, T>,
    scale: T,
) {
    let Target { values, stride, accumulate } = target;
    // Not `from_row_major_slice_with_stride_mut`, which in faer 0.24.4 takes the rows for columns.
    let out = MatMut::from_column_major_slice_with_stride_mut(values, n, m, stride).transpose_mut();
    let accumulate = if accumulate { Accum::Add } else { Accum::Replace };
    matmul(out, accumulate, a.view(m, k), b.view(k, n), scale, Par::Seq);
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, s};

    use super::*;

    fn matrix(rows: usize, columns: usize, seed: usize) -> Array2<f64> {
        Array2::from_shape_fn((rows, columns), |(i, j)| ((i * 7 + j * 13 + seed) % 11) as f64 - 5.0)
    }

    #[test]
    fn blocks_and_transposes_multiply_as_their_elements_do() {
        let (wide, b) = (matrix(5, 9, 1), matrix(4, 6, 2));
        let block = wide.slice(s![.., 3..7]).to_owned();
        let mut out = matrix(5, 8, 3);
        let mut expected = out.clone();
        let sum = &expected.slice(s![.., ..6]) + &(2.0 * block.dot(&b));
        expected.slice_mut(s![.., ..6]).assign(&sum);
        let a = Factor::rows(&wide.as_slice().unwrap()[3..], 9);
        let target = Target::add(out.as_slice_mut().unwrap(), 8);
        product(target, [5, 4, 6], a, Factor::rows(b.as_slice().unwrap(), 6), 2.0);
        assert_eq!(out, expected);

        let mut turned = vec![0.0; 6 * 5];
        let a = Factor::transposed(b.as_slice().unwrap(), 6);
        let b = Factor::transposed(&wide.as_slice().unwrap()[3..], 9);
        product(Target::replace(&mut turned, 5), [6, 4, 5], a, b, 1.0);
        let expected = matrix(4, 6, 2).t().dot(&block.t());
        assert_eq!(turned, expected.iter().copied().collect::<Vec<f64>>());
    }
}
