//! The two products of a tall matrix with a narrow one, which are nearly all of the work of a factorisation.
//!
//! With `X` a block of rows of the matricised tensor and `width` columns (the rank, padded), [`right_product`] is
//! `P = X K` and [`left_product`] `Q += X' L`. `X` is read once, in the order in which it lies in memory, and never
//! copied: a row tile of `X` meets a panel of `K` or `Q` that stays in the cache, every entry is broadcast to a
//! vector of components. Sums within a panel are taken in the precision of `X`, over panels in 64 bits.

mod left;
mod right;

pub(crate) use left::left_product;
pub(crate) use right::right_product;

/// Widths of the narrow matrix are multiples of this: the widest vector of `f32`.
const LANES: usize = 8;
/// Columns of `X` for which a panel of the narrow matrix is kept in the cache.
const PANEL: usize = 2048;
/// Rows of `X` that meet a panel before the next one is taken.
const BLOCK: usize = 96;

/// The width of a matrix of `rank` columns once it is padded with zeros.
pub(crate) fn padded(rank: usize) -> usize {
    rank.next_multiple_of(LANES)
}
