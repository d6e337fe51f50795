//! `X' L`, added up over blocks of rows.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::groups::{groups, place};
use super::{BLOCK, PANEL};
use crate::real::Real;

/// The sum of products `X' L` `[n_columns, width]`.
#[derive(Clone, Debug)]
pub(crate) struct LeftSum<T> {
    n_columns: usize,
    width: usize,
    /// Group after group.
    sums: Vec<T>,
}

impl<T: Real> LeftSum<T> {
    /// Zeros.
    pub(crate) fn new(n_columns: usize, width: usize) -> Self {
        Self { n_columns, width, sums: vec![T::default(); n_columns * width] }
    }

    /// Adds `X' L` for `x` `[n_rows, n_columns]` and `l` `[n_rows, width]`, both row-major.
    ///
    /// # Panics
    /// When the sizes do not fit or the width is not padded.
    pub(crate) fn add(&mut self, x: &[T], l: &[T]) {
        let (width, n_columns) = (self.width, self.n_columns);
        assert!(width == super::padded(width) && x.len() * width == l.len() * n_columns, "sizes of X and L");
        if n_columns > 0 {
            Arch::new().dispatch(Product { x, l, width, n_columns, q: &mut self.sums });
        }
    }

    /// Adds the sum to `sums` `[n_columns, width]`, row-major.
    pub(crate) fn add_to(&self, sums: &mut [f64]) {
        for group in groups(self.width) {
            let values = self.sums[place(self.n_columns, &group)].chunks_exact(group.len());
            for (row, values) in sums.chunks_exact_mut(self.width).zip(values) {
                for (sum, value) in row[group.clone()].iter_mut().zip(values) {
                    *sum += value.to_f64();
                }
            }
        }
    }
}

struct Product<'a, T> {
    x: &'a [T],
    l: &'a [T],
    width: usize,
    n_columns: usize,
    /// Group after group.
    q: &'a mut [T],
}

impl<T: Real> WithSimd for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { x, l, width, n_columns, q } = self;
        let lanes = size_of::<T::Vector<S>>() / size_of::<T>();
        for (x, l) in x.chunks(BLOCK * n_columns).zip(l.chunks(BLOCK * width)) {
            for first in (0..n_columns).step_by(PANEL) {
                let columns = first..n_columns.min(first + PANEL);
                for group in groups(width) {
                    let q = T::vectors_mut::<S>(&mut q[place(n_columns, &group)]);
                    let block = Block { x, n_columns, columns: &columns, l, width, group: &group };
                    match group.len() / lanes {
                        1 => block.twelve_rows::<S, 1>(simd, q),
                        2 => block.six_rows::<S, 2>(simd, q),
                        4 => block.three_rows::<S, 4>(simd, q),
                        8 => block.three_rows::<S, 8>(simd, q),
                        _ => block.three_rows::<S, 16>(simd, q),
                    }
                }
            }
        }
    }
}

/// Rows of `X` and of `L`, some columns of `X`, and a group of components.
struct Block<'a, T> {
    x: &'a [T],
    n_columns: usize,
    columns: &'a Range<usize>,
    l: &'a [T],
    width: usize,
    group: &'a Range<usize>,
}

/// A function that goes over the block in tiles of so many rows, then row by row.
macro_rules! tiles {
    ($name:ident, $tile:ident, $rows:literal) => {
        #[inline(always)]
        fn $name<S: Simd, const V: usize>(&self, simd: S, q: &mut [T::Vector<S>]) {
            let q = &mut q.as_chunks_mut::<V>().0[self.columns.clone()];
            let n_rows = self.l.len() / self.width;
            let whole = n_rows - n_rows % $rows;
            for row in (0..whole).step_by($rows) {
                self.$tile::<S, V>(simd, row, q);
            }
            for row in whole..n_rows {
                self.tile_1::<S, V>(simd, row, q);
            }
        }
    };
}

/// A tile of rows; a name for each lets the compiler see that all have one length.
macro_rules! tile {
    ($name:ident: $($row:ident $l:ident $number:literal),+) => {
        #[inline(always)]
        fn $name<S: Simd, const V: usize>(&self, simd: S, row: usize, q: &mut [[T::Vector<S>; V]]) {
            let length = q.len();
            $(
                let $row = &self.x[(row + $number) * self.n_columns + self.columns.start..][..length];
                let $l = self.l_of::<S, V>(row + $number);
            )+
            for (column, q) in q.iter_mut().enumerate() {
                let mut sums = *q;
                $(
                    let entry = T::splat(simd, $row[column]);
                    for vector in 0..V {
                        sums[vector] = T::mul_add(simd, entry, $l[vector], sums[vector]);
                    }
                )+
                *q = sums;
            }
        }
    };
}

impl<T: Real> Block<'_, T> {
    tiles!(three_rows, tile_3, 3);
    tiles!(six_rows, tile_6, 6);
    tiles!(twelve_rows, tile_12, 12);

    tile!(tile_1: a a_l 0);
    tile!(tile_3: a a_l 0, b b_l 1, c c_l 2);
    tile!(tile_6: a a_l 0, b b_l 1, c c_l 2, d d_l 3, e e_l 4, f f_l 5);
    tile!(tile_12: a a_l 0, b b_l 1, c c_l 2, d d_l 3, e e_l 4, f f_l 5, g g_l 6, h h_l 7, i i_l 8, j j_l 9, m m_l 10,
        n n_l 11);

    /// The group's part of a row of `L`.
    #[inline(always)]
    fn l_of<S: Simd, const V: usize>(&self, row: usize) -> [T::Vector<S>; V] {
        let l = &self.l[row * self.width + self.group.start..row * self.width + self.group.end];
        let l = T::vectors::<S>(l);
        std::array::from_fn(|vector| l[vector])
    }
}
