//! `P = X K`.

use pulp::{Arch, Simd, WithSimd};

use super::{BLOCK, PANEL};
use crate::real::Real;

/// Sets `p` `[n_rows, width]` to `X K` for `x` `[n_rows, n_columns]` and `k` `[n_columns, width]`, all row-major.
///
/// # Panics
/// When the sizes do not fit or `width` is not padded.
pub(crate) fn right_product<T: Real>(x: &[T], k: &[T], width: usize, p: &mut [f64]) {
    let (n_columns, n_rows) = (k.len() / width, p.len() / width);
    assert!(width.is_multiple_of(super::LANES) && x.len() == n_rows * n_columns, "sizes of X, K and P");
    p.fill(0.0);
    Arch::new().dispatch(Product { x, k, width, n_columns, p });
}

struct Product<'a, T> {
    x: &'a [T],
    k: &'a [T],
    width: usize,
    n_columns: usize,
    p: &'a mut [f64],
}

impl<T: Real> WithSimd for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { x, k, width, n_columns, p } = self;
        if n_columns == 0 {
            return;
        }
        let vectors = T::vectors::<S>(k);
        let per_column = vectors.len() / n_columns;
        for (x, p) in x.chunks(BLOCK * n_columns).zip(p.chunks_mut(BLOCK * width)) {
            for first in (0..n_columns).step_by(PANEL) {
                let last = n_columns.min(first + PANEL);
                let panel = Panel { first, last, n_columns, width, per_column };
                let k = &vectors[first * per_column..last * per_column];
                let mut done = 0;
                while done < per_column {
                    done += match per_column - done {
                        1 => panel.tiles::<S, T, 12, 1>(simd, x, k, done, p),
                        2 => panel.tiles::<S, T, 6, 2>(simd, x, k, done, p),
                        3 => panel.tiles::<S, T, 4, 3>(simd, x, k, done, p),
                        4 => panel.tiles::<S, T, 6, 2>(simd, x, k, done, p),
                        _ => panel.tiles::<S, T, 4, 3>(simd, x, k, done, p),
                    };
                }
            }
        }
    }
}

/// Columns `first..last` of `X`.
#[derive(Clone, Copy)]
struct Panel {
    first: usize,
    last: usize,
    n_columns: usize,
    width: usize,
    /// Vectors per row of `K`.
    per_column: usize,
}

impl Panel {
    /// Adds the products of this panel with `VECTORS` vectors of columns of `K`, from vector `from` on.
    #[inline(always)]
    fn tiles<S: Simd, T: Real, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: S,
        x: &[T],
        k: &[T::Vector<S>],
        from: usize,
        p: &mut [f64],
    ) -> usize {
        let (x_tile, p_tile) = (ROWS * self.n_columns, ROWS * self.width);
        let whole = x.len() / x_tile;
        for (x, p) in x.chunks_exact(x_tile).zip(p.chunks_exact_mut(p_tile)) {
            self.tile::<S, T, ROWS, VECTORS>(simd, x, k, from, p);
        }
        let (x, p) = (&x[whole * x_tile..], &mut p[whole * p_tile..]);
        for (x, p) in x.chunks_exact(self.n_columns).zip(p.chunks_exact_mut(self.width)) {
            self.tile::<S, T, 1, VECTORS>(simd, x, k, from, p);
        }
        VECTORS
    }

    #[inline(always)]
    fn tile<S: Simd, T: Real, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: S,
        x: &[T],
        k: &[T::Vector<S>],
        from: usize,
        p: &mut [f64],
    ) {
        let length = self.last - self.first;
        let rows: [&[T]; ROWS] = std::array::from_fn(|row| &x[row * self.n_columns + self.first..][..length]);
        let mut sums = [[T::splat(simd, T::default()); VECTORS]; ROWS];
        for (column, k) in k.chunks_exact(self.per_column).enumerate().take(length) {
            let k: [T::Vector<S>; VECTORS] = std::array::from_fn(|vector| k[from + vector]);
            for row in 0..ROWS {
                let entry = T::splat(simd, rows[row][column]);
                for vector in 0..VECTORS {
                    sums[row][vector] = T::mul_add(simd, entry, k[vector], sums[row][vector]);
                }
            }
        }
        self.add_to::<S, T, ROWS, VECTORS>(&sums, from, p);
    }

    #[inline(always)]
    fn add_to<S: Simd, T: Real, const ROWS: usize, const VECTORS: usize>(
        &self,
        sums: &[[T::Vector<S>; VECTORS]; ROWS],
        from: usize,
        p: &mut [f64],
    ) {
        let lanes = self.width / self.per_column;
        let mut lane_values = [T::default(); 64];
        for (sums, p) in sums.iter().zip(p.chunks_exact_mut(self.width)) {
            for (vector, sum) in T::vectors_mut::<S>(&mut lane_values).iter_mut().zip(sums) {
                *vector = *sum;
            }
            let p = &mut p[from * lanes..(from + VECTORS) * lanes];
            for (p, value) in p.iter_mut().zip(lane_values) {
                *p += value.to_f64();
            }
        }
    }
}
