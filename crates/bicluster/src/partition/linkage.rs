//! Average linkage: groups by the mean dissimilarity of their members.

use crate::Similarity;

/// Which groups are joined, from the nearest to the farthest.
pub(super) struct Tree {
    n_things: usize,
    /// Two things, one of each group, and the height at which their groups are joined; ascending.
    joins: Vec<(usize, usize, f64)>,
}

/// Average linkage on 1 - similarity, by chains of nearest neighbours (Murtagh 1983): O(n²).
pub(super) fn average_linkage(similarity: &Similarity) -> Tree {
    let n = similarity.n_things();
    let mut distances = Distances::new(similarity);
    let mut sizes = vec![1.0_f64; n];
    let mut joins = Vec::with_capacity(n.saturating_sub(1));
    let mut chain: Vec<usize> = Vec::new();
    while joins.len() + 1 < n {
        if chain.is_empty() {
            chain.extend(sizes.iter().position(|&size| size > 0.0));
        }
        let Some(&last) = chain.last() else { break };
        let before = chain.len().checked_sub(2).map(|place| chain[place]);
        let (nearest, distance) = distances.nearest(last, before, &sizes);
        if Some(nearest) == before {
            chain.truncate(chain.len() - 2);
            joins.push((last.min(nearest), last.max(nearest), distance));
            distances.join(last.min(nearest), last.max(nearest), &mut sizes);
        } else {
            chain.push(nearest);
        }
    }
    joins.sort_by(|a, b| a.2.total_cmp(&b.2));
    Tree { n_things: n, joins }
}

impl Tree {
    /// The group of every thing when `n_groups` are left.
    pub(super) fn cut(&self, n_groups: usize) -> Vec<usize> {
        let mut parents: Vec<usize> = (0..self.n_things).collect();
        let n_joins = self.n_things.saturating_sub(n_groups);
        for &(a, b, _) in self.joins.iter().take(n_joins) {
            let (a, b) = (root(&mut parents, a), root(&mut parents, b));
            parents[a.max(b)] = a.min(b);
        }
        (0..self.n_things).map(|thing| root(&mut parents, thing)).collect()
    }
}

fn root(parents: &mut [usize], thing: usize) -> usize {
    let mut at = thing;
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

/// Mean dissimilarities of groups, each kept at the place of one of its members.
struct Distances {
    n: usize,
    values: Vec<f32>,
}

impl Distances {
    fn new(similarity: &Similarity) -> Self {
        let n = similarity.n_things();
        let mut values = vec![0.0; n * n];
        for i in 0..n {
            similarity.for_later(i, |j, p| {
                values[i * n + j] = 1.0 - p as f32;
                values[j * n + i] = 1.0 - p as f32;
            });
        }
        Self { n, values }
    }

    fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.n..(i + 1) * self.n]
    }

    /// The group nearest to `of`; where several are, the one `before` it in the chain, else the first.
    fn nearest(&self, of: usize, before: Option<usize>, sizes: &[f64]) -> (usize, f64) {
        let row = self.row(of);
        let mut best = before.map_or((usize::MAX, f32::INFINITY), |place| (place, row[place]));
        for (place, (&distance, &size)) in row.iter().zip(sizes).enumerate() {
            if size > 0.0 && place != of && (distance < best.1 || best.0 == usize::MAX) {
                best = (place, distance);
            }
        }
        (best.0, f64::from(best.1))
    }

    /// Joins `b` to `a`, which stands for both from now on.
    fn join(&mut self, a: usize, b: usize, sizes: &mut [f64]) {
        let (of_a, of_b) = (sizes[a], sizes[b]);
        let share = (of_a / (of_a + of_b)) as f32;
        for other in 0..self.n {
            let mean =
                share * self.values[a * self.n + other] + (1.0 - share) * self.values[b * self.n + other];
            self.values[a * self.n + other] = mean;
            self.values[other * self.n + a] = mean;
        }
        sizes[a] = of_a + of_b;
        sizes[b] = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_cut_apart() {
        let draws = vec![vec![0, 0, 0, 1, 1, 2], vec![0, 0, 0, 1, 1, 1], vec![0, 0, 1, 2, 2, 2]];
        let tree = average_linkage(&Similarity::of(&draws, 6));
        assert_eq!(tree.cut(1), [0; 6]);
        assert_eq!(tree.cut(2), [0, 0, 0, 3, 3, 3]);
        assert_eq!(tree.cut(6), [0, 1, 2, 3, 4, 5]);
        // Distances: 2 is 1/3 from 0 and 1; 5 is 1/3 from 3 and 4; {0,1,2} is 1 from the rest.
        let heights: Vec<f64> = tree.joins.iter().map(|join| join.2).collect();
        let expected = [0.0, 0.0, 1.0 / 3.0, 1.0 / 3.0, 1.0];
        assert!(heights.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{heights:?}");
    }

    #[test]
    fn one_thing_is_a_group() {
        assert_eq!(average_linkage(&Similarity::of(&[vec![0]], 1)).cut(1), [0]);
    }
}
