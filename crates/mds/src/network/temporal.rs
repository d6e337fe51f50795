//! Convolution in time.

use neuroloom_math::{Factor, Target, product};
use neuroloom_nn::{Layout, Segment};

use super::geometry::Shape;
use crate::real::Real;

/// Filters over `taps` frames of all channels of a place, and an offset. Only frames with all their history come out.
///
/// The frames of a place lie behind each other: what the filters see of a frame is a stretch of them, and successive
/// stretches overlap. The matrix of all stretches is never copied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Temporal {
    /// In and out.
    pub channels: [usize; 2],
    pub taps: usize,
    weight: Segment,
    bias: Segment,
}

impl Temporal {
    pub fn new(layout: &mut Layout, name: &str, channels: [usize; 2], taps: usize) -> Self {
        let weight = layout.add(format!("{name}.weight"), &[channels[1], taps, channels[0]]);
        let bias = layout.add(format!("{name}.bias"), &[channels[1]]);
        Self { channels, taps, weight, bias }
    }

    /// Where weights and offsets lie.
    pub fn segments(&self) -> [Segment; 2] {
        [self.weight, self.bias]
    }

    fn seen(&self) -> usize {
        self.taps * self.channels[0]
    }

    pub fn forward<F: Real>(&self, parameters: &[F], [from, to]: [&Shape; 2], x: &[F], y: &mut [F]) {
        let [n_in, n_out] = self.channels;
        let (weight, bias) = (self.weight.of(parameters), self.bias.of(parameters));
        y.chunks_exact_mut(n_out).for_each(|row| row.copy_from_slice(bias));
        for (x, y) in x.chunks_exact(from.row_len()).zip(y.chunks_exact_mut(to.row_len())) {
            let (stretches, weight) = (Factor::rows(x, n_in), Factor::transposed(weight, self.seen()));
            product(Target::add(y, n_out), [to.frames, self.seen(), n_out], stretches, weight, F::one());
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all that an adjoint needs")]
    pub fn backward<F: Real>(
        &self,
        parameters: &[F],
        [from, to]: [&Shape; 2],
        x: &[F],
        scratch: &mut Vec<F>,
        dy: &[F],
        gradient: Option<&mut [F]>,
        dx: Option<&mut [F]>,
    ) {
        let [n_in, n_out] = self.channels;
        if let Some(gradient) = gradient {
            for (x, dy) in x.chunks_exact(from.row_len()).zip(dy.chunks_exact(to.row_len())) {
                let target = Target::add(self.weight.of_mut(gradient), self.seen());
                let (dy, stretches) = (Factor::transposed(dy, n_out), Factor::rows(x, n_in));
                product(target, [n_out, to.frames, self.seen()], dy, stretches, F::one());
            }
            let bias = self.bias.of_mut(gradient);
            for row in dy.chunks_exact(n_out) {
                bias.iter_mut().zip(row).for_each(|(sum, value)| *sum += *value);
            }
        }
        let Some(dx) = dx else { return };
        let margin = (self.taps - 1) * n_out;
        scratch.clear();
        scratch.resize(self.weight.range().len() + to.row_len() + 2 * margin, F::zero());
        let (turned, padded) = scratch.split_at_mut(self.weight.range().len());
        self.turn(self.weight.of(parameters), turned);
        for (dx, dy) in dx.chunks_exact_mut(from.row_len()).zip(dy.chunks_exact(to.row_len())) {
            padded[margin..margin + dy.len()].copy_from_slice(dy);
            let shape = [from.frames, self.taps * n_out, n_in];
            let stretches = Factor::rows(&*padded, n_out);
            product(Target::replace(dx, n_in), shape, stretches, Factor::rows(&*turned, n_in), F::one());
        }
    }

    /// The weights with their taps turned round, `[tap][channel out][channel in]`.
    fn turn<F: Real>(&self, weight: &[F], turned: &mut [F]) {
        let [n_in, n_out] = self.channels;
        for (out, filter) in weight.chunks_exact(self.seen()).enumerate() {
            for (tap, row) in filter.chunks_exact(n_in).enumerate() {
                let start = ((self.taps - 1 - tap) * n_out + out) * n_in;
                turned[start..start + n_in].copy_from_slice(row);
            }
        }
    }
}
