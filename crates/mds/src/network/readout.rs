//! How neurons read the features.

use neuroloom_math::{Factor, Target, product};
use neuroloom_nn::{Layout, Segment};

use super::mask::{MaskShape, Masks};
use crate::real::Real;

/// The tensors of all neurons: weights of the features `[neuron, channel]`, an offset, the logarithm of a gain, a
/// place `[neuron, 2]` (row and column from the middle of the screen, px) and the logarithm of a width (px) each, or
/// of two (`[neuron, 2]`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadoutLayout {
    pub n_units: usize,
    pub channels: usize,
    /// Widths of a neuron.
    n_widths: usize,
    pub features: Segment,
    pub bias: Segment,
    pub log_gain: Segment,
    pub place: Segment,
    pub log_sigma: Segment,
}

impl ReadoutLayout {
    pub(super) fn new(layout: &mut Layout, n_units: usize, channels: usize, mask: MaskShape) -> Self {
        let n_widths = mask.n_widths();
        let widths: &[usize] = if n_widths == 1 { &[n_units] } else { &[n_units, n_widths] };
        Self {
            n_units,
            channels,
            n_widths,
            features: layout.add("readout.features", &[n_units, channels]),
            bias: layout.add("readout.bias", &[n_units]),
            log_gain: layout.add("readout.log_gain", &[n_units]),
            place: layout.add("readout.place", &[n_units, 2]),
            log_sigma: layout.add("readout.log_sigma", widths),
        }
    }

    /// The masks of all neurons where they are.
    pub fn masks<F: Real>(self, map: [usize; 2], parameters: &[F]) -> Masks<F> {
        Masks::new(map, self.place.of(parameters), self.log_sigma.of(parameters))
    }

    /// Weights of mask and features together, `[neuron][position * channel]`.
    pub fn matrix<F: Real>(self, masks: &Masks<F>, parameters: &[F], matrix: &mut Vec<F>) {
        let width = masks.n_positions() * self.channels;
        matrix.resize(self.n_units * width, F::zero());
        let features = self.features.of(parameters).chunks_exact(self.channels);
        for (unit, (row, features)) in matrix.chunks_exact_mut(width).zip(features).enumerate() {
            for (place, &mask) in row.chunks_exact_mut(self.channels).zip(masks.of(unit)) {
                place.iter_mut().zip(features).for_each(|(out, &feature)| *out = mask * feature);
            }
        }
    }

    /// Adds what the gradient with respect to the matrix means for features, places and widths.
    pub fn matrix_backward<F: Real>(
        self,
        masks: &Masks<F>,
        parameters: &[F],
        d_matrix: &[F],
        gradient: &mut [F],
    ) {
        let width = masks.n_positions() * self.channels;
        let mut d_mask = vec![F::zero(); masks.n_positions()];
        for (unit, d_row) in d_matrix.chunks_exact(width).enumerate() {
            let own = unit * self.channels..(unit + 1) * self.channels;
            let features = &self.features.of(parameters)[own.clone()];
            let d_features = &mut self.features.of_mut(gradient)[own];
            let places = d_row.chunks_exact(self.channels).zip(masks.of(unit).iter().zip(&mut d_mask));
            for (d_place, (&mask, d_mask)) in places {
                d_features.iter_mut().zip(d_place).for_each(|(out, &d)| *out += mask * d);
                *d_mask = d_place.iter().zip(features).fold(F::zero(), |sum, (&d, &u)| sum + d * u);
            }
            let place = &self.place.of(parameters)[2 * unit..2 * unit + 2];
            let widths = unit * self.n_widths..(unit + 1) * self.n_widths;
            let log_sigma = &self.log_sigma.of(parameters)[widths.clone()];
            let (mut d_place, mut d_log_sigma) = ([F::zero(); 2], [F::zero(); 2]);
            masks.backward(unit, place, log_sigma, &d_mask, [&mut d_place, &mut d_log_sigma]);
            let out = &mut self.place.of_mut(gradient)[2 * unit..2 * unit + 2];
            out.iter_mut().zip(d_place).for_each(|(out, d)| *out += d);
            let out = &mut self.log_sigma.of_mut(gradient)[widths];
            out.iter_mut().zip(d_log_sigma).for_each(|(out, d)| *out += d);
        }
    }

    /// `drive [frame][neuron]` of `features [frame][width]` and the matrix; without the offsets.
    pub fn drive<F: Real>(self, features: &[F], matrix: &[F], drive: &mut [F]) {
        let (frames, width) = (drive.len() / self.n_units, matrix.len() / self.n_units);
        let shape = [frames, width, self.n_units];
        let matrix = Factor::transposed(matrix, width);
        product(Target::replace(drive, self.n_units), shape, Factor::rows(features, width), matrix, F::one());
    }
}
