//! What every cluster responds to the stimuli of all.

use crate::real::Real;

/// Responses below this are no measure.
const SMALLEST: f64 = 1e-8;

/// Mean responses of clusters of neurons to the stimuli of all clusters.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion {
    /// `[stimulus][cluster of neurons]`; not a number for a cluster without neurons.
    pub means: Vec<Vec<f64>>,
    /// Neurons of every cluster.
    pub sizes: Vec<usize>,
}

impl Confusion {
    /// Of the responses `[stimulus][neuron]` of neurons with `labels` below the number of stimuli.
    pub fn new<F: Real>(responses: &[Vec<F>], labels: &[usize]) -> Self {
        let k = responses.len();
        let mut sizes = vec![0; k];
        labels.iter().filter(|label| **label < k).for_each(|&label| sizes[label] += 1);
        let row = |responses: &Vec<F>| {
            let mut sums = vec![0.0; k];
            for (response, &label) in responses.iter().zip(labels).filter(|(_, label)| **label < k) {
                sums[label] += response.double();
            }
            sums.iter().zip(&sizes).map(|(sum, &size)| sum / size as f64).collect()
        };
        Self { means: responses.iter().map(row).collect(), sizes }
    }

    /// The mean over that of the neurons to their own stimulus.
    pub fn normalised(&self, stimulus: usize, cluster: usize) -> f64 {
        self.means[stimulus][cluster] / self.means[cluster][cluster].max(SMALLEST)
    }
}
