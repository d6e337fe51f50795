//! Neurons in clusters.

use serde::{Deserialize, Serialize};

/// A partition of neurons into clusters 0 to `K - 1`, none of them empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    labels: Vec<usize>,
    sizes: Vec<usize>,
}

impl Groups {
    /// Clusters by a number per neuron. Numbers without a neuron are left out, the order of the others is kept.
    pub fn new(labels: &[usize]) -> Self {
        Self::with_kept(labels).0
    }

    /// The same, with the number that every cluster had before.
    pub(crate) fn with_kept(labels: &[usize]) -> (Self, Vec<usize>) {
        let mut kept = labels.to_vec();
        kept.sort_unstable();
        kept.dedup();
        let labels: Vec<usize> =
            labels.iter().map(|label| kept.binary_search(label).unwrap_or_default()).collect();
        let mut sizes = vec![0; kept.len()];
        labels.iter().for_each(|&label| sizes[label] += 1);
        (Self { labels, sizes }, kept)
    }

    /// The cluster of every neuron.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// Neurons of every cluster.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// Number of clusters.
    pub fn k(&self) -> usize {
        self.sizes.len()
    }

    /// The neurons of a cluster.
    pub fn members(&self, cluster: usize) -> Vec<usize> {
        (0..self.labels.len()).filter(|&unit| self.labels[unit] == cluster).collect()
    }

    /// Neurons that are in another cluster of `other`.
    pub fn changed(&self, other: &Self) -> usize {
        self.labels.iter().zip(&other.labels).filter(|(a, b)| a != b).count()
    }
}
