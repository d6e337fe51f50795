//! Groups of components that a kernel takes at once: 16, and 8 at the end.

use std::ops::Range;

/// Components of a group; half of it for the last one.
const GROUP: usize = 16;

/// The width of a matrix of `rank` columns once it is padded with zeros.
pub(crate) fn padded(rank: usize) -> usize {
    rank.next_multiple_of(GROUP / 2)
}

/// The groups of a matrix of `width` columns, in order.
pub(super) fn groups(width: usize) -> impl Iterator<Item = Range<usize>> {
    (0..width).step_by(GROUP).map(move |first| first..width.min(first + GROUP))
}

/// Where a group stands in a matrix of `n_rows` rows that is laid out group after group, each row by row.
pub(super) fn place(n_rows: usize, group: &Range<usize>) -> Range<usize> {
    n_rows * group.start..n_rows * group.end
}

/// A row-major matrix `[n_rows, width]`, laid out group after group.
pub(super) fn grouped<T: Copy>(matrix: &[T], width: usize) -> Vec<T> {
    let mut grouped = Vec::with_capacity(matrix.len());
    for group in groups(width) {
        for row in matrix.chunks_exact(width) {
            grouped.extend_from_slice(&row[group.clone()]);
        }
    }
    grouped
}
