//! How far two ways of sorting the same neurons agree.

use std::collections::BTreeMap;

/// Agreement of clusters with types, or of two sets of clusters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Rand index adjusted for chance (Hubert and Arabie 1985).
    pub ari: f64,
    /// Mutual information adjusted for chance, over the mean of both entropies (Vinh, Epps and Bailey 2010).
    pub ami: f64,
    /// Share of the neurons that are of the most frequent type of their cluster.
    pub purity: f64,
}

/// Compares the clusters `found` with `truth`, a number per neuron each. None where lengths differ or there is no neuron.
///
/// ```
/// let agreement = neuroloom_mds::agreement(&[0, 0, 1, 1], &[5, 5, 2, 2]).unwrap();
/// assert_eq!((agreement.ari, agreement.purity), (1.0, 1.0));
/// ```
pub fn agreement(found: &[usize], truth: &[usize]) -> Option<Agreement> {
    let small = |labels: &[usize]| labels.iter().map(|&label| label as u32).collect::<Vec<u32>>();
    let ari = neuroloom_community::score(&small(found), &small(truth))?.ari;
    let table = Contingency::new(found, truth);
    Some(Agreement { ari, ami: table.ami(), purity: table.purity() })
}

struct Contingency {
    n: usize,
    rows: BTreeMap<usize, usize>,
    columns: BTreeMap<usize, usize>,
    cells: BTreeMap<(usize, usize), usize>,
}

impl Contingency {
    fn new(a: &[usize], b: &[usize]) -> Self {
        let (mut rows, mut columns, mut cells) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (&row, &column) in a.iter().zip(b) {
            *rows.entry(row).or_insert(0) += 1;
            *columns.entry(column).or_insert(0) += 1;
            *cells.entry((row, column)).or_insert(0) += 1;
        }
        Self { n: a.len(), rows, columns, cells }
    }

    fn purity(&self) -> f64 {
        let mut most = BTreeMap::new();
        for (&(row, _), &count) in &self.cells {
            let best = most.entry(row).or_insert(0);
            *best = count.max(*best);
        }
        most.values().sum::<usize>() as f64 / self.n as f64
    }

    fn ami(&self) -> f64 {
        let entropy = |sizes: &BTreeMap<usize, usize>| -> f64 {
            sizes.values().map(|&size| -share(size, self.n) * share(size, self.n).ln()).sum()
        };
        let mean = f64::midpoint(entropy(&self.rows), entropy(&self.columns));
        let expected = self.expected_information();
        if mean - expected == 0.0 {
            return 1.0;
        }
        (self.information() - expected) / (mean - expected)
    }

    fn information(&self) -> f64 {
        let term = |(&(row, column), &both): (&(usize, usize), &usize)| {
            let apart = (self.rows[&row] * self.columns[&column]) as f64;
            share(both, self.n) * (both as f64 * self.n as f64 / apart).ln()
        };
        self.cells.iter().map(term).sum()
    }

    /// Mutual information of random partitions with these sizes.
    fn expected_information(&self) -> f64 {
        let log = log_factorials(self.n);
        let mut total = 0.0;
        for &a in self.rows.values() {
            for &b in self.columns.values() {
                for both in (a + b).saturating_sub(self.n).max(1)..=a.min(b) {
                    let gain =
                        share(both, self.n) * (self.n as f64 * both as f64 / (a as f64 * b as f64)).ln();
                    let log_probability = log[a] + log[b] + log[self.n - a] + log[self.n - b]
                        - log[self.n]
                        - log[both]
                        - log[a - both]
                        - log[b - both]
                        - log[self.n + both - a - b];
                    total += gain * log_probability.exp();
                }
            }
        }
        total
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// `ln k!` for k up to `n`.
fn log_factorials(n: usize) -> Vec<f64> {
    let mut log = vec![0.0];
    let mut sum = 0.0;
    for k in 1..=n {
        sum += (k as f64).ln();
        log.push(sum);
    }
    log
}
