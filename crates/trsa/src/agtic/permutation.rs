//! Conditions in a random order.

use ndarray::Array2;
use neuroloom_core::Seed;
use rand::RngExt;

use crate::{n_pairs, pairs};

/// Permutation number `index` of `n` conditions (Fisher & Yates); the same for every pair of RDMs.
pub(super) fn permutation(seed: Seed, index: usize, n: usize) -> Vec<usize> {
    let mut rng = seed.child_index(index as u64).rng();
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
    order
}

/// Features `[n_cells, n_pairs + n_conditions]` of matrices whose conditions are in the order `order`.
pub(super) fn permuted(features: &Array2<f64>, order: &[usize]) -> Array2<f64> {
    let n = order.len();
    let place = |i: usize, j: usize| {
        let (i, j) = (i.min(j), i.max(j));
        i * (2 * n - i - 1) / 2 + j - i - 1
    };
    let off_diagonal = pairs(n).map(|(i, j)| place(order[i], order[j]));
    let places: Vec<usize> = off_diagonal.chain(order.iter().map(|&i| n_pairs(n) + i)).collect();
    let mut permuted = Array2::zeros(features.dim());
    for (mut target, row) in permuted.outer_iter_mut().zip(features.outer_iter()) {
        target.iter_mut().zip(&places).for_each(|(target, &place)| *target = row[place]);
    }
    permuted
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn entries_move_with_their_conditions() {
        // d01 d02 d12, then the diagonal
        let features = array![[1.0, 2.0, 12.0, 100.0, 101.0, 102.0]];
        let found = permuted(&features, &[2, 0, 1]);
        assert_eq!(found, array![[2.0, 12.0, 1.0, 102.0, 100.0, 101.0]]);
    }

    #[test]
    fn permutations_are_told_by_their_number() {
        let seed = Seed::root(1);
        let first = permutation(seed, 0, 20);
        assert_eq!(first, permutation(seed, 0, 20));
        assert_ne!(first, permutation(seed, 1, 20));
        let mut sorted = first;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..20).collect::<Vec<_>>());
    }
}
