//! `P = X K`.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::groups::{grouped, groups, place};
use super::{BLOCK, PANEL};
use crate::real::Real;

/// Sets `p` `[n_rows, width]` to `X K` for `x` `[n_rows, n_columns]` and `k` `[n_columns, width]`, all row-major.
///
/// # Panics
/// When the sizes do not fit or `width` is not padded.
pub(crate) fn right_product<T: Real>(x: &[T], k: &[T], width: usize, p: &mut [f64]) {
    let (n_columns, n_rows) = (k.len() / width, p.len() / width);
    assert!(width == super::padded(width) && x.len() == n_rows * n_columns, "sizes of X, K and P");
    p.fill(0.0);
    if n_columns > 0 {
        Arch::new().dispatch(Product { x, k: &grouped(k, width), width, n_columns, p });
    }
}

struct Product<'a, T> {
    x: &'a [T],
    /// Group after group.
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
        let lanes = size_of::<T::Vector<S>>() / size_of::<T>();
        for (x, p) in x.chunks(BLOCK * n_columns).zip(p.chunks_mut(BLOCK * width)) {
            for first in (0..n_columns).step_by(PANEL) {
                let columns = first..n_columns.min(first + PANEL);
                for group in groups(width) {
                    let k = T::vectors::<S>(&k[place(n_columns, &group)]);
                    let block = Block { x, n_columns, columns: &columns, width, group: &group };
                    match group.len() / lanes {
                        1 => block.twelve_rows::<S, 1>(simd, k, p),
                        2 => block.six_rows::<S, 2>(simd, k, p),
                        4 => block.three_rows::<S, 4>(simd, k, p),
                        8 => block.three_rows::<S, 8>(simd, k, p),
                        _ => block.three_rows::<S, 16>(simd, k, p),
                    }
                }
            }
        }
    }
}

/// Rows of `X`, some of its columns, and a group of components.
struct Block<'a, T> {
    x: &'a [T],
    n_columns: usize,
    columns: &'a Range<usize>,
    width: usize,
    group: &'a Range<usize>,
}

/// A function that goes over the block in tiles of so many rows, then row by row.
macro_rules! tiles {
    ($name:ident, $tile:ident, $rows:literal) => {
        #[inline(always)]
        fn $name<S: Simd, const VECTORS: usize>(&self, simd: S, k: &[T::Vector<S>], p: &mut [f64]) {
            let k = &k.as_chunks::<VECTORS>().0[self.columns.clone()];
            let n_rows = p.len() / self.width;
            let whole = n_rows - n_rows % $rows;
            for row in (0..whole).step_by($rows) {
                self.$tile::<S, VECTORS>(simd, row, k, p);
            }
            for row in whole..n_rows {
                self.tile_1::<S, VECTORS>(simd, row, k, p);
            }
        }
    };
}

/// A tile of rows; a name for each lets the compiler see that all have one length.
macro_rules! tile {
    ($name:ident: $($row:ident $sum:ident $number:literal),+) => {
        #[inline(always)]
        fn $name<S: Simd, const V: usize>(&self, simd: S, row: usize, k: &[[T::Vector<S>; V]], p: &mut [f64]) {
            let length = k.len();
            $(
                let $row = &self.x[(row + $number) * self.n_columns + self.columns.start..][..length];
                let mut $sum = [T::splat(simd, T::default()); V];
            )+
            for (column, k) in k.iter().enumerate() {
                $(
                    let entry = T::splat(simd, $row[column]);
                    for vector in 0..V {
                        $sum[vector] = T::mul_add(simd, entry, k[vector], $sum[vector]);
                    }
                )+
            }
            $(self.add_to::<S, V>(&$sum, row + $number, p);)+
        }
    };
}

impl<T: Real> Block<'_, T> {
    tiles!(three_rows, tile_3, 3);
    tiles!(six_rows, tile_6, 6);
    tiles!(twelve_rows, tile_12, 12);

    tile!(tile_1: a a_sum 0);
    tile!(tile_3: a a_sum 0, b b_sum 1, c c_sum 2);
    tile!(tile_6: a a_sum 0, b b_sum 1, c c_sum 2, d d_sum 3, e e_sum 4, f f_sum 5);
    tile!(tile_12: a a_sum 0, b b_sum 1, c c_sum 2, d d_sum 3, e e_sum 4, f f_sum 5, g g_sum 6, h h_sum 7, i i_sum 8,
        j j_sum 9, m m_sum 10, n n_sum 11);

    #[inline(always)]
    fn add_to<S: Simd, const V: usize>(&self, sums: &[T::Vector<S>; V], row: usize, p: &mut [f64]) {
        let mut values = [T::default(); 16];
        for (vector, sum) in T::vectors_mut::<S>(&mut values).iter_mut().zip(sums) {
            *vector = *sum;
        }
        let p = &mut p[row * self.width + self.group.start..row * self.width + self.group.end];
        for (p, value) in p.iter_mut().zip(values) {
            *p += value.to_f64();
        }
    }
}
