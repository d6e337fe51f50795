use super::Multiplicities;
use crate::n_pairs;

/// The pairs of conditions in a sample, with their weights `w_i w_j`.
#[derive(Clone, Debug)]
pub(super) struct PairSample {
    /// Multiplicity of every condition.
    pub conditions: Multiplicities,
    /// Places of the conditions that are present, ascending.
    pub present: Vec<usize>,
    /// Places of the pairs of different conditions that are present, ascending.
    pub kept: Vec<u32>,
    /// Their weights.
    pub weights: Vec<u32>,
    /// Sum of the weights: pairs of the explicitly resampled RDM.
    pub total: u64,
}

impl PairSample {
    pub(super) fn new(conditions: Multiplicities) -> Self {
        let n = conditions.counts().len();
        let present = conditions.present();
        let n_kept = n_pairs(present.len());
        let (mut kept, mut weights) = (Vec::with_capacity(n_kept), Vec::with_capacity(n_kept));
        for (place, &i) in present.iter().enumerate() {
            let row = row_start(n, i);
            for &j in &present[place + 1..] {
                kept.push((row + j - i - 1) as u32);
                weights.push(conditions.counts()[i] * conditions.counts()[j]);
            }
        }
        let total = weights.iter().map(|&weight| u64::from(weight)).sum();
        Self { conditions, present, kept, weights, total }
    }

    /// The weights of all pairs, most of them 0.
    pub(super) fn dense_weights(&self, n_pairs: usize) -> Vec<u32> {
        let mut weights = vec![0; n_pairs];
        for (&pair, &weight) in self.kept.iter().zip(&self.weights) {
            weights[pair as usize] = weight;
        }
        weights
    }

    /// Fewer conditions than a similarity needs.
    pub(super) fn is_too_small(&self) -> bool {
        self.present.len() < 3
    }
}

/// Place of the pair (i, i + 1).
pub(super) fn row_start(n: usize, i: usize) -> usize {
    i * (2 * n - i - 1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairs;

    #[test]
    fn kept_pairs_have_the_product_of_multiplicities() {
        let counts = [2, 0, 1, 3];
        let sample = PairSample::new(Multiplicities::count([0, 0, 2, 3, 3, 3], 4));
        let expected: Vec<(u32, u32)> = pairs(4)
            .enumerate()
            .map(|(place, (i, j))| (place as u32, counts[i] * counts[j]))
            .filter(|(_, weight)| *weight > 0)
            .collect();
        let found: Vec<(u32, u32)> = sample.kept.into_iter().zip(sample.weights).collect();
        assert_eq!(found, expected);
        assert_eq!(sample.total, 2 + 6 + 3);
    }
}
