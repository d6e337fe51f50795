//! How well an encoder predicts what it was not fitted to.

use super::movies::Movies;
use super::options::FitOptions;
use super::pass::{FitPass, Weights};
use crate::network::Network;
use crate::real::Real;

/// How well the responses of a neuron to the test clips are predicted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitQuality {
    /// Correlation of the prediction with the mean over the repeats, over all test clips.
    pub correlation: f64,
    /// Largest correlation that any model can reach in expectation: the root of the share of the mean response's variance that is
    /// signal (Schoppe et al. 2016); none of a single repeat.
    pub ceiling: Option<f64>,
}

/// The quality of every neuron; nothing without test clips.
pub fn quality<F: Real>(
    network: &Network,
    options: &FitOptions,
    parameters: &[F],
    movies: &Movies,
) -> Vec<UnitQuality> {
    if movies.test.is_empty() {
        return Vec::new();
    }
    let n = movies.n_units;
    let weights = Weights::new(network, parameters);
    let mut moments = vec![Moments::default(); n];
    for test in &movies.test {
        let options = FitOptions { settle: 0, ..options.clone() };
        let mut pass = FitPass::new(network, &options, test.clip.n_frames);
        pass.predict(&weights, movies, &test.clip, 0);
        let rows = pass.signal().chunks_exact(n).zip(test.clip.traces.chunks_exact(n));
        for (frame, (predicted, mean)) in rows.enumerate() {
            for (unit, moments) in moments.iter_mut().enumerate() {
                let repeats = test.repeats.iter().map(|repeat| f64::from(repeat[frame * n + unit]));
                moments.add(predicted[unit].double(), f64::from(mean[unit]), repeats);
            }
        }
    }
    moments.iter().map(Moments::quality).collect()
}

/// Sums over the frames of all test clips.
#[derive(Clone, Debug, Default)]
struct Moments {
    n: f64,
    /// Of prediction and mean response: values, squares, products.
    sums: [f64; 2],
    squares: [f64; 2],
    product: f64,
    /// Of single repeats: values and squares.
    repeats: Vec<[f64; 2]>,
}

impl Moments {
    fn add(&mut self, predicted: f64, mean: f64, repeats: impl Iterator<Item = f64>) {
        self.n += 1.0;
        for (k, value) in [predicted, mean].into_iter().enumerate() {
            self.sums[k] += value;
            self.squares[k] += value * value;
        }
        self.product += predicted * mean;
        for (k, value) in repeats.enumerate() {
            if self.repeats.len() <= k {
                self.repeats.push([0.0; 2]);
            }
            self.repeats[k][0] += value;
            self.repeats[k][1] += value * value;
        }
    }

    fn quality(&self) -> UnitQuality {
        let n = self.n;
        let variance = |sum: f64, squares: f64| (squares / n - (sum / n).powi(2)).max(0.0);
        let [predicted, mean] = [0, 1].map(|k: usize| variance(self.sums[k], self.squares[k]));
        let covariance = self.product / n - self.sums[0] * self.sums[1] / (n * n);
        let spread = (predicted * mean).sqrt();
        let correlation = if spread > 0.0 { covariance / spread } else { 0.0 };
        let repeats = self.repeats.len() as f64;
        let ceiling = (repeats > 1.0 && mean > 0.0).then(|| {
            let single =
                self.repeats.iter().map(|[sum, squares]| variance(*sum, *squares)).sum::<f64>() / repeats;
            let signal = (repeats * mean - single) / (repeats - 1.0);
            (signal / mean).clamp(0.0, 1.0).sqrt()
        });
        UnitQuality { correlation, ceiling }
    }
}
