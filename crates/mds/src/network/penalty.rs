//! What keeps filters smooth and readouts sparse.

use super::{Layer, Network};
use crate::real::Real;

/// Weights of the penalties.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Penalties {
    /// Of the squared differences of neighbouring pixels of the filters in space.
    pub smooth_space: f64,
    /// Of the squared second differences of the filters in time.
    pub smooth_time: f64,
    /// Of the magnitudes of the weights of features.
    pub sparse: f64,
}

impl Network {
    /// The penalty of `parameters`; its gradient is added to `gradient`.
    pub fn penalty<F: Real>(&self, weights: Penalties, parameters: &[F], gradient: &mut [F]) -> f64 {
        let mut total = 0.0;
        for layer in &self.layers {
            match layer {
                Layer::Spatial(layer) => {
                    let (size, step) = (layer.size(), layer.channels[0]);
                    let (own, out) = (layer.weight().of(parameters), layer.weight().of_mut(gradient));
                    for start in (0..own.len()).step_by(size * size * step) {
                        total += differences(own, out, start, [size, size, step], weights.smooth_space);
                    }
                }
                Layer::Temporal(layer) => {
                    let [weight, _] = layer.segments();
                    let (own, out) = (weight.of(parameters), weight.of_mut(gradient));
                    let [n_in, _] = layer.channels;
                    for start in (0..own.len()).step_by(layer.taps * n_in) {
                        for channel in start..start + n_in {
                            total += curvature(own, out, channel, [layer.taps, n_in], weights.smooth_time);
                        }
                    }
                }
                Layer::Pointwise(_) => {}
            }
        }
        let features = self.readout.features;
        let own = features.of(parameters).iter().zip(features.of_mut(gradient));
        for (&weight, out) in own {
            total += weights.sparse * weight.double().abs();
            *out += F::from_f64(
                weights.sparse * f64::from(weight.double().partial_cmp(&0.0).map_or(0, |o| o as i8)),
            );
        }
        total
    }
}

/// `weight` times the squared differences of neighbours in a filter `[row][column][channel]`.
fn differences<F: Real>(
    own: &[F],
    out: &mut [F],
    start: usize,
    [height, width, step]: [usize; 3],
    weight: f64,
) -> f64 {
    let mut total = 0.0;
    let two = F::from_f64(2.0 * weight);
    let mut pair = |a: usize, b: usize| {
        let difference = own[b] - own[a];
        total += weight * difference.double().powi(2);
        out[b] += two * difference;
        out[a] -= two * difference;
    };
    for channel in 0..step {
        for y in 0..height {
            for x in 0..width {
                let at = start + (y * width + x) * step + channel;
                if x + 1 < width {
                    pair(at, at + step);
                }
                if y + 1 < height {
                    pair(at, at + width * step);
                }
            }
        }
    }
    total
}

/// `weight` times the squared second differences of every `step`th of `taps` values.
fn curvature<F: Real>(own: &[F], out: &mut [F], start: usize, [taps, step]: [usize; 2], weight: f64) -> f64 {
    let two = F::from_f64(2.0);
    let slope = F::from_f64(2.0 * weight);
    (1..taps.saturating_sub(1))
        .map(|tap| {
            let at = start + tap * step;
            let bend = own[at - step] - two * own[at] + own[at + step];
            out[at - step] += slope * bend;
            out[at] -= two * slope * bend;
            out[at + step] += slope * bend;
            weight * bend.double().powi(2)
        })
        .sum()
}
