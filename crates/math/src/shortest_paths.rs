//! Shortest paths between all nodes of an undirected graph.
//!
//! Floyd & Warshall in blocks of pivots, over the upper triangle alone. With the distances `R_b` from the pivots of a
//! block to all nodes, closed within the block, all its pivots are met in one pass:
//! `d_ij = min(d_ij, min_b R_b[i] + R_b[j])`.

use pulp::{Arch, Simd, WithSimd};

/// Pivots of a block, and nodes that rows are padded to a multiple of: a multiple of the widest vector.
const BLOCK: usize = 8;

/// Lengths of the shortest paths between all pairs of `n_nodes` nodes: `edges` holds the weights of the pairs `i < j`,
/// row-major, none below 0 and infinity where there is no edge; so does the result, with infinity where no path leads.
/// O(n³ / 2).
///
/// ```
/// let no_edge = f64::INFINITY;
/// assert_eq!(neuroloom_math::shortest_paths(3, &[1.0, no_edge, 0.5]), [1.0, 1.5, 0.5]);
/// ```
///
/// # Panics
/// When there are not `n_nodes (n_nodes - 1) / 2` edges.
pub fn shortest_paths(n_nodes: usize, edges: &[f64]) -> Vec<f64> {
    assert_eq!(edges.len(), n_nodes * n_nodes.saturating_sub(1) / 2, "edges of {n_nodes} nodes");
    let mut distances = Distances::new(n_nodes, edges);
    Arch::new().dispatch(AllPivots(&mut distances));
    distances.upper_triangle()
}

/// Padded rows of the matrix. Blocks of columns left of the diagonal are never looked at, those on it are whole.
struct Distances {
    n_nodes: usize,
    stride: usize,
    rows: Vec<f64>,
}

impl Distances {
    fn new(n_nodes: usize, edges: &[f64]) -> Self {
        let stride = n_nodes.next_multiple_of(BLOCK);
        let mut rows = vec![f64::INFINITY; n_nodes * stride];
        let mut rest = edges;
        for (i, row) in rows.chunks_exact_mut(stride.max(1)).enumerate() {
            let (of_row, others) = rest.split_at(n_nodes - i - 1);
            row[i] = 0.0;
            row[i + 1..n_nodes].copy_from_slice(of_row);
            rest = others;
        }
        let mut distances = Self { n_nodes, stride, rows };
        distances.mirror_diagonal_blocks();
        distances
    }

    fn mirror_diagonal_blocks(&mut self) {
        for i in 0..self.n_nodes {
            for j in i + 1..self.n_nodes.min((i / BLOCK + 1) * BLOCK) {
                self.rows[j * self.stride + i] = self.rows[i * self.stride + j];
            }
        }
    }

    fn upper_triangle(&self) -> Vec<f64> {
        let mut triangle = Vec::with_capacity(self.n_nodes * self.n_nodes.saturating_sub(1) / 2);
        for (i, row) in self.rows.chunks_exact(self.stride.max(1)).enumerate() {
            triangle.extend_from_slice(&row[i + 1..self.n_nodes]);
        }
        triangle
    }

    /// Distances of the pivots from `first` on to all nodes, as far as earlier blocks know them.
    #[inline(always)]
    fn pivots(&self, first: usize, pivots: &mut [Vec<f64>; BLOCK]) {
        for node in 0..first {
            let row = &self.rows[node * self.stride + first..];
            for (pivot, &distance) in pivots.iter_mut().zip(row) {
                pivot[node] = distance;
            }
        }
        for (i, pivot) in pivots.iter_mut().enumerate() {
            let node = first + i;
            match node < self.n_nodes {
                true => pivot[first..].copy_from_slice(&self.rows[node * self.stride..][first..self.stride]),
                false => pivot.fill(f64::INFINITY),
            }
        }
    }

    /// Lets all paths lead through the pivots.
    #[inline(always)]
    fn relax<S: Simd>(&mut self, simd: S, pivots: &[Vec<f64>; BLOCK]) {
        for (i, row) in self.rows.chunks_exact_mut(self.stride).enumerate() {
            let mut nearest = f64::INFINITY;
            for pivot in pivots {
                nearest = nearest.min(pivot[i]);
            }
            if nearest == f64::INFINITY {
                continue;
            }
            let first = i / BLOCK * BLOCK;
            let row = S::as_mut_simd_f64s(&mut row[first..]).0;
            let mut to_pivots = [simd.splat_f64s(0.0); BLOCK];
            let mut from_pivots: [&[S::f64s]; BLOCK] = [&[]; BLOCK];
            for b in 0..BLOCK {
                to_pivots[b] = simd.splat_f64s(pivots[b][i]);
                from_pivots[b] = &S::as_simd_f64s(&pivots[b][first..]).0[..row.len()];
            }
            for v in 0..row.len() {
                let mut shortest = row[v];
                for b in 0..BLOCK {
                    shortest = simd.min_f64s(shortest, simd.add_f64s(to_pivots[b], from_pivots[b][v]));
                }
                row[v] = shortest;
            }
        }
    }
}

/// Lets the paths between the pivots from `first` on lead through one another.
#[inline(always)]
fn close<S: Simd>(simd: S, first: usize, pivots: &mut [Vec<f64>; BLOCK], through: &mut [f64]) {
    for i in 0..BLOCK {
        through.copy_from_slice(&pivots[i]);
        let others = S::as_simd_f64s(through).0;
        for pivot in pivots.iter_mut() {
            let to_other = simd.splat_f64s(pivot[first + i]);
            let pivot = S::as_mut_simd_f64s(pivot).0;
            for v in 0..others.len() {
                pivot[v] = simd.min_f64s(pivot[v], simd.add_f64s(to_other, others[v]));
            }
        }
    }
}

/// All blocks of pivots in order.
struct AllPivots<'a>(&'a mut Distances);

impl WithSimd for AllPivots<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self(distances) = self;
        let mut pivots: [Vec<f64>; BLOCK] = std::array::from_fn(|_| vec![f64::INFINITY; distances.stride]);
        let mut through = vec![f64::INFINITY; distances.stride];
        for first in (0..distances.n_nodes).step_by(BLOCK) {
            distances.pivots(first, &mut pivots);
            close(simd, first, &mut pivots, &mut through);
            distances.relax(simd, &pivots);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Floyd & Warshall, as it is written down.
    fn by_definition(n: usize, edges: &[f64]) -> Vec<f64> {
        let mut d = vec![vec![0.0; n]; n];
        let pairs = || (0..n).flat_map(move |i| (i + 1..n).map(move |j| (i, j)));
        for ((i, j), &weight) in pairs().zip(edges) {
            d[i][j] = weight;
            d[j][i] = weight;
        }
        for k in 0..n {
            for i in 0..n {
                for j in 0..n {
                    d[i][j] = f64::min(d[i][j], d[i][k] + d[k][j]);
                }
            }
        }
        pairs().map(|(i, j)| d[i][j]).collect()
    }

    proptest! {
        #[test]
        fn blocks_equal_the_definition(
            n in 1_usize..40, keep in 0.0_f64..1.0, draws in prop::collection::vec((0_u32..64, 0.0_f64..1.0), 780),
        ) {
            let edge = |&(weight, kept): &(u32, f64)| if kept < keep { f64::from(weight) } else { f64::INFINITY };
            let edges: Vec<f64> = draws[..n * (n - 1) / 2].iter().map(edge).collect();
            prop_assert_eq!(shortest_paths(n, &edges), by_definition(n, &edges));
        }
    }

    #[test]
    fn no_node_and_no_edge_have_no_path() {
        assert!(shortest_paths(0, &[]).is_empty());
        assert_eq!(shortest_paths(3, &[f64::INFINITY; 3]), [f64::INFINITY; 3]);
    }
}
