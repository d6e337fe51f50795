//! How far two partitions of the same things agree.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::assignment;

/// How many things every pair of groups of two partitions shares, and what follows of it.
///
/// ```
/// use neuroloom_math::Contingency;
///
/// let same = Contingency::new(&["a", "a", "b"], &[7, 7, 3]);
/// assert_eq!((same.adjusted_rand_index(), same.overlap()), (1.0, 1.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Contingency {
    n_things: f64,
    rows: Vec<f64>,
    columns: Vec<f64>,
    cells: BTreeMap<(usize, usize), f64>,
}

impl Contingency {
    /// Of the groups `a` and `b` of the same things, a label per thing each; labels are names. Where one is longer, its
    /// rest does not count.
    pub fn new<A: Ord, B: Ord>(a: &[A], b: &[B]) -> Self {
        let n = a.len().min(b.len());
        let (a, n_rows) = numbered(a.iter().take(n));
        let (b, n_columns) = numbered(b.iter().take(n));
        let (mut rows, mut columns) = (vec![0.0; n_rows], vec![0.0; n_columns]);
        let mut cells = BTreeMap::new();
        for (&row, &column) in a.iter().zip(&b) {
            rows[row] += 1.0;
            columns[column] += 1.0;
            *cells.entry((row, column)).or_insert(0.0) += 1.0;
        }
        Self { n_things: n as f64, rows, columns, cells }
    }

    /// Rand index adjusted for chance (Hubert and Arabie 1985): 1 for the same partition, 0 on average for random ones of
    /// these sizes.
    pub fn adjusted_rand_index(&self) -> f64 {
        let pairs = |size: &f64| size * (size - 1.0) / 2.0;
        let both: f64 = self.cells.values().map(pairs).sum();
        let (in_rows, in_columns): (f64, f64) =
            (self.rows.iter().map(pairs).sum(), self.columns.iter().map(pairs).sum());
        let all = pairs(&self.n_things);
        let expected = if all > 0.0 { in_rows * in_columns / all } else { 0.0 };
        let most = (in_rows + in_columns) / 2.0;
        // Both are one group, or both are all things apart.
        if most == expected { 1.0 } else { (both - expected) / (most - expected) }
    }

    /// Normalised mutual information, `2 I(a; b) / (H(a) + H(b))`, from 0 to 1. Two partitions of one group each agree.
    pub fn normalised_mutual_information(&self) -> f64 {
        let entropies = self.entropy(&self.rows) + self.entropy(&self.columns);
        if entropies <= 0.0 {
            return 1.0;
        }
        (2.0 * self.mutual_information() / entropies).clamp(0.0, 1.0)
    }

    /// Mutual information adjusted for chance (Vinh, Epps and Bailey 2010), over the mean of the entropies: 1 for the
    /// same partition, 0 on average for random ones of these sizes.
    pub fn adjusted_mutual_information(&self) -> f64 {
        let groups = (self.rows.len(), self.columns.len());
        let apart = self.n_things as usize;
        if groups == (apart, apart) || (groups.0 <= 1 && groups.1 <= 1) {
            return 1.0;
        }
        let expected = self.expected_information();
        let most = (self.entropy(&self.rows) + self.entropy(&self.columns)) / 2.0;
        let room = most - expected;
        let room = if room < 0.0 { room.min(-f64::EPSILON) } else { room.max(f64::EPSILON) };
        (self.mutual_information() - expected) / room
    }

    /// Variation of information, `H(a) + H(b) - 2 I(a; b)`, in nats (Meila 2007): 0 for the same partition.
    pub fn variation_of_information(&self) -> f64 {
        let entropies = self.entropy(&self.rows) + self.entropy(&self.columns);
        (entropies - 2.0 * self.mutual_information()).max(0.0)
    }

    /// Share of the things in matched groups, under the matching of groups one to one that makes it largest.
    pub fn overlap(&self) -> f64 {
        let mut cost = Array2::zeros((self.rows.len(), self.columns.len()));
        self.cells.iter().for_each(|(&cell, &both)| cost[cell] = -both);
        let matched = assignment(cost.view());
        let shared = matched.into_iter().enumerate().filter_map(|cell| self.cells.get(&cell));
        shared.sum::<f64>() / self.n_things
    }

    fn entropy(&self, sizes: &[f64]) -> f64 {
        let shares = sizes.iter().map(|size| size / self.n_things);
        shares.map(|share| -share * share.ln()).sum()
    }

    fn mutual_information(&self) -> f64 {
        let information = |(&(row, column), &both): (&(usize, usize), &f64)| {
            both / self.n_things * (both * self.n_things / (self.rows[row] * self.columns[column])).ln()
        };
        self.cells.iter().map(information).sum()
    }

    /// Mutual information of random partitions of these sizes, on average: the number that two groups share is
    /// hypergeometric.
    fn expected_information(&self) -> f64 {
        let n = self.n_things as usize;
        let mut log_factorials = vec![0.0; n + 1];
        for k in 1..=n {
            log_factorials[k] = log_factorials[k - 1] + (k as f64).ln();
        }
        let mut expected = 0.0;
        for a in self.rows.iter().map(|&size| size as usize) {
            for b in self.columns.iter().map(|&size| size as usize) {
                let fixed =
                    log_factorials[a] + log_factorials[b] + log_factorials[n - a] + log_factorials[n - b]
                        - log_factorials[n];
                for both in (a + b).saturating_sub(n).max(1)..=a.min(b) {
                    let log_probability = fixed
                        - log_factorials[both]
                        - log_factorials[a - both]
                        - log_factorials[b - both]
                        - log_factorials[n + both - a - b];
                    let ratio = n as f64 * both as f64 / (a as f64 * b as f64);
                    expected += both as f64 / n as f64 * ratio.ln() * log_probability.exp();
                }
            }
        }
        expected
    }
}

/// Labels as numbers from 0, and how many there are.
fn numbered<'a, L: Ord + 'a>(labels: impl Iterator<Item = &'a L>) -> (Vec<usize>, usize) {
    let mut numbers = BTreeMap::new();
    let number = |label: &'a L| {
        let next = numbers.len();
        *numbers.entry(label).or_insert(next)
    };
    let numbered = labels.map(number).collect();
    (numbered, numbers.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: [u32; 10] = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2];
    const TRUTH: [u32; 10] = [0, 0, 1, 1, 1, 2, 2, 2, 2, 0];

    #[test]
    fn agreement_is_that_of_scikit_learn() {
        let table = Contingency::new(&FOUND, &TRUTH);
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
        close(table.adjusted_rand_index(), 0.204_545_454_545_454_56);
        close(table.normalised_mutual_information(), 0.442_701_283_346_05);
        close(table.adjusted_mutual_information(), 0.237_288_777_701_335_58);
    }

    #[test]
    fn one_group_tells_nothing_of_two() {
        let table = Contingency::new(&[0; 4], &[0, 0, 1, 1]);
        assert_eq!((table.adjusted_rand_index(), table.overlap()), (0.0, 0.5));
        assert!(table.adjusted_mutual_information().abs() < 1e-12);
    }

    #[test]
    fn variation_of_information_is_a_distance() {
        let a = Contingency::new(&[0, 0, 1, 1], &[0, 1, 0, 1]);
        assert!((a.variation_of_information() - 4.0_f64.ln()).abs() < 1e-12);
        assert_eq!(Contingency::new(&FOUND, &FOUND).variation_of_information(), 0.0);
        assert_eq!(Contingency::new(&[1, 2, 3], &[7, 8, 9]).adjusted_mutual_information(), 1.0);
        assert_eq!(Contingency::new(&[1, 1, 1], &[7, 7, 7]).adjusted_mutual_information(), 1.0);
    }
}
