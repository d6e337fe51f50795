//! How often any two things are in one group.

use rayon::prelude::*;

/// Posterior similarity of n things: the share of draws in which each pair is in one group. Only pairs are stored,
/// 4 bytes each; draws are not.
#[derive(Clone, Debug, PartialEq)]
pub struct Similarity {
    n_things: usize,
    n_draws: u32,
    /// Of pairs i < j, row by row.
    together: Vec<u32>,
}

impl Similarity {
    /// Counts pairs over `draws`, each of them the group of every one of `n_things` things.
    pub fn of(draws: &[Vec<u16>], n_things: usize) -> Self {
        let mut together = vec![0; n_things * n_things.saturating_sub(1) / 2];
        rows_of(&mut together, n_things).into_par_iter().enumerate().for_each(|(thing, row)| {
            for draw in draws {
                let Some((group, others)) = draw.get(thing..).and_then(<[u16]>::split_first) else {
                    continue;
                };
                row.iter_mut().zip(others).for_each(|(count, other)| *count += u32::from(other == group));
            }
        });
        Self { n_things, n_draws: draws.len() as u32, together }
    }

    /// Number of things, n.
    pub fn n_things(&self) -> usize {
        self.n_things
    }

    /// Share of the draws in which `i` and `j` are in one group; 1 for a thing with itself.
    pub fn probability(&self, i: usize, j: usize) -> f64 {
        let (first, second) = (i.min(j), i.max(j));
        if first == second {
            return 1.0;
        }
        let before = first * (2 * self.n_things - first - 1) / 2;
        let count = self.together.get(before + second - first - 1).copied().unwrap_or(0);
        f64::from(count) / f64::from(self.n_draws.max(1))
    }

    /// Similarities of `i` with all things, `[n]`.
    pub fn row(&self, i: usize) -> Vec<f64> {
        (0..self.n_things).map(|j| self.probability(i, j)).collect()
    }

    /// Calls `with(j, p)` for all `j > i`.
    pub(crate) fn for_later(&self, i: usize, mut with: impl FnMut(usize, f64)) {
        let start = i * (2 * self.n_things - i - 1) / 2;
        let scale = 1.0 / f64::from(self.n_draws.max(1));
        let length = self.n_things - i - 1;
        let row = self.together.get(start..start + length).unwrap_or_default();
        row.iter().zip(i + 1..).for_each(|(&count, j)| with(j, f64::from(count) * scale));
    }
}

/// The rows of the triangle: that of thing i has the n - i - 1 things behind it.
fn rows_of(triangle: &mut [u32], n_things: usize) -> Vec<&mut [u32]> {
    let mut rest = triangle;
    let mut rows = Vec::with_capacity(n_things);
    for thing in 0..n_things {
        let (row, behind) = rest.split_at_mut(n_things - thing - 1);
        rows.push(row);
        rest = behind;
    }
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn similarity_is_the_share_of_draws_together(
            draws in prop::collection::vec(prop::collection::vec(0_u16..4, 7), 1..20),
        ) {
            let found = Similarity::of(&draws, 7);
            for i in 0..7 {
                let mut later = [f64::NAN; 7];
                found.for_later(i, |j, p| later[j] = p);
                for j in 0..7 {
                    let together = draws.iter().filter(|draw| draw[i] == draw[j]).count();
                    let expected = together as f64 / draws.len() as f64;
                    prop_assert!((found.probability(i, j) - expected).abs() < 1e-15);
                    prop_assert!((found.row(i)[j] - expected).abs() < 1e-15);
                    prop_assert!(j <= i || (later[j] - expected).abs() < 1e-15);
                }
            }
        }
    }

    #[test]
    fn nothing_has_no_pairs() {
        assert_eq!(Similarity::of(&[], 0).n_things(), 0);
        assert_eq!(Similarity::of(&[], 2).probability(0, 1), 0.0);
    }
}
