//! `Q += X' L`.

use pulp::{Arch, Simd, WithSimd};

use super::{BLOCK, PANEL};
use crate::real::Real;

/// Adds `X' L` to `q` `[n_columns, width]` for `x` `[n_rows, n_columns]` and `l` `[n_rows, width]`, all row-major.
///
/// # Panics
/// When the sizes do not fit or `width` is not padded.
pub(crate) fn left_product<T: Real>(x: &[T], l: &[T], width: usize, q: &mut [T]) {
    let (n_columns, n_rows) = (q.len() / width, l.len() / width);
    assert!(width.is_multiple_of(super::LANES) && x.len() == n_rows * n_columns, "sizes of X, L and Q");
    Arch::new().dispatch(Product { x, l, width, n_columns, q });
}

struct Product<'a, T> {
    x: &'a [T],
    l: &'a [T],
    width: usize,
    n_columns: usize,
    q: &'a mut [T],
}

impl<T: Real> WithSimd for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { x, l, width, n_columns, q } = self;
        if n_columns == 0 {
            return;
        }
        let q = T::vectors_mut::<S>(q);
        let per_column = q.len() / n_columns;
        for (x, l) in x.chunks(BLOCK * n_columns).zip(l.chunks(BLOCK * width)) {
            let l = T::vectors::<S>(l);
            for first in (0..n_columns).step_by(PANEL) {
                let last = n_columns.min(first + PANEL);
                let panel = Panel { first, last, n_columns, per_column };
                let q = &mut q[first * per_column..last * per_column];
                let mut done = 0;
                while done < per_column {
                    done += match per_column - done {
                        1 => panel.tiles::<S, T, 12, 1>(simd, x, l, done, q),
                        2 => panel.tiles::<S, T, 6, 2>(simd, x, l, done, q),
                        3 => panel.tiles::<S, T, 4, 3>(simd, x, l, done, q),
                        4 => panel.tiles::<S, T, 6, 2>(simd, x, l, done, q),
                        _ => panel.tiles::<S, T, 4, 3>(simd, x, l, done, q),
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
    /// Vectors per row of `L` and of `Q`.
    per_column: usize,
}

impl Panel {
    /// Adds the products of this panel with `VECTORS` vectors of columns of `L`, from vector `from` on.
    #[inline(always)]
    fn tiles<S: Simd, T: Real, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: S,
        x: &[T],
        l: &[T::Vector<S>],
        from: usize,
        q: &mut [T::Vector<S>],
    ) -> usize {
        let (x_tile, l_tile) = (ROWS * self.n_columns, ROWS * self.per_column);
        let whole = x.len() / x_tile;
        for (x, l) in x.chunks_exact(x_tile).zip(l.chunks_exact(l_tile)) {
            self.tile::<S, T, ROWS, VECTORS>(simd, x, l, from, q);
        }
        let (x, l) = (&x[whole * x_tile..], &l[whole * l_tile..]);
        for (x, l) in x.chunks_exact(self.n_columns).zip(l.chunks_exact(self.per_column)) {
            self.tile::<S, T, 1, VECTORS>(simd, x, l, from, q);
        }
        VECTORS
    }

    #[inline(always)]
    fn tile<S: Simd, T: Real, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: S,
        x: &[T],
        l: &[T::Vector<S>],
        from: usize,
        q: &mut [T::Vector<S>],
    ) {
        let length = self.last - self.first;
        let rows: [&[T]; ROWS] = std::array::from_fn(|row| &x[row * self.n_columns + self.first..][..length]);
        let l: [[T::Vector<S>; VECTORS]; ROWS] =
            std::array::from_fn(|row| std::array::from_fn(|vector| l[row * self.per_column + from + vector]));
        for (column, q) in q.chunks_exact_mut(self.per_column).enumerate().take(length) {
            let q = &mut q[from..from + VECTORS];
            let mut sums: [T::Vector<S>; VECTORS] = std::array::from_fn(|vector| q[vector]);
            for row in 0..ROWS {
                let entry = T::splat(simd, rows[row][column]);
                for vector in 0..VECTORS {
                    sums[vector] = T::mul_add(simd, entry, l[row][vector], sums[vector]);
                }
            }
            q.copy_from_slice(&sums);
        }
    }
}
