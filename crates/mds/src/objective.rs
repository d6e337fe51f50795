//! How well a stimulus tells a cluster from the others (Burg et al. 2024).

use crate::gain::Gains;
use crate::groups::Groups;
use crate::real::Real;

/// `J_c(s) = m_c/tau - ln sum_k exp(m_k/tau) + ln K`, where `m_k` is the mean normalised response of cluster `k`.
#[derive(Clone, Debug)]
pub struct Objective {
    tau: f64,
    labels: Vec<usize>,
    sizes: Vec<f64>,
    subtract: Vec<f64>,
    factor: Vec<f64>,
}

/// The objective of one stimulus, and its derivative with respect to the mean of every cluster.
struct Softmax {
    objective: f64,
    /// `(1[k = c] - softmax_k) / (tau |G_k|)`.
    slopes: Vec<f64>,
}

impl Objective {
    /// The objective for clusters of neurons with their gains, at temperature `tau`.
    pub fn new(groups: &Groups, gains: &Gains, tau: f64) -> Self {
        Self {
            tau,
            labels: groups.labels().to_vec(),
            sizes: groups.sizes().iter().map(|&size| size as f64).collect(),
            subtract: gains.subtract().to_vec(),
            factor: gains.factors(),
        }
    }

    /// `J` of a stimulus for cluster `target` by the responses of all neurons to it, nat; at most `ln K`.
    pub fn value<F: Real>(&self, target: usize, responses: &[F]) -> f64 {
        self.softmax(target, responses).objective
    }

    /// The same, with its gradient with respect to the responses.
    pub fn gradient<F: Real>(&self, target: usize, responses: &[F], gradient: &mut [F]) -> f64 {
        let Softmax { objective, slopes } = self.softmax(target, responses);
        for ((out, &label), factor) in gradient.iter_mut().zip(&self.labels).zip(&self.factor) {
            *out = F::from_f64(slopes[label] * factor);
        }
        objective
    }

    /// Mean normalised response of every cluster.
    pub fn means<F: Real>(&self, responses: &[F]) -> Vec<f64> {
        let mut means = vec![0.0; self.sizes.len()];
        let units = self.labels.iter().zip(responses).zip(self.subtract.iter().zip(&self.factor));
        for ((&label, response), (subtract, factor)) in units {
            means[label] += (response.double() - subtract) * factor;
        }
        means.iter().zip(&self.sizes).map(|(sum, size)| sum / size).collect()
    }

    fn softmax<F: Real>(&self, target: usize, responses: &[F]) -> Softmax {
        let mut slopes = self.means(responses);
        slopes.iter_mut().for_each(|mean| *mean /= self.tau);
        let largest = slopes.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let own = slopes[target];
        let total: f64 = slopes.iter().map(|mean| (mean - largest).exp()).sum();
        let objective = own - largest - total.ln() + (slopes.len() as f64).ln();
        for (cluster, slope) in slopes.iter_mut().enumerate() {
            let share = (*slope - largest).exp() / total;
            let is_target = f64::from(u8::from(cluster == target));
            *slope = (is_target - share) / (self.tau * self.sizes[cluster]);
        }
        Softmax { objective, slopes }
    }
}
