//! The two products of a tall matrix with a narrow one, which are nearly all of the work of a factorisation.
//!
//! With `X` a block of rows of the matricised tensor and `width` columns (the rank, padded), [`right_product`] is
//! `P = X K` and [`LeftSum`] adds up `X' L`. `X` is read once, in the order in which it lies in memory, and never
//! copied: a tile of rows of `X` meets a panel of `K` or of the sum that stays in the cache, every entry is broadcast to a
//! group of components. Sums within a panel are taken in the precision of `X`, over panels in 64 bits.

mod groups;
mod left;
mod right;

pub(crate) use groups::padded;
pub(crate) use left::LeftSum;
pub(crate) use right::right_product;

/// Columns of `X` for which a panel of the narrow matrix is kept in the cache.
const PANEL: usize = 2048;
/// Rows of `X` that meet a panel before the next one is taken.
const BLOCK: usize = 96;
