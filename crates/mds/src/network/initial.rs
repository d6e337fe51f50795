//! Start values.

use neuroloom_core::Seed;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use super::{Layer, Network, Region, Tape};
use crate::real::Real;

/// Width of the start filters: of their side, of their taps.
const SPATIAL_SHARE: f64 = 0.2;
const TEMPORAL_SHARE: f64 = 0.3;
/// Width of the start masks, px.
const START_SIGMA_PX: f64 = 0.8;
/// Size of the start weights of the features.
const START_FEATURES: f64 = 0.1;

impl Network {
    /// Parameters to start from: random filters that are strongest in their middle and at their latest frames, scaled layer by
    /// layer so that its values have mean 0 and variance 1 over the movie `[channel][frame][pixel]` (Mishkin and Matas
    /// 2016). `places` are rows and columns of the neurons, `means` their mean responses.
    pub fn initial<F: Real>(&self, movie: &[F], places: &[[f64; 2]], means: &[f64], seed: Seed) -> Vec<F> {
        let mut parameters = vec![F::zero(); self.layout.len()];
        for (place, layer) in self.layers.iter().enumerate() {
            let mut stream = seed.child_index(place as u64).rng();
            let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
            match layer {
                Layer::Spatial(layer) => {
                    let size = layer.size();
                    let middle = (size as f64 - 1.0) / 2.0;
                    let sd = SPATIAL_SHARE * size as f64;
                    for (k, weight) in layer.weight().of_mut(&mut parameters).iter_mut().enumerate() {
                        let at = k / layer.channels[0] % (size * size);
                        let (y, x) = ((at / size) as f64 - middle, (at % size) as f64 - middle);
                        let window = (-(y * y + x * x) / (2.0 * sd * sd)).exp();
                        *weight = F::from_f64(window * normal());
                    }
                }
                Layer::Temporal(layer) => {
                    let [weight, _] = layer.segments();
                    for (k, weight) in weight.of_mut(&mut parameters).iter_mut().enumerate() {
                        let lag = (layer.taps - 1 - k / layer.channels[0] % layer.taps) as f64;
                        let window = (-lag / (TEMPORAL_SHARE * layer.taps as f64)).exp();
                        *weight = F::from_f64(window * normal());
                    }
                }
                Layer::Pointwise(_) => {}
            }
        }
        self.standardise(movie, &mut parameters);
        self.start_readout(&mut parameters, places, means, seed.child("readout"));
        parameters
    }

    /// Scales the layers in time.
    fn standardise<F: Real>(&self, movie: &[F], parameters: &mut [F]) {
        let n_pixels = self.spec.height * self.spec.width;
        let stride = movie.len() / self.spec.channels.max(1);
        let frames = stride / n_pixels.max(1);
        if frames <= self.memory() {
            return;
        }
        let mut tape = Tape::new(self, frames, Region::whole(self.map_size()));
        tape.load(movie, stride, 0);
        for (place, layer) in self.layers.iter().enumerate() {
            self.layer_forward(place, parameters, &mut tape);
            let Layer::Temporal(layer) = layer else { continue };
            let n_out = layer.channels[1];
            let [weight, bias] = layer.segments();
            let per_filter = weight.range().len() / n_out;
            for channel in 0..n_out {
                let values = tape.activations[place + 1].iter().skip(channel).step_by(n_out);
                let (mean, sd) = mean_and_sd(values.map(|value| value.double()));
                let scale = if sd > 0.0 { 1.0 / sd } else { 1.0 };
                let filter = &mut weight.of_mut(parameters)[channel * per_filter..(channel + 1) * per_filter];
                filter.iter_mut().for_each(|weight| *weight *= F::from_f64(scale));
                bias.of_mut(parameters)[channel] = F::from_f64(-mean * scale);
            }
            self.layer_forward(place, parameters, &mut tape);
        }
    }

    fn start_readout<F: Real>(&self, parameters: &mut [F], places: &[[f64; 2]], means: &[f64], seed: Seed) {
        let readout = self.readout;
        let mut stream = seed.rng();
        let scale = START_FEATURES / (readout.channels as f64).sqrt();
        for weight in readout.features.of_mut(parameters) {
            *weight = F::from_f64(scale * stream.random_range(0.0..2.0));
        }
        for (out, place) in readout.place.of_mut(parameters).chunks_exact_mut(2).zip(places) {
            out.iter_mut().zip(place).for_each(|(out, &place)| *out = F::from_f64(place));
        }
        readout.log_sigma.of_mut(parameters).fill(F::from_f64(START_SIGMA_PX.ln()));
        for (bias, &mean) in readout.bias.of_mut(parameters).iter_mut().zip(means) {
            // The inverse of the softplus, of a mean that a rate can have.
            *bias = F::from_f64(mean.max(0.05).exp_m1().ln());
        }
    }
}

fn mean_and_sd(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for value in values {
        n += 1.0;
        sum += value;
        squares += value * value;
    }
    let mean = sum / f64::max(n, 1.0);
    (mean, (squares / f64::max(n, 1.0) - mean * mean).max(0.0).sqrt())
}
