//! Products of packed rows, tile by tile.
//!
//! Packing puts `W` rows side by side, column after column, so that a tile of `W` columns of the product is a few
//! vectors and each of its rows one number at a time. The same packing serves both sides of `X X'`.

use pulp::{Arch, Simd, WithSimd};

/// Rows of a tile.
const TILE_ROWS: usize = 3;

/// Rows that are packed side by side on this processor: three vectors of it, or twelve.
pub(super) fn block_width() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            if S::F64_LANES == 8 { 24 } else { 12 }
        }
    }
    Arch::new().dispatch(Lanes)
}

/// Packs a block of rows `[width, depth]` as `[depth, width]`.
pub(super) struct Interleave<'a> {
    pub rows: &'a [f64],
    pub depth: usize,
    pub packed: &'a mut [f64],
}

impl Interleave<'_> {
    pub(super) fn run(self) {
        Arch::new().dispatch(self);
    }
}

impl WithSimd for Interleave<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        if S::F64_LANES == 8 { self.blocks::<24>() } else { self.blocks::<12>() }
    }
}

impl Interleave<'_> {
    #[inline(always)]
    fn blocks<const W: usize>(self) {
        let Self { rows, depth, packed } = self;
        let columns = &mut packed.as_chunks_mut::<W>().0[..depth];
        for (number, rows) in rows.chunks_exact(4 * depth).enumerate() {
            let (ab, cd) = rows.split_at(2 * depth);
            let ((a, b), (c, d)) = (ab.split_at(depth), cd.split_at(depth));
            interleave_four(a, b, c, d, columns, 4 * number);
        }
    }
}

/// Four rows, to the places from `place` on of every column; four columns at a time, which takes few instructions.
#[inline(always)]
fn interleave_four<const W: usize>(
    a: &[f64],
    b: &[f64],
    c: &[f64],
    d: &[f64],
    columns: &mut [[f64; W]],
    place: usize,
) {
    assert!(place + 4 <= W, "four places of a column");
    let (fours, rest) = columns.as_chunks_mut::<4>();
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let ((c, c_rest), (d, d_rest)) = (c.as_chunks::<4>(), d.as_chunks::<4>());
    for (columns, ((a, b), (c, d))) in fours.iter_mut().zip(a.iter().zip(b).zip(c.iter().zip(d))) {
        let [first, second, third, fourth] = columns;
        first[place..place + 4].copy_from_slice(&[a[0], b[0], c[0], d[0]]);
        second[place..place + 4].copy_from_slice(&[a[1], b[1], c[1], d[1]]);
        third[place..place + 4].copy_from_slice(&[a[2], b[2], c[2], d[2]]);
        fourth[place..place + 4].copy_from_slice(&[a[3], b[3], c[3], d[3]]);
    }
    let rests = a_rest.iter().zip(b_rest).zip(c_rest.iter().zip(d_rest));
    for (column, ((a, b), (c, d))) in rest.iter_mut().zip(rests) {
        column[place..place + 4].copy_from_slice(&[*a, *b, *c, *d]);
    }
}

/// Adds `weight X X'` to some rows of its upper triangle.
pub(super) struct UpperRows<'a> {
    /// All rows of `X`: blocks of the block's width, `[depth, width]` each.
    pub packed: &'a [f64],
    /// Columns of `X`.
    pub depth: usize,
    /// Factor of the product.
    pub weight: f64,
    /// The first of the blocks of rows to be added to.
    pub first_block: usize,
    /// These rows of the product, `[rows, stride]`, both multiples of the width.
    pub rows: &'a mut [f64],
    /// Length of a row of the product.
    pub stride: usize,
}

impl UpperRows<'_> {
    pub(super) fn add(self) {
        Arch::new().dispatch(self);
    }
}

impl WithSimd for UpperRows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F64_LANES {
            8 => self.blocks::<S, 3, 24>(simd),
            4 => self.blocks::<S, 3, 12>(simd),
            2 => self.blocks::<S, 6, 12>(simd),
            _ => self.blocks::<S, 12, 12>(simd),
        }
    }
}

impl UpperRows<'_> {
    /// A block of columns stays in the first cache while the blocks of rows pass.
    #[inline(always)]
    fn blocks<S: Simd, const V: usize, const W: usize>(self, simd: S) {
        let Self { packed, depth, weight, first_block, rows, stride } = self;
        let weight = simd.splat_f64s(weight);
        let n_row_blocks = rows.len() / (stride * W);
        let (blocks, _) = packed.as_chunks::<W>();
        for column_block in first_block..stride / W {
            let columns = &blocks[column_block * depth..][..depth];
            let columns = S::as_simd_f64s(columns.as_flattened()).0.as_chunks::<V>().0;
            for row_block in 0..n_row_blocks.min(column_block - first_block + 1) {
                let entries = &blocks[(first_block + row_block) * depth..][..depth];
                for first_row in (0..W).step_by(TILE_ROWS) {
                    let sums = tile::<S, V, W>(simd, entries, first_row, columns);
                    let row = row_block * W + first_row;
                    for (row, sums) in (row..).zip(sums) {
                        let out = &mut rows[row * stride + column_block * W..][..W];
                        for (out, sum) in S::as_mut_simd_f64s(out).0.iter_mut().zip(sums) {
                            *out = simd.mul_add_f64s(sum, weight, *out);
                        }
                    }
                }
            }
        }
    }
}

/// Inner products of four rows with a block of rows: chains of fused additions, column after column.
#[inline(always)]
fn tile<S: Simd, const V: usize, const W: usize>(
    simd: S,
    entries: &[[f64; W]],
    first_row: usize,
    columns: &[[S::f64s; V]],
) -> [[S::f64s; V]; TILE_ROWS] {
    assert!(first_row + TILE_ROWS <= W, "a tile inside its block");
    let mut sums = [[simd.splat_f64s(0.0); V]; TILE_ROWS];
    for (entries, columns) in entries.iter().zip(columns) {
        for (row, sums) in sums.iter_mut().enumerate() {
            let entry = simd.splat_f64s(entries[first_row + row]);
            for vector in 0..V {
                sums[vector] = simd.mul_add_f64s(entry, columns[vector], sums[vector]);
            }
        }
    }
    sums
}
