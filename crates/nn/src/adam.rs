//! Adam.

use serde::{Deserialize, Serialize};

use crate::{Real, vectorised};

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Adam (Kingma and Ba 2015) with β = (0.9, 0.999), ε = 1e-8 and correction of the bias, as PyTorch computes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound = "T: Real")]
pub struct Adam<T> {
    n_steps: u64,
    mean: Vec<T>,
    mean_square: Vec<T>,
}

/// How parameters are drawn to 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decay {
    /// `weight` times the parameter is added to its gradient (L2).
    Coupled(f64),
    /// `lr * weight` times the parameter is taken from it (AdamW, Loshchilov and Hutter 2019).
    Decoupled(f64),
}

impl<T: Real> Adam<T> {
    /// Before the first step of `n` parameters.
    pub fn new(n: usize) -> Self {
        Self { n_steps: 0, mean: vec![T::ZERO; n], mean_square: vec![T::ZERO; n] }
    }

    /// After `n_steps`, with the running means of the gradient and of its square.
    pub fn resume(n_steps: u64, [mean, mean_square]: [Vec<T>; 2]) -> Self {
        Self { n_steps, mean, mean_square }
    }

    /// Steps so far.
    pub fn n_steps(&self) -> u64 {
        self.n_steps
    }

    /// The running means of the gradient and of its square.
    pub fn moments(&self) -> [&[T]; 2] {
        [&self.mean, &self.mean_square]
    }

    /// A step of size `lr` against `gradient`.
    ///
    /// # Panics
    /// When there are not as many parameters as at the start.
    pub fn step(&mut self, parameters: &mut [T], gradient: &[T], lr: f64, decay: Decay) {
        assert_eq!((parameters.len(), gradient.len()), (self.mean.len(), self.mean.len()), "parameters");
        self.n_steps += 1;
        let (l2, shrink) = match decay {
            Decay::Coupled(weight) => (weight, 1.0),
            Decay::Decoupled(weight) => (0.0, 1.0 - lr * weight),
        };
        let [size, correction] = adam_scales(self.n_steps, lr);
        let [l2, shrink, size, correction, epsilon] =
            [l2, shrink, size, correction, EPSILON].map(T::from_f64);
        let [keep1, new1, keep2, new2] = [BETA1, 1.0 - BETA1, BETA2, 1.0 - BETA2].map(T::from_f64);
        let moments = self.mean.iter_mut().zip(&mut self.mean_square);
        vectorised(
            #[inline(always)]
            || {
                for ((theta, &g), (mean, mean_square)) in parameters.iter_mut().zip(gradient).zip(moments) {
                    let g = g + l2 * *theta;
                    *mean = keep1 * *mean + new1 * g;
                    *mean_square = keep2 * *mean_square + new2 * g * g;
                    let scale = mean_square.root() * correction + epsilon;
                    *theta = shrink * *theta - size * *mean / scale;
                }
            },
        );
    }
}

/// What corrects the bias of step number `n_steps`, from 1, of size `lr`: the factor of the mean, and that of the root of the
/// mean square.
pub fn adam_scales(n_steps: u64, lr: f64) -> [f64; 2] {
    let n = n_steps.min(1 << 30) as i32;
    [lr / (1.0 - BETA1.powi(n)), 1.0 / (1.0 - BETA2.powi(n)).sqrt()]
}

/// The Euclidean norm of `gradient`, which is scaled down to `largest` where that is given and exceeded.
pub fn clip_by_norm<T: Real>(gradient: &mut [T], largest: Option<f64>) -> f64 {
    let norm = gradient.iter().map(|g| g.to_f64() * g.to_f64()).sum::<f64>().sqrt();
    if let Some(largest) = largest.filter(|&largest| norm > largest) {
        let scale = T::from_f64(largest / norm);
        gradient.iter_mut().for_each(|g| *g *= scale);
    }
    norm
}
